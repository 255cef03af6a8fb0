"""Alarms: what they look at, whom they tell, and that they are right about a fleet that sleeps, starts or grows."""

import json
import re
from functools import cache
from typing import Any

import pytest

from components import InvalidArgs
from rehearsal.recorder import Recording, Registered

from .web_tiers import fleet, tier

METRIC = "cloudwatch/metricAlarm:MetricAlarm"


@cache
def recorded(args: str) -> Recording:
    return tier(json.loads(args))


def alarm(role: str, args: dict[str, Any] | None = None) -> Registered:
    return recorded(json.dumps(args)).named(f"web-alarm-{role}")


def metrics(made: Registered) -> dict[str, dict[str, Any]]:
    return {query["id"]: query["metric"] for query in made.inputs["metricQueries"] if "metric" in query}


def sounds(made: Registered, **now: float | None) -> bool:
    """Whether a minute counts for the alarm in which the metrics are *now*; None is one that is not reported.

    CloudWatch user guide, "Using math expressions with CloudWatch metrics": what is computed from a value that is
    missing, or by zero, is missing, and FILL gives it a value.
    """
    (expression,) = [q["expression"] for q in made.inputs["metricQueries"] if q.get("returnData")]
    assert set(re.findall(r"\b[a-z]+\b", expression)) == {*metrics(made)} == {*now}
    words = expression.replace("AND", "and")
    functions = {"IF": lambda c, a, b: a if c else b, "FILL": lambda m, filler: filler if m is None else m}
    assert made.inputs["comparisonOperator"] == "GreaterThanThreshold"
    try:
        found = eval(words, {"__builtins__": {}}, {**functions, **now})  # noqa: S307  our own expression
    except (TypeError, ZeroDivisionError):
        found = None
    if found is None:
        return made.inputs["treatMissingData"] == "breaching"
    return found > made.inputs["threshold"]


# --- what is told, and whom -----------------------------------------------------------------------------------------


def test_every_alarm_tells_the_topic_when_it_begins_and_when_it_ends() -> None:
    recording = tier()
    topic = recording.named("web-alarms").outputs["arn"]
    alarms = recording.all(METRIC)
    assert {a.name.removeprefix("web-alarm-") for a in alarms} == {
        "errors",
        "latency",
        "unhealthy",
        "no-server",
        "at-maximum",
    }
    for made in alarms:
        assert made.inputs["alarmActions"] == made.inputs["okActions"] == [topic], made.name
        assert made.inputs.get("actionsEnabled", True)
        assert recording.named("web-alarms-policy").urn in made.dependencies, "or its first message is refused"
        for query in made.inputs["metricQueries"]:
            assert query.get("metric", {"period": 60})["period"] == 60
        assert made.inputs["alarmDescription"].isprintable()
    assert recording.stack_outputs["alarm_topic_arn"] == topic
    assert recording.stack_outputs["alarm_names"] == [a.outputs["name"] for a in alarms]


def test_the_topic_is_encrypted_and_only_alarms_and_events_may_publish() -> None:
    recording = tier()
    topic, key = recording.named("web-alarms"), recording.named("web-alarms-key")
    assert topic.inputs["kmsMasterKeyId"] == key.outputs["arn"]
    assert key.inputs["enableKeyRotation"] is True
    ours = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    alarms = {"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:*"}}
    published = json.loads(recording.named("web-alarms-policy").inputs["policy"])["Statement"]
    assert [(s["Principal"]["Service"], s["Action"], s["Resource"], s.get("Condition")) for s in published] == [
        ("cloudwatch.amazonaws.com", ["sns:Publish"], topic.outputs["arn"], {**ours, **alarms}),
        ("events.amazonaws.com", ["sns:Publish"], topic.outputs["arn"], None),
    ]
    root, *services = json.loads(key.inputs["policy"])["Statement"]
    assert (root["Principal"], root["Action"]) == ({"AWS": "arn:aws:iam::123456789012:root"}, "kms:*")
    uses = ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert [(s["Principal"]["Service"], s["Action"], s.get("Condition")) for s in services] == [
        ("cloudwatch.amazonaws.com", uses, ours),
        ("events.amazonaws.com", uses, None),
    ]


