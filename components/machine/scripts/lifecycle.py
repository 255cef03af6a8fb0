"""Takes part in the life of the Auto Scaling group: says when this machine is ready, and sees it off.

It looks where the group wants the machine to be (autoscaling/target-lifecycle-state in the instance's metadata), and
acts while the group waits for it. That way it needs no memory: it may be killed and started again at any time, and a
machine that comes out of the warm pool, by a boot or without one, is treated as one that was just launched.
"""

import http.client
import json
import os
import subprocess
import time
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Optional

import aws

ROOT = os.environ.get("ELASTICWEB_ROOT", "")
STATE = f"{ROOT}/var/lib/elasticweb"
FINISHED = f"{ROOT}/run/elasticweb/farewell"

with open(f"{ROOT}/etc/elasticweb/lifecycle.json", encoding="utf-8") as declared:
    SETTINGS = json.load(declared)
PAUSE: float = SETTINGS["poll_seconds"]
LIMIT: int = SETTINGS["launch_timeout_seconds"]


class Member:
    """The machine as a member of its group."""

    def __init__(self) -> None:
        self.instance = aws.metadata("instance-id") or ""
        self.region = aws.metadata("placement/region") or ""
        self.said = ""

    def say(self, text: str) -> None:
        """Say it once, however often it is so."""
        if text != self.said:
            aws.say(text)
        self.said = text

    def target(self) -> Optional[str]:
        """Return where the group wants this machine to be; None while that is not known."""
        try:
            return aws.metadata("autoscaling/target-lifecycle-state")
        except aws.Refused:
            return None

    def ask(self, action: str, **parameters: str) -> ET.Element:
        """Call an operation of Auto Scaling."""
        return aws.ask_query("autoscaling", self.region, {"Action": action, "Version": "2011-01-01", **parameters})

    def whereabouts(self) -> Optional[tuple[str, str]]:
        """Return the group and where in its life the machine is; None while the group does not know it."""
        answer = self.ask("DescribeAutoScalingInstances", **{"InstanceIds.member.1": self.instance})
        for found in answer.iterfind(".//AutoScalingInstances/member"):
            return found.findtext("AutoScalingGroupName", ""), found.findtext("LifecycleState", "")
        return None

    def ask_hook(self, action: str, group: str, hook: str, **parameters: str) -> bool:
        """Return whether the group was waiting for this machine by that hook."""
        names = {"AutoScalingGroupName": group, "LifecycleHookName": hook, "InstanceId": self.instance}
        try:
            self.ask(action, **names, **parameters)
        except aws.Refused as refused:
            if refused.code != "ValidationError":  # "No active Lifecycle Action found", or no such hook
                raise
            return False
        return True

    def complete(self, group: str, hooks: Sequence[str], result: str, why: str) -> None:
        """Tell the group the result, by the hook that it waits for."""
        self.say(f"{result}: {why}")
        for hook in hooks:
            if self.ask_hook("CompleteLifecycleAction", group, hook, LifecycleActionResult=result):
                return


def read(path: str) -> str:
    """Return what a file says; nothing when it is not there."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    except FileNotFoundError:
        return ""


def trouble(member: Member) -> Optional[tuple[str, bool]]:
    """Return what keeps the machine from being ready, and whether that is for good; None when it is ready."""
    verdict = read(f"{STATE}/verdict")
    if not verdict or read(f"{STATE}/instance") != member.instance:
        return "still preparing", False
    if verdict != "ready":
        return f"preparation {verdict}", True
    for unit in SETTINGS["units"]:
        if subprocess.run(["systemctl", "is-failed", "--quiet", unit], check=False).returncode == 0:
            return f"{unit} failed", True
    answer = health()
    return None if answer is None else (f"not healthy yet: {answer}", False)


def health() -> Optional[str]:
    """Return what is wrong with the answer to the load balancer's question; None when it is as it should be."""
    check = SETTINGS["health"]
    connection = http.client.HTTPConnection("127.0.0.1", check["port"], timeout=5)
    try:
        connection.request("GET", check["path"], headers={"Host": check["host"], "User-Agent": "elasticweb"})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__} on port {check['port']}"
    finally:
        connection.close()
    for part in check["matcher"].split(","):
        low, _, high = part.partition("-")
        if int(low) <= status <= int(high or low):
            return None
    return f"{check['path']} answers {status}"


def launch(member: Member, target: str, group: str, hooks: Sequence[str]) -> None:
    """Hold the machine back until it is ready, and give it up when it failed or takes too long."""
    started, beaten = time.monotonic(), float("-inf")
    while member.target() in (target, None):
        found, now = trouble(member), time.monotonic()
        if found is None:
            member.complete(group, hooks, "CONTINUE", "this machine is ready and healthy")
            return
        what, for_good = found
        if for_good or now - started > LIMIT:
            member.complete(group, hooks, "ABANDON", what if for_good else f"{what}, after {LIMIT} s")
            return
        member.say(what)
        if now - beaten > SETTINGS["heartbeat_seconds"]:
            member.ask_hook("RecordLifecycleActionHeartbeat", group, hooks[0])
            beaten = now
        time.sleep(PAUSE)


def leave(member: Member, group: str) -> None:
    """Run the farewell. Requests are answered: the group waits for the machine only after the load balancer let go."""
    flush = SETTINGS["flush_seconds"]
    end = time.monotonic() + SETTINGS["farewell_timeout_seconds"] - flush - 20  # to complete in time
    os.makedirs(FINISHED, exist_ok=True)
    commands = SETTINGS["farewell"]
    for number, command in enumerate(commands):
        stamp = f"{FINISHED}/{number + 1}"
        share = (end - time.monotonic()) / (len(commands) - number)
        if not os.path.exists(stamp) and share > 0:
            aws.say(f"farewell command {number + 1}")
            bash = f'. {ROOT}/usr/local/lib/elasticweb/steps.sh; run_script "$1"'
            limit = ["timeout", "--kill-after=5", f"{share:.1f}"]
            status = subprocess.run([*limit, "bash", "-c", bash, "farewell", command], check=False).returncode
            if status:
                aws.say(f"farewell command {number + 1} failed (exit status {status})")
            open(stamp, "w", encoding="utf-8").close()
    time.sleep(flush)  # the agent sends its last lines
    member.complete(group, [SETTINGS["terminate_hook"]], "CONTINUE", "this machine may go")


def act(member: Member, target: str) -> bool:
    """Do what the group waits for; return whether there is nothing more to do for that target."""
    found = member.whereabouts()
    if not found:
        return False
    group, place = found
    if place.endswith(":Wait"):
        if target.endswith("Terminated"):
            leave(member, group)
        else:
            # On its way into the pool from service it is the other hook that holds it, and nobody says farewell.
            launch(member, target, group, [SETTINGS["launch_hook"], SETTINGS["terminate_hook"]])
        return False
    # Other places on the way, such as Pending and Terminating, are passed through without us.
    return place == target or target in ("Standby", "Detached")


def main() -> None:
    """Look after the machine for as long as it runs."""
    member, settled = Member(), None
    while True:
        target = member.target()
        if target not in (None, settled):
            try:
                if act(member, target):
                    settled = target
            except aws.Refused as refused:
                member.say(f"Auto Scaling did not answer: {refused}")
        time.sleep(PAUSE)


if __name__ == "__main__":
    main()
