"""The environment connects what the other components made; what they make is tested with them."""

import base64
import gzip
import json
from typing import Any

import pytest
import yaml

from components import Environment, EnvironmentArgs, InvalidArgs
from tests.recording import recording

NFS_PORT = 2049
NETWORK: Any = {"availability_zones": ["eu-central-1a", "eu-central-1b"]}
EXISTING: Any = {
    "availability_zones": ["eu-central-1a", "eu-central-1b"],
    "vpc_id": "vpc-1",
    "public_subnet_ids": ["subnet-1", "subnet-2"],
    "private_subnet_ids": ["subnet-3", "subnet-4"],
    "isolated_subnet_ids": ["subnet-5", "subnet-6"],
}


def environment(**args: Any) -> Any:
    return recording(lambda: Environment("env", EnvironmentArgs(**args)))


def test_servers_may_reach_the_database_and_the_files_and_nothing_else_reaches_them() -> None:
    recorded = environment(network=NETWORK, worker={})
    for server in ("env-web-server", "env-worker-machine"):
        group = recorded.named(f"{server}-sg").id
        for service in ("database", "env-storage"):
            out = recorded.named(f"{server}-egress-{service}").inputs
            into = recorded.named(f"{server}-ingress-{service}").inputs
            assert out["securityGroupId"] == into["referencedSecurityGroupId"] == group
            assert out["referencedSecurityGroupId"] == into["securityGroupId"]
            assert out["fromPort"] == into["toPort"]


def test_every_server_fetches_the_databases_secret_and_knows_where_it_is() -> None:
    recorded = environment(network=NETWORK, worker={})
    arn = recorded.one("secretsmanager/secret:Secret").outputs["arn"]
    for server in ("env-web-server", "env-worker-machine"):
        packed = recorded.named(f"{server}-launch-template").inputs["userData"]
        files = yaml.safe_load(gzip.decompress(base64.b64decode(packed)))["write_files"]
        written = {file["path"]: file["content"] for file in files}
        assert json.loads(written["/etc/elasticweb/secrets.json"])["secrets"] == {"database": arn}
        surroundings = written["/etc/elasticweb/environment"].splitlines()
        assert 'DATABASE_SECRET_FILE="/run/elasticweb/secrets/database.json"' in surroundings
        assert f'DATABASE_SECRET_ARN="{arn}"' in surroundings
        policy = json.loads(recorded.named(f"{server}-policy").inputs["policy"])["Statement"]
        assert [s["Resource"] for s in policy if s["Action"] == ["secretsmanager:GetSecretValue"]] == [[arn]]


def test_an_existing_network_is_used_as_it_is() -> None:
    recorded = environment(existing_network=EXISTING)
    assert recorded.all("ec2/vpc:Vpc") == []
    assert recorded.all("ec2/subnet:Subnet") == []
    assert recorded.one("lb/loadBalancer:LoadBalancer").inputs["subnets"] == ["subnet-1", "subnet-2"]
    assert recorded.one("rds/subnetGroup:SubnetGroup").inputs["subnetIds"] == ["subnet-5", "subnet-6"]
    assert recorded.one("autoscaling/group:Group").inputs["vpcZoneIdentifiers"] == ["subnet-3", "subnet-4"]


def test_there_is_no_worker_unless_it_is_asked_for() -> None:
    assert environment(network=NETWORK).all("ebs/volume:Volume") == []


def test_a_preview_registers_what_an_update_registers() -> None:
    def program() -> None:
        Environment("env", {"network": NETWORK, "worker": {}})

    def registered(*, preview: bool) -> list[tuple[str, str]]:
        return sorted((r.type, r.name) for r in recording(program, preview=preview).resources)

    assert registered(preview=True) == registered(preview=False)


@pytest.mark.parametrize("disposable", [True, False])
def test_nothing_that_holds_data_is_left_unprotected_unless_disposable(*, disposable: bool) -> None:
    recorded = environment(network=NETWORK, worker={}, site={"domain_name": "example.org"}, disposable=disposable)
    holders = [
        *recorded.all("s3/bucket:Bucket"),
        *recorded.all("ebs/volume:Volume"),
        *recorded.all("s3/filesFileSystem:FilesFileSystem"),
        *recorded.all("secretsmanager/secret:Secret"),
        *(r for r in recorded.all("rds/instance:Instance") if "replicateSourceDb" not in r.inputs),
    ]
    assert len(holders) == 6
    for holder in holders:
        assert holder.options.get("protect", False) is not disposable, holder.name
        assert holder.options.get("retainOnDelete", False) is not disposable, holder.name


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        ({}, "Environment: exactly one of network and existing_network must be given"),
        (
            {"network": NETWORK, "existing_network": EXISTING},
            "Environment: exactly one of network and existing_network must be given",
        ),
        (
            {"existing_network": {**EXISTING, "isolated_subnet_ids": ["subnet-5"]}},
            "Environment: existing_network.isolated_subnet_ids must have one subnet per zone (2), got 1",
        ),
        ({"network": NETWORK, "fleets": {}}, "Environment: unknown fleets; known are alarms, aurora, backups"),
        ({"network": NETWORK, "fleet": {"min_size": "5"}}, "Environment: fleet.min_size must be an integer, got '5'"),
        ({"network": {}}, "Environment: missing network.availability_zones"),
        *(
            (
                {"network": {**NETWORK, "nat_gateways": "none"}, "storage": storage},
                "Environment: storage.mount_with and storage.beside must not be nfs_server with network.nat_gateways ",
            )
            for storage in ({"mount_with": "nfs_server"}, {"beside": "nfs_server"})
        ),
    ],
)
def test_refuses(args: Any, complaint: str) -> None:
    with pytest.raises(InvalidArgs) as caught:
        environment(**args)
    assert str(caught.value).startswith(complaint)


