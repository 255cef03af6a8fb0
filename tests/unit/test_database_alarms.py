"""Alarms of a database: what they look at, whom they tell, and when they are right to."""

import json
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest

from components import InvalidArgs
from components.database.alarms.connections import aurora_connections, memory_gib, mysql_connections
from components.mysql import MySQL
from rehearsal.recorder import Recording, Registered
from tests.recording import recording

from .mysql import args

ALARM = "cloudwatch/metricAlarm:MetricAlarm"
SUBSCRIPTION = "rds/eventSubscription:EventSubscription"
GIB = 1024**3


@cache
def recorded(given: str) -> Recording:
    return recording(lambda: MySQL("db", args(**json.loads(given))))


def made(alarms: dict[str, Any] | None = None, **database: Any) -> Recording:
    return recorded(json.dumps({"database": database, **({} if alarms is None else {"alarms": alarms})}))


def alarm(role: str, alarms: dict[str, Any] | None = None, **database: Any) -> Registered:
    return made(alarms, **database).named(f"db-alarm-{role}")


def refused(alarms: dict[str, Any], **database: Any) -> str:
    with pytest.raises(InvalidArgs) as error:
        recording(lambda: MySQL("db", args(database, alarms=alarms)))
    return str(error.value)


def values(made_: Registered, **series: Sequence[float | None]) -> list[float | None]:
    """Return what the alarm's expression makes of *series* of its metrics, one value per period.

    CloudWatch user guide, "Using metric math": RATE is the difference to the period before per second, and has no first
    value; what is divided by zero is dropped; IF takes its second value where its condition holds.
    """
    queries = made_.inputs["metricQueries"]
    (expression,) = [q["expression"] for q in queries if q.get("returnData")]
    metrics = {q["id"]: q["metric"] for q in queries if "metric" in q}
    assert set(re.findall(r"\b[a-z]+\b", expression)) == {*metrics} == {*series}
    results: list[float | None] = []
    for at in range(len(next(iter(series.values())))):
        now = {name: points[at] for name, points in series.items()}
        steps = {name: points[at - 1] if at else None for name, points in series.items()}

        def rate(value: float | None, name: str = next(iter(series)), before: Any = steps) -> float | None:
            past = before[name]
            return None if value is None or past is None else (value - past) / metrics[name]["period"]

        functions = {
            "RATE": rate,
            "IF": lambda condition, then, otherwise: then() if condition else otherwise(),
        }
        text = re.sub(r"^IF\((.*?), (.*), (.*)\)$", r"IF(\1, lambda: \2, lambda: \3)", expression)
        try:
            results.append(eval(text, {"__builtins__": {}, **functions, **now}))  # noqa: S307  our own expression
        except (TypeError, ZeroDivisionError):
            results.append(None)
    return results


def sounds(made_: Registered, **series: Sequence[float | None]) -> bool:
    """Whether the alarm sounds after *series*: all of its last periods are beyond its threshold."""
    inputs = made_.inputs
    beyond = {
        "GreaterThanThreshold": lambda value: value > inputs["threshold"],
        "LessThanThreshold": lambda value: value < inputs["threshold"],
    }[inputs["comparisonOperator"]]
    last = [value for value in values(made_, **series) if value is not None][-inputs["evaluationPeriods"] :]
    assert inputs["datapointsToAlarm"] == inputs["evaluationPeriods"]
    return len(last) == inputs["evaluationPeriods"] and all(map(beyond, last))


# --- what is told, and whom -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 2])
def test_primary_and_every_replica_are_watched_and_the_topic_is_told_at_both_ends(count: int) -> None:
    result = made(replica_count=count)
    instances = ["primary", *(f"replica-{n}" for n in range(1, count + 1))]
    alarms = result.all(ALARM)
    expected = {f"db-alarm-{i}-{of}" for i in instances for of in ("cpu", "connections", "storage", "storage-time")}
    expected |= {f"db-{i}-{of}" for i in instances[1:] for of in ("lag", "stopped")}
    assert {a.name for a in alarms} == expected
    topic = result.named("db-alarms").outputs["arn"]
    for each in alarms:
        assert each.inputs["alarmActions"] == each.inputs["okActions"] == [topic], each.name
        assert result.named("db-alarms-policy").urn in each.dependencies, "or its first message is refused"
        assert each.inputs["alarmDescription"].isprintable()
        # What the reader goes by is in neither state without data, and its health check says what that means.
        assert each.inputs["treatMissingData"] == ("notBreaching" if "-alarm-" in each.name else "missing")
    outputs = result.one("elasticweb:index:MySQL").outputs
    assert outputs["alarm_topic_arn"] == topic
    assert sorted(outputs["alarm_names"]) == sorted(a.outputs["name"] for a in alarms if "-alarm-" in a.name)


