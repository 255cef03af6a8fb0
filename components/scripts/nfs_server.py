"""Serves one volume by NFS, wherever this server is: attached, checked, grown, mounted, exported, announced.

It goes by the register (nfs_cloud.py) and needs no memory of its own: it may be killed and started again at any time.
A server in the zone of the living volume serves it. A server in another zone leaves again as long as somebody serves;
after `failover_minutes` of silence it makes itself the next generation, and a volume of its own zone from the newest
snapshot. Whoever serves looks at the register every few seconds, and stops serving when it names another, or when
neither the register nor EC2 can be asked for `fence_seconds`. That takes it less than three times as long, however slow
the answers are, and a successor waits for so long before it touches anything.
"""

import json
import os
import socket
import subprocess
import sys
import time
from typing import Any, Optional

from nfs_cloud import Cloud, Refused, State, metadata

PROGRAMS = os.path.dirname(os.path.abspath(__file__))
SETTINGS = "/etc/elasticweb/nfs.json"
LOOK_SECONDS = 10
CREATE_SECONDS = 600


def say(text: str) -> None:
    sys.stderr.write(f"elasticweb-nfs: {text}\n")
    sys.stderr.flush()


def run(*command: str, seconds: float = 1200) -> None:
    """Run a program; EC2 may take a quarter of an hour to let a volume go."""
    with subprocess.Popen(command) as process:
        end = time.monotonic() + seconds
        while process.poll() is None:
            if time.monotonic() > end:
                process.kill()
            _alive()
            time.sleep(0.2)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)


