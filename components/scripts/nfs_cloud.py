"""What the NFS server asks of AWS, and how it keeps to one living volume.

The **register** is a TXT record beside the server's name: `generation=2 zone=eu-central-1b volume=vol-2 parent=vol-1
address=10.0.1.9`. Route 53 carries a change batch out as a whole or not at all, and refuses to delete a record that
is not exactly as it was given (API reference, ChangeResourceRecordSets): that makes every change of the register
conditional on what it was. Whoever wants to serve another volume counts the generation up first.
"""

import json
import re
import subprocess
import time
import urllib.request
from typing import Any, NamedTuple, Optional

OWNER = "elasticweb:nfs"
GENERATION = "elasticweb:generation"
SUPERSEDED = "elasticweb:superseded"
SNAPSHOTS = "elasticweb:snapshots"
DATA = "elasticweb:data"  # by which backups find it


class Refused(Exception):
    """What AWS answered in place of what was asked: its code and one line."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class State(NamedTuple):
    """What the register says."""

    generation: int
    zone: str
    volume: str
    """The living volume; empty while it is being restored."""
    parent: str
    """The volume that it was restored from; empty for the first."""
    address: str
    """Where it is served; empty before it was."""

    def text(self) -> str:
        return '"' + " ".join(f"{key}={value}" for key, value in self._asdict().items()) + '"'


def parsed(text: str) -> State:
    words = dict(word.split("=", 1) for word in text.strip('"').split(" "))
    return State(int(words["generation"]), words["zone"], words["volume"], words["parent"], words["address"])


def kebab(operation: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", operation).lower()


def run_cli(service: str, operation: str, region: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Call an operation, named as in the API, by the AWS CLI."""
    command = ["aws", service, kebab(operation), "--region", region, "--output", "json", "--no-cli-pager"]
    limits = ["--cli-connect-timeout", "5", "--cli-read-timeout", "20"]
    command += [*limits, "--cli-input-json", json.dumps(parameters)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=25, check=False)
    except subprocess.TimeoutExpired:
        raise Refused("Timeout", f"{operation}: no answer") from None
    if done.returncode:
        line = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit status {done.returncode}"
        found = re.search(r"An error occurred \((\w[\w.]*)\)", done.stderr)
        raise Refused(found.group(1) if found else "Unreachable", f"{operation}: {line}")
    return json.loads(done.stdout) if done.stdout.strip() else {}


def metadata(path: str) -> str:
    base = "http://169.254.169.254/latest"
    ask = urllib.request.Request(
        f"{base}/api/token", method="PUT", headers={"X-aws-ec2-metadata-token-ttl-seconds": "60"}
    )
    with urllib.request.urlopen(ask, timeout=5) as answer:
        token = answer.read().decode()
    ask = urllib.request.Request(f"{base}/meta-data/{path}", headers={"X-aws-ec2-metadata-token": token})
    with urllib.request.urlopen(ask, timeout=5) as answer:
        return answer.read().decode()