@pytest.mark.parametrize("role", ["primary", "replica-2"])
def test_alarms_are_about_the_instance_that_they_name(role: str) -> None:
    result = made(replica_count=2)
    identifier = result.named(f"db-{role}").outputs["identifier"]
    for of in ("cpu", "connections", "storage", "storage-time"):
        for query in result.named(f"db-alarm-{role}-{of}").inputs["metricQueries"]:
            metric = query.get("metric")
            assert metric is None or metric["dimensions"] == {"DBInstanceIdentifier": identifier}


def test_a_preview_makes_the_same() -> None:
    given = {"replica_count": 1}
    previewed = recording(lambda: MySQL("db", args(given)), preview=True)
    assert {r.name for r in previewed.resources} == {r.name for r in made(replica_count=1).resources}


def test_the_topic_lets_alarms_and_rds_publish_and_nobody_else() -> None:
    result = made()
    ours = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    of = "arn:aws:{}:eu-central-1:123456789012:{}"
    sources = {
        "cloudwatch.amazonaws.com": of.format("cloudwatch", "alarm:*"),
        "events.rds.amazonaws.com": of.format("rds", "*"),
    }
    published = json.loads(result.named("db-alarms-policy").inputs["policy"])["Statement"]
    assert {s["Principal"]["Service"]: s["Condition"] for s in published} == {
        service: {**ours, "ArnLike": {"aws:SourceArn": arn}} for service, arn in sources.items()
    }
    root, *uses = json.loads(result.named("db-alarms-key").inputs["policy"])["Statement"]
    assert root["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    assert {s["Principal"]["Service"]: s["Condition"] for s in uses} == dict.fromkeys(sources, ours)
    assert all(s["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"] for s in uses)


def test_a_given_topic_is_told_and_left_as_it_is() -> None:
    given = "arn:aws:sns:eu-central-1:123456789012:ops"
    result = made({"topic_arn": given}, replica_count=1)
    assert {action for each in result.all(ALARM) for action in each.inputs["alarmActions"]} == {given}
    assert {each.inputs["snsTopic"] for each in result.all(SUBSCRIPTION)} == {given}
    assert not result.all("sns/topic:Topic")


def test_addresses_are_subscribed() -> None:
    result = made({"emails": ["dba@example.org"]})
    (subscription,) = result.all("sns/topicSubscription:TopicSubscription")
    assert (subscription.inputs["protocol"], subscription.inputs["endpoint"]) == ("email", "dba@example.org")


def test_without_alarms_nobody_is_told_and_the_reader_still_goes_by_the_lag() -> None:
    result = made({"enabled": False}, replica_count=1)
    assert {a.name for a in result.all(ALARM)} == {"db-replica-1-lag", "db-replica-1-stopped"}
    assert not any(a.inputs.get("alarmActions") for a in result.all(ALARM))
    assert not result.all(SUBSCRIPTION)
    outputs = result.one("elasticweb:index:MySQL").outputs
    assert (outputs["alarm_topic_arn"], outputs["alarm_names"]) == ("", [])


@pytest.mark.parametrize(
    ("field", "role"),
    [
        ("cpu_percent", "cpu"),
        ("connections_percent", "connections"),
        ("storage_hours_left", "storage-time"),
        ("storage_free_percent", "storage"),
    ],
)
def test_a_threshold_of_0_switches_its_alarm_off_and_no_other(field: str, role: str) -> None:
    every = {a.name for a in made().all(ALARM)}
    assert every - {a.name for a in made({field: 0}).all(ALARM)} == {f"db-alarm-primary-{role}"}


# --- events of RDS --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("control", "kind", "categories"),
    [
        ("RDS.20", "db-instance", {"maintenance", "configuration change", "failure"}),
        ("RDS.21", "db-parameter-group", {"configuration change"}),
        ("RDS.22", "db-security-group", {"configuration change", "failure"}),
    ],
)
def test_events_that_auditors_ask_for_are_told(control: str, kind: str, categories: set[str]) -> None:
    (found,) = [s for s in made().all(SUBSCRIPTION) if s.inputs["sourceType"] == kind]
    assert categories <= set(found.inputs["eventCategories"]), control
    assert found.inputs.get("enabled", True)
    assert found.inputs["snsTopic"] == made().named("db-alarms").outputs["arn"]


