import json
from pathlib import Path
from typing import Any

import jsonschema
import pulumi
import pytest
import yaml
from pulumi.runtime import config

import components
import settings
import settings_model

ROOT = Path(__file__).parents[2]
STACKS = ("dev", "prod")

# A model of the settings and the shape of the component that takes it.
SHAPES = {
    settings_model.Network: components.NetworkArgs,
    settings_model.ExistingNetwork: components.ExistingNetwork,
    settings_model.Window: components.CapacityWindow,
    settings_model.CustomMetric: components.CustomMetric,
    settings_model.Predictive: components.Predictive,
    settings_model.InstanceRequirements: components.InstanceRequirements,
    settings_model.WarmPool: components.WarmPool,
    settings_model.Refresh: components.Refresh,
    settings_model.Fleet: components.Fleet,
    settings_model.Alarms: components.Alarms,
    settings_model.DatabaseAlarms: components.DatabaseAlarms,
    settings_model.Proxy: components.ProxySpec,
    settings_model.Backups: components.BackupsSpec,
    settings_model.VaultCopy: components.VaultCopy,
    settings_model.VaultLock: components.VaultLock,
    settings_model.RestoreTest: components.RestoreTest,
    settings_model.TargetGroup: components.TargetGroupSpec,
    settings_model.Redirect: components.Redirect,
    settings_model.FixedResponse: components.FixedResponse,
    settings_model.ListenerRule: components.ListenerRule,
    settings_model.FirewallGroup: components.FirewallGroup,
    settings_model.Firewall: components.Firewall,
    settings_model.Site: components.Site,
    settings_model.DataVolume: components.DataVolumeSpec,
    settings_model.File: components.FileSpec,
    settings_model.User: components.UserSpec,
    settings_model.LogFile: components.LogFileSpec,
    settings_model.CloudWatch: components.CloudWatchSpec,
    settings_model.Secret: components.SecretFile,
    settings_model.Machine: components.MachineSpec,
    settings_model.GoldenImage: components.GoldenImageSpec,
    settings_model.ImageCopy: components.ImageCopy,
    settings_model.Database: components.MySQLSpec,
    settings_model.Aurora: components.AuroraSpec,
    settings_model.Reader: components.ReaderSpec,
    settings_model.Serverless: components.ServerlessSpec,
    settings_model.ElasticReaders: components.ElasticReaders,
    settings_model.DatabaseUser: components.DatabaseUser,
    settings_model.Restore: components.RestoreSpec,
    settings_model.BackupCopy: components.BackupCopy,
    settings_model.ElasticReplicas: components.ElasticReplicas,
    settings_model.Replica: components.ReplicaSpec,
    settings_model.ReplicaElsewhere: components.ReplicaElsewhere,
    settings_model.Storage: components.StorageSpec,
    settings_model.Bucket: components.BucketSpec,
    settings_model.BucketTier: components.BucketTier,
    settings_model.BucketEvents: components.BucketEvents,
    settings_model.BucketNotification: components.BucketNotification,
    settings_model.BucketReplication: components.BucketReplication,
    settings_model.ObjectLock: components.ObjectLock,
    settings_model.Efs: components.EfsSpec,
    settings_model.Volume: components.VolumeSpec,
    settings_model.NfsServer: components.NfsServerSpec,
    settings_model.Worker: components.Worker,
    settings_model.Settings: components.EnvironmentArgs,
}
# What the settings say in another way: zones by letter, tags by aws:defaultTags.
ELSEWHERE = {
    components.NetworkArgs: {"availability_zones", "tags"},
    components.ExistingNetwork: {"availability_zones"},
    components.EnvironmentArgs: {"tags"},
}


def stack_file(stack: str) -> dict[str, Any]:
    return yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())


@pytest.mark.parametrize(("model", "shape"), SHAPES.items(), ids=lambda item: item.__name__)
def test_everything_that_a_component_can_be_told_is_a_setting(model: Any, shape: Any) -> None:
    keys = shape.__required_keys__ | shape.__optional_keys__
    assert set(model.model_fields) - {"zones"} == keys - ELSEWHERE.get(shape, set())


def test_the_schema_that_editors_use_is_up_to_date() -> None:
    written = json.loads((ROOT / "settings.schema.json").read_text())
    assert written == settings.json_schema(), "run: make schema"


@pytest.mark.parametrize("stack", STACKS)
def test_editors_accept_the_stack_files(stack: str) -> None:
    jsonschema.validate(stack_file(stack), settings.json_schema())


