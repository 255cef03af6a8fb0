"""The reader's name: which replicas it leads to, for every health they can have and on the way of every change."""

import itertools
import json
from functools import cache
from typing import Any

import pytest

from components.functions.replicas import health
from components.mysql import MySQL
from rehearsal.recorder import Recording, Registered
from tests.reader_choice import Point, Record, answers, healthy, records_of, state
from tests.recording import recording

from .mysql import address, args

RECORD = "route53/record:Record"
CHECK = "route53/healthCheck:HealthCheck"
ALARM = "cloudwatch/metricAlarm:MetricAlarm"
ALLOWED = 60


@cache
def made(database: str) -> Recording:
    return recording(lambda: MySQL("db", args(json.loads(database))))


def database(count: int, **more: Any) -> Recording:
    return made(json.dumps({"replica_count": count, **more}))


def readers(result: Recording) -> list[Record]:
    return records_of([r.inputs for r in result.all(RECORD) if r.name.startswith("db-reader-")])


def child(result: Recording, kind: str, name: str) -> Registered:
    (found,) = [r for r in result.all(kind) if r.name == name]
    return found


# Route 53's choice


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_the_name_leads_evenly_to_the_healthy_replicas_and_to_the_primary_when_there_are_none(count: int) -> None:
    result = database(count)
    records = readers(result)
    checks = {r.key: r.health_check for r in records}
    assert checks.pop("primary") is None
    for states in itertools.product([True, False], repeat=count):
        told = dict(zip(map(str, checks.values()), states, strict=True))
        usable = [key for key, check in checks.items() if told[str(check)]]
        expected = [f"db-replica-{key}" for key in usable] or ["db-primary"]
        share = 1 / len(expected)
        assert answers(records, told) == {address(result.named(name)): share for name in expected}, told


def test_without_the_primary_in_it_the_name_would_lead_to_replicas_that_are_not_well() -> None:
    records = [record for record in readers(database(2)) if record.key != "primary"]
    assert len(answers(records, {str(r.health_check): False for r in records})) == 2, "the rule that weight 0 escapes"


@pytest.mark.parametrize(("before", "after"), [*itertools.permutations(range(4), 2)])
def test_no_change_of_replicas_empties_the_name_on_its_way(before: int, after: int) -> None:
    old, new = database(before), database(after)
    there = {r.key: r for r in readers(old)}
    wanted = [r.name.removeprefix("db-reader-") for r in new.all(RECORD) if r.name.startswith("db-reader-")]
    steps = [dict(there)]
    # Pulumi creates and updates in the order of dependencies, and deletes afterwards.
    for key in wanted:
        steps.append({**steps[-1], key: next(r for r in readers(new) if r.key == key)})
    for key in sorted(there.keys() - set(wanted)):
        steps.append({k: r for k, r in steps[-1].items() if k != key})
    for step in steps:
        checks = [str(r.health_check) for r in step.values() if r.health_check]
        for states in itertools.product([True, False], repeat=len(checks)):
            told = dict(zip(checks, states, strict=True))
            usable = {r.address for r in step.values() if r.health_check is None or told[r.health_check]}
            assert answers(list(step.values()), told).keys() <= usable
            assert answers(list(step.values()), told)


@pytest.mark.parametrize("count", [0, 2])
def test_stacks_of_before_change_their_records_in_place(count: int) -> None:
    """They had one record per replica, or one for the primary, with weight 100 and without a check."""
    keys = ["primary", *map(str, range(1, count + 1))] if count else ["primary"]
    result = database(count)
    for key in keys:
        record = child(result, RECORD, f"db-reader-{key}").inputs
        # The provider replaces a record when name or zone change; Route 53 knows it by type and identifier besides.
        assert (record["name"], record["type"], record["setIdentifier"]) == ("db-ro.db.internal", "CNAME", key)
        assert record["ttl"] == 10, "one for all records of the name, also of before"


def test_the_primary_is_in_the_name_before_any_replica_and_leaves_it_after_the_last() -> None:
    result = database(2)
    primary = child(result, RECORD, "db-reader-primary").urn
    for key in ("1", "2"):
        assert primary in child(result, RECORD, f"db-reader-{key}").dependencies


# Health


@pytest.mark.parametrize("key", ["1", "2"])
def test_a_record_carries_a_check_that_wants_all_of_its_replicas_alarms_quiet(key: str) -> None:
    result = database(2)
    whole = child(result, CHECK, f"db-reader-{key}-health")
    assert child(result, RECORD, f"db-reader-{key}").inputs["healthCheckId"] == whole.id
    assert (whole.inputs["type"], whole.inputs["childHealthThreshold"]) == ("CALCULATED", 2)
    parts = [child(result, CHECK, f"db-reader-{key}-{role}") for role in ("lag", "stopped")]
    assert whole.inputs["childHealthchecks"] == [part.id for part in parts]
    for part, role in zip(parts, ("lag", "stopped"), strict=True):
        alarm = child(result, ALARM, f"db-replica-{key}-{role}")
        assert part.inputs["type"] == "CLOUDWATCH_METRIC"
        assert part.inputs["cloudwatchAlarmName"] == alarm.outputs["name"]
        assert part.inputs["cloudwatchAlarmRegion"] == "eu-central-1"
        assert part.inputs["insufficientDataHealthStatus"] == "Unhealthy", "what nobody measures is not used"
        replica = result.named(f"db-replica-{key}")
        assert alarm.inputs["dimensions"] == {"DBInstanceIdentifier": replica.outputs["identifier"]}


