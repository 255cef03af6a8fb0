import json
import re
from collections import Counter
from typing import Any

import pulumi
import pytest

from components._args import InvalidArgs
from components._mounts import Connection, Mount
from components.shared_storage import SharedStorage
from components.single_server import SingleServer
from rehearsal.recorder import Recording
from tests.recording import recording

COMPONENT = "elasticweb:index:SingleServer"
IDENTITY = "elasticweb/test/worker-data"


def arguments(**more: Any) -> Any:
    return {"vpc_id": "vpc-1", "subnet_id": "subnet-a", "availability_zone": "eu-central-1a", **more}


def server(*, preview: bool = False, **more: Any) -> Recording:
    return recording(lambda: SingleServer("worker", arguments(**more)), preview=preview)


def refused(more: Any, name: str = "worker") -> str:
    """Return the one line, after making sure that nothing was registered before it."""
    messages: list[str] = []

    def program() -> None:
        with pytest.raises(InvalidArgs) as raised:
            SingleServer(name, arguments(**more))
        messages.append(str(raised.value))

    assert [r.type for r in recording(program).resources] == ["pulumi:pulumi:Stack"]
    assert "\n" not in messages[0]
    return messages[0]


def statements(recorded: Recording) -> list[Any]:
    return json.loads(recorded.named("worker-machine-policy").inputs["policy"])["Statement"]


@pytest.mark.parametrize("preview", [False, True])
def test_a_server_is_a_group_a_machine_and_a_data_volume(preview: bool) -> None:
    recorded = server(preview=preview)

    component = recorded.one(COMPONENT)
    own = Counter(r.type for r in recorded.resources if r.parent == component.urn)
    assert own == {
        "elasticweb:index:DataVolume": 1,
        "elasticweb:index:Machine": 1,
        "aws:autoscaling/group:Group": 1,
    }
    assert len(recorded.all("ebs/volume:Volume")) == 1
    assert len(recorded.all("ec2/launchTemplate:LaunchTemplate")) == 1
    assert all(r.name.startswith("worker-") for r in recorded.resources if r.custom)


def test_the_group_keeps_exactly_one_server_and_ends_the_old_one_first() -> None:
    recorded = server()
    group = recorded.one("autoscaling/group:Group").inputs
    template = recorded.one("ec2/launchTemplate:LaunchTemplate")

    assert (group["minSize"], group["maxSize"], group["desiredCapacity"]) == (1, 1, 1)
    assert group["vpcZoneIdentifiers"] == ["subnet-a"]
    assert group["healthCheckType"] == "EC2"
    assert group["launchTemplate"] == {"id": template.id, "version": "1"}
    old_first = {"minHealthyPercentage": 0, "maxHealthyPercentage": 100}
    assert group["instanceMaintenancePolicy"] == old_first
    assert group["instanceRefresh"] == {"strategy": "Rolling", "preferences": old_first}


def test_the_server_may_attach_its_volume_to_itself_and_nothing_to_others() -> None:
    recorded = server()

    tags = {tag["key"]: tag for tag in recorded.one("autoscaling/group:Group").inputs["tags"]}
    assert tags["elasticweb:attaches"] == {
        "key": "elasticweb:attaches",
        "value": IDENTITY,
        "propagateAtLaunch": True,
    }
    attach = [s for s in statements(recorded) if s["Action"] == ["ec2:AttachVolume"]]
    volume = recorded.one("ebs/volume:Volume").outputs["arn"]
    assert attach[0]["Resource"] == [volume]
    assert attach[1]["Resource"] == [volume.rsplit(":", 1)[0] + ":instance/*"]
    assert attach[1]["Condition"] == {"StringEquals": {"ec2:ResourceTag/elasticweb:attaches": IDENTITY}}
    assert len(attach) == 2


def test_disks_of_the_server_itself_are_not_mistaken_for_its_data_volume() -> None:
    recorded = server(tags={"team": "web"})

    template = recorded.one("ec2/launchTemplate:LaunchTemplate").inputs
    for specification in template["tagSpecifications"]:
        assert specification["tags"]["team"] == "web"
        assert "elasticweb:snapshots" not in specification["tags"]