def test_editors_refuse_a_misspelt_key() -> None:
    wrong = stack_file("dev")
    wrong["config"]["elasticweb:flet"] = {}
    with pytest.raises(jsonschema.ValidationError, match="flet"):
        jsonschema.validate(wrong, settings.json_schema())


def test_every_setting_with_a_default_is_declared_in_the_project_file() -> None:
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    fields = settings_model.Settings.model_fields
    # The engine refuses a stack that lacks a declared setting without a default.
    assert set(declared) == {key for key, field in fields.items() if field.default is not None}
    for key, declaration in declared.items():
        assert declaration["description"], key
        assert settings_model.Settings.model_validate({key: declaration["default"]}) == settings_model.Settings()


@pytest.mark.parametrize("stack", STACKS)
def test_the_stacks_read_as_environments(stack: str) -> None:
    given = stack_file(stack)["config"]
    config.set_all_config({k: v if isinstance(v, str) else json.dumps(v) for k, v in given.items()})
    args = settings.environment_args()
    zones = given["elasticweb:zones"]
    assert args.get("network", {})["availability_zones"] == [f"eu-central-1{letter}" for letter in zones]
    assert args.get("disposable") is (stack == "dev")


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"fleet": {"min_size": -1}}, "elasticweb:fleet.min_size must be greater than or equal to 0, got -1"),
        ({"fleet": {"min_size": "5"}}, "elasticweb:fleet.min_size must be a valid integer, got '5'"),
        ({"flet": {}}, "elasticweb:flet is not a setting; known are alarms, aurora, backups, database"),
        ({"fleet": {"windows": [{"nam": "x"}]}}, "elasticweb:fleet.windows[0].name is missing (and 4 more)"),
        (
            {"worker": {"machine": {"disk": 1}}},
            "elasticweb:worker.machine.disk is not a setting; known are boot_commands",
        ),
        ({"zones": ["a"]}, "elasticweb:zones must have at least 2 entries, got ['a']"),
        ({"zones": ["a", "a"]}, "elasticweb:zones: a zone may be named once only"),
        ({"zones": ["a", "x"]}, "elasticweb:zones[1] must match ^[a-h]$, got 'x'"),
        ({"network": {"nat_gateways": "two"}}, "elasticweb:network.nat_gateways must be one of 'none', 'single', "),
        ({"site": {"domain_name": "example"}}, "elasticweb:site.domain_name must match "),
        ({"machine": None}, "elasticweb:machine must be a mapping, got None"),
        ({"disposable": "yes"}, "elasticweb:disposable must be a valid boolean, got 'yes'"),
        (
            {
                "network": {},
                "existing_network": {
                    "vpc_id": "vpc-1",
                    "public_subnet_ids": ["subnet-1", "subnet-2"],
                    "private_subnet_ids": ["subnet-3", "subnet-4"],
                    "isolated_subnet_ids": ["subnet-5", "subnet-6"],
                },
            },
            "elasticweb: network and existing_network exclude each other",
        ),
        (
            {
                "zones": ["a", "b", "c"],
                "existing_network": {
                    "vpc_id": "vpc-1",
                    "public_subnet_ids": ["subnet-1", "subnet-2"],
                    "private_subnet_ids": ["subnet-3", "subnet-4"],
                    "isolated_subnet_ids": ["subnet-5", "subnet-6"],
                },
            },
            "elasticweb: existing_network.public_subnet_ids must have one per zone (3), got 2",
        ),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_the_key(given: dict[str, Any], complaint: str) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        settings.parse(given)
    assert str(caught.value).startswith(complaint)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "secret", "complaint"),
    [
        ({}, [], "aws:region is missing"),
        (
            {"aws:region": "eu-central-1", "elasticweb:fleet": "{"},
            [],
            "elasticweb:fleet is no valid JSON or YAML structure",
        ),
        (
            {"aws:region": "eu-central-1", "elasticweb:machine": "{}"},
            ["elasticweb:machine"],
            "elasticweb:machine must not be a secret",
        ),
        (
            {"aws:region": "eu-central-1", "elasticweb:backups": "null"},
            [],
            "^elasticweb:backups has no value: write {} for the defaults, or remove it$",
        ),
        (
            {"aws:region": "eu-central-1", "elasticweb:worker": ""},
            [],
            "^elasticweb:worker has no value: write {} for the defaults, or remove it$",
        ),
        (
            {"aws:region": "eu-central-1", "elasticweb:database_user": "null"},
            [],
            "^elasticweb:database_user has no value: give it one, or remove it$",
        ),
    ],
)
def test_unreadable_configuration_is_one_line(given: dict[str, str], secret: list[str], complaint: str) -> None:
    config.set_all_config(given, secret)
    with pytest.raises(pulumi.RunError, match=complaint):
        settings.load()


