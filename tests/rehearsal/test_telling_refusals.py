"""What AWS refuses of rules, targets and logs, and the emulator takes: each is one line that begins with the input."""

import json
from typing import Any

import pytest

from rehearsal.errors import RehearsalError
from rehearsal.stage import Stage

from .conftest import Ground, urn

_RULE = "aws:cloudwatch/eventRule:EventRule"
_TARGET = "aws:cloudwatch/eventTarget:EventTarget"
_LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
_LISTENER_RULE = "aws:lb/listenerRule:ListenerRule"

_PATTERN = json.dumps({"source": ["aws.autoscaling"]})
_TOPIC = "arn:aws:sns:eu-central-1:123456789012:none"
_LOG = "arn:aws:logs:eu-central-1:123456789012:log-group:"
_TOLD = {"rule": "x", "arn": _TOPIC}
_ANSWER = [{"type": "fixed-response", "fixedResponse": {"contentType": "text/plain", "statusCode": "503"}}]


def said(template: str, **paths: str) -> dict[str, Any]:
    return {**_TOLD, "inputTransformer": {"inputTemplate": template, "inputPaths": paths}}


def matching(*conditions: Any) -> dict[str, Any]:
    return {"listenerArn": "x", "actions": _ANSWER, "conditions": list(conditions)}


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (_RULE, {}, "eventPattern must be given, or scheduleExpression, got none"),
    (_RULE, {"eventPattern": "source"}, "eventPattern must be JSON, got 'source'"),
    (_RULE, {"eventPattern": json.dumps({"source": "aws.rds"})}, "eventPattern must match lists of values"),
    (_RULE, {"eventPattern": "{}"}, "eventPattern must match lists of values"),
    (_RULE, {"eventPattern": _PATTERN, "name": "a b"}, "name must be 1 to 64 letters, digits, dots"),
    (_RULE, {"eventPattern": _PATTERN, "name": "x" * 65}, "name must be 1 to 64 letters, digits, dots"),
    (_RULE, {"eventPattern": _PATTERN, "state": "ON"}, "state must be one of ENABLED, DISABLED"),
    (_TARGET, said("no quotes"), "inputTransformer.inputTemplate must be strings in quotes, or JSON"),
    (
        _TARGET,
        said('"<what>"', why="$.detail"),
        "inputTransformer.inputTemplate must mention inputPaths only, got <what>",
    ),
    (_TARGET, said('"<what>"', what="detail"), "inputTransformer.inputPaths must be JSON paths by names"),
    (_TARGET, said('"<AWSx>"', AWSx="$.detail"), "inputTransformer.inputPaths must be JSON paths by names"),
    (
        _TARGET,
        said('"x"', **{f"p{n}": "$.detail" for n in range(101)}),
        "inputTransformer.inputPaths must be at most 100, got 101",
    ),
    (
        _LOGGING,
        {"resourceArn": "x", "logDestinationConfigs": [_LOG + "web"]},
        "logDestinationConfigs must be called aws-waf-logs-..., got arn:aws:logs",
    ),
    (
        _LOGGING,
        {"resourceArn": "x", "logDestinationConfigs": [_LOG + "aws-waf-logs-a", _LOG + "aws-waf-logs-b"]},
        "logDestinationConfigs must be one, got 2",
    ),
    (
        _LOGGING,
        {"resourceArn": "x", "logDestinationConfigs": [_LOG + "aws-waf-logs-a"], "redactedFields": [{"body": {}}]},
        "redactedFields[0] must be one of method, queryString, singleHeader, uriPath, got body",
    ),
    (
        _LISTENER_RULE,
        matching({"pathPattern": {"values": ["/a", "/b", "/c"]}}, {"hostHeader": {"values": ["a.b", "a.c", "a.d"]}}),
        "conditions must have at most 5 values, got 6",
    ),
    (
        _LISTENER_RULE,
        matching({"queryStrings": [{"key": str(n), "value": "x"} for n in range(6)]}),
        "conditions must have at most 5 values, got 6",
    ),
]


@pytest.mark.parametrize(("token", "inputs", "line"), REFUSED)
def test_refuses(token: str, inputs: dict[str, Any], line: str, stage: Stage) -> None:
    _, failures = stage.check(urn(token), inputs)
    ((name, reason),) = failures
    assert reason.split(": ", 1)[1].startswith(line)
    assert line.startswith(name)


MISSING = [
    (_TARGET, {**_TOLD, "rule": "{event-rule.name}"}, "arn must be of a topic that is there"),
    (
        _LOGGING,
        {"resourceArn": "{firewall.arn}", "logDestinationConfigs": [_LOG + "aws-waf-logs-none"]},
        "logDestinationConfigs must be of a log group that is there",
    ),
]


@pytest.mark.parametrize(("token", "inputs", "line"), MISSING)
def test_refuses_to_tell_whom_there_is_not(
    token: str, inputs: dict[str, Any], line: str, stage: Stage, ground: Ground
) -> None:
    checked, failures = stage.check(urn(token), ground.fill(inputs))
    assert failures == []
    with pytest.raises(RehearsalError) as caught:
        stage.create(urn(token), checked)
    assert line in str(caught.value)


def test_previews_check_the_request_of_a_target(stage: Stage) -> None:
    checked, failures = stage.check(urn(_TARGET), {**_TOLD, "roleArn": "x" * 1601})
    assert failures == []
    with pytest.raises(RehearsalError) as caught:
        stage.create(urn(_TARGET), checked, preview=True)
    assert "RoleArn" in str(caught.value)
