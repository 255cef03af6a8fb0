import base64
import gzip
import json
from collections import Counter
from typing import Any

import pulumi
import pytest

from components._args import InvalidArgs
from components.machine import Machine
from components.nfs_server import NfsServer
from rehearsal.recorder import Recording
from tests.recording import recording

COMPONENT = "elasticweb:index:NfsServer"
IDENTITY = "elasticweb/test/files-data"
ZONES = ["eu-central-1a", "eu-central-1b"]


def arguments(**more: Any) -> Any:
    return {"vpc_id": "vpc-1", "subnet_ids": ["subnet-a", "subnet-b"], "availability_zones": ZONES, **more}


def server(*, preview: bool = False, owner: str | None = None, read_only: bool = False, **more: Any) -> Recording:
    """Record a server and one machine that mounts its files."""

    def program() -> None:
        made = NfsServer("files", arguments(**more))
        mount = made.mount("/var/www/files", owner, read_only=read_only)
        pulumi.export("mount", mount)
        Machine("web", {"vpc_id": "vpc-1", "mounts": [mount]})
        other: Any = {"name": "files", "path": "/files", "source": made.mount_source, "type": "nfs_server"}
        Machine("other", {"vpc_id": "vpc-1", "storage_mounts": [other]})

    return recording(program, preview=preview)


def refused(name: str = "files", **more: Any) -> str:
    messages: list[str] = []

    def program() -> None:
        with pytest.raises(InvalidArgs) as raised:
            NfsServer(name, arguments(**more))
        messages.append(str(raised.value))

    assert [r.type for r in recording(program).resources] == ["pulumi:pulumi:Stack"]
    assert "\n" not in messages[0]
    return messages[0]


@pytest.mark.parametrize("preview", [False, True])
def test_what_a_server_consists_of(preview: bool) -> None:
    own = [r for r in server(preview=preview).resources if r.custom and r.name.startswith("files-")]
    count = Counter(r.type.split(":")[-1] for r in own if "-machine-" not in r.name)
    assert count == {
        "Volume": 1,
        "Role": 1,
        "RolePolicyAttachment": 1,
        "LifecyclePolicy": 1,
        "Zone": 1,
        "SecurityGroup": 1,
        "NetworkInterface": 2,
        "Group": 2,
        "Policy": 2,
        "MetricAlarm": 1,
    }


def test_the_first_zone_has_the_volume_and_the_one_server_and_a_deployment_does_not_move_it() -> None:
    recorded = server()
    volume = recorded.one("ebs/volume:Volume")
    assert (volume.inputs["availabilityZone"], volume.inputs["encrypted"]) == (ZONES[0], True)
    assert (volume.options["protect"], volume.options["retainOnDelete"]) == (True, True)
    first, second = (recorded.named(f"files-group-{i}") for i in (1, 2))
    assert (first.inputs["vpcZoneIdentifiers"], second.inputs["vpcZoneIdentifiers"]) == (["subnet-a"], ["subnet-b"])
    assert (first.inputs["desiredCapacity"], second.inputs["desiredCapacity"]) == (1, 0)
    for group in (first, second):
        assert (group.inputs["minSize"], group.inputs["maxSize"]) == (0, 1)
        assert group.options["ignoreChanges"] == ["desiredCapacity"]
        assert group.inputs["instanceMaintenancePolicy"] == {"minHealthyPercentage": 0, "maxHealthyPercentage": 100}
        tags = {tag["key"]: tag["value"] for tag in group.inputs["tags"]}
        assert (tags["elasticweb:attaches"], tags["elasticweb:nfs"]) == (IDENTITY, IDENTITY)


def test_silence_starts_a_server_in_every_zone_and_tells_somebody() -> None:
    recorded = server(alarm_topic_arn="arn:topic")
    alarm = recorded.one("cloudwatch/metricAlarm:MetricAlarm").inputs
    starts = [recorded.named(f"files-start-{i}") for i in (1, 2)]
    assert alarm["alarmActions"] == [*(start.outputs["arn"] for start in starts), "arn:topic"]
    assert (alarm["treatMissingData"], alarm["dimensions"]) == ("breaching", {"Server": IDENTITY})
    for start in starts:
        assert (start.inputs["adjustmentType"], start.inputs["scalingAdjustment"]) == ("ExactCapacity", 1)


def settings(recorded: Recording) -> Any:
    """Return what the server's program is told, out of its user data."""
    data = recorded.named("files-machine-launch-template").inputs["userData"]
    text = gzip.decompress(base64.b64decode(data)).decode()
    line = next(line for line in text.splitlines() if line.strip().startswith('{"failover_minutes"'))
    return json.loads(line)


