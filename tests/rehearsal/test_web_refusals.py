"""What AWS refuses of a web tier and the emulator takes: each is one line that begins with the input."""

import base64
from typing import Any

import pytest

from rehearsal.emulator import Emulator
from rehearsal.errors import RehearsalError
from rehearsal.stage import Stage
from rehearsal.values import UNKNOWN

from .conftest import FOUNDATION, REGION, SAMPLES, Ground, urn

_LARGE = base64.b64encode(b"x" * 16385).decode()
_TARGET = {"vpcId": "vpc-1", "port": 80, "protocol": "HTTP"}
_FIXED = [{"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "503"}}]
_LISTENER = {"loadBalancerArn": "arn:aws:lb", "port": 443, "protocol": "HTTPS", "defaultActions": _FIXED}
_GROUP = {"launchTemplate": {"id": "lt-1"}, "vpcZoneIdentifiers": ["subnet-1"], "minSize": 1, "maxSize": 4}
_SCHEDULE = {"autoscalingGroupName": "web", "scheduledActionName": "monday", "recurrence": "0 7 * * MON", "minSize": 2}
_ALONE = {"maxSize": -1, "desiredCapacity": -1}
_ALARM = {
    "comparisonOperator": "LessThanThreshold",
    "evaluationPeriods": 3,
    "metricName": "HealthyHostCount",
    "namespace": "AWS/ApplicationELB",
    "period": 60,
    "statistic": "Minimum",
    "threshold": 1,
}
_RECORD = {"zoneId": "Z1", "name": "www.example.org", "type": "A", "ttl": 60, "records": ["192.0.2.1"]}
_TRACKS = {"autoscalingGroupName": "web", "policyType": "TargetTrackingScaling"}
_REQUESTS = {"predefinedMetricType": "ALBRequestCountPerTarget"}

_TOKENS = {
    "template": "aws:ec2/launchTemplate:LaunchTemplate",
    "balancer": "aws:lb/loadBalancer:LoadBalancer",
    "target": "aws:lb/targetGroup:TargetGroup",
    "listener": "aws:lb/listener:Listener",
    "rule": "aws:lb/listenerRule:ListenerRule",
    "group": "aws:autoscaling/group:Group",
    "policy": "aws:autoscaling/policy:Policy",
    "schedule": "aws:autoscaling/schedule:Schedule",
    "alarm": "aws:cloudwatch/metricAlarm:MetricAlarm",
    "record": "aws:route53/record:Record",
    "topic": "aws:sns/topic:Topic",
    "subscription": "aws:sns/topicSubscription:TopicSubscription",
}

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("template", {"userData": _LARGE}, "userData must be at most 16384 bytes before it is encoded, got 16385"),
    ("template", {"userData": "#!/bin/sh"}, "userData must be encoded in base64"),
    ("template", {"name": "x"}, "name must have 3 to 128 characters, got 1"),
    ("template", {"networkInterfaces": [{}], "vpcSecurityGroupIds": ["sg-1"]}, "vpcSecurityGroupIds must not be given"),
    (
        "balancer",
        {"subnets": ["subnet-1"]},
        "subnets must be at least 2, each in an availability zone of its own, got 1",
    ),
    ("balancer", {"subnets": ["a", "b"], "name": "x" * 33}, "name must have at most 32 characters, got 33"),
    ("balancer", {"subnets": ["a", "b"], "name": "-web"}, "name must be letters, digits and hyphens"),
    ("balancer", {"subnets": ["a", "b"], "name": "internal-web"}, "name must not begin with internal-"),
    ("balancer", {"subnets": ["a", "b"], "accessLogs": {"enabled": True}}, "accessLogs must name a bucket"),
    ("balancer", {"subnets": ["a", "b"], "idleTimeout": 4001}, "idleTimeout must be between 1 and 4000, got 4001"),
    ("balancer", {"subnets": ["a", "b"], "desyncMitigationMode": "off"}, "desyncMitigationMode must be one of monitor"),
    ("target", {**_TARGET, "name": "web-"}, "name must be letters, digits and hyphens, with no hyphen at its ends"),
    ("target", {"protocol": "HTTP", "port": 80}, "vpcId must be given for targets of type instance, got none"),
    ("target", {**_TARGET, "port": 0}, "port must be between 1 and 65535, got 0"),
    ("target", {**_TARGET, "healthCheck": {"interval": 4}}, "healthCheck.interval must be between 5 and 300, got 4"),
    ("target", {**_TARGET, "healthCheck": {"timeout": 121}}, "healthCheck.timeout must be between 2 and 120, got 121"),
    (
        "target",
        {**_TARGET, "healthCheck": {"interval": 5, "timeout": 5}},
        "healthCheck.timeout must be below the interval",
    ),
    ("target", {**_TARGET, "healthCheck": {"healthyThreshold": 1}}, "healthCheck.healthyThreshold must be between 2"),
    ("target", {**_TARGET, "healthCheck": {"matcher": "200-599"}}, "healthCheck.matcher must be codes between 200 and"),
    ("target", {**_TARGET, "healthCheck": {"path": "health"}}, "healthCheck.path must begin with /, got 'health'"),
    ("target", {**_TARGET, "healthCheck": {"protocol": "TCP"}}, "healthCheck.protocol must be HTTP or HTTPS"),
    ("target", {**_TARGET, "healthCheck": {"intervall": 9}}, "healthCheck.intervall is not known; known are enabled"),
    ("target", {**_TARGET, "deregistrationDelay": 3601}, "deregistrationDelay must be between 0 and 3600, got 3601"),
    ("target", {**_TARGET, "slowStart": 10}, "slowStart must be 0, or at least 30 seconds, got 10"),
    ("listener", _LISTENER, "certificateArn must be given for protocol HTTPS, got none"),
    (
        "listener",
        {**_LISTENER, "certificateArn": "arn:aws:acm", "sslPolicy": "ELBSecurityPolicy-TLS13-1-4-2021-06"},
        "sslPolicy must be one of AWS's",
    ),
    ("listener", {**_LISTENER, "protocol": "HTTP", "sslPolicy": "x"}, "sslPolicy must not be given for protocol HTTP"),
    ("listener", {**_LISTENER, "protocol": "HTTP", "port": 70000}, "port must be between 1 and 65535, got 70000"),
    (
        "listener",
        {**_LISTENER, "protocol": "HTTP", "defaultActions": [{"type": "redirect", "forward": {}}]},
        "defaultActions[0].forward must not be given for type redirect",
    ),
    ("rule", {"listenerArn": "x", "actions": _FIXED, "conditions": []}, "conditions must have at least one, got none"),
    (
        "rule",
        {"listenerArn": "x", "actions": _FIXED, "conditions": [{}]},
        "conditions[0] must be one condition, got none",
    ),
    ("group", {**_GROUP, "minSize": 5}, "minSize must be at most maxSize (4), got 5"),
    ("group", {**_GROUP, "desiredCapacity": 5}, "desiredCapacity must be between minSize (1) and maxSize (4), got 5"),
    (
        "group",
        {**_GROUP, "vpcZoneIdentifiers": None},
        "vpcZoneIdentifiers must name the subnets of the servers, got none",
    ),
    ("group", {**_GROUP, "healthCheckType": "elb"}, "healthCheckType must be of EBS, EC2, ELB, VPC_LATTICE, got 'elb'"),
    ("group", {**_GROUP, "enabledMetrics": ["GroupSize"]}, "enabledMetrics must be of"),
    ("group", {**_GROUP, "launchTemplate": {"version": "1"}}, "launchTemplate must have either id or name"),
    ("group", {**_GROUP, "tags": [{"key": "a"}, {"key": "a"}]}, "tags must have each key once, got 'a' again"),
    ("schedule", {**_SCHEDULE, **_ALONE, "recurrence": "0 7 * MON"}, "recurrence must have five fields"),
    (
        "schedule",
        {**_SCHEDULE, **_ALONE, "recurrence": "0 24 * * *"},
        "recurrence must have hours from 0 to 23, got '24'",
    ),
    ("schedule", {**_SCHEDULE, **_ALONE, "recurrence": "0 7 * * MOON"}, "recurrence must have day of the weeks from 0"),
    ("schedule", {**_SCHEDULE, **_ALONE, "recurrence": None}, "recurrence must be given, or startTime, got neither"),
    (
        "schedule",
        {**_SCHEDULE, **_ALONE, "timeZone": "Europe/Zuerich"},
        "timeZone must be a name of the IANA time zone",
    ),
    ("schedule", {**_SCHEDULE, "maxSize": 1, "desiredCapacity": -1}, "minSize must be at most maxSize (1), got 2"),
    (
        "schedule",
        _SCHEDULE,
        "minSize must be at most maxSize (0, which is 0 because it is not given: -1 leaves it alone)",
    ),
    ("schedule", {**_SCHEDULE, **_ALONE, "minSize": -1}, "minSize must be given, or maxSize or desiredCapacity"),
    (
        "schedule",
        {**_SCHEDULE, **_ALONE, "startTime": "tomorrow"},
        "startTime must be in UTC and look like 2026-01-31T06",
    ),
    ("policy", _TRACKS, "targetTrackingConfiguration must be given for policyType TargetTrackingScaling, got none"),
    ("policy", {**_TRACKS, "policyType": "Tracking"}, "policyType must be one of SimpleScaling, StepScaling"),
    (
        "policy",
        {**_TRACKS, "targetTrackingConfiguration": {"predefinedMetricSpecification": _REQUESTS, "targetValue": 9}},
        "targetTrackingConfiguration must have a resourceLabel for ALBRequestCountPerTarget, and only then",
    ),
    ("alarm", {**_ALARM, "period": 37}, "period must be 10, 20, 30 or a multiple of 60 seconds, got 37"),
    ("alarm", {**_ALARM, "evaluationPeriods": 1441}, "evaluationPeriods must span a day at most with a period of 60"),
    ("alarm", {**_ALARM, "datapointsToAlarm": 4}, "datapointsToAlarm must be between 1 and 3"),
    ("alarm", {**_ALARM, "statistic": None}, "statistic must be given, or extendedStatistic, got none"),
    ("alarm", {**_ALARM, "treatMissingData": "ok"}, "treatMissingData must be one of breaching, ignore, missing"),
    ("alarm", {**_ALARM, "alarmActions": ["alerts"]}, "alarmActions must be ARNs, got 'alerts'"),
    ("record", {**_RECORD, "ttl": None}, "ttl must come with records, got none"),
    ("record", {**_RECORD, "records": ["www"]}, "records must be IPv4 addresses for type A, got 'www'"),
    ("record", {**_RECORD, "weightedRoutingPolicies": [{"weight": 1}]}, "setIdentifier must come with weightedRouting"),
    ("record", {**_RECORD, "setIdentifier": "a"}, "setIdentifier must come with a routing policy, got none"),
    ("topic", {"name": "orders", "fifoTopic": True}, "name must end with .fifo for a FIFO topic, and only then"),
    (
        "subscription",
        {"topic": "x", "protocol": "email", "endpoint": "me"},
        "endpoint must have @ in it for protocol email",
    ),
]


@pytest.mark.parametrize(("kind", "inputs", "line"), REFUSED, ids=lambda value: value if isinstance(value, str) else "")
def test_refuses(kind: str, inputs: dict[str, Any], line: str) -> None:
    with Emulator() as emulator:
        given = {name: value for name, value in inputs.items() if value is not None}
        _, failures = Stage(emulator, REGION).check(urn(_TOKENS[kind]), given)
    ((name, reason),) = failures
    assert reason.split(": ", 1)[1].startswith(line)
    assert line.startswith(name)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.token} {sample.note}")