def test_failovers_broken_replication_and_storage_at_its_ceiling_are_told_of_every_instance() -> None:
    result = made(replica_count=2)
    told = result.named("db-events-instances")
    assert {"failover", "read replica", "low storage", "notification"} <= set(told.inputs["eventCategories"])
    instances = [result.named(f"db-{i}").outputs["identifier"] for i in ("primary", "replica-1", "replica-2")]
    assert told.inputs["sourceIds"] == instances
    assert result.named("db-alarms-policy").urn in told.dependencies
    parameters = result.named("db-events-parameters").inputs["sourceIds"]
    assert parameters == [result.named("db-parameters").outputs["name"]]


def test_events_can_be_left_to_others() -> None:
    assert not made({"events": False}).all(SUBSCRIPTION)


# --- when they are right --------------------------------------------------------------------------------------------


def test_cpu_has_to_be_needed_for_a_quarter_of_an_hour() -> None:
    cpu = alarm("primary-cpu")
    assert sounds(cpu, cpu=[91] * 15)
    assert not sounds(cpu, cpu=[*[91] * 7, 89, *[91] * 7])
    assert not sounds(alarm("primary-cpu", {"cpu_percent": 95}), cpu=[95] * 15)


def test_connections_are_compared_with_what_the_class_or_the_parameter_allows() -> None:
    limited = alarm("primary-connections", parameters={"max_connections": "200"})
    assert sounds(limited, connections=[161] * 5)
    assert not sounds(limited, connections=[160] * 5)
    by_class = alarm("primary-connections", instance_class="db.r7g.large")
    assert sounds(by_class, connections=[1100] * 5)
    assert not sounds(by_class, connections=[1000] * 5)


def test_each_instance_has_the_connections_of_its_own_class() -> None:
    given: dict[str, Any] = {"replica_count": 1, "instance_class": "db.r7g.large", "replica_class": "db.r7g.xlarge"}
    assert sounds(alarm("primary-connections", **given), connections=[1100] * 5)
    assert not sounds(alarm("replica-1-connections", **given), connections=[1100] * 5)


def test_storage_that_will_be_full_within_the_day_at_its_present_growth_is_told() -> None:
    time = alarm("primary-storage-time")
    assert sounds(time, free=[90 * GIB, 86 * GIB, 82 * GIB, 78 * GIB]), "4 GiB an hour: 19.5 hours"
    assert not sounds(time, free=[99 * GIB, 97 * GIB, 95 * GIB, 93 * GIB]), "2 GiB an hour: 46 hours"
    assert sounds(
        alarm("primary-storage-time", {"storage_hours_left": 48}), free=[96 * GIB, 94 * GIB, 92 * GIB, 90 * GIB]
    )


def test_the_time_left_is_in_hours() -> None:
    assert values(alarm("primary-storage-time"), free=[12 * GIB, 10 * GIB]) == [None, 5]


@pytest.mark.parametrize(
    "free",
    [
        [10 * GIB] * 6,
        [10 * GIB, 12 * GIB, 14 * GIB, 16 * GIB],
        [90 * GIB, 40 * GIB, 90 * GIB, 89 * GIB],
        [90 * GIB, 86 * GIB, 82 * GIB, 178 * GIB],
        [None, None, 10 * GIB, 1 * GIB],
    ],
    ids=["still", "emptying", "one import", "grown by itself", "young"],
)
def test_storage_that_does_not_fill_for_hours_is_no_alarm(free: list[float | None]) -> None:
    assert not sounds(alarm("primary-storage-time"), free=free)