def test_the_program_is_told_of_what_was_made() -> None:
    recorded = server(
        nfs_server={"volume": {"size_gib": 50, "iops": 4000}, "user_id": 33}, client_cidr_blocks=["10.1.0.0/16"]
    )
    told = settings(recorded)
    assert told["first"] == {"zone": ZONES[0], "volume": recorded.one("ebs/volume:Volume").id}
    assert told["interfaces"] == dict(
        zip(ZONES, [recorded.named(f"files-address-{i}").id for i in (1, 2)], strict=True)
    )
    assert told["volume"] == {"VolumeType": "gp3", "Size": 50, "Iops": 4000}
    assert (told["user_id"], told["group_id"], told["networks"]) == (33, 33, ["10.1.0.0/16"])
    assert told["host"] == "nfs.files.test.elasticweb.internal"
    assert told["identity"] == recorded.one("ebs/volume:Volume").inputs["tags"]["elasticweb:snapshots"]


def test_files_are_mounted_hard_by_nfs_4_and_clients_follow_the_name() -> None:
    mount: Any = server(owner="apache:apache").stack_outputs["mount"]
    assert (mount["type"], mount["source"], mount["owner"]) == (
        "nfs4",
        "nfs.files.test.elasticweb.internal:/",
        "apache:apache",
    )
    options = mount["options"].split(",")
    assert {"hard", "nfsvers=4.2", "port=2049", "noresvport", "nosuid", "nodev"} <= set(options)
    assert not {"soft", "softerr", "ro"} & set(options)
    assert mount["packages"] == {"al2023": ["nfs-utils"], "ubuntu": ["nfs-common"]}
    assert "/nfs-client.sh nfs.files.test.elasticweb.internal /var/www/files\n" in mount["setup"]["al2023"][0]
    read_only: Any = server(read_only=True).stack_outputs["mount"]
    assert read_only["options"].endswith(",ro")


def test_only_those_that_mount_the_files_reach_port_2049() -> None:
    recorded = server()
    group = recorded.named("files-sg")
    rules = recorded.all("vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    inward = [r.inputs for r in rules if r.inputs["securityGroupId"] == group.id]
    peers = {recorded.named("web-sg").id, recorded.named("other-sg").id}
    assert {rule["referencedSecurityGroupId"] for rule in inward} == peers
    assert {(rule["fromPort"], rule["toPort"], rule["ipProtocol"]) for rule in inward} == {(2049, 2049, "tcp")}
    assert "ingress" not in group.inputs
    for interface in recorded.all("ec2/networkInterface:NetworkInterface"):
        assert interface.inputs["securityGroups"] == [group.id]


def test_the_role_may_change_its_own_things_only() -> None:
    recorded = server()
    statements = json.loads(recorded.named("files-machine-policy").inputs["policy"])["Statement"]
    wide = {"ec2:DescribeVolumes", "ec2:DescribeSnapshots", "ec2:DescribeNetworkInterfaces"}
    for statement in statements:
        actions = {statement["Action"]} if isinstance(statement["Action"], str) else set(statement["Action"])
        if statement["Resource"] == "*" and "Condition" not in statement:
            assert actions == wide | {"cloudwatch:GetMetricStatistics"}
        assert not [a for a in actions if a.startswith(("ec2:Delete", "ec2:Detach", "route53:Create"))]
    zone = recorded.one("route53/zone:Zone")
    (named,) = [s for s in statements if "route53:ChangeResourceRecordSets" in s["Action"]]
    assert named["Resource"] in (zone.outputs["arn"], [zone.outputs["arn"]])


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"subnet_ids": []}, "NfsServer: subnet_ids must be 1 to 6, one per zone, got 0"),
        (
            {"availability_zones": ["eu-central-1a"]},
            "NfsServer: availability_zones must be those of subnet_ids (2), got 1",
        ),
        (
            {"nfs_server": {"user_id": 0}},
            "NfsServer: nfs_server.user_id must be between 1 and 4294967294, got 0",
        ),
        (
            {"nfs_server": {"failover_minutes": 4}},
            "NfsServer: nfs_server.failover_minutes must be between 5 and 1440 minutes, got 4",
        ),
        (
            {"nfs_server": {"volume": {"size_gib": 0}}},
            "NfsServer: nfs_server.volume.size_gib must be between 1 and 65536 GiB, got 0",
        ),
        (
            {"nfs_server": {"instance_type": "small"}},
            "NfsServer: nfs_server.instance_type must be a family and a size, such as t4g.small, got 'small'",
        ),
    ],
)
def test_what_cannot_be_served_is_refused(more: dict[str, Any], message: str) -> None:
    assert refused(**more) == message


def test_an_owner_that_is_none_and_a_path_that_is_none_are_refused() -> None:
    with pytest.raises(InvalidArgs, match="owner of /var/www/files must be user:group"):
        server(owner="apache")
