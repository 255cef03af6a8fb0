import asyncio
import base64
import gzip
import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.runtime.settings import SETTINGS

from components._args import InvalidArgs
from components._mounts import Connection, Mount, PolicyStatement
from components.machine import Machine, MachineArgs
from rehearsal.recorder import Recording
from rehearsal.wire import UNKNOWN
from tests.recording import recording

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf"  # noqa: S105 - an ARN
BUCKET = "arn:aws:s3:::files"


def share(**more: Any) -> Mount:
    mount: Any = {"name": "files", "path": "/var/www/files", "type": "s3files", "source": "fs-0123", **more}
    return mount


def machine(flowing: Callable[[], Any] = dict, *, preview: bool = False, **plain: Any) -> Recording:
    """Record a machine; Outputs belong to the program that makes them, so *flowing* makes theirs in it."""

    def program() -> None:
        given: Any = {"vpc_id": "vpc-1", **plain, **flowing()}
        Machine("web", given)

    return recording(program, preview=preview)


def template(recorded: Recording) -> dict[str, Any]:
    return recorded.one("ec2/launchTemplate:LaunchTemplate").inputs


def unpacked(recorded: Recording) -> str:
    return gzip.decompress(base64.b64decode(template(recorded)["userData"])).decode()


@pytest.mark.parametrize("preview", [False, True])
def test_makes_what_launches_a_server_and_nothing_that_runs(preview: bool) -> None:
    recorded = machine(preview=preview)
    assert sorted((r.type, r.name) for r in recorded.resources if r.custom) == [
        ("aws:ec2/launchTemplate:LaunchTemplate", "web-launch-template"),
        ("aws:ec2/securityGroup:SecurityGroup", "web-sg"),
        ("aws:iam/instanceProfile:InstanceProfile", "web-profile"),
        ("aws:iam/role:Role", "web-role"),
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "web-session-manager"),
        ("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "web-egress-http"),
        ("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "web-egress-https"),
    ]


@pytest.mark.parametrize("preview", [False, True])
def test_registers_exactly_its_annotated_outputs(preview: bool) -> None:
    component = machine(preview=preview).one("elasticweb:index:Machine")
    assert set(component.outputs) == set(Machine.__annotations__) - {"log_group_name"}
    component = machine(preview=preview, machine={"cloudwatch": {}}).one("elasticweb:index:Machine")
    assert set(component.outputs) == set(Machine.__annotations__)


def test_outputs_are_those_of_its_children() -> None:
    recorded = machine()
    outputs = recorded.one("elasticweb:index:Machine").outputs
    assert outputs["launch_template_id"] == recorded.named("web-launch-template").id
    assert outputs["launch_template_version"] == "1"
    assert outputs["security_group_id"] == recorded.named("web-sg").id
    assert outputs["role_name"] == recorded.named("web-role").outputs["name"]
    assert outputs["role_arn"] == recorded.named("web-role").outputs["arn"]
    assert outputs["instance_profile_arn"] == recorded.named("web-profile").outputs["arn"]


def test_a_plain_machine_is_an_amazon_linux_on_arm() -> None:
    inputs = template(machine())
    assert inputs["instanceType"] == "t4g.small"
    assert inputs["imageId"] == "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
    assert inputs["blockDeviceMappings"] == [
        {
            "deviceName": "/dev/xvda",
            "ebs": {"deleteOnTermination": "true", "encrypted": "true", "volumeSize": 20, "volumeType": "gp3"},
        }
    ]


@pytest.mark.parametrize(
    ("spec", "image", "root"),
    [
        (
            {"image": "ubuntu-24.04"},
            "resolve:ssm:/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
            "/dev/sda1",
        ),
        (
            {"image": "ubuntu-24.04", "instance_type": "m7i.large"},
            "resolve:ssm:/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
            "/dev/sda1",
        ),
        (
            {"instance_type": "t3.micro"},
            "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
            "/dev/xvda",
        ),
        ({"image": "ami-0123456789abcdef0"}, "ami-0123456789abcdef0", "/dev/xvda"),
        ({"image": "ami-0123456789abcdef0", "distribution": "ubuntu"}, "ami-0123456789abcdef0", "/dev/sda1"),
        ({"image": "resolve:ssm:/our/golden:7"}, "resolve:ssm:/our/golden:7", "/dev/xvda"),
    ],
)
def test_image_and_root_device_follow_distribution_and_processor(spec: Any, image: str, root: str) -> None:
    inputs = template(machine(machine=spec))
    assert (inputs["imageId"], inputs["blockDeviceMappings"][0]["deviceName"]) == (image, root)


def test_the_launch_template_is_closed_to_what_an_auditor_looks_for() -> None:
    recorded = machine()
    inputs = template(recorded)
    assert inputs["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
        "instanceMetadataTags": "disabled",
    }
    assert inputs["monitoring"] == {"enabled": True}
    assert inputs["iamInstanceProfile"] == {"arn": recorded.named("web-profile").outputs["arn"]}
    assert inputs["vpcSecurityGroupIds"] == [recorded.named("web-sg").id]
    assert inputs["updateDefaultVersion"] is True
    assert not {"keyName", "networkInterfaces", "name", "defaultVersion", "ebsOptimized"} & set(inputs)


def test_tags_reach_what_is_launched() -> None:
    recorded = machine(tags={"team": "web"})
    inputs = template(recorded)
    everything = {"managed-by": "pulumi", "Name": "web", "team": "web"}  # the provider's default tags come first
    assert {t["resourceType"]: t["tags"] for t in inputs["tagSpecifications"]} == {
        "instance": everything,
        "volume": everything,
        "network-interface": everything,
    }
    taggable = [r for r in recorded.resources if r.custom and "olicy" not in r.type]
    assert all(r.inputs["tags"]["team"] == "web" for r in taggable)


def test_data_volumes_are_mapped_after_the_root() -> None:
    volumes = [
        {"name": "cache", "path": "/srv/cache", "size_gib": 50, "iops": 4000, "throughput": 500},
        {"name": "scratch", "path": "/srv/scratch", "size_gib": 10},
    ]
    inputs = template(machine(machine={"data_volumes": volumes, "root_volume_gib": 30}))
    common = {"deleteOnTermination": "true", "encrypted": "true", "volumeType": "gp3"}
    assert inputs["blockDeviceMappings"] == [
        {"deviceName": "/dev/xvda", "ebs": {**common, "volumeSize": 30}},
        {"deviceName": "/dev/sdf", "ebs": {**common, "volumeSize": 50, "iops": 4000, "throughput": 500}},
        {"deviceName": "/dev/sdg", "ebs": {**common, "volumeSize": 10}},
    ]


def test_a_data_volume_is_of_its_own_kind_with_its_own_key_and_may_outlive_its_server() -> None:
    volumes = [
        {
            "name": "log",
            "path": "/srv/log",
            "size_gib": 125,
            "type": "st1",
            "disposable": False,
            "kms_key_arn": "arn:k",
        },
        {"name": "db", "path": "/srv/db", "size_gib": 10, "type": "io2", "iops": 500, "file_system": "ext4"},
    ]
    _, log, database = template(machine(machine={"data_volumes": volumes}))["blockDeviceMappings"]
    kept = {"encrypted": "true", "deleteOnTermination": "false", "kmsKeyId": "arn:k"}
    assert log["ebs"] == {**kept, "volumeType": "st1", "volumeSize": 125}
    own = {"encrypted": "true", "deleteOnTermination": "true"}
    assert database["ebs"] == {**own, "volumeType": "io2", "volumeSize": 10, "iops": 500}


def test_a_plain_role_has_session_manager_and_nothing_else() -> None:
    recorded = machine()
    assert json.loads(recorded.named("web-role").inputs["assumeRolePolicy"]) == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}],
    }
    attachment = recorded.named("web-session-manager").inputs
    assert attachment["policyArn"] == "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    assert not recorded.all("iam/rolePolicy:RolePolicy")


