"""Health checks."""

import uuid
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Do, Entry, props

from ._common import REGION, route53_tags

_API = {
    "childHealthThreshold": "HealthThreshold",
    "childHealthchecks": "ChildHealthChecks",
    "disabled": "Disabled",
    "enableSni": "EnableSNI",
    "failureThreshold": "FailureThreshold",
    "fqdn": "FullyQualifiedDomainName",
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
_FIXED = ("measureLatency", "requestInterval", "type")


_CREATE = Call("create_health_check")


def _create(context: Context) -> Any:
    return context.run(_CREATE, _API, params={"CallerReference": uuid.uuid4().hex})


def _update(context: Context) -> None:
    """Send what CreateHealthCheck takes one below another side by side."""
    call = Call("update_health_check", {"HealthCheckId": "{id}"})
    given = {_API[n]: "{" + n + "}" for n in _API if n not in _FIXED and context.inputs.get(n) is not None}
    context.run(call, params=given)


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
        local="referenceName",
        recorded="cloudwatchAlarmName cloudwatchAlarmRegion insufficientDataHealthStatus routingControlArn triggers",
        defaults={"disabled": False, "measureLatency": False},
        api={name: f"HealthCheckConfig.{member}" for name, member in _API.items()},
    ),
    create=_create,
    rehearse=lambda context: context.verify(_CREATE, _API),
    id="HealthCheck.Id",
    read=(Call("get_health_check", {"HealthCheckId": "{id}"}, at="HealthCheck"),),
    updates=(Do(_update, " ".join(name for name in _API if name not in _FIXED)),),
    delete=(Call("delete_health_check", {"HealthCheckId": "{id}"}),),
    outputs={"arn": "arn:{partition}:route53:::healthcheck/{id}"},
    tags=route53_tags("healthcheck"),
)

ENTRIES = (HEALTH_CHECK,)
