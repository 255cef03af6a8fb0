"""Application Auto Scaling: targets, their policies and their scheduled actions."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Entry, Tags, props
from rehearsal.services._plain import fields, items
from rehearsal.values import is_unknown

from ._schedules import schedule_problem

_KEYS = "resourceId scalableDimension serviceNamespace"
_GONE = ("ObjectNotFoundException", "ValidationException")
"""What AWS says, and what the emulator (moto 5.2) does."""

_TARGET = {
    "ServiceNamespace": "{serviceNamespace}",
    "ResourceId": "{resourceId}",
    "ScalableDimension": "{scalableDimension}",
}


def _of_id(id_: str) -> dict[str, Any]:
    """Read `rds/cluster:shop/rds:cluster:ReadReplicaCount/name`; a target has no name."""
    return dict(zip(("serviceNamespace", "resourceId", "scalableDimension", "name"), id_.split("/"), strict=False))


def _capacities(inputs: Mapping[str, Any]) -> str | None:
    low, high = inputs["minCapacity"], inputs["maxCapacity"]
    if is_unknown(low) or is_unknown(high) or 0 <= int(low) <= int(high):
        return None
    return f"maxCapacity must be at least minCapacity ({low}), which is at least 0, got {high}"


def _registered(context: Context) -> str | None:
    """Refuse what is ObjectNotFoundException on AWS."""
    named = {**_TARGET, "ResourceIds": ["{resourceId}"]}
    del named["ResourceId"]
    call = Call("describe_scalable_targets", named, at="ScalableTargets")
    if items(context.run(call)):
        return None
    return f"resourceId must be that of a registered scalable target, got {context.inputs['resourceId']}"


def _cluster(context: Context) -> str | None:
    """Ask for a cluster that is there, which the emulator does not look for."""
    if context.inputs["serviceNamespace"] != "rds":
        return None
    name = str(context.inputs["resourceId"]).removeprefix("cluster:")
    clusters = context.call("describe_db_clusters", service="rds")["DBClusters"]
    if name in [cluster["DBClusterIdentifier"] for cluster in clusters]:
        return None
    return f"resourceId must be cluster:<identifier> of a cluster that is there, got {context.inputs['resourceId']}"


def _arn(context: Context) -> str:
    base = f"arn:{context.partition}:application-autoscaling:{context.region}:{context.emulator.account}"
    return f"{base}:scalable-target/{context.hash}"


TARGET = Entry(
    "aws:appautoscaling/target:Target",
    service="application-autoscaling",
    inputs=props(
        "suspendedState",
        required=f"maxCapacity minCapacity {_KEYS}",
        replaces=_KEYS,
        computed="roleArn suspendedState",
        # The service has one of its own for each namespace, and takes no other.
        recorded="roleArn",
    ),
    checks=(_capacities,),
    guards=(_cluster,),
    create=Call("register_scalable_target"),
    id="{resourceId}",
    read=(
        Call(
            "describe_scalable_targets",
            {
                "ServiceNamespace": "{serviceNamespace}",
                "ResourceIds": ["{resourceId}"],
                "ScalableDimension": "{scalableDimension}",
            },
            at="ScalableTargets.0",
        ),
    ),
    updates=(Call("register_scalable_target", _TARGET),),
    delete=(Call("deregister_scalable_target", _TARGET, done=_GONE),),
    outputs={"arn": _arn},
    tags=Tags({"Tags": "{tags}"}, recorded=True),
    import_id=_of_id,
)


def _policy(context: Context) -> Mapping[str, Any] | None:
    """Find it: the emulator (moto 5.2) does not look for names."""
    found = context.run(Call("describe_scaling_policies", _TARGET, at="ScalingPolicies"))
    return next((policy for policy in items(found) if policy["PolicyName"] == context.inputs.get("name")), None)


def _tracking(inputs: Mapping[str, Any]) -> str | None:
    given = fields(inputs.get("targetTrackingScalingPolicyConfiguration"))
    kinds = ("predefinedMetricSpecification", "customizedMetricSpecification")
    if given and sum(bool(given.get(kind)) for kind in kinds) != 1:
        return f"targetTrackingScalingPolicyConfiguration must have exactly one of {' and '.join(kinds)}"
    return None


POLICY = Entry(
    "aws:appautoscaling/policy:Policy",
    service="application-autoscaling",
    inputs=props(
        "predictiveScalingPolicyConfiguration stepScalingPolicyConfiguration targetTrackingScalingPolicyConfiguration",
        required=_KEYS,
        replaces=f"name {_KEYS}",
        computed="name",
        defaults={"policyType": "StepScaling"},
        api={"name": "PolicyName"},
    ),
    checks=(_tracking,),
    guards=(_registered,),
    autoname=Autoname("name", 256),
    create=Call("put_scaling_policy"),
    id="{name}",
    read=(_policy,),
    updates=(
        Call("put_scaling_policy", {**_TARGET, "PolicyName": "{name}", "PolicyType": "{policyType}"}, whole=True),
    ),
    delete=(Call("delete_scaling_policy", {**_TARGET, "PolicyName": "{name}"}, done=_GONE),),
    outputs={
        "alarmArns": lambda context: [alarm["AlarmARN"] for alarm in items(context.answer.get("Alarms"))],
        "arn": "PolicyARN",
    },
    volatile="alarmArns",
    import_id=_of_id,
)


def _when(inputs: Mapping[str, Any]) -> str | None:
    expression, zone = inputs["schedule"], inputs.get("timezone")
    if not is_unknown(expression) and not str(expression).startswith("at("):
        problem = schedule_problem(expression)
        if problem:
            return f"schedule {problem}"
    if zone is None or is_unknown(zone):
        return None
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"timezone must be a name of the IANA time zone database, got {zone!r}"
    return None


def _bounds(inputs: Mapping[str, Any]) -> str | None:
    if is_unknown(inputs["scalableTargetAction"]):
        return None
    action = fields(inputs["scalableTargetAction"])
    low, high = action.get("minCapacity"), action.get("maxCapacity")
    if low is None and high is None:
        return "scalableTargetAction must have minCapacity or maxCapacity"
    if low is not None and high is not None and not is_unknown(low) and not is_unknown(high) and int(low) > int(high):
        return f"scalableTargetAction.maxCapacity must be at least minCapacity ({low}), got {high}"
    return None


def _action(context: Context) -> Mapping[str, Any] | None:
    named = {**_TARGET, "ScheduledActionNames": ["{name}"]}
    found = items(context.run(Call("describe_scheduled_actions", named, at="ScheduledActions")))
    if not found:
        return None
    return {name: _stamp(value) if isinstance(value, dt.datetime) else value for name, value in found[0].items()}


def _stamp(value: dt.datetime) -> str:
    return f"{value.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


_NAMED = {**_TARGET, "ScheduledActionName": "{name}"}

SCHEDULED_ACTION = Entry(
    "aws:appautoscaling/scheduledAction:ScheduledAction",
    service="application-autoscaling",
    inputs=props(
        "endTime startTime",
        required=f"scalableTargetAction schedule {_KEYS}",
        replaces=f"name {_KEYS}",
        computed="name",
        defaults={"timezone": "UTC"},
        api={"name": "ScheduledActionName"},
    ),
    checks=(_when, _bounds),
    guards=(_registered,),
    autoname=Autoname("name", 256),
    create=Call("put_scheduled_action"),
    id="{name}-{serviceNamespace}-{resourceId}",
    read=(_action,),
    updates=(Call("put_scheduled_action", _NAMED, whole=True),),
    delete=(Call("delete_scheduled_action", _NAMED, done=_GONE),),
    outputs={"arn": "ScheduledActionARN"},
    import_id=_of_id,
)

ENTRIES = (TARGET, POLICY, SCHEDULED_ACTION)
