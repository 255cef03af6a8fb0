"""A region in which NFS servers run: moto for the API, one clock for all, and everything that can go wrong.

Every server runs its own program in a thread of its own; they take turns by the simulated time, so that a run depends
on its seed alone. What the emulator does not do as AWS does, is done here: a change batch of Route 53 that deletes a
record which is not exactly so is refused, CreateVolume with a known token makes nothing new, snapshots take time.
"""

import contextlib
import importlib
import itertools
import random
import re
import sys
import threading
from collections.abc import Callable
from typing import Any

import boto3
import botocore.session
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from components._mounting import SCRIPTS

sys.path.insert(0, str(SCRIPTS))
nfs_cloud: Any = importlib.import_module("nfs_cloud")
nfs_server: Any = importlib.import_module("nfs_server")
sys.path.remove(str(SCRIPTS))

REGION = "eu-central-1"
ZONES = ("eu-central-1a", "eu-central-1b", "eu-central-1c")
HOST = "nfs.files.test.example.internal"
_NUMBERS = itertools.count()
FENCE, FAILOVER, SNAPSHOT = 60, 10, 30


class PowerCutError(BaseException):
    """The server is gone, at once."""


class World:
    """One region, its clock and its servers."""

    def __init__(self, seed: int = 0) -> None:
        self.random = random.Random(seed)  # noqa: S311 - for tests that can be repeated
        self.identity = f"example/test/files-{next(_NUMBERS)}-data"
        self.time = 0.0
        self.servers: list[Running] = []
        self.serving: dict[str, str] = {}
        self.history: list[tuple[float, str]] = []
        self.beats: list[float] = []
        self.left: set[str] = set()
        self.lost_zones: set[str] = set()
        self.content: dict[str, float] = {}
        self.ready: dict[str, float] = {}
        self.started: dict[str, float] = {}
        self.tokens: dict[str, tuple[str, dict[str, Any]]] = {}
        self.snapshot_seconds = 120.0
        self.calls = 0
        self.models = botocore.session.get_session()
        self.clients: dict[str, Any] = {}
        self._build()

    def client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = boto3.client(service, region_name=REGION)
        return self.clients[service]

    def _build(self) -> None:
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnets = {
            zone: ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
            for i, zone in enumerate(ZONES)
        }
        self.interfaces = {
            zone: ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
            for zone, subnet in self.subnets.items()
        }
        tags = {"elasticweb:nfs": self.identity, "elasticweb:snapshots": self.identity}
        self.first = ec2.create_volume(
            AvailabilityZone=ZONES[0],
            Size=20,
            Encrypted=True,
            TagSpecifications=[{"ResourceType": "volume", "Tags": listed(tags)}],
        )["VolumeId"]
        self.content[self.first] = 0
        zone = self.client("route53").create_hosted_zone(
            Name=HOST.split(".", 1)[1], CallerReference="r", VPC={"VPCRegion": REGION, "VPCId": vpc}
        )
        self.settings: dict[str, Any] = {
            "host": HOST,
            "hosted_zone": zone["HostedZone"]["Id"].rsplit("/", 1)[1],
            "identity": self.identity,
            "token": "0123456789abcdef",
            "first": {"zone": ZONES[0], "volume": self.first},
            "interfaces": self.interfaces,
            "volume": {"VolumeType": "gp3", "Size": 20},
            "tags": {"Name": "files-data"},
            "file_system": "xfs",
            "failover_minutes": FAILOVER,
            "fence_seconds": FENCE,
            "snapshot_minutes": SNAPSHOT,
        }

    # --- time

    def start(self, zone: str) -> "Running":
        instance = self.client("ec2").run_instances(
            ImageId="ami-12345678", MinCount=1, MaxCount=1, SubnetId=self.subnets[zone]
        )["Instances"][0]["InstanceId"]
        server = Running(self, instance, zone)
        self.servers.append(server)
        return server

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
        """Let time pass; return whether *until* came true."""
        end = self.time + seconds
        while True:
            living = [server for server in self.servers if server.alive]
            wakes = min((server.wakes for server in living), default=end)
            if not living or wakes > end:
                self.time = end
                return until()
            server = next(s for s in living if s.wakes == wakes)
            self.time = max(self.time, wakes)
            server.step()
            if until():
                return True

    # --- AWS

    def call(
        self, server: "Running | None", service: str, operation: str, parameters: dict[str, Any]
    ) -> dict[str, Any]:
        self.calls += 1
        model = self.models.get_service_model(service).operation_model(operation)
        report = ParamValidator().validate(parameters, model.input_shape)
        assert not report.has_errors(), report.generate_report()
        special = getattr(self, f"_{snake(operation)}", None)
        try:
            if special is not None:
                return special(server, parameters)
            return getattr(self.client(service), snake(operation))(**parameters)
        except ClientError as error:
            raise nfs_cloud.Refused(error.response["Error"]["Code"], str(error)) from None

    def _change_resource_record_sets(self, server: "Running", parameters: dict[str, Any]) -> dict[str, Any]:
        del server
        zone = parameters["HostedZoneId"]
        records = self.records()
        for change in parameters["ChangeBatch"]["Changes"]:
            record, action = change["ResourceRecordSet"], change["Action"]
            there = records.get((record["Name"], record["Type"]))
            wrong = there != record if action == "DELETE" else there is not None and action == "CREATE"
            if wrong and not (action == "CREATE" and self._deletes(parameters, record)):
                raise nfs_cloud.Refused("InvalidChangeBatch", f"{action} {record}, but there is {there}")
        # Upserts only: the emulator's own bookkeeping of deletions takes any value that was ever there.
        kept = [c for c in parameters["ChangeBatch"]["Changes"] if c["Action"] != "DELETE"]
        batch = {"Changes": [{**c, "Action": "UPSERT"} for c in kept]}
        return self.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)

    @staticmethod
    def _deletes(parameters: dict[str, Any], record: dict[str, Any]) -> bool:
        deleted = [c["ResourceRecordSet"] for c in parameters["ChangeBatch"]["Changes"] if c["Action"] == "DELETE"]
        return any((d["Name"], d["Type"]) == (record["Name"], record["Type"]) for d in deleted)

    def records(self) -> dict[tuple[str, str], dict[str, Any]]:
        found = self.client("route53").list_resource_record_sets(HostedZoneId=self.settings["hosted_zone"])
        return {(r["Name"], r["Type"]): r for r in found["ResourceRecordSets"]}

    def volumes(self) -> list[dict[str, Any]]:
        """Return the volumes of the server, without those that machines start from."""
        mine = [{"Name": "tag:elasticweb:nfs", "Values": [self.identity]}]
        return self.client("ec2").describe_volumes(Filters=mine)["Volumes"]

    def state(self) -> Any:
        record = self.records().get((f"_state.{HOST}.", "TXT"))
        return record and nfs_cloud.parsed(record["ResourceRecords"][0]["Value"])

    def address(self) -> str:
        return self.records()[f"{HOST}.", "A"]["ResourceRecords"][0]["Value"]

    def _create_snapshot(self, server: "Running", parameters: dict[str, Any]) -> dict[str, Any]:
        del server
        volume = parameters["VolumeId"]
        found = self.client("ec2").describe_volumes(VolumeIds=[volume])["Volumes"][0]
        if found["AvailabilityZone"] in self.lost_zones:
            raise nfs_cloud.Refused("InternalError", "the zone is lost")
        made = self.client("ec2").create_snapshot(**parameters)
        return {**made, "State": self._note(made["SnapshotId"], volume)}

    def snapshot(self, volume: str, tags: dict[str, str] | None = None) -> str:
        """Take a snapshot as Data Lifecycle Manager does: complete at once, of what is on the volume now."""
        what = [{"ResourceType": "snapshot", "Tags": listed(tags)}] if tags else []
        made = self.client("ec2").create_snapshot(VolumeId=volume, TagSpecifications=what)["SnapshotId"]
        self._note(made, volume)
        self.ready[made] = self.time
        return made

    def _note(self, snapshot: str, volume: str) -> str:
        self.content[snapshot] = self.content[volume]
        self.ready[snapshot] = self.time + self.snapshot_seconds
        self.started[snapshot] = self.time
        return "pending"

    def _describe_snapshots(self, server: "Running", parameters: dict[str, Any]) -> dict[str, Any]:
        del server
        found = self.client("ec2").describe_snapshots(**parameters)["Snapshots"]
        for snapshot in found:
            snapshot["State"] = "completed" if self.ready[snapshot["SnapshotId"]] <= self.time else "pending"
            snapshot["StartTime"] = f"{self.started[snapshot['SnapshotId']]:012.3f}"
        return {"Snapshots": found}

    def _create_volume(self, server: "Running", parameters: dict[str, Any]) -> dict[str, Any]:
        del server
        token = parameters["ClientToken"]
        asked = {k: v for k, v in parameters.items() if k != "ClientToken"}
        if token in self.tokens:
            volume, before = self.tokens[token]
            if before != asked:
                raise nfs_cloud.Refused("IdempotentParameterMismatch", token)
            return {"VolumeId": volume}
        assert self.ready[asked["SnapshotId"]] <= self.time, "of a snapshot that is not complete"
        made = self.client("ec2").create_volume(**asked)
        self.tokens[token] = (made["VolumeId"], asked)
        self.content[made["VolumeId"]] = self.content[asked["SnapshotId"]]
        return made

    def _put_metric_data(self, server: "Running", parameters: dict[str, Any]) -> dict[str, Any]:
        assert parameters["MetricData"][0]["Dimensions"] == [{"Name": "Server", "Value": self.identity}]
        assert server.instance in self.serving
        self.beats.append(self.time)
        return {}

    def _get_metric_statistics(self, server: "Running", parameters: dict[str, Any]) -> dict[str, Any]:
        del server, parameters
        return {"Datapoints": [b for b in self.beats if b > self.time - 60 * FAILOVER]}

    def _terminate_instance_in_auto_scaling_group(
        self, server: "Running", parameters: dict[str, Any]
    ) -> dict[str, Any]:
        assert parameters == {"InstanceId": server.instance, "ShouldDecrementDesiredCapacity": True}
        self.left.add(server.instance)
        server.kill()
        raise PowerCutError

    # --- what must be true always

    def serve(self, instance: str, volume: str) -> None:
        self.serving[instance] = volume
        assert len(set(self.serving.values())) == 1, f"two volumes are served: {self.serving}"
        if not self.history or self.history[-1][1] != volume:
            self.history.append((self.time, volume))

    def write(self) -> None:
        for volume in self.serving.values():
            self.content[volume] = self.time