def test_addresses_are_subscribed() -> None:
    recording = tier({"alarms": {"emails": ["ops@example.org", "web@example.org"]}})
    subscriptions = recording.all("sns/topicSubscription:TopicSubscription")
    assert [(s.inputs["protocol"], s.inputs["endpoint"]) for s in subscriptions] == [
        ("email", "ops@example.org"),
        ("email", "web@example.org"),
    ]
    assert {s.inputs["topic"] for s in subscriptions} == {recording.named("web-alarms").outputs["arn"]}


def test_a_given_topic_is_told_and_left_as_it_is() -> None:
    recording = tier({"alarms": {"topic_arn": "arn:aws:sns:eu-central-1:123456789012:ops"}})
    assert {a for made in recording.all(METRIC) for a in made.inputs["alarmActions"]} == {
        "arn:aws:sns:eu-central-1:123456789012:ops"
    }
    assert {t.inputs["arn"] for t in recording.all("cloudwatch/eventTarget:EventTarget")} == {
        "arn:aws:sns:eu-central-1:123456789012:ops"
    }
    assert recording.stack_outputs["alarm_topic_arn"] == "arn:aws:sns:eu-central-1:123456789012:ops"


def test_without_alarms_nobody_is_told() -> None:
    recording = tier({"alarms": {"enabled": False}})
    assert recording.stack_outputs["alarm_topic_arn"] == ""
    assert recording.stack_outputs["alarm_names"] == []


def test_the_alarms_that_end_a_refresh_are_there_before_the_group() -> None:
    recording = tier()
    order = [r.name for r in recording.resources]
    for role in ("errors", "latency", "unhealthy"):
        made = recording.named(f"web-alarm-{role}")
        assert order.index(made.name) < order.index("web-fleet")
        assert made.urn in recording.named("web-fleet").dependencies
        assert "AWS/AutoScaling" not in json.dumps(made.inputs), "it would wait for the group"
    for role in ("no-server", "at-maximum"):
        assert order.index(f"web-alarm-{role}") > order.index("web-fleet")


# --- the site -------------------------------------------------------------------------------------------------------


def test_metrics_are_those_of_the_load_balancer_and_of_the_fleet() -> None:
    recording = tier()
    balancer, target = (recording.named(name).outputs["arnSuffix"] for name in ("web-alb", "web-target"))
    group = {"AutoScalingGroupName": recording.named("web-fleet").outputs["name"]}
    front, both = {"LoadBalancer": balancer}, {"LoadBalancer": balancer, "TargetGroup": target}
    told = {
        (m["namespace"], m["metricName"], m["stat"], json.dumps(m["dimensions"], sort_keys=True))
        for made in recording.all(METRIC)
        for m in metrics(made).values()
    }
    site = {
        ("RequestCount", "Sum", json.dumps(front, sort_keys=True)),
        ("HTTPCode_ELB_5XX_Count", "Sum", json.dumps(front, sort_keys=True)),
        ("HTTPCode_Target_5XX_Count", "Sum", json.dumps(front, sort_keys=True)),
        ("RequestCount", "Sum", json.dumps(both, sort_keys=True)),
        ("TargetResponseTime", "p95", json.dumps(both, sort_keys=True)),
        ("HealthyHostCount", "Maximum", json.dumps(both, sort_keys=True)),
        ("UnHealthyHostCount", "Maximum", json.dumps(both, sort_keys=True)),
    }
    sizes = ("GroupDesiredCapacity", "GroupMaxSize", "GroupMinSize")
    assert told == {("AWS/ApplicationELB", *metric) for metric in site} | {
        ("AWS/AutoScaling", size, "Maximum", json.dumps(group)) for size in sizes
    }
    assert {*sizes} <= {*recording.named("web-fleet").inputs["enabledMetrics"]}


