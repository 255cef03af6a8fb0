"""Replicas of MySQL: by number and by name, in other regions, promoted, and written to."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from components import InvalidArgs
from components.mysql import MySQLSpec
from components.mysql.checks import resolve
from components.mysql.failover import never_made, stays
from rehearsal.recorder import Recording
from tests.unit.mysql import address, args, children, made, outputs, password_of, refusal

INSTANCE = "aws:rds/instance:Instance"
WEST: dict[str, Any] = {
    "region": "eu-west-1",
    "vpc_id": "vpc-west",
    "subnet_ids": ["subnet-wa", "subnet-wb"],
    "kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/west",
}


def inputs(result: Recording, name: str) -> dict[str, Any]:
    return result.named(name).inputs


def instances(result: Recording) -> set[str]:
    return {name for type_, name in children(result) if type_ == INSTANCE}


def readers(result: Recording) -> dict[str, list[str]]:
    records = [r.inputs for r in result.all("route53/record:Record") if r.inputs["name"] == "db-ro.db.internal"]
    return {r["setIdentifier"]: r["records"] for r in records if r["setIdentifier"] != "primary"}


def writer(result: Recording) -> str:
    (name,) = [n for n in instances(result) if inputs(result, "db-writer")["records"] == [address(result.named(n))]]
    return name


# By name


def test_replicas_by_name_stand_beside_those_by_number() -> None:
    result = made({"replica_count": 1, "replicas": [{"name": "reports"}, {"name": "b-2"}]})
    assert instances(result) == {"db-primary", "db-replica-1", "db-replica-reports", "db-replica-b-2"}
    assert readers(result).keys() == {"1", "reports", "b-2"}
    same = {**inputs(result, "db-replica-1"), "identifier": ""}
    assert {**inputs(result, "db-replica-reports"), "identifier": ""} == same
    expected = [result.named(f"db-replica-{key}").outputs["identifier"] for key in ("1", "reports", "b-2")]
    assert outputs(result)["replica_identifiers"] == expected


def test_each_has_class_zone_and_storage_of_its_own() -> None:
    reports = {
        "name": "reports",
        "instance_class": "db.r7g.large",
        "availability_zone": "eu-central-1b",
        "storage_gib": 50.0,
        "max_storage_gib": 500,
    }
    replica = inputs(made({"replica_class": "db.t4g.micro", "replicas": [reports]}), "db-replica-reports")
    assert replica["instanceClass"] == "db.r7g.large"
    assert replica["performanceInsightsEnabled"] is True
    assert replica["availabilityZone"] == "eu-central-1b"
    assert (replica["allocatedStorage"], replica["maxAllocatedStorage"]) == (50, 500)


def test_the_order_of_the_list_changes_nothing_of_the_instances() -> None:
    one = made({"replicas": [{"name": "a"}, {"name": "b"}]})
    other = made({"replicas": [{"name": "b"}, {"name": "a"}]})
    assert {n: inputs(one, n) for n in instances(one)} == {n: inputs(other, n) for n in instances(other)}


# Elsewhere


def test_a_replica_elsewhere_has_key_subnets_group_and_parameters_of_that_region() -> None:
    result = made({"replicas": [{"name": "west", "elsewhere": {**WEST, "allowed_security_group_ids": ["sg-w"]}}]})
    replica = inputs(result, "db-replica-west")
    assert replica["region"] == "eu-west-1"
    assert replica["replicateSourceDb"] == result.named("db-primary").outputs["arn"]
    assert replica["kmsKeyId"] == replica["performanceInsightsKmsKeyId"] == WEST["kms_key_arn"]
    subnets, group = result.named("db-elsewhere-west-subnets"), result.named("db-elsewhere-west-security-group")
    assert (subnets.inputs["region"], subnets.inputs["subnetIds"]) == ("eu-west-1", WEST["subnet_ids"])
    assert replica["dbSubnetGroupName"] == subnets.outputs["name"]
    assert (group.inputs["region"], group.inputs["vpcId"]) == ("eu-west-1", "vpc-west")
    assert replica["vpcSecurityGroupIds"] == [group.id]
    rule = inputs(result, "db-elsewhere-west-ingress-1")
    assert (rule["region"], rule["securityGroupId"], rule["fromPort"]) == ("eu-west-1", group.id, 3307)
    parameters = result.named("db-parameters-eu-west-1")
    assert replica["parameterGroupName"] == parameters.outputs["name"]
    assert {**parameters.inputs, "region": None} == {**inputs(result, "db-parameters"), "region": None}
    logs = [r.inputs["region"] for r in result.all("cloudwatch/logGroup:LogGroup") if "replica-west" in r.name]
    assert logs == ["eu-west-1", "eu-west-1"]


def test_it_is_not_in_the_reader_name_but_among_the_outputs() -> None:
    result = made({"replica_count": 1, "replicas": [{"name": "west", "elsewhere": WEST}]})
    assert readers(result).keys() == {"1"}
    assert outputs(result)["replica_endpoints"] == [
        f"{address(result.named(f'db-replica-{key}'))}:3307" for key in ("1", "west")
    ]


def test_the_writer_comes_after_the_groups_that_its_upgrade_waits_for() -> None:
    result = made({"replicas": [{"name": "west", "elsewhere": WEST}]})
    assert result.named("db-parameters-eu-west-1").urn in result.named("db-primary").dependencies


def test_replicas_in_one_region_share_its_parameter_group() -> None:
    result = made({"replicas": [{"name": "a", "elsewhere": WEST}, {"name": "b", "elsewhere": WEST}]})
    groups = {r.name for r in result.all("rds/parameterGroup:ParameterGroup")}
    assert groups == {"db-parameters", "db-parameters-eu-west-1"}


# Promoted


def test_a_promoted_replica_is_as_safe_as_the_primary() -> None:
    result = made({"multi_az": True, "replicas": [{"name": "copy", "promoted": True}]})
    copy, primary = result.named("db-replica-copy"), result.named("db-primary")
    assert "replicateSourceDb" not in copy.inputs
    alike = {"backupRetentionPeriod", "backupWindow", "deletionProtection", "deleteAutomatedBackups", "multiAz"}
    assert {key: copy.inputs[key] for key in alike} == {key: primary.inputs[key] for key in alike}
    assert copy.inputs["skipFinalSnapshot"] is False
    assert copy.inputs["finalSnapshotIdentifier"] == f"{result.named('db-subnets').outputs['name']}-replica-copy-final"
    assert (copy.options["protect"], copy.options["retainOnDelete"]) == (True, True)
    logs = [r for r in result.all("cloudwatch/logGroup:LogGroup") if r.name.startswith("db-replica-copy")]
    assert [r.options["retainOnDelete"] for r in logs] == [True, True]
    assert readers(result) == {}
    assert outputs(result)["replica_identifiers"] == [copy.outputs["identifier"]]
    assert writer(result) == "db-primary"


def test_promotion_changes_nothing_that_would_replace_the_replica() -> None:
    before = inputs(made({"replicas": [{"name": "copy"}]}), "db-replica-copy")
    after = inputs(made({"replicas": [{"name": "copy", "promoted": True}]}), "db-replica-copy")
    differing = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert differing == {
        "backupRetentionPeriod",
        "backupWindow",
        "deleteAutomatedBackups",
        "deletionProtection",
        "finalSnapshotIdentifier",
        "multiAz",
        "replicateSourceDb",
        "skipFinalSnapshot",
        "tags",  # by which backups find it
        "allowMajorVersionUpgrade",
    }


def test_a_promoted_replica_stays_itself_when_another_is_written_to() -> None:
    result = made({"replica_count": 1, "replicas": [{"name": "copy", "promoted": True}], "writers": ["1"]})
    copy = result.named("db-replica-copy")
    assert "replicateSourceDb" not in copy.inputs
    assert "db-replica2-copy" not in instances(result)
    assert any("db-replica2-copy" in json.dumps(alias) for alias in copy.options["aliases"])


# Written to


def test_everything_follows_the_replica_that_is_written_to() -> None:
    result = made({"replica_count": 2, "writers": ["1"]})
    assert instances(result) == {"db-primary", "db-replica-1", "db-replica2-2"}
    one = result.named("db-replica-1")
    assert "replicateSourceDb" not in one.inputs
    assert (one.options["protect"], one.inputs["backupRetentionPeriod"]) == (True, 7)
    assert writer(result) == "db-replica-1"
    assert readers(result) == {"2": [address(result.named("db-replica2-2"))]}
    assert inputs(result, "db-replica2-2")["replicateSourceDb"] == one.outputs["identifier"]
    told = outputs(result)
    assert (told["identifier"], told["arn"]) == (one.outputs["identifier"], one.outputs["arn"])
    assert told["endpoint"] == f"{address(one)}:3307"
    assert password_of(result)["dbInstanceIdentifier"] == one.outputs["identifier"]


def test_clients_are_told_the_same_as_before() -> None:
    names = ("host", "reader_host", "port", "database_name", "secret_arn", "security_group_id", "zone_id")
    before, after = outputs(made({"replica_count": 2})), outputs(made({"replica_count": 2, "writers": ["1"]}))
    assert {name: after[name] for name in names if name != "database_name"} == {
        name: before[name] for name in names if name != "database_name"
    }


def test_the_password_stays_the_one_in_the_secret() -> None:
    assert password_of(made({"replica_count": 1, "writers": ["1"]}))["password"] == "the-one-that-is-there"  # noqa: S105


def test_the_first_primary_is_kept_as_it_was_until_it_is_said_to_be_gone() -> None:
    before, after = made({"replica_count": 1}), made({"replica_count": 1, "writers": ["1"]})
    assert inputs(before, "db-primary") == inputs(after, "db-primary")
    assert after.named("db-primary").options["protect"] is True
    without = made({"replica_count": 1, "writers": ["1"], "gone_writers": ["primary"]})
    assert instances(without) == {"db-replica-1"}
    assert writer(without) == "db-replica-1"


def test_a_writer_has_the_class_of_the_primary() -> None:
    result = made(
        {"instance_class": "db.r7g.large", "replica_class": "db.t4g.micro", "replica_count": 1, "writers": ["1"]}
    )
    assert inputs(result, "db-replica-1")["instanceClass"] == "db.r7g.large"


def test_a_second_failover_goes_on_from_the_first() -> None:
    result = made({"replica_count": 3, "writers": ["1", "2"], "gone_writers": ["primary"]})
    assert instances(result) == {"db-replica-1", "db-replica2-2", "db-replica3-3"}
    assert writer(result) == "db-replica2-2"
    assert {"replicateSourceDb"} & (
        inputs(result, "db-replica-1").keys() | inputs(result, "db-replica2-2").keys()
    ) == set()
    assert inputs(result, "db-replica3-3")["replicateSourceDb"] == result.named("db-replica2-2").outputs["identifier"]
    assert result.named("db-replica-1").options["protect"] is True


def test_the_number_of_a_writer_that_is_gone_is_free_again() -> None:
    result = made({"replica_count": 2, "writers": ["1", "2"], "gone_writers": ["primary", "1"]})
    assert instances(result) == {"db-replica2-2", "db-replica3-1"}
    assert readers(result).keys() == {"1"}


def test_replicas_elsewhere_follow_the_new_writer_and_keep_what_is_around_them() -> None:
    spec = {"replica_count": 1, "replicas": [{"name": "west", "elsewhere": WEST}]}
    before, after = made(spec), made({**spec, "writers": ["1"]})
    assert inputs(after, "db-replica2-west")["replicateSourceDb"] == after.named("db-replica-1").outputs["arn"]
    around = {n for _, n in children(before) if "elsewhere" in n or n.endswith("eu-west-1")}
    assert around
    assert around <= {n for _, n in children(after)}


def test_a_bare_series_is_not_named_when_a_replica_is_promoted_because_that_would_upgrade_it() -> None:
    assert "engineVersion" not in inputs(made({"replica_count": 1, "writers": ["1"]}), "db-replica-1")
    pinned = made({"replica_count": 1, "writers": ["1"], "engine_version": "8.4.6"})
    assert inputs(pinned, "db-replica-1")["engineVersion"] == "8.4.6"
    asked = {"engine_version": "9.7", "allow_major_upgrade_to": "9.7", "apply_immediately": True}
    upgraded = inputs(made({"replica_count": 1, "writers": ["1"], **asked}), "db-replica-1")
    assert (upgraded["engineVersion"], upgraded["allowMajorVersionUpgrade"]) == ("9.7", True)


def test_a_preview_of_a_failover_makes_the_same_children() -> None:
    spec = {"replica_count": 2, "writers": ["1"]}
    assert children(made(spec, preview=True)) == children(made(spec))


@pytest.mark.parametrize(
    ("spec", "name", "hooks"),
    [
        ({}, "db-primary", {"db-upgrade-allowed", "db-replicas-first", "db-new-parameters"}),
        ({"replica_count": 1, "writers": ["1"]}, "db-primary", {"db-primary-never-made"}),
        (
            {"replica_count": 1, "writers": ["1"]},
            "db-replica-1",
            {"db-upgrade-allowed", "db-replicas-first", "db-new-parameters", "db-replica-1-never-made"},
        ),
        ({"replicas": [{"name": "copy", "promoted": True}]}, "db-replica-copy", {"db-replica-copy-never-made"}),
        ({"replica_count": 1}, "db-replica-1", set()),
        ({"replica_count": 1}, "db", {"db-stays"}),
        ({"replica_count": 1, "writers": ["1"]}, "db", set()),
    ],
)
def test_who_has_which_hooks(spec: Mapping[str, Any], name: str, hooks: set[str]) -> None:
    assert set(made(spec).named(name).options.get("hooks", ())) == hooks


@pytest.mark.parametrize(
    ("spec", "standing"),
    [
        ({"replica_count": 2}, None),
        ({"replica_count": 3, "writers": ["1", "2"]}, ["db-replica-1", "db-replica2-2"]),
        ({"replicas": [{"name": "copy", "promoted": True}]}, ["db-replica-copy"]),
    ],
)
def test_the_component_tells_the_state_who_stands_alone(spec: Mapping[str, Any], standing: list[str] | None) -> None:
    assert made(spec).named("db").inputs.get("standing") == standing
    assert "standing" not in made(spec, disposable=True).named("db").inputs


@pytest.mark.parametrize("spec", [{"replicas": [{"name": "a"}]}, {"replicas": [{"name": "a", "elsewhere": WEST}]}])
def test_what_stood_alone_does_not_follow_again(spec: MySQLSpec) -> None:
    async def change(standing: Mapping[str, Any]) -> None:
        binding = stays("db", resolve("db", args(spec)))
        assert binding is not None
        assert binding.before_update is not None
        (hook,) = binding.before_update
        assert isinstance(hook, pulumi.ResourceHook)
        assert hook.opts is not None
        assert hook.opts.on_dry_run
        told = hook.callback(pulumi.ResourceHookArgs("urn", "", "db", "MySQL", old_inputs=standing))
        assert told is not None
        await told

    for harmless in ({}, {"standing": ["db-replica-b"]}):
        asyncio.run(change(harmless))
    with pytest.raises(InvalidArgs, match=r"^MySQL: database.replicas: 'a' stands alone .*or give the replica another"):
        asyncio.run(change({"standing": ["db-replica-a"]}))


def test_what_was_there_is_never_made_anew() -> None:
    async def make() -> None:
        hook = never_made("db", "primary", "it is gone")
        assert hook.opts is not None
        assert hook.opts.on_dry_run
        told = hook.callback(pulumi.ResourceHookArgs("urn", "", "db-primary", INSTANCE))
        assert told is not None
        await told

    with pytest.raises(InvalidArgs, match=r"^MySQL: it is gone$"):
        asyncio.run(make())


# What is refused

SIXTEEN = "must be 1 to 16 lower-case letters, digits and single hyphens, with a letter first"


@pytest.mark.parametrize(
    ("spec", "line"),
    [
        ({"replicas": [{"name": "7"}]}, f"replicas[0].name {SIXTEEN} (numbers are those of replica_count), got '7'"),
        ({"replicas": [{"name": "a--b"}]}, f"replicas[0].name {SIXTEEN}"),
        ({"replicas": [{"name": "a" * 17}]}, f"replicas[0].name {SIXTEEN}"),
        ({"replicas": [{"name": "primary"}]}, "replicas[0].name must not be primary"),
        ({"replicas": [{"name": "elastic-1"}]}, "replicas[0].name must not be primary nor begin with elastic-"),
        ({"replicas": [{"name": "a"}, {"name": "a"}]}, "replicas[1].name must be there once, got 'a' again"),
        ({"replicas": [{"name": "a", "instance_class": "t4g"}]}, "replicas[0].instance_class must be an RDS"),
        (
            {"replica_count": 1, "replicas": [{"name": "a", "storage_gib": 19}]},
            "replicas[0].storage_gib must be between 20",
        ),
        ({"replicas": [{"name": "a", "max_storage_gib": 99}]}, "replicas[0].max_storage_gib must be at least 100 GiB"),
        (
            {"replicas": [{"name": "a", "storage_gib": 200, "max_storage_gib": 210}]},
            "replicas[0].max_storage_gib must be at least 220 GiB",
        ),
        (
            {"replicas": [{"name": "a", "availability_zone": "b"}]},
            "replicas[0].availability_zone must be a zone such as eu-central-1b, got 'b'",
        ),
        (
            {"replicas": [{"name": "a", "availability_zone": "eu-central-1a", "elsewhere": WEST}]},
            "replicas[0].availability_zone must be a zone of eu-west-1 such as eu-west-1b, got 'eu-central-1a'",
        ),
        (
            {"replicas": [{"name": "a", "elsewhere": {**WEST, "region": "west"}}]},
            "replicas[0].elsewhere.region must be a region",
        ),
        (
            {"replicas": [{"name": "a", "elsewhere": {**WEST, "subnet_ids": ["one"]}}]},
            "replicas[0].elsewhere.subnet_ids must hold at least 2",
        ),
        (
            {"replicas": [{"name": "a", "elsewhere": {**WEST, "region": "eu-north-1"}}]},
            "replicas[0].elsewhere.kms_key_arn must be the ARN of a key in eu-north-1, got",
        ),
        (
            {"replica_count": 10, "replicas": [{"name": f"r{n}"} for n in range(6)]},
            "replicas must be at most 15 in all",
        ),
        (
            {"replicas": [{"name": "a"}], "backup_retention_days": 0},
            "backup_retention_days must be at least 1 with replicas",
        ),
        ({"writers": ["1"]}, "writers[0] must be a replica by its number or name (there is none), got '1'"),
        ({"replica_count": 2, "writers": ["3"]}, "writers[0] must be a replica by its number or name (1, 2), got '3'"),
        (
            {"replicas": [{"name": "w", "elsewhere": WEST}], "writers": ["w"]},
            "writers[0] must be a replica in the database's own network",
        ),
        ({"replicas": [{"name": "c", "promoted": True}], "writers": ["c"]}, "writers[0] must not be promoted as well"),
        ({"replica_count": 1, "writers": ["1", "1"]}, "writers must name another one each time, got 1, 1"),
        (
            {"gone_writers": ["primary"]},
            "gone_writers[0] must be an earlier writer (none, as writers is empty), got 'primary'",
        ),
        (
            {"replica_count": 1, "writers": ["1"], "gone_writers": ["1"]},
            "gone_writers[0] must be an earlier writer (primary), got '1'",
        ),
    ],
)
def test_a_wrong_replica_is_one_line(spec: dict[str, Any], line: str) -> None:
    assert refusal(spec).startswith(f"MySQL: database.{line}")


@pytest.mark.parametrize(
    ("spec", "line"),
    [
        (
            {"allow_major_upgrade_to": "9.7"},
            "allow_major_upgrade_to must be '8.4', the series of engine_version (8.4), got '9.7'",
        ),
        (
            {"engine_version": "9.7.1", "allow_major_upgrade_to": "9.7"},
            "apply_immediately must be true with allow_major_upgrade_to",
        ),
        ({"blue_green_updates": True, "replica_count": 1}, "blue_green_updates must be false with replicas"),
        (
            {"blue_green_updates": True, "replicas": [{"name": "w", "elsewhere": WEST}]},
            "blue_green_updates must be false with replicas",
        ),
        (
            {"blue_green_updates": True, "backup_retention_days": 0},
            "backup_retention_days must be at least 1 with blue_green_updates",
        ),
        ({"blue_green_updates": True}, "parameters.event_scheduler must be OFF with blue_green_updates"),
    ],
)
def test_an_impossible_upgrade_is_one_line(spec: dict[str, Any], line: str) -> None:
    assert refusal(spec).startswith(f"MySQL: database.{line}")


def test_blue_green_is_for_the_instance_that_is_written_to() -> None:
    spec = {"blue_green_updates": True, "parameters": {"event_scheduler": "OFF"}}
    assert inputs(made(spec), "db-primary")["blueGreenUpdate"] == {"enabled": True}
    assert "blueGreenUpdate" not in inputs(made(), "db-primary")
    after = made({**spec, "replica_count": 1, "writers": ["1"], "gone_writers": ["primary"]})
    assert inputs(after, "db-replica-1")["blueGreenUpdate"] == {"enabled": True}


def test_a_long_name_leaves_room_for_the_names_of_a_failover() -> None:
    line = "is too long for an RDS instance"
    assert line in refusal({"replicas": [{"name": "a" * 16}]}, name="n" * 30)
    made({"replicas": [{"name": "a" * 16}]}, name="n" * 29)