class Running:
    """A server: its program in a thread, and its machine as the program sees it."""

    def __init__(self, world: World, instance: str, zone: str) -> None:
        self.world, self.instance, self.zone = world, instance, zone
        self.alive, self.cut_off = True, False
        self.wakes = world.time
        self.error: BaseException | None = None
        self._turn, self._done = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._main, daemon=True)
        self._thread.start()

    def step(self) -> None:
        self._turn.release()
        self._done.acquire()
        if self.error is not None:
            raise self.error

    def _main(self) -> None:
        self._turn.acquire()
        try:
            cloud = nfs_cloud.Cloud(self.world.settings, self.instance, REGION, self.zone, self.ask)
            server = nfs_server.Server(cloud, self)
            while True:
                with contextlib.suppress(nfs_cloud.Refused):
                    server.turn()
                self.sleep(nfs_server.LOOK_SECONDS)
        except PowerCutError:
            pass
        except BaseException as error:  # noqa: BLE001 - told to the test
            self.error = error
        self.alive = False
        self._done.release()

    def pause(self, seconds: float) -> None:
        if not self.alive:
            raise PowerCutError
        self.wakes = self.world.time + seconds
        self._done.release()
        self._turn.acquire()
        if not self.alive:
            raise PowerCutError
        self.world.write()

    def kill(self) -> None:
        """Cut the power: what it served it serves no more, and EC2 lets its volume and interface go."""
        self.alive = False
        self.world.serving.pop(self.instance, None)
        ec2 = self.world.client("ec2")
        for volume in ec2.describe_volumes()["Volumes"]:
            for attachment in volume["Attachments"]:
                if attachment["InstanceId"] == self.instance:
                    ec2.detach_volume(VolumeId=volume["VolumeId"], InstanceId=self.instance)
        for interface in ec2.describe_network_interfaces()["NetworkInterfaces"]:
            attachment = interface.get("Attachment", {})
            if attachment.get("InstanceId") == self.instance and attachment.get("DeviceIndex") == 1:
                ec2.detach_network_interface(AttachmentId=attachment["AttachmentId"])

    def ask(self, service: str, operation: str, region: str, parameters: dict[str, Any]) -> dict[str, Any]:
        assert region == REGION
        self.pause(self.world.random.uniform(0, 5))
        if self.cut_off:
            self.pause(25)
            raise nfs_cloud.Refused("Unreachable", operation)
        answer = self.world.call(self, service, operation, parameters)
        self.pause(self.world.random.uniform(0, 5))
        return answer

    # --- the machine

    def attach(self, volume: str) -> None:
        if self.cut_off:
            raise nfs_cloud.Refused("Unreachable", "attach")
        found = self.world.client("ec2").describe_volumes(VolumeIds=[volume])["Volumes"][0]
        holders = [attachment["InstanceId"] for attachment in found["Attachments"]]
        if holders and holders != [self.instance]:
            self.pause(900)
            raise nfs_cloud.Refused("Held", volume)
        if not holders:
            self.world.client("ec2").attach_volume(VolumeId=volume, InstanceId=self.instance, Device="/dev/sdp")
        self.pause(self.world.random.uniform(0, 60))

    def serve(self, volume: str) -> None:
        self.pause(self.world.random.uniform(0, 15))
        self.world.serve(self.instance, volume)
        self.pause(self.world.random.uniform(0, 5))

    def stop(self) -> None:
        if self.alive:
            self.pause(self.world.random.uniform(0, 20))
        self.world.serving.pop(self.instance, None)

    def take_address(self, mac: str, address: str) -> None:
        assert mac
        assert address.startswith("10.0.")

    def serves(self) -> bool:
        return self.instance in self.world.serving

    def grow(self, volume: str) -> None:
        assert self.world.serving[self.instance] == volume

    def now(self) -> float:
        return self.world.time

    def sleep(self, seconds: float) -> None:
        self.pause(seconds)


def snake(operation: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()


def listed(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
