"""Elastic replicas in a program: what the component makes for them, and what it refuses."""

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from components._args import InvalidArgs
from components.functions.replicas.sizes import policy_of
from rehearsal.recorder import Recording
from rehearsal.wire import UNKNOWN
from tests.unit.mysql import made

_NAMES = {
    *("db-elastic", "db-elastic-log", "db-elastic-role", "db-elastic-role-policy", "db-elastic-errors"),
    *("db-elastic-asked-once", "db-elastic-life", "db-elastic-allowed"),
    *("db-elastic-every-minute", "db-elastic-every-minute-target"),
}


def elastic(
    given: Mapping[str, Any] | None = None, *, preview: bool = False, name: str = "db", **more: Any
) -> Recording:
    database = {"elastic_replicas": {"max_size": 3, **(given or {})}, **more}
    # An alarm wants to know how many connections there may be; replicas do without.
    return made(database, name=name, preview=preview, alarms={"connections_percent": 0})


def of_elastic(result: Recording) -> set[str]:
    return {r.name for r in result.resources if r.name.startswith("db-elastic")}


def template(result: Recording) -> dict[str, Any]:
    return json.loads(result.named("db-elastic").inputs["environment"]["variables"]["TEMPLATE"])


def files(result: Recording) -> dict[str, str]:
    found = result.named("db-elastic").inputs["code"].assets
    assert all(isinstance(asset, pulumi.StringAsset) for asset in found.values())
    return {path: asset.text for path, asset in found.items()}


@pytest.mark.parametrize("preview", [False, True])
def test_it_makes_one_function_with_all_around_it(preview: bool) -> None:
    result = elastic(preview=preview)
    logs = {f"db-elastic-{number}-{log}" for number in (1, 2, 3) for log in ("error", "slowquery")}
    assert of_elastic(result) == _NAMES | logs
    assert not of_elastic(made({}))
    function = result.named("db-elastic").inputs
    assert function["timeout"] == 900
    assert function["reservedConcurrentExecutions"] == 1
    if preview:
        assert function["environment"]["variables"]["SOURCE"] == UNKNOWN
    else:
        variables = function["environment"]["variables"]
        assert variables["SCOPE"] == "elasticweb/test/db"
        assert variables["SOURCE"] == result.named("db-primary").outputs["identifier"]
        assert variables["READER"] == "db-ro.db.internal"
        assert variables["JOURNAL"] == "elastic-replicas.db.internal"
        assert sum(len(key) + len(value) for key, value in variables.items()) < 4096, "Lambda's limit"


def test_it_is_called_every_minute_after_it_was_opened_and_until_it_is_closed() -> None:
    result = elastic()
    target, life = result.named("db-elastic-every-minute-target"), result.named("db-elastic-life")
    assert result.named("db-elastic-every-minute").inputs["scheduleExpression"] == "rate(1 minute)"
    assert life.inputs["lifecycleScope"] == "CRUD"
    assert json.loads(life.inputs["input"]) == {
        "source": result.named("db-primary").outputs["identifier"],
        "zone": result.named("db-zone").outputs["zoneId"],
    }, "another source or zone needs it to be called: there is no journal in that zone"
    assert life.urn in target.dependencies, "the schedule goes before the replicas do"
    needed = {"db-elastic", "db-elastic-role-policy", "db-elastic-1-error"}
    assert {result.named(name).urn for name in needed} <= set(life.dependencies), "what replicas need goes after"
    function = set(result.named("db-elastic").dependencies)
    around = {"db-primary", "db-parameters", "db-security-group", "db-monitoring", "db-zone"}
    assert {result.named(name).urn for name in around} <= function
    asked = result.named("db-elastic-asked-once").inputs
    assert (asked["maximumRetryAttempts"], asked["maximumEventAgeInSeconds"]) == (0, 60)


def test_new_replicas_are_told_what_declared_ones_are() -> None:
    result = elastic(replica_count=1, instance_class="db.r7g.large", max_storage_gib=200, port=3310)
    told, declared = template(result), result.named("db-replica-1").inputs
    assert told == {
        "AutoMinorVersionUpgrade": True,
        "CopyTagsToSnapshot": True,
        "DBInstanceClass": "db.r7g.large",
        "DBParameterGroupName": declared["parameterGroupName"],
        "DatabaseInsightsMode": "standard",
        "EnableCloudwatchLogsExports": ["error", "slowquery"],
        "EnableIAMDatabaseAuthentication": True,
        "EnablePerformanceInsights": True,
        "MaxAllocatedStorage": 200,
        "MonitoringInterval": 60,
        "MonitoringRoleArn": declared["monitoringRoleArn"],
        "PerformanceInsightsRetentionPeriod": 7,
        "Port": 3310,
        "PubliclyAccessible": False,
        "StorageType": "gp3",
        "VpcSecurityGroupIds": declared["vpcSecurityGroupIds"],
    }