def test_an_instance_connect_endpoint_reaches_every_server_by_ssh_and_nothing_else() -> None:
    recorded = environment(network={**NETWORK, "instance_connect_endpoint": True}, worker={})
    endpoint = recorded.named("env-network-instance-connect-sg").id
    for server in ("env-web-server", "env-worker-machine"):
        group = recorded.named(f"{server}-sg").id
        out = recorded.named(f"{server}-instance-connect-out").inputs
        into = recorded.named(f"{server}-instance-connect-in").inputs
        assert (out["securityGroupId"], out["referencedSecurityGroupId"]) == (endpoint, group)
        assert (into["securityGroupId"], into["referencedSecurityGroupId"]) == (group, endpoint)
        assert {(r["ipProtocol"], r["fromPort"], r["toPort"]) for r in (out, into)} == {("tcp", 22, 22)}
    others = [r for r in recorded.resources if endpoint in (r.inputs.get("securityGroupId"), r.inputs.get("groupId"))]
    assert {r.name.rpartition("-instance-connect-")[2] for r in others} == {"out"}
    ways_in = [r for r in environment(network=NETWORK, worker={}).resources if "instance-connect" in r.name]
    assert ways_in == []


def test_alarms_are_the_web_tiers_and_their_topic_is_known() -> None:
    recorded = environment(network=NETWORK, alarms={"emails": ["ops@example.org"]})
    web = next(r for r in recorded.resources if r.type == "elasticweb:index:WebTier").outputs
    whole = next(r for r in recorded.resources if r.type == "elasticweb:index:Environment").outputs
    for output in ("alarm_topic_arn", "alarm_names"):
        assert whole[output] == web[output] != []
    assert recorded.one("sns/topicSubscription:TopicSubscription").inputs["endpoint"] == "ops@example.org"


@pytest.mark.parametrize(
    ("storage", "types", "kinds"),
    [
        ({}, ["s3files"], ["rds", "s3"]),
        ({"mount_with": "efs"}, ["efs"], ["efs", "rds"]),
        ({"mount_with": "nfs_server"}, ["nfs4"], ["ebs", "rds"]),
        ({"mount_with": "efs", "beside": "s3_files"}, ["efs", "s3files"], ["efs", "rds", "s3"]),
    ],
)
def test_every_server_mounts_the_files_and_backups_find_them_whatever_they_are_kept_in(
    storage: Any, types: list[str], kinds: list[str]
) -> None:
    recorded = environment(network=NETWORK, worker=None, storage=storage, backups={})
    tests = recorded.all("backup/restoreTestingSelection:RestoreTestingSelection")
    assert sorted(test.inputs["name"] for test in tests) == kinds
    policy = recorded.named("env-web-server-policy").inputs["policy"]
    allowed = {"s3files": "s3files:ClientMount", "efs": "elasticfilesystem:ClientMount"}
    assert {type_ for type_, action in allowed.items() if action in policy} == set(types) & set(allowed)
    for name in ["env-storage", "env-storage-beside"][: len(types)]:
        assert recorded.named(f"env-web-server-egress-{name}").inputs["fromPort"] == NFS_PORT


@pytest.mark.parametrize(("alarms", "told"), [({}, False), ({"topic_arn": "arn:aws:sns:eu-central-1:1:t"}, True)])
def test_a_topic_that_is_there_is_told_when_nobody_serves_the_files(alarms: Any, told: bool) -> None:
    recorded = environment(network=NETWORK, storage={"mount_with": "nfs_server"}, alarms=alarms)
    (alarm,) = [a for a in recorded.all("cloudwatch/metricAlarm:MetricAlarm") if a.name.startswith("env-storage")]
    assert ("arn:aws:sns:eu-central-1:1:t" in alarm.inputs.get("okActions", [])) is told