def test_what_is_not_known_yet_is_not_refused(sample: Any, stage: Stage) -> None:
    inputs = dict.fromkeys(sample.inputs, UNKNOWN)
    _, failures = stage.check(urn(sample.token), inputs)
    assert failures == []


def test_a_label_that_is_not_known_yet_is_not_refused(stage: Stage) -> None:
    metric = {"predefinedMetricSpecification": {**_REQUESTS, "resourceLabel": UNKNOWN}, "targetValue": 600}
    inputs = {**_TRACKS, "targetTrackingConfiguration": metric}
    assert stage.check(urn(_TOKENS["policy"]), inputs)[1] == []


def _unknown(value: Any) -> Any:
    """*value* with the same structure, and nothing known in it."""
    if isinstance(value, dict):
        return {name: _unknown(item) for name, item in value.items()}
    return [_unknown(item) for item in value] if isinstance(value, list) else UNKNOWN


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.token} {sample.note}")
def test_structure_without_values_can_be_previewed(sample: Any, stage: Stage) -> None:
    at = urn(sample.token)
    inputs, failures = stage.check(at, {name: _unknown(value) for name, value in sample.inputs.items()})
    assert failures == []
    assert stage.create(at, inputs, preview=True)[0] == ""


PREVIEWED: list[tuple[str, dict[str, Any], str]] = [
    ("group", {**_GROUP, "instanceRefresh": {"strategy": "rolling"}}, "Strategy must be one of Rolling"),
    ("group", {**_GROUP, "launchTemplate": {"id": "lt-1", "verson": "1"}}, "launchTemplate.verson is not known"),
    ("group", {**_GROUP, "instanceMaintenancePolicy": {"minHealthy": 1}}, "minHealthy is not known"),
    ("target", {**_TARGET, "protocol": "HTPT"}, "Protocol must be one of HTTP, HTTPS"),
    (
        "policy",
        {
            **_TRACKS,
            "targetTrackingConfiguration": {
                "predefinedMetricSpecification": {"predefinedMetricType": "ASGAverageCpu"},
                "targetValue": 50,
            },
        },
        "PredefinedMetricType must be one of ASGAverageCPUUtilization",
    ),
    (
        "rule",
        {"listenerArn": "x", "actions": _FIXED, "conditions": [{"pathPattern": {"value": ["/"]}}]},
        "is not known",
    ),
    (
        "listener",
        {**_LISTENER, "certificateArn": "arn:x", "protocol": "HTTPS", "port": "http"},
        "Port must be a number",
    ),
]