def test_the_group_waits_for_the_volume_and_goes_before_it() -> None:
    recorded = server()
    template = recorded.one("ec2/launchTemplate:LaunchTemplate")

    assert template.urn in recorded.one("autoscaling/group:Group").dependencies
    assert recorded.one("ebs/volume:Volume").urn in template.dependencies


def test_volume_path_and_further_connections_reach_the_machine() -> None:
    def program() -> None:
        share = SharedStorage("files", {"vpc_id": "vpc-1", "subnet_ids": ["subnet-a"]})
        SingleServer(
            "worker",
            arguments(
                mounts=[share.mount("/var/www/files")],
                connections=[Connection(name="database", security_group_id="sg-db", port=3307)],
                secret_arns=["arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf"],
                volume={"size_gib": 50},
                volume_path="/srv/data",
            ),
        )

    recorded = recording(program)
    actions = [action for s in statements(recorded) for action in s["Action"]]
    assert {"ec2:AttachVolume", "s3files:ClientMount", "s3files:ClientWrite"} <= set(actions)
    assert "secretsmanager:GetSecretValue" in actions
    ports = {r.inputs["fromPort"] for r in recorded.all("vpc/securityGroupIngressRule:SecurityGroupIngressRule")}
    assert ports == {2049, 3307}
    assert recorded.one("ebs/volume:Volume").inputs["size"] == 50


def test_the_data_volume_is_kept_unless_disposable() -> None:
    assert server().one("ebs/volume:Volume").options["protect"] is True
    recorded = server(disposable=True)
    assert not [r.name for r in recorded.resources if r.options.get("protect") or r.options.get("retainOnDelete")]


def test_outputs_name_what_was_made() -> None:
    recorded = server()
    role = recorded.named("worker-machine-role").outputs

    assert recorded.one(COMPONENT).outputs == {
        "autoscaling_group_name": recorded.one("autoscaling/group:Group").outputs["name"],
        "security_group_id": recorded.one("ec2/securityGroup:SecurityGroup").id,
        "role_arn": role["arn"],
        "role_name": role["name"],
        "volume_id": recorded.one("ebs/volume:Volume").id,
        "snapshot_policy_arn": recorded.one("dlm/lifecyclePolicy:LifecyclePolicy").outputs["arn"],
    }


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"volume": {"size_gib": 0}}, "SingleServer: volume.size_gib must be between 1 and 65536 GiB, got 0"),
        ({"volume_path": "data"}, r"SingleServer: the mount path must be absolute, .*, got 'data'"),
        ({"machine": {"instance_type": "huge"}}, r"SingleServer: machine.instance_type must be .*, got 'huge'"),
        ({"secret_arns": ["db"]}, r"SingleServer: secret_arns\[0\] must be .*, got 'db'"),
        (
            {"mounts": [Mount(name="more", path="/data", type="xfs", source="LABEL=more")]},
            r"SingleServer: .*/data.*",
        ),
        ({"sise": 1}, r"SingleServer: unknown sise; known are .*"),
    ],
)
def test_wrong_arguments_are_one_line_before_anything_is_registered(more: Any, message: str) -> None:
    assert re.fullmatch(message, refused(more)), refused(more)


def test_a_name_that_auto_naming_would_make_too_long_is_refused() -> None:
    assert "is too long for an IAM role" in refused({}, name="x" * 45)


def test_zone_and_subnet_may_come_from_elsewhere() -> None:
    def program() -> None:
        zone = pulumi.Output.from_input("eu-central-1b")
        SingleServer("worker", arguments(availability_zone=zone, subnet_id=pulumi.Output.from_input("subnet-b")))

    recorded = recording(program)
    assert recorded.one("ebs/volume:Volume").inputs["availabilityZone"] == "eu-central-1b"


def test_refuses_farewell_commands_because_nobody_waits_for_them() -> None:
    assert refused({"machine": {"farewell_commands": ["true"]}}).startswith("SingleServer: machine.farewell_commands ")


def test_a_server_fetches_its_secrets_and_takes_no_part_in_a_life_cycle() -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:key-AbCdEf"
    recorded = server(secrets=[{"name": "key", "arn": arn}])
    assert {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": [arn]} in statements(recorded)
    assert not [s for s in statements(recorded) if "autoscaling" in str(s)]
    assert not recorded.all("autoscaling/lifecycleHook:LifecycleHook")