@pytest.mark.parametrize("stack", STACKS)
def test_no_stack_file_has_a_setting_without_a_value(stack: str) -> None:
    assert not [key for key, value in stack_file(stack)["config"].items() if value is None]


def test_a_components_complaint_names_the_setting_that_it_comes_from() -> None:
    complaint = components.InvalidArgs("Network: cidr_block must be private, got '8.0.0.0/16'")
    assert str(settings.in_settings(complaint)) == (
        "elasticweb:network.cidr_block must be private, got '8.0.0.0/16' (Network)"
    )


@pytest.mark.parametrize("component", ["MySQL", "AuroraMySQL"])
def test_alarms_of_databases_are_not_those_of_the_web_tier(component: str) -> None:
    both = "alarms.emails must come without alarms.topic_arn, which has its own subscriptions, got 'alarms.x@y.org'"
    assert str(settings.in_settings(components.InvalidArgs(f"{component}: {both}"))) == (
        "elasticweb:database_alarms.emails must come without database_alarms.topic_arn, which has its own "
        f"subscriptions, got 'alarms.x@y.org' ({component})"
    )
    assert str(settings.in_settings(components.InvalidArgs("WebTier: alarms.emails[0] must be an address"))) == (
        "elasticweb:alarms.emails[0] must be an address (WebTier)"
    )


def _elsewhere(region: str) -> dict[str, Any]:
    key = f"arn:aws:kms:{region}:123456789012:key/1"
    return {"region": region, "vpc_id": "vpc-1", "subnet_ids": ["subnet-1", "subnet-2"], "kms_key_arn": key}


def _load(key: str, value: object) -> None:
    config.set_all_config({"aws:region": "eu-central-1", f"elasticweb:{key}": json.dumps(value)})
    settings.load()


@pytest.mark.parametrize(
    ("key", "value", "complaint"),
    [
        (
            "database",
            {"replicas": [{"name": "a", "availability_zone": "eu-west-1b"}]},
            (
                "database.replicas[0].availability_zone must be a zone of eu-central-1, such as eu-central-1b, "
                "got 'eu-west-1b'"
            ),
        ),
        (
            "aurora",
            {"readers": [{"name": "a", "availability_zone": "eu-west-1b"}]},
            (
                "aurora.readers[0].availability_zone must be a zone of eu-central-1, such as eu-central-1b, "
                "got 'eu-west-1b'"
            ),
        ),
        (
            "database",
            {"replicas": [{"name": "a"}, {"name": "b", "elsewhere": _elsewhere("eu-central-1")}]},
            "database.replicas[1].elsewhere.region must be another region than the stack's, got 'eu-central-1'",
        ),
        (
            "database",
            {"backup_copy": {"region": "eu-central-1", "kms_key_arn": "arn:aws:kms:eu-central-1:123456789012:key/1"}},
            "database.backup_copy.region must be another region than the stack's, got 'eu-central-1'",
        ),
        (
            "database_kms_key_arn",
            "arn:aws:kms:eu-west-1:123456789012:key/1",
            (
                "database_kms_key_arn must be the ARN of a key in eu-central-1, "
                "got 'arn:aws:kms:eu-west-1:123456789012:key/1'"
            ),
        ),
    ],
)
def test_what_is_in_another_region_than_it_has_to_be_is_named(key: str, value: object, complaint: str) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        _load(key, value)
    assert str(caught.value) == f"elasticweb:{complaint}"


def test_what_is_where_it_belongs_is_read() -> None:
    here = {"name": "a", "availability_zone": "eu-central-1b"}
    there = {"name": "b", "availability_zone": "eu-west-1b", "elsewhere": _elsewhere("eu-west-1")}
    copy = {"region": "eu-west-1", "kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/1"}
    _load("database", {"replicas": [here, there], "backup_copy": copy})
    _load("aurora", {})
    _load("aurora", {"readers": [here]})
    _load("database_kms_key_arn", "arn:aws:kms:eu-central-1:123456789012:key/1")