class Machine:
    """This machine: its scripts, its clock."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings

    def attach(self, volume: str) -> None:
        run(f"{PROGRAMS}/attach-volume.sh", volume, self.settings["file_system"])

    def serve(self, volume: str) -> None:
        networks = self.settings["networks"] or metadata(f"{_primary()}/vpc-ipv4-cidr-blocks").split()
        device = f"/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_{volume.replace('-', '')}"
        owner = [str(self.settings["user_id"]), str(self.settings["group_id"])]
        run(f"{PROGRAMS}/nfs-serve.sh", "start", device, self.settings["file_system"], *owner, *networks)

    def take_address(self, mac: str, address: str) -> None:
        block = metadata(f"network/interfaces/macs/{mac}/subnet-ipv4-cidr-block")
        run(f"{PROGRAMS}/nfs-serve.sh", "address", mac, address, block)

    def serves(self) -> bool:
        try:
            run(f"{PROGRAMS}/nfs-serve.sh", "check", seconds=10)
        except subprocess.CalledProcessError:
            return False
        return True

    def grow(self, volume: str) -> None:
        device = f"/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_{volume.replace('-', '')}"
        run(f"{PROGRAMS}/nfs-serve.sh", "grow", device, self.settings["file_system"], seconds=60)

    def stop(self) -> None:
        run(f"{PROGRAMS}/nfs-serve.sh", "stop")

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            _alive()
            time.sleep(min(left, LOOK_SECONDS))


class Server:
    """What this server does next, by what the register says."""

    def __init__(self, cloud: Cloud, machine: Machine) -> None:
        self.cloud, self.machine, self.settings = cloud, machine, cloud.settings
        self.seen: Optional[State] = None
        self.since = machine.now()

    def turn(self) -> None:
        """Do the next thing: serve for as long as it lasts, restore, leave or wait."""
        state = self.cloud.register()
        if state != self.seen:
            self.seen, self.since = state, self.machine.now()
        if state is None or self.is_void(state):
            self.begin(state)
        elif state.zone != self.cloud.zone:
            self.stand_by(state)
        elif not state.volume:
            self.restore(state)
        else:
            self.serve(state)

    def is_void(self, state: State) -> bool:
        """Whether the deployment has another first volume now, and the one that is entered is gone."""
        first = self.settings["first"]["volume"]
        return state.generation == 1 and state.volume != first and self.cloud.volume(state.volume) is None

    def begin(self, state: Optional[State]) -> None:
        """Enter the first volume, as a server in its zone."""
        first = self.settings["first"]
        if first["zone"] == self.cloud.zone:
            self.cloud.change(state, State(1, first["zone"], first["volume"], "", ""))

    def stand_by(self, state: State) -> None:
        if not self.cloud.silent():
            say(f"{state.volume} is served in {state.zone}: this server is not needed")
            self.cloud.leave()
            return
        # Not at once, though AWS has heard nothing for as long: the first server may be on its way, or one that is
        # restoring a volume.
        patience = self.settings["failover_minutes"] + (0 if state.volume else 2 * self.settings["snapshot_minutes"])
        if self.machine.now() - self.since < 60 * patience:
            return
        say(f"nobody has served for {self.settings['failover_minutes']} minutes: taking over from {state.zone}")
        # Lost to another server when the register has changed meanwhile.
        self.cloud.change(state, State(state.generation + 1, self.cloud.zone, "", state.volume or state.parent, ""))

    def restore(self, state: State) -> None:
        """Make the volume of this generation, and enter it. Every step finds what a server before it has done."""
        volume = self.cloud.restored(state.generation)
        if volume is None:
            self.cloud.supersede(state.parent, state.generation)
            # Until now the old server may serve: it has not looked, or is cut off and has not given up.
            self.machine.sleep(3 * self.settings["fence_seconds"])
            snapshot = self.newest_snapshot(state)
            say(f"generation {state.generation}: from {snapshot['SnapshotId']} of {snapshot['StartTime']}")
            volume = self.cloud.restore(snapshot["SnapshotId"], snapshot["VolumeSize"], state.generation)
        begun = self.machine.now()
        while (found := self.cloud.volume(volume)) is None or found["State"] == "creating":
            if self.machine.now() - begun > CREATE_SECONDS:
                raise Refused("Volume", f"{volume} is still being made")
            self.machine.sleep(LOOK_SECONDS)
        if found["State"] not in ("available", "in-use"):
            raise Refused("Volume", f"{volume} is {found['State']}")
        self.cloud.change(state, state._replace(volume=volume))

    def newest_snapshot(self, state: State) -> dict[str, Any]:
        """Return a snapshot of what the last server left, or the newest completed one when there is none in time.

        Only snapshots of the living volume itself count, or the one that it was made of: others of the same tags may
        be of a volume that was given up, and newer.
        """
        begun = self.machine.now()
        while self.machine.now() - begun < 60 * self.settings["snapshot_minutes"]:
            try:
                last = self.cloud.last_snapshot(state.parent, state.generation)
                if last is None or last["State"] != "pending":
                    break
            except Refused as refused:  # the zone may be lost, or AWS be busy: asked again for as long
                say(str(refused))
            self.machine.sleep(LOOK_SECONDS)
        for found in self.cloud.snapshots(state.parent):
            if found["State"] == "completed":
                return found
        parent = self.cloud.volume(state.parent)
        origin = (parent or {}).get("SnapshotId")
        if not origin:
            raise Refused("NoSnapshot", f"there is no completed snapshot of {state.parent} yet")
        return self.cloud.call("ec2", "DescribeSnapshots", SnapshotIds=[origin])["Snapshots"][0]

    def serve(self, state: State) -> None:
        if state.generation > 1:
            self.attempt(lambda: self.cloud.enlarge(state.volume))
        self.machine.attach(state.volume)
        interface = self.cloud.attach_address()
        address = interface["PrivateIpAddress"]
        self.machine.take_address(interface["MacAddress"], address)
        if self.cloud.register() != state:  # it took long, and somebody did not wait
            return
        try:
            self.machine.serve(state.volume)
            if state.address == address or self.cloud.change(state, state._replace(address=address)):
                say(f"serving {state.volume} (generation {state.generation}) as {self.settings['host']} at {address}")
                self.guard(state._replace(address=address))
        finally:
            self.machine.stop()

    def guard(self, state: State) -> None:
        """Return when this server must not serve any more."""
        known, beaten = self.machine.now(), float("-inf")
        while True:
            mine = self.is_mine(state)
            now = self.machine.now()
            if mine is False:
                say("another generation is living: stopping")
                return
            if mine:
                known = now
            elif now - known > self.settings["fence_seconds"]:
                say("cut off from AWS: stopping, so that a successor may serve")
                return
            if now - beaten >= 60 and mine and self.machine.serves():
                beaten = now
                self.attempt(self.cloud.beat)
                self.attempt(lambda: self.machine.grow(state.volume))
            self.machine.sleep(LOOK_SECONDS)

    def is_mine(self, state: State) -> Optional[bool]:
        """Whether this server may serve; None when nobody could be asked."""
        try:
            return self.cloud.register() == state
        except Refused as refused:
            say(str(refused))
        try:
            # Route 53 has one control plane in the world, EC2 one in each region: an outage of the first must not end
            # the service. A successor tells here too before it serves.
            return not self.cloud.superseded(state.volume)
        except Refused as refused:
            say(str(refused))
            return None

    def attempt(self, action: Any) -> None:
        try:
            action()
        except (Refused, subprocess.CalledProcessError) as error:
            say(str(error))


def _primary() -> str:
    return f"network/interfaces/macs/{metadata('mac')}"


def _alive() -> None:
    """Tell systemd's watchdog (sd_notify(3)): a server that no longer looks must not go on serving."""
    path = os.environ.get("NOTIFY_SOCKET")
    if path:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.sendto(b"READY=1\nWATCHDOG=1", path.replace("@", "\0", 1) if path.startswith("@") else path)


def main() -> None:
    _alive()
    with open(SETTINGS, encoding="utf-8") as file:
        settings = json.load(file)
    place = {"instance": metadata("instance-id"), "region": metadata("placement/region")}
    cloud = Cloud(settings, zone=metadata("placement/availability-zone"), **place)
    server = Server(cloud, Machine(settings))
    while True:
        try:
            server.turn()
        except (Refused, OSError, subprocess.CalledProcessError) as error:
            say(str(error))
        server.machine.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    main()