class Cloud:
    """AWS as this server sees it."""

    def __init__(self, settings: dict[str, Any], instance: str, region: str, zone: str, ask: Any = run_cli) -> None:
        self.settings, self.instance, self.region, self.zone = settings, instance, region, zone
        self.ask = ask

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        return self.ask(service, operation, self.region, parameters)

    # --- the register

    def register(self) -> Optional[State]:
        name = f"_state.{self.settings['host']}."
        found = self.call(
            "route53",
            "ListResourceRecordSets",
            HostedZoneId=self.settings["hosted_zone"],
            StartRecordName=name,
            StartRecordType="TXT",
        )
        for record in found["ResourceRecordSets"]:
            if record["Name"] == name and record["Type"] == "TXT":
                return parsed(record["ResourceRecords"][0]["Value"])
        return None

    def change(self, old: Optional[State], new: State) -> bool:
        """Turn the register from *old* to *new*, and the server's name with it; False when it was not *old*."""
        changes = [_change("DELETE", self._record(old))] if old else []
        changes.append(_change("CREATE", self._record(new)))
        if new.address:
            values = [{"Value": new.address}]
            name = f"{self.settings['host']}."
            changes.append(_change("UPSERT", {"Name": name, "Type": "A", "TTL": 10, "ResourceRecords": values}))
        batch = {"Changes": changes}
        zone = self.settings["hosted_zone"]
        try:
            self.call("route53", "ChangeResourceRecordSets", HostedZoneId=zone, ChangeBatch=batch)
        except Refused as refused:
            if refused.code != "InvalidChangeBatch":
                raise
            return False
        return True

    def _record(self, state: State) -> dict[str, Any]:
        values = [{"Value": state.text()}]
        return {"Name": f"_state.{self.settings['host']}.", "Type": "TXT", "TTL": 10, "ResourceRecords": values}

    # --- volumes

    def volume(self, volume: str) -> Optional[dict[str, Any]]:
        try:
            return self.call("ec2", "DescribeVolumes", VolumeIds=[volume])["Volumes"][0]
        except Refused as refused:
            if refused.code != "InvalidVolume.NotFound":
                raise
            return None

    def superseded(self, volume: str) -> bool:
        found = self.volume(volume)
        return found is None or SUPERSEDED in _tags(found)

    def supersede(self, volume: str, generation: int) -> None:
        """Tell a server that cannot reach the register, and end the snapshots of what nobody serves any more."""
        if self.volume(volume) is not None:
            tags = {SUPERSEDED: str(generation), SNAPSHOTS: "none", DATA: "none"}
            self.call("ec2", "CreateTags", Resources=[volume], Tags=_listed(tags))

    def snapshots(self, volume: str) -> list[dict[str, Any]]:
        """Snapshots of this very volume, the newest first."""
        asked = {"OwnerIds": ["self"], "Filters": [{"Name": "volume-id", "Values": [volume]}]}
        found: list[dict[str, Any]] = []
        while True:
            answer = self.call("ec2", "DescribeSnapshots", **asked)
            found += [s for s in answer.get("Snapshots", []) if s["VolumeId"] == volume]
            if not answer.get("NextToken"):
                return sorted(found, key=lambda s: str(s["StartTime"]), reverse=True)
            asked["NextToken"] = answer["NextToken"]

    def last_snapshot(self, volume: str, generation: int) -> Optional[dict[str, Any]]:
        """Return the snapshot that is taken of *volume* after its last server; None when there is no such volume."""
        for found in self.snapshots(volume):
            if _tags(found).get(GENERATION) == str(generation):
                return found
        tags = {**self.settings["tags"], OWNER: self.settings["identity"], GENERATION: str(generation)}
        what = [{"ResourceType": "snapshot", "Tags": _listed(tags)}]
        try:
            return self.call("ec2", "CreateSnapshot", VolumeId=volume, TagSpecifications=what)
        except Refused as refused:
            if refused.code != "InvalidVolume.NotFound":
                raise
            return None

    def restored(self, generation: int) -> Optional[str]:
        """Return the volume that was made for *generation*, if there is one."""
        wanted = {OWNER: self.settings["identity"], GENERATION: str(generation)}
        filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in wanted.items()]
        found = self.call("ec2", "DescribeVolumes", Filters=filters).get("Volumes", [])
        living = sorted(v["VolumeId"] for v in found if v["State"] in ("creating", "available", "in-use"))
        return living[0] if living else None

    def restore(self, snapshot: str, gib: int, generation: int) -> str:
        """Make the volume of *generation* from *snapshot*: with one token, so that AWS makes it once."""
        wanted = self.settings["volume"]
        tags = {
            **self.settings["tags"],
            OWNER: self.settings["identity"],
            SNAPSHOTS: self.settings["identity"],
            GENERATION: str(generation),
        }
        made = self.call(
            "ec2",
            "CreateVolume",
            AvailabilityZone=self.zone,
            SnapshotId=snapshot,
            Encrypted=True,
            ClientToken=f"{self.settings['token']}-{generation}",
            TagSpecifications=[{"ResourceType": "volume", "Tags": _listed(tags)}],
            **{**wanted, "Size": max(wanted["Size"], gib)},
        )
        return made["VolumeId"]

    def enlarge(self, volume: str) -> None:
        """Let a restored volume grow to what is declared; the first one is the deployment's."""
        wanted = self.settings["volume"]["Size"]
        found = self.volume(volume)
        if found is not None and found["Size"] < wanted:
            self.call("ec2", "ModifyVolume", VolumeId=volume, Size=wanted)

    # --- address, heartbeat, group

    def attach_address(self) -> dict[str, Any]:
        """Attach the zone's network interface to this server; return it. EC2 attaches it to one server at a time."""
        interface = self.settings["interfaces"][self.zone]
        found = self.call("ec2", "DescribeNetworkInterfaces", NetworkInterfaceIds=[interface])["NetworkInterfaces"][0]
        holder = found.get("Attachment", {}).get("InstanceId")
        if holder is None:
            asked = {"NetworkInterfaceId": interface, "InstanceId": self.instance, "DeviceIndex": 1}
            self.call("ec2", "AttachNetworkInterface", **asked)
        elif holder != self.instance:
            raise Refused("Held", f"{interface} is still with {holder}")
        return found

    def beat(self) -> None:
        datum = {"MetricName": "Serving", "Value": 1, "Unit": "Count", "Dimensions": self._dimensions()}
        self.call("cloudwatch", "PutMetricData", Namespace="elasticweb/nfs", MetricData=[datum])

    def silent(self) -> bool:
        """Whether no server has served for as long as `failover_minutes`."""
        now = int(time.time())
        found = self.call(
            "cloudwatch",
            "GetMetricStatistics",
            Namespace="elasticweb/nfs",
            MetricName="Serving",
            Dimensions=self._dimensions(),
            StartTime=_iso(now - 60 * self.settings["failover_minutes"]),
            EndTime=_iso(now + 60),
            Period=60,
            Statistics=["Sum"],
        )
        return not found.get("Datapoints")

    def _dimensions(self) -> list[dict[str, str]]:
        return [{"Name": "Server", "Value": self.settings["identity"]}]

    def leave(self) -> None:
        """End this server, and do not replace it."""
        asked = {"InstanceId": self.instance, "ShouldDecrementDesiredCapacity": True}
        self.call("autoscaling", "TerminateInstanceInAutoScalingGroup", **asked)


def _change(action: str, record: dict[str, Any]) -> dict[str, Any]:
    return {"Action": action, "ResourceRecordSet": record}


def _iso(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _tags(described: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in described.get("Tags", [])}


def _listed(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