def test_alarms_are_such_that_route_53_can_follow() -> None:
    for alarm in [r.inputs for r in database(1).all(ALARM) if r.name.startswith("db-replica-")]:
        assert (alarm["namespace"], alarm["metricName"]) == ("AWS/RDS", "ReplicaLag")
        assert alarm["statistic"] in ("Average", "Minimum", "Maximum", "Sum", "SampleCount")
        assert alarm["period"] % 60 == 0
        assert not {"metricQueries", "extendedStatistic", "datapointsToAlarm"} & alarm.keys()


def test_a_check_is_renewed_when_its_alarm_changes() -> None:
    before, after = (
        child(database(1, max_replica_lag_seconds=s), CHECK, "db-reader-1-lag").inputs["triggers"] for s in (60, 30)
    )
    assert before != after, "Route 53 keeps a copy of the alarm's settings"


def test_the_allowed_lag_is_that_of_the_settings() -> None:
    def threshold(result: Recording) -> float:
        return child(result, ALARM, "db-replica-1-lag").inputs["threshold"]

    assert (threshold(database(1)), threshold(database(1, max_replica_lag_seconds=5))) == (60, 5)


# When a replica leaves and when it comes back


def over_time(minutes: list[Point]) -> list[bool]:
    """Whether the name holds the replica after each of *minutes*."""
    alarms = health.health_alarms(ALLOWED)
    return [healthy(alarms, health.WITHOUT_DATA, minutes[: n + 1]) for n in range(len(minutes))]


QUIET: list[Point] = [0] * 10


def test_a_replica_that_lags_leaves_at_once_and_is_back_after_five_good_minutes() -> None:
    told = over_time([*QUIET, 61, *QUIET])
    assert told[9:] == [True, *[False] * 5, *[True] * 6]
    assert all(over_time([*QUIET, *[60] * 10])), "as much as is allowed"


def test_a_lag_that_goes_to_and_fro_does_not_make_the_name_do_so() -> None:
    told = over_time([*QUIET, *[61, 0, 0, 61, 59] * 8])
    assert not any(told[10:])


def test_a_replica_that_does_not_replicate_leaves_after_two_minutes() -> None:
    told = over_time([*QUIET, -1, -1, -1, -1, 0, 0])
    assert told[10:] == [True, False, False, False, True, True]


def test_a_replica_that_says_nothing_leaves_and_one_minute_of_silence_is_nothing() -> None:
    silent = over_time([*QUIET, *[None] * 6])
    assert silent[10:] == [True, True, True, False, False, False], "nothing new for four minutes"
    assert all(over_time([*QUIET, None, 0, 0])[10:])


def test_a_young_replica_is_not_in_the_name_before_it_has_caught_up() -> None:
    catching_up: list[Point] = [None, None, 900, 400, 90, 20, 0, 0, 0, 0, 0]
    told = over_time(catching_up)
    assert told.index(True) == 9, "five minutes after the last one above what is allowed"
    assert all(told[9:])


def test_silence_longer_than_any_look_back_is_never_health() -> None:
    assert not any(over_time([None] * 30))
    alarms = health.health_alarms(ALLOWED)
    assert [state(alarm, [None] * 30) for alarm in alarms] == ["INSUFFICIENT_DATA"] * 2, "and no alarm at its birth"


def test_a_replica_that_falls_silent_is_told_of_once() -> None:
    lag, stopped = (child(database(1), ALARM, f"db-replica-1-{role}").inputs for role in ("lag", "stopped"))
    assert stopped["insufficientDataActions"] == stopped["alarmActions"]
    assert "insufficientDataActions" not in lag


# The controller's side


def test_both_who_make_replicas_make_the_same() -> None:
    result = database(1)
    for alarm in health.health_alarms(ALLOWED):
        ours = child(result, ALARM, f"db-replica-1-{alarm.role}").inputs
        theirs = health.alarm_call(alarm, "elastic-1")
        assert {
            "namespace": theirs["Namespace"],
            "metricName": theirs["MetricName"],
            "statistic": theirs["Statistic"],
            "comparisonOperator": theirs["ComparisonOperator"],
            "threshold": theirs["Threshold"],
            "period": theirs["Period"],
            "evaluationPeriods": theirs["EvaluationPeriods"],
            "treatMissingData": theirs["TreatMissingData"],
        }.items() <= ours.items()
        check = health.alarm_check("name", "eu-central-1")
        made_ = child(result, CHECK, f"db-reader-1-{alarm.role}").inputs
        assert made_["type"] == check["Type"]
        assert made_["insufficientDataHealthStatus"] == check["InsufficientDataHealthStatus"]
    record = child(result, RECORD, "db-reader-1").inputs
    set_ = health.reader_record("db-ro.db.internal", "elastic-1", "address", "check")
    assert (record["type"], record["ttl"], record["weightedRoutingPolicies"]) == (
        set_["Type"],
        set_["TTL"],
        [{"weight": set_["Weight"]}],
    )
    assert health.replica_check(["a", "b"])["HealthThreshold"] == 2
