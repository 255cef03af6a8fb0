"""Readers of Aurora that come and go: how many, why, and who may end them."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from components._args import InvalidArgs
from components.aurora.checks.elastic import elastic
from components.windows import ScheduledAction
from rehearsal.recorder import Recording
from tests.unit.scheduling import VARIANTS, accepted, minute_of, mismatches
from tests.unit.test_aurora import made

MONDAY: dict[str, Any] = {
    "name": "monday",
    "days": ["MON"],
    "start": "07:00",
    "end": "12:00",
    "time_zone": "Europe/Zurich",
    "min_size": 3,
}
NIGHT: dict[str, Any] = {
    "name": "night",
    "days": ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"],
    "start": "22:00",
    "end": "05:30",
    "time_zone": "America/New_York",
    "max_size": 1,
}
SALE: dict[str, Any] = {
    "name": "sale",
    "dates": ["2026-11-27", "2026-11-30"],
    "start": "00:00",
    "end": "24:00",
    "time_zone": "Europe/Zurich",
    "min_size": 5,
}


def target(result: Recording) -> dict[str, Any]:
    return result.one("aws:appautoscaling/target:Target").inputs


def policies(result: Recording) -> dict[str, dict[str, Any]]:
    found = [r for r in result.resources if r.type == "aws:appautoscaling/policy:Policy"]
    return {r.name: r.inputs["targetTrackingScalingPolicyConfiguration"] for r in found}


def actions(result: Recording) -> list[dict[str, Any]]:
    kind = "aws:appautoscaling/scheduledAction:ScheduledAction"
    return [{"name": r.name, **r.inputs} for r in result.resources if r.type == kind]


def read(made_: Sequence[Mapping[str, Any]]) -> list[ScheduledAction]:
    """Read scheduled actions as Application Auto Scaling does: six fields, of which one kind of days is `?`."""
    found = list[ScheduledAction]()
    for action in made_:
        expression = action["schedule"]
        assert expression.startswith("cron(")
        minutes, hours, dates, months, days, years = expression[5:-1].split()
        assert [dates, days].count("?") == 1
        assert years == "*"
        recurrence = " ".join([minutes, hours, dates.replace("?", "*"), months, days.replace("?", "*")])
        sizes = action["scalableTargetAction"]
        times = action.get("startTime"), action.get("endTime")
        found.append(
            ScheduledAction(
                action["name"],
                recurrence,
                action["timezone"],
                sizes["minCapacity"],
                sizes["maxCapacity"],
                start_time=times[0],
                end_time=times[1],
            )
        )
    return found


# How many


@pytest.mark.parametrize(
    ("declared", "given", "low", "high"),
    [
        # What is declared stays, is counted by Application Auto Scaling, and comes on top here: no arithmetic is left
        # to the user (terraform-aws-rds-aurora, issues 190, 236 and 355).
        (0, {"max_size": 3}, 1, 3),
        (0, {"min_size": 1, "max_size": 1}, 1, 1),
        (0, {"min_size": 2, "max_size": 3}, 2, 3),
        (1, {"max_size": 3}, 1, 4),
        (1, {"min_size": 0, "max_size": 1}, 1, 2),
        (2, {"min_size": 1, "max_size": 3}, 3, 5),
        (14, {"max_size": 1}, 14, 15),
        (0, {"max_size": 3, "windows": [MONDAY]}, 0, 3),
        (0, {"max_size": 3, "connections": 100, "windows": [MONDAY]}, 1, 3),
        (1, {"max_size": 3, "windows": [MONDAY]}, 1, 4),
    ],
)
def test_bounds_count_the_declared_readers(declared: int, given: dict[str, Any], low: int, high: int) -> None:
    found = target(made({"reader_count": declared, "elastic_readers": given}))
    assert (found["minCapacity"], found["maxCapacity"]) == (low, high)


@pytest.mark.parametrize(
    ("declared", "given", "complaint"),
    [
        (0, {"max_size": 0}, "max_size must be between 1 and 15, got 0"),
        (0, {"min_size": 4, "max_size": 3}, "min_size must be between 0 and 3, got 4"),
        (2, {"max_size": 14}, "max_size must be at most 13"),
        (0, {"min_size": 0, "max_size": 3}, "min_size must be at least 1 without declared readers"),
        (0, {"min_size": 0, "max_size": 3, "connections": 9, "windows": [MONDAY]}, "min_size must be at least 1"),
        (1, {"max_size": 3, "cpu_percent": 95}, "cpu_percent must be between 10 and 90"),
        (1, {"max_size": 3, "connections": 0}, "connections must be between 1 and 16000"),
        (1, {"max_size": 3, "scale_in_cooldown_minutes": 0}, "scale_in_cooldown_minutes must be between 1"),
        (1, {"max_size": 3, "scale_out_cooldown_minutes": 1441}, "scale_out_cooldown_minutes must be between 1"),
        (
            1,
            {"max_size": 3, "windows": [{**MONDAY, "load_balancer_capacity_units": 100}]},
            "windows[0].load_balancer_capacity_units must be left out",
        ),
        (1, {"max_size": 2, "windows": [MONDAY]}, "windows[0].min_size must be at most the database's max_size (2)"),
    ],
)
def test_refuses(declared: int, given: Any, complaint: str) -> None:
    with pytest.raises(InvalidArgs) as caught:
        made({"reader_count": declared, "elastic_readers": given})
    assert str(caught.value).startswith(f"AuroraMySQL: aurora.elastic_readers.{complaint}")


# Why


def test_by_default_the_load_of_the_processors_decides() -> None:
    aim = {
        "predefinedMetricSpecification": {"predefinedMetricType": "RDSReaderAverageCPUUtilization"},
        "targetValue": 60,
        "scaleInCooldown": 1800,
        "scaleOutCooldown": 300,
    }
    assert policies(made({"elastic_readers": {"max_size": 3}})) == {"db-readers-cpu": aim}


def test_connections_decide_instead_or_as_well() -> None:
    result = made({"elastic_readers": {"max_size": 3, "connections": 200, "scale_in_cooldown_minutes": 10}})
    aim = {
        "predefinedMetricSpecification": {"predefinedMetricType": "RDSReaderAverageDatabaseConnections"},
        "targetValue": 200,
        "scaleInCooldown": 600,
        "scaleOutCooldown": 300,
    }
    assert policies(result) == {"db-readers-connections": aim}
    both = made({"elastic_readers": {"max_size": 3, "connections": 200, "cpu_percent": 70}})
    assert set(policies(both)) == {"db-readers-cpu", "db-readers-connections"}


def test_windows_alone_need_no_load_and_may_begin_with_no_reader() -> None:
    result = made({"elastic_readers": {"max_size": 3, "windows": [MONDAY]}})
    assert policies(result) == {}


def test_target_and_policies_are_those_of_the_clusters_readers() -> None:
    result = made({"elastic_readers": {"max_size": 3}})
    cluster = result.one("aws:rds/cluster:Cluster").id
    kinds = ("aws:appautoscaling/target:Target", "aws:appautoscaling/policy:Policy")
    found = [r.inputs for r in result.resources if r.type in kinds] + actions(result)
    assert len(found) == 3
    for inputs in found:
        assert (inputs["serviceNamespace"], inputs["resourceId"], inputs["scalableDimension"]) == (
            "rds",
            f"cluster:{cluster}",
            "rds:cluster:ReadReplicaCount",
        )


# When

NOW = minute_of(datetime(2026, 11, 23, 12, 30, tzinfo=UTC))
UNTIL = minute_of(datetime(2028, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("declared", [0, 2])
@pytest.mark.parametrize("windows", [[MONDAY], [NIGHT], [MONDAY, NIGHT], [MONDAY, NIGHT, SALE]], ids=len)
def test_scheduled_actions_give_the_sizes_of_the_windows_at_every_minute(
    windows: list[dict[str, Any]], declared: int
) -> None:
    spec = {"reader_count": declared, "elastic_readers": {"min_size": 1, "max_size": 6, "windows": windows}}
    found = elastic(spec["elastic_readers"], declared, datetime.fromtimestamp(NOW * 60, UTC))  # pyright: ignore[reportArgumentType]
    assert found is not None
    accepted(found.actions, NOW)
    # What a person reads: so many beside the declared ones, fifteen minutes ahead.
    told = [
        {
            **window,
            **({"lead_minutes": 15} if "min_size" in window else {}),
            **{key: window[key] + declared for key in ("min_size", "max_size") if key in window},
        }
        for window in windows
    ]
    base = (1 + declared, 6 + declared)
    for variant in VARIANTS:
        assert mismatches(told, found.actions, base, NOW, UNTIL, variant) == []


def test_application_auto_scaling_gets_exactly_the_compiled_actions() -> None:
    windows = [MONDAY, NIGHT]
    spec = {"reader_count": 1, "elastic_readers": {"min_size": 1, "max_size": 6, "windows": windows}}
    compiled = elastic(spec["elastic_readers"], 1)  # pyright: ignore[reportArgumentType]
    assert compiled is not None
    said = {a.name.removeprefix("db-readers-"): a[1:5] for a in read(actions(made(spec)))}
    assert said == {a.name: a[1:5] for a in compiled.actions}


def test_with_windows_deployments_leave_the_sizes_to_them() -> None:
    kind = "aws:appautoscaling/target:Target"
    windowed = made({"elastic_readers": {"max_size": 3, "windows": [MONDAY]}}).one(kind)
    assert windowed.options["ignoreChanges"] == ["minCapacity", "maxCapacity"]
    assert "ignoreChanges" not in made({"elastic_readers": {"max_size": 3}}).one(kind).options


def test_without_windows_an_action_repeats_the_sizes_so_that_the_least_readers_come() -> None:
    (action,) = actions(made({"reader_count": 1, "elastic_readers": {"min_size": 1, "max_size": 3}}))
    assert action["scalableTargetAction"] == {"minCapacity": 2, "maxCapacity": 4}
    assert action["schedule"] == "cron(7 * * * ? *)"


def test_actions_are_made_one_after_the_other() -> None:
    result = made({"elastic_readers": {"max_size": 6, "windows": [MONDAY, NIGHT]}})
    chain = [r for r in result.resources if r.type == "aws:appautoscaling/scheduledAction:ScheduledAction"]
    assert len(chain) > 2
    urns = {r.urn for r in chain}
    assert sorted(len(urns & set(r.dependencies)) for r in chain) == [0, *[1] * (len(chain) - 1)]
    assert all({"startTime", "endTime"} <= set(r.options["replaceOnChanges"]) for r in chain)


# The end


def after(result: Recording, name: str, type_: str = "") -> set[str]:
    """Return what has to be deleted before the resource *name*: all that depends on it, at any distance."""
    (start,) = [r for r in result.resources if r.name == name and r.type.endswith(type_)]
    found, names = {start.urn}, set[str]()
    while more := [r for r in result.resources if r.urn not in found and found & set(r.dependencies)]:
        found |= {r.urn for r in more}
        names |= {r.name for r in more}
    return names


def test_the_added_readers_go_after_their_target_and_before_the_cluster() -> None:
    result = made({"reader_count": 1, "elastic_readers": {"max_size": 3, "windows": [MONDAY]}})
    scaling = {"db-readers", "db-readers-cpu", *(action["name"] for action in actions(result))}
    assert scaling <= after(result, "db-readers-leave"), "the target and all that makes readers is gone by then"
    for name in ("db-cluster", "db-primary", "db-replica-1"):
        assert "db-readers-leave" in after(result, name), "then the readers, then what they belong to"
    for name, type_ in (
        ("db-readers-farewell", "Function"),
        ("db-readers-farewell-role", "Role"),
        ("db-readers-farewell-role-policy", "RolePolicy"),
        ("db-readers-farewell-log", "LogGroup"),
    ):
        assert "db-readers-leave" in after(result, name, type_), "and what deletes them after that"


def test_the_function_is_called_at_the_end_too_and_knows_the_cluster() -> None:
    result = made({"elastic_readers": {"max_size": 3}})
    call = result.named("db-readers-leave").inputs
    assert call["lifecycleScope"] == "CRUD"
    assert json.loads(call["input"]) == {"cluster": result.one("aws:rds/cluster:Cluster").id}


def test_the_function_may_delete_what_autoscaling_added_to_this_cluster_and_nothing_else() -> None:
    result = made({"elastic_readers": {"max_size": 3}})
    cluster = result.one("aws:rds/cluster:Cluster").id
    policy = json.loads(result.named("db-readers-farewell-role-policy").inputs["policy"])
    database = [s for s in policy["Statement"] if "rds" in str(s["Action"])]
    assert database == [
        {
            "Effect": "Allow",
            "Action": "rds:DescribeDBInstances",
            "Resource": "arn:aws:rds:eu-central-1:123456789012:db:*",
        },
        {
            "Effect": "Allow",
            "Action": "rds:DeleteDBInstance",
            "Resource": "arn:aws:rds:eu-central-1:123456789012:db:application-autoscaling-*",
            "Condition": {"StringEquals": {"aws:ResourceTag/application-autoscaling:resourceId": f"cluster:{cluster}"}},
        },
    ]


def test_without_elastic_readers_there_is_no_function() -> None:
    assert not [r for r in made({"reader_count": 2}).resources if r.type.startswith(("aws:lambda", "aws:appauto"))]
