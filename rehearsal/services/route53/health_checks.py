"""Health checks."""

import uuid
from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Do, Entry, props
from rehearsal.values import is_unknown

from ._common import REGION, route53_tags

_API = {
    "childHealthThreshold": "HealthThreshold",
    "childHealthchecks": "ChildHealthChecks",
    "cloudwatchAlarmName": "AlarmIdentifier.Name",
    "cloudwatchAlarmRegion": "AlarmIdentifier.Region",
    "disabled": "Disabled",
    "enableSni": "EnableSNI",
    "failureThreshold": "FailureThreshold",
    "fqdn": "FullyQualifiedDomainName",
    "insufficientDataHealthStatus": "InsufficientDataHealthStatus",
    "invertHealthcheck": "Inverted",
    "ipAddress": "IPAddress",
    "measureLatency": "MeasureLatency",
    "port": "Port",
    "regions": "Regions",
    "requestInterval": "RequestInterval",
    "resourcePath": "ResourcePath",
    "searchString": "SearchString",
    "type": "Type",
}
_ALARM = ("cloudwatchAlarmName", "cloudwatchAlarmRegion")
_FIXED = ("measureLatency", "requestInterval", "type")


_CREATE = Call("create_health_check")


def _create(context: Context) -> Any:
    return context.run(_CREATE, _API, params={"CallerReference": uuid.uuid4().hex})


def _update(context: Context) -> None:
    """Send what CreateHealthCheck takes one below another side by side."""
    call = Call("update_health_check", {"HealthCheckId": "{id}"})
    given: dict[str, Any] = {
        _API[n]: "{" + n + "}" for n in _API if n not in (*_FIXED, *_ALARM) and context.inputs.get(n) is not None
    }
    if context.inputs.get(_ALARM[0]) is not None:
        # Route 53 has a copy of the alarm's settings, which it renews when the alarm is named again.
        given["AlarmIdentifier"] = {"Name": "{" + _ALARM[0] + "}", "Region": "{" + _ALARM[1] + "}"}
    context.run(call, params=given)


def _followed(inputs: Mapping[str, Any]) -> str | None:
    """Refuse a check on an alarm that names none, and one on other checks that has none."""
    kind = inputs["type"]
    needed = {"CLOUDWATCH_METRIC": _ALARM, "CALCULATED": ("childHealthchecks", "childHealthThreshold")}
    for name in () if is_unknown(kind) else needed.get(kind, ()):
        if inputs.get(name) is None:
            return f"{name} must be given for type {kind}, got none"
    return None


def _followable(context: Context) -> str | None:
    """Refuse an alarm that Route 53 cannot follow (developer guide, "Monitoring a CloudWatch alarm")."""
    name, region = (context.inputs.get(n) for n in _ALARM)
    if name is None or region is None:
        return None
    found = context.emulator.client("cloudwatch", region).describe_alarms(AlarmNames=[name])["MetricAlarms"]
    if not found:
        return f"cloudwatchAlarmName must be an alarm of {region}, got {name!r}"
    alarm = found[0]
    if alarm.get("Metrics"):
        return f"cloudwatchAlarmName must be an alarm on one metric, got {name!r} with metric math"
    if alarm.get("DatapointsToAlarm") not in (None, alarm["EvaluationPeriods"]):
        return f"cloudwatchAlarmName must be an alarm on all its periods, got {name!r} on some of them"
    if "Statistic" not in alarm or alarm["Period"] < 60:  # noqa: PLR2004
        return f"cloudwatchAlarmName must be an alarm on a plain statistic of a minute or more, got {name!r}"
    return None


HEALTH_CHECK = Entry(
    "aws:route53/healthCheck:HealthCheck",
    service="route53",
    region=REGION,
    inputs=props(
        " ".join(_API),
        required="type",
        replaces="measureLatency referenceName requestInterval routingControlArn type",
        computed="enableSni failureThreshold port requestInterval",
        sets="childHealthchecks regions",
        # The triggers only say that it is to be updated.
        local="referenceName triggers",
        recorded="routingControlArn",
        defaults={"disabled": False, "measureLatency": False},
        api={name: f"HealthCheckConfig.{member}" for name, member in _API.items()},
    ),
    checks=(_followed,),
    guards=(_followable,),
    create=_create,
    rehearse=lambda context: context.verify(_CREATE, _API),
    id="HealthCheck.Id",
    read=(Call("get_health_check", {"HealthCheckId": "{id}"}, at="HealthCheck"),),
    updates=(Do(_update, " ".join(["triggers", *(name for name in _API if name not in _FIXED)])),),
    delete=(Call("delete_health_check", {"HealthCheckId": "{id}"}),),
    outputs={"arn": "arn:{partition}:route53:::healthcheck/{id}"},
    tags=route53_tags("healthcheck"),
)

ENTRIES = (HEALTH_CHECK,)