@pytest.mark.parametrize(
    ("requests", "failed", "refused", "expected"),
    [
        (1000, 51, None, True),  # by the servers
        (1000, None, 60, True),  # by the load balancer; some of them are among the requests
        (None, None, 20, True),  # no server at all: the load balancer alone has them
        (1000, 30, 30, True),  # together
        (1000, 50, None, False),
        (1000, None, None, False),
        (19, 19, None, False),  # too few to say anything
        (None, None, 19, False),
        (None, None, None, False),  # nobody is there
    ],
)
def test_errors_are_a_share_of_enough_requests(
    requests: int | None, failed: int | None, refused: int | None, expected: bool
) -> None:
    made = alarm("errors")
    assert sounds(made, requests=requests, failed=failed, refused=refused) is expected
    assert (made.inputs["datapointsToAlarm"], made.inputs["evaluationPeriods"]) == (3, 5)


def test_the_share_of_errors_and_the_least_requests_can_be_said() -> None:
    made = alarm("errors", {"alarms": {"error_percent": 20, "minimum_requests": 100}})
    assert not sounds(made, requests=99, failed=99, refused=None)
    assert not sounds(made, requests=100, failed=20, refused=None)
    assert sounds(made, requests=100, failed=21, refused=None)


def test_latency_is_judged_by_19_of_20_requests_while_there_are_enough() -> None:
    made = alarm("latency")
    assert sounds(made, requests=20, latency=3.1)
    assert not sounds(made, requests=20, latency=3.0)
    assert not sounds(made, requests=19, latency=30.0)
    assert not sounds(made, requests=None, latency=None)
    assert (made.inputs["datapointsToAlarm"], made.inputs["evaluationPeriods"]) == (5, 5)
    assert alarm("latency", {"alarms": {"latency_p95_seconds": 0.5}}).inputs["threshold"] == 0.5


def test_most_servers_being_unhealthy_is_told_but_not_while_they_start() -> None:
    made = alarm("unhealthy", fleet(warmup_seconds=400))
    assert sounds(made, healthy=1, unhealthy=2)
    assert sounds(made, healthy=None, unhealthy=1)
    assert not sounds(made, healthy=2, unhealthy=2)
    assert not sounds(made, healthy=None, unhealthy=None)
    assert made.inputs["evaluationPeriods"] == made.inputs["datapointsToAlarm"] == 8, "longer than seven minutes"


# --- the fleet ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("desired", "healthy", "expected"),
    [
        (2, 0, True),
        (2, None, True),  # none is registered
        (2, 1, False),
        (0, None, False),  # asleep
        (0, 0, False),
        (None, None, False),  # not told how many there should be
    ],
)
def test_no_healthy_server_is_told_unless_the_fleet_sleeps(
    desired: int | None, healthy: int | None, expected: bool
) -> None:
    assert sounds(alarm("no-server"), desired=desired, healthy=healthy) is expected


@pytest.mark.parametrize(("warmup", "minutes"), [(0, 3), (60, 3), (300, 6), (301, 7), (3600, 61)])
def test_a_fleet_that_wakes_has_time_to_become_healthy(warmup: int, minutes: int) -> None:
    assert alarm("no-server", fleet(warmup_seconds=warmup)).inputs["evaluationPeriods"] == minutes


@pytest.mark.parametrize(
    ("minimum", "desired", "maximum", "expected"),
    [
        (5, 40, 40, True),
        (5, 41, 40, True),  # while servers are replaced
        (5, 39, 40, False),
        (20, 20, 20, False),  # a window that wants exactly that many
        (0, 0, 0, False),  # asleep
        (None, None, None, False),
    ],
)
def test_demand_that_holds_the_fleet_at_its_maximum_is_told(
    minimum: int | None, desired: int | None, maximum: int | None, expected: bool
) -> None:
    made = alarm("at-maximum", {"alarms": {"at_maximum_minutes": 30}})
    assert sounds(made, minimum=minimum, desired=desired, maximum=maximum) is expected
    assert made.inputs["evaluationPeriods"] == made.inputs["datapointsToAlarm"] == 30


# --- events ---------------------------------------------------------------------------------------------------------