def test_the_policy_travels_with_the_code() -> None:
    window = {"name": "monday", "days": ["MON"], "start": "07:00", "end": "12:00", "time_zone": "Europe/Zurich"}
    result = elastic(
        {"min_size": 1, "cpu_percent": 50, "windows": [{**window, "min_size": 3}], "drain_minutes": 4},
        replica_class="db.r7g.large",
        max_replica_lag_seconds=20,
    )
    shipped = files(result)
    assert "elasticweb/functions/replicas/handler.py" in shipped
    assert "elasticweb/windows/sizes.py" in shipped
    policy = policy_of(json.loads(shipped["elasticweb/functions/replicas/policy.json"]))
    assert (policy.min_size, policy.max_size, policy.max_lag, policy.drain) == (1, 3, 20, 240)
    assert (policy.scale_out_cooldown, policy.scale_in_cooldown) == (300, 1800)
    assert policy.targets["CPUUtilization"] == 50
    assert policy.targets["DatabaseConnections"] == int(15.2 * 1024**3 - 256 * 1024**2) // 12582880 * 70 // 100
    (read,) = policy.windows
    assert (read.floor, read.lead) == (3, 40), "two more replicas, one after another"
    assert policy.offsets["Europe/Zurich"][0][1] == 60


def test_connections_count_only_where_it_is_known_how_many_there_may_be() -> None:
    result = elastic(replica_class="db.r7g.large", parameters={"max_connections": "{log(DBInstanceClassMemory)}"})
    policy = json.loads(files(result)["elasticweb/functions/replicas/policy.json"])
    assert set(policy["targets"]) == {"CPUUtilization"}
    result = elastic({"connections_percent": 50}, parameters={"max_connections": "300"})
    policy = json.loads(files(result)["elasticweb/functions/replicas/policy.json"])
    assert policy["targets"]["DatabaseConnections"] == 150
    one = {"max_connections": "{DBInstanceClassMemory/9999999999}"}
    result = elastic(instance_class="db.r7g.large", replica_class="db.r7g.large", parameters=one)
    policy = json.loads(files(result)["elasticweb/functions/replicas/policy.json"])
    assert policy["targets"]["DatabaseConnections"] == 1, "nothing is divided by zero"


def test_it_is_not_set_aside_where_the_account_has_none_to_set_aside() -> None:
    assert "reservedConcurrentExecutions" not in elastic({"reserved_concurrency": False}).named("db-elastic").inputs


_TIMED = {"name": "noon", "days": ["MON"], "start": "11:00", "end": "13:00", "time_zone": "UTC"}


@pytest.mark.parametrize(
    ("given", "more", "refusal"),
    [
        ({"max_size": 0}, {}, "elastic_replicas.max_size must be between 1 and 15, got 0"),
        ({"min_size": 4}, {}, "elastic_replicas.min_size must be between 0 and 3, got 4"),
        (
            {"max_size": 14},
            {"replica_count": 2},
            "up to 14 elastic ones",
        ),
        ({"instance_class": "large"}, {}, "elastic_replicas.instance_class must be"),
        ({"cpu_percent": 99}, {}, "elastic_replicas.cpu_percent must be between 10 and 90, got 99"),
        ({"connections_percent": 5}, {}, "elastic_replicas.connections_percent must be between 10 and 90, got 5"),
        (
            {"connections_percent": 50},
            {"parameters": {"max_connections": "{log(DBInstanceClassMemory)}"}},
            "elastic_replicas.connections_percent must be left out, or parameters.max_connections be a number",
        ),
        ({"scale_out_cooldown_minutes": 0}, {}, "scale_out_cooldown_minutes must be between 1 and 1440, got 0"),
        ({"scale_in_cooldown_minutes": 0}, {}, "scale_in_cooldown_minutes must be between 1 and 1440, got 0"),
        ({"drain_minutes": 1}, {}, "drain_minutes must be between 2 and 60, got 1"),
        ({"windows": [{**_TIMED, "min_size": 9}]}, {}, "windows[0].min_size must be at most the database's max_size"),
        (
            {"windows": [{**_TIMED, "load_balancer_capacity_units": 100}]},
            {},
            "windows[0].load_balancer_capacity_units must be left out",
        ),
        ({}, {"backup_retention_days": 0}, "backup_retention_days must be at least 1 with replicas"),
        ({"size": 3}, {}, "elastic_replicas"),
        ({}, {"name": "a-name-that-is-longer-than-replicas-permit"}, "is too long for an elastic replica"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(given: dict[str, Any], more: dict[str, Any], refusal: str) -> None:
    with pytest.raises(InvalidArgs) as told:
        elastic(given, **more)
    assert str(told.value).startswith("MySQL: ")
    assert refusal in str(told.value)
    assert "\n" not in str(told.value)