def test_the_role_may_do_what_it_is_given_by_statements_mounts_and_secrets() -> None:
    sending = PolicyStatement(actions=["sqs:SendMessage"], resources=["arn:aws:sqs:eu-central-1:1:q"])
    reading = {
        "actions": ["s3:GetObject"],
        "conditions": {"StringEquals": {"aws:ResourceAccount": "123456789012"}},
    }
    recorded = machine(
        lambda: {
            "statements": [sending],
            "mounts": [share(statements=[{**reading, "resources": [pulumi.Output.format("{}/*", BUCKET)]}])],
            "secret_arns": [pulumi.Output.from_input(SECRET)],
        }
    )
    policy = recorded.named("web-policy").inputs
    assert policy["role"] == recorded.named("web-role").outputs["name"]
    assert json.loads(policy["policy"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": ["arn:aws:sqs:eu-central-1:1:q"]},
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject"],
                "Resource": [f"{BUCKET}/*"],
                "Condition": {"StringEquals": {"aws:ResourceAccount": "123456789012"}},
            },
            {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": [SECRET]},
        ],
    }


def statements(recorded: Recording) -> list[Any]:
    return json.loads(recorded.named("web-policy").inputs["policy"])["Statement"]


def test_the_role_may_fetch_the_secrets_that_the_machine_fetches() -> None:
    recorded = machine(lambda: {"secrets": [{"name": "database", "arn": pulumi.Output.from_input(SECRET)}]})
    assert statements(recorded) == [
        {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": [SECRET]}
    ]
    assert SECRET in unpacked(recorded)


def test_the_role_may_complete_the_hooks_of_its_own_group() -> None:
    hooks = {"launch_hook": "in", "terminate_hook": "out", "group_pattern": "web-fleet-*", "port": 80}
    recorded = machine(lifecycle=hooks, machine={"farewell_commands": ["true"]})
    assert statements(recorded) == [
        {
            "Effect": "Allow",
            "Action": ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"],
            "Resource": ["arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/web-fleet-*"],
        },
        {"Effect": "Allow", "Action": ["autoscaling:DescribeAutoScalingInstances"], "Resource": ["*"]},
    ]


@pytest.mark.parametrize("metrics", [True, False])
def test_the_agent_may_write_to_its_log_group_and_its_namespace(metrics: bool) -> None:
    recorded = machine(machine={"cloudwatch": {"metrics": metrics, "log_retention_days": 90}})
    group = recorded.named("web-logs")
    assert (group.type, group.inputs["retentionInDays"]) == ("aws:cloudwatch/logGroup:LogGroup", 90)
    arn = group.outputs["arn"]
    logs, *others = statements(recorded)
    assert logs["Action"] == ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    assert logs["Resource"] == [arn, f"{arn}:*"]
    own = {"StringEquals": {"cloudwatch:namespace": "CWAgent"}}
    assert others == (
        [
            {"Effect": "Allow", "Action": ["cloudwatch:PutMetricData"], "Resource": ["*"], "Condition": own},
            {"Effect": "Allow", "Action": ["ec2:DescribeTags"], "Resource": ["*"]},
        ]
        if metrics
        else []
    )
    assert group.outputs["name"] in unpacked(recorded)
    assert recorded.one("elasticweb:index:Machine").outputs["log_group_name"] == group.outputs["name"]


def test_the_security_group_lets_nothing_in_and_only_the_web_out() -> None:
    recorded = machine()
    assert not {"ingress", "egress"} & set(recorded.named("web-sg").inputs)
    assert not recorded.all("vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    rules = [r.inputs for r in recorded.all("vpc/securityGroupEgressRule:SecurityGroupEgressRule")]
    assert [(r["cidrIpv4"], r["ipProtocol"], r["fromPort"], r["toPort"]) for r in rules] == [
        ("0.0.0.0/0", "tcp", 80, 80),
        ("0.0.0.0/0", "tcp", 443, 443),
    ]


@pytest.mark.parametrize("preview", [False, True])
def test_a_connection_is_opened_on_both_sides(preview: bool) -> None:
    recorded = machine(
        preview=preview,
        connections=[Connection(name="database", security_group_id="sg-db", port=3307)],
        mounts=[share(connection={"name": "share", "security_group_id": "sg-nfs", "port": 2049})],
    )
    own = recorded.named("web-sg").id or UNKNOWN
    for key, peer, port in (("database", "sg-db", 3307), ("share", "sg-nfs", 2049)):
        out, into = recorded.named(f"web-egress-{key}").inputs, recorded.named(f"web-ingress-{key}").inputs
        assert (out["securityGroupId"], out["referencedSecurityGroupId"]) == (own, peer)
        assert (into["securityGroupId"], into["referencedSecurityGroupId"]) == (peer, own)
        for rule in (out, into):
            assert (rule["ipProtocol"], rule["fromPort"], rule["toPort"]) == ("tcp", port, port)


def test_two_mounts_of_one_share_have_one_connection() -> None:
    def args() -> Any:
        connection = {"name": "share", "security_group_id": pulumi.Output.from_input("sg-nfs"), "port": 2049}
        return {"mounts": [share(connection=connection), share(name="more", path="/srv/more", connection=connection)]}

    recorded = machine(args)
    assert recorded.named("web-egress-share").inputs["referencedSecurityGroupId"] == "sg-nfs"


def test_a_server_is_not_launched_before_it_may_do_and_reach_what_it_needs() -> None:
    recorded = machine(
        secret_arns=[SECRET], connections=[Connection(name="database", security_group_id="sg-db", port=3307)]
    )
    needed = {
        recorded.named(f"web-{role}").urn
        for role in ("session-manager", "policy", "egress-https", "egress-database", "ingress-database")
    }
    assert needed <= set(recorded.one("ec2/launchTemplate:LaunchTemplate").dependencies)


def test_user_data_is_known_in_a_preview_when_nothing_flows_in() -> None:
    assert unpacked(machine(preview=True)) == unpacked(machine())


def test_outputs_flow_into_user_data() -> None:
    def args() -> Any:
        host = pulumi.Output.from_input("db.example.internal")
        file = {"path": "/etc/app.conf", "content": pulumi.Output.format("host={}\n", host)}
        return {
            "machine": {"environment": {"DATABASE_HOST": host}, "files": [file]},
            "mounts": [share(source=pulumi.Output.from_input("fs-42"))],
        }

    recorded = machine(args)
    text = unpacked(recorded)
    assert 'DATABASE_HOST="db.example.internal"' in text
    assert "host=db.example.internal\n" in text
    assert "mount_at /var/www/files s3files fs-42 defaults,_netdev,nofail ''" in text


def test_unknown_outputs_leave_user_data_unknown_and_the_rest_known() -> None:
    def program() -> None:
        other = Machine("other", MachineArgs(vpc_id="vpc-1"))
        spec: Any = {"environment": {"OTHER": other.role_arn}}
        Machine("web", MachineArgs(vpc_id="vpc-1", machine=spec))

    inputs = recording(program, preview=True).named("web-launch-template").inputs
    assert inputs["userData"] == UNKNOWN
    assert inputs["instanceType"] == "t4g.small"


class _TidyLoop(asyncio.SelectorEventLoop):
    """Ends what a failed program has left under way, so that it does not wake up in the next test's loop."""

    def close(self) -> None:
        pending = asyncio.all_tasks(self)
        for task in pending:
            task.cancel()
        if pending:
            self.run_until_complete(asyncio.wait(pending))
        super().close()


def refusal(monkeypatch: pytest.MonkeyPatch, flowing: Callable[[], Any], *, preview: bool = False) -> str:
    """Return the error that ends a program whose Outputs turn out not to fit."""
    monkeypatch.setattr(asyncio, "new_event_loop", _TidyLoop)
    try:
        with pytest.raises(InvalidArgs) as raised:
            machine(flowing, preview=preview)
    finally:
        SETTINGS.outputs.clear()  # pyright: ignore[reportAttributeAccessIssue]
        SETTINGS.rpc_manager.clear()  # pyright: ignore[reportAttributeAccessIssue]
    return str(raised.value)


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize(
    ("args", "field"),
    [
        (lambda secret: {"machine": {"environment": {"PASSWORD": secret}}}, "machine.environment.PASSWORD"),
        (
            lambda secret: {
                "machine": {"files": [{"path": "/etc/app", "content": pulumi.Output.format("password={}", secret)}]}
            },
            "machine.files[0].content",
        ),
        (lambda secret: {"mounts": [share(options=secret)]}, "mounts[0].options"),
        (
            lambda secret: {
                "machine": {
                    "environment": {"PASSWORD": secret},
                    "files": [{"path": "/etc/app", "content": "{{ PASSWORD }}", "template": True}],
                }
            },
            "machine.environment.PASSWORD",
        ),
        (lambda secret: {"mounts": [share(setup={"al2023": [secret]})]}, "mounts[0].setup.al2023[0]"),
    ],
)
def test_refuses_a_secret_in_user_data(monkeypatch: pytest.MonkeyPatch, args: Any, field: str, preview: bool) -> None:
    message = refusal(monkeypatch, lambda: args(pulumi.Output.secret("hunter2")), preview=preview)
    assert message == (
        f"Machine: {field} must not be a secret: user data can be read by every process of the machine; "
        "give the ARN of a secret and let the program fetch it by the machine's role (secret_arns)"
    )


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            lambda: {"machine": {"environment": {"A": pulumi.Output.from_input("two\nlines")}}},
            "Machine: machine.environment.A must be one line without control characters, got 'two\\nlines'",
        ),
        (
            lambda: {"mounts": [share(source=pulumi.Output.from_input("two words"))]},
            "Machine: mount files: source must be one word without quotes, got 'two words'",
        ),
    ],
)
def test_refuses_what_flows_in_and_does_not_fit(
    monkeypatch: pytest.MonkeyPatch, args: Callable[[], Any], message: str
) -> None:
    assert refusal(monkeypatch, args) == message


def test_refuses_user_data_that_grows_too_large_when_outputs_flow_in(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = "".join(f"{i * i * 7919:x}" for i in range(8000))

    def args() -> Any:
        return {"machine": {"files": [{"path": "/srv/noise", "content": pulumi.Output.from_input(noise)}]}}

    message = refusal(monkeypatch, args)
    assert message.startswith("Machine: machine must fit into 16384 bytes of user data when packed, got ")