def test_storage_that_should_have_grown_and_did_not_is_told() -> None:
    low = alarm("primary-storage", storage_gib=100, max_storage_gib=200)
    assert sounds(low, free=[4.9 * GIB] * 3)
    assert not sounds(low, free=[4.9 * GIB, 5.1 * GIB, 4.9 * GIB])
    (metric,) = [q["metric"] for q in low.inputs["metricQueries"] if "metric" in q]
    assert (metric["stat"], metric["period"]) == ("Minimum", 300)


# --- how many connections there are ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instance_class", "gib"),
    [
        ("db.t4g.micro", 1),
        ("db.t3.medium", 4),
        ("db.t4g.2xlarge", 32),
        ("db.m7g.large", 8),
        ("db.r7g.large", 16),
        ("db.r8g.48xlarge", 1536),
        ("db.x2g.xlarge", 64),
        ("db.x1e.xlarge", 122),
        ("db.c6gd.medium", 2),
    ],
)
def test_the_memory_of_classes_is_known(instance_class: str, gib: float) -> None:
    assert memory_gib(instance_class) == gib


def test_connections_are_estimated_below_the_quotient_that_rds_names() -> None:
    assert 1250 < (mysql_connections("db.r7g.large", {}) or 0) < 1300, "the guide has around 1300 for 16 GiB"
    for instance_class in ("db.t4g.micro", "db.t4g.medium", "db.m7g.large", "db.r7g.4xlarge"):
        quotient = (memory_gib(instance_class) or 0) * GIB / 12582880
        assert 0.6 * quotient < (mysql_connections(instance_class, {}) or 0) < quotient


def test_connections_that_are_set_are_what_they_are() -> None:
    assert mysql_connections("db.q9.large", {"max_connections": "700"}) == 700
    half = mysql_connections("db.r7g.large", {"max_connections": "{DBInstanceClassMemory/25165760}"})
    assert half == (mysql_connections("db.r7g.large", {}) or 0) // 2


def test_aurora_has_other_figures() -> None:
    assert 900 < (aurora_connections(16, {}) or 0) <= 1000, "the guide's table has 1000 for db.r6g.large"
    assert 80 < (aurora_connections(4, {}) or 0) <= 90, "and 90 for db.t4g.medium"
    assert aurora_connections(1e6, {}) == 16000
    assert aurora_connections(None, {}) is None
    assert aurora_connections(None, {"max_connections": "50"}) == 50


# --- what is refused ------------------------------------------------------------------------------------------------


def test_connections_that_nobody_can_tell_are_refused() -> None:
    formula = "LEAST({DBInstanceClassMemory/9531392},5000)"
    message = refused({}, parameters={"max_connections": formula})
    assert message == (
        "MySQL: alarms.connections_percent must be 0 where max_connections is neither a number nor "
        f"{{DBInstanceClassMemory/...}} of a class whose memory is known, got 80 with db.t4g.medium and {formula!r}"
    )
    assert made({"connections_percent": 0}, parameters={"max_connections": formula})
    assert made({"enabled": False}, parameters={"max_connections": formula})


@pytest.mark.parametrize(
    ("alarms", "message"),
    [
        ({"cpu_percent": 101}, "alarms.cpu_percent must be between 0 and 100, got 101"),
        ({"storage_free_percent": 51}, "alarms.storage_free_percent must be between 0 and 50, got 51"),
        ({"storage_hours_left": -1}, "alarms.storage_hours_left must be between 0 and 720, got -1"),
        ({"emails": ["ops"]}, "alarms.emails[0] must be an address, such as ops@example.org, got 'ops'"),
        ({"emails": ["a@b.org", "a@b.org"]}, "alarms.emails[1] must be named once, got 'a@b.org' again"),
        (
            {"emails": ["a@b.org"], "topic_arn": "arn:aws:sns:eu-central-1:123456789012:ops"},
            "alarms.emails must come without alarms.topic_arn, which has its own subscriptions, got both",
        ),
        ({"cpu": 5}, "unknown alarms.cpu; known are"),
    ],
)
def test_alarms_that_cannot_be_are_refused(alarms: dict[str, Any], message: str) -> None:
    assert refused(alarms).startswith(f"MySQL: {message}")