def message(recording: Recording, role: str, event: dict[str, Any]) -> str | None:
    """What the topic is told of *event*; None where the rule does not match it."""
    pattern = json.loads(recording.named(f"web-{role}").inputs["eventPattern"])
    detail = pattern.pop("detail")
    if any(event[key] not in values for key, values in pattern.items()):
        return None
    if any(event["detail"].get(key) not in values for key, values in detail.items()):
        return None
    transformer = recording.named(f"web-{role}-target").inputs["inputTransformer"]
    text = "\n".join(json.loads(line) for line in transformer["inputTemplate"].splitlines())
    for name, path in transformer["inputPaths"].items():
        value: Any = event
        for step in path.removeprefix("$.").split("."):
            value = value[step]
        text = text.replace(f"<{name}>", value)
    return text


def event(kind: str, **detail: str) -> dict[str, Any]:
    return {"source": "aws.autoscaling", "detail-type": kind, "time": "2026-11-23T07:00:00Z", "detail": detail}


def failed(group: str, kind: str = "EC2 Instance Launch Unsuccessful") -> dict[str, Any]:
    return event(
        kind,
        StatusCode="Failed",
        AutoScalingGroupName=group,
        Description="Launching a new EC2 instance",
        Cause="At 2026-11-23T07:00:00Z a scheduled action wanted more servers.",
        StatusMessage="There is not sufficient m7g.large capacity in the zone you requested",
    )


def test_a_launch_that_fails_is_told_with_its_reason() -> None:
    recording = recorded("{}")
    group = recording.named("web-fleet").outputs["name"]
    assert message(recording, "launch-failures", failed(group)) == (
        f"A server of {group} could not be launched or did not become ready.\n"
        "Launching a new EC2 instance: There is not sufficient m7g.large capacity in the zone you requested\n"
        "It was launched because: At 2026-11-23T07:00:00Z a scheduled action wanted more servers.\n"
        "2026-11-23T07:00:00Z"
    )
    assert message(recording, "launch-failures", failed("another")) is None
    assert message(recording, "launch-failures", failed(group, "EC2 Instance Launch Successful")) is None


@pytest.mark.parametrize("end", ["Failed", "Rollback Started", "Rollback Succeeded", "Rollback Failed"])
def test_a_refresh_that_fails_is_told_with_the_way_to_its_reason(end: str) -> None:
    recording = recorded("{}")
    group = recording.named("web-fleet").outputs["name"]
    kind = f"EC2 Auto Scaling Instance Refresh {end}"
    told = message(
        recording, "refresh-failures", event(kind, AutoScalingGroupName=group, InstanceRefreshId="refresh-1")
    )
    assert told is not None
    assert told.startswith(f"{kind}: {group}\n")
    assert f"--auto-scaling-group-name {group} --instance-refresh-ids refresh-1" in told
    for good in ("Started", "Succeeded", "Checkpoint Reached"):
        kind = f"EC2 Auto Scaling Instance Refresh {good}"
        assert message(recording, "refresh-failures", event(kind, AutoScalingGroupName=group)) is None


# --- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("alarms", "line"),
    [
        ({"emails": ["ops"]}, "alarms.emails[0] must be an address, such as ops@example.org, got 'ops'"),
        ({"emails": ["a@b.c", "a@b.c"]}, "alarms.emails[1] must be named once, got 'a@b.c' again"),
        (
            {"emails": ["a@b.c"], "topic_arn": "arn:t"},
            "alarms.emails must come without alarms.topic_arn, which has its own subscriptions, got both",
        ),
        ({"error_percent": 0}, "alarms.error_percent must be between 1 and 100, got 0"),
        ({"error_percent": 101}, "alarms.error_percent must be between 1 and 100, got 101"),
        ({"latency_p95_seconds": 0}, "alarms.latency_p95_seconds must be more than 0, got 0.0"),
        ({"minimum_requests": 0}, "alarms.minimum_requests must be at least 1, got 0"),
        ({"at_maximum_minutes": 1441}, "alarms.at_maximum_minutes must be between 1 and 1440, got 1441"),
    ],
)
def test_refuses_with_one_line(alarms: dict[str, Any], line: str) -> None:
    with pytest.raises(InvalidArgs) as error:
        tier({"alarms": alarms})
    assert str(error.value) == f"WebTier: {line}"