@pytest.mark.parametrize(
    ("kind", "inputs", "line"), PREVIEWED, ids=lambda value: value if isinstance(value, str) else ""
)
def test_refuses_in_previews(kind: str, inputs: dict[str, Any], line: str, stage: Stage) -> None:
    checked, failures = stage.check(urn(_TOKENS[kind]), inputs)
    assert failures == []
    with pytest.raises(RehearsalError) as caught:
        stage.create(urn(_TOKENS[kind]), checked, preview=True)
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def made(stage: Stage, ground: Ground, foundation: str, **changes: Any) -> tuple[str, str, dict[str, Any]]:
    """Make another of what a foundation is, with *changes*."""
    token, inputs = FOUNDATION[foundation]
    at = urn(token, "another")
    checked, failures = stage.check(at, ground.fill({**inputs, **changes}))
    assert failures == []
    return at, *stage.create(at, checked)


BESIDE_OTHERS: list[tuple[str, dict[str, Any], str]] = [
    ("balancer", {"name": "front"}, "name must be free, got 'front', which another load balancer has"),
    ("balancer", {"name": "b", "subnets": ["{subnet.id}", "{twin-subnet.id}"]}, "subnets must be one per availability"),
    ("balancer", {"name": "b", "securityGroups": ["sg-0123456789abcdef0"]}, "securityGroups must be there"),
    (
        "balancer",
        {"name": "b", "accessLogs": {"bucket": "none-such", "enabled": True}},
        "accessLogs must name a bucket",
    ),
    ("listener", {}, "port must be free, got 443, which another listener of the load balancer has"),
    (
        "listener",
        {"port": 444, "certificateArn": "{late-certificate.arn}"},
        "certificateArn must be of a valid certificate",
    ),
    ("fleet", {"name": "{fleet.name}"}, "name must be free, got"),
    ("action", {"autoscalingGroupName": "{other-fleet.name}"}, "scheduledActionName must be unique in the emulator"),
    ("scaling-policy", {"autoscalingGroupName": "{other-fleet.name}"}, "name must be unique in the emulator"),
    ("private-zone", {"vpcs": [{"vpcId": "vpc-0123456789abcdef0"}]}, "vpcs must be there, got vpc-0123456789abcdef0"),
    ("record", {}, "name must be free, got 'www.example.org', which has a record of type A already"),
    (
        "record",
        {"type": "CNAME", "records": ["example.com"]},
        "type must not be CNAME: 'www.example.org' has one of type A",
    ),
    (
        "record",
        {"name": "example.org", "type": "CNAME", "records": ["a.b"]},
        "type must not be CNAME for the zone's own",
    ),
    (
        "record",
        {"setIdentifier": "b", "weightedRoutingPolicies": [{"weight": 1}]},
        "setIdentifier must be given for all records of 'www.example.org' and type A, or for none",
    ),
    ("weighted", {"setIdentifier": "b", "ttl": 60}, "ttl must be that of the other records of the name (10), got 60"),
    ("topic", {}, "name must be free, got 'alerts', which another topic has"),
]


@pytest.mark.parametrize(("foundation", "changes", "line"), BESIDE_OTHERS)
def test_refuses_beside_others(
    foundation: str, changes: dict[str, Any], line: str, stage: Stage, ground: Ground
) -> None:
    ground.fill(f"{{{foundation}.id}}")
    with pytest.raises(RehearsalError) as caught:
        made(stage, ground, foundation, **changes)
    assert str(caught.value).split(": ", 1)[1].startswith(line)
