"""Scaling policies."""

from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Do, Entry, props
from rehearsal.services._limits import given, plain
from rehearsal.shapes import from_api
from rehearsal.values import is_unknown

from .hooks import group_and_name

_BY_TYPE = {
    "SimpleScaling": "adjustmentType cooldown minAdjustmentMagnitude scalingAdjustment",
    "StepScaling": "adjustmentType estimatedInstanceWarmup metricAggregationType minAdjustmentMagnitude"
    " stepAdjustments",
    "TargetTrackingScaling": "estimatedInstanceWarmup targetTrackingConfiguration",
    "PredictiveScaling": "predictiveScalingConfiguration",
}
_NEEDS = {
    "SimpleScaling": "adjustmentType scalingAdjustment",
    "StepScaling": "adjustmentType stepAdjustments",
    "TargetTrackingScaling": "targetTrackingConfiguration",
    "PredictiveScaling": "predictiveScalingConfiguration",
}
_OPTIONS = "adjustmentType cooldown enabled estimatedInstanceWarmup metricAggregationType minAdjustmentMagnitude"
_SHAPES = "predictiveScalingConfiguration scalingAdjustment stepAdjustments targetTrackingConfiguration"


def _of_its_type(inputs: Mapping[str, Any]) -> str | None:
    """PutScalingPolicy says for which type each parameter is valid and required."""
    kind = inputs.get("policyType")
    if kind is None or is_unknown(kind):
        return None
    if kind not in _BY_TYPE:
        return f"policyType must be one of {', '.join(_BY_TYPE)}, got {kind!r}"
    for name in _NEEDS[kind].split():
        if inputs.get(name) is None:
            return f"{name} must be given for policyType {kind}, got none"
    anything = {name for names in _BY_TYPE.values() for name in names.split()}
    for name in sorted(anything - set(_BY_TYPE[kind].split())):
        if inputs.get(name) is not None:
            return f"{name} must not be given for policyType {kind}"
    return None


def _tracked(inputs: Mapping[str, Any]) -> str | None:
    tracking = given(inputs.get("targetTrackingConfiguration"))
    if not tracking:
        return None
    chosen = [name for name in ("predefinedMetricSpecification", "customizedMetricSpecification") if name in tracking]
    if len(chosen) != 1:
        return (
            "targetTrackingConfiguration must have either predefinedMetricSpecification or "
            f"customizedMetricSpecification, got {' and '.join(chosen) or 'none'}"
        )
    predefined = given(tracking.get("predefinedMetricSpecification"))
    kind, label = predefined.get("predefinedMetricType"), predefined.get("resourceLabel")
    if (kind == "ALBRequestCountPerTarget") != bool(label) and not is_unknown(kind):
        return "targetTrackingConfiguration must have a resourceLabel for ALBRequestCountPerTarget, and only then"
    if label and not is_unknown(label) and not (label.startswith("app/") and "/targetgroup/" in label):
        return (
            "targetTrackingConfiguration must have a resourceLabel like app/<name>/<id>/targetgroup/<name>/<id>, "
            f"got {label!r}"
        )
    return None


def _taken(context: Context) -> str | None:
    """Refuse a name of another group's policy: the emulator keeps one per region, AWS one per group."""
    name, group = context.inputs["name"], context.inputs["autoscalingGroupName"]
    if context.id:
        return None
    found = context.call("describe_policies", {"PolicyNames": [name]})["ScalingPolicies"]
    if not found or found[0]["AutoScalingGroupName"] == group:
        return None
    return (
        f"name must be unique in the emulator, which would lose the policy {name!r} of "
        f"{found[0]['AutoScalingGroupName']}: leave the name to Pulumi"
    )


def _tied(context: Context) -> str | None:
    """AWS takes a label only when a listener forwards to the target group."""
    tracking = plain(context.inputs.get("targetTrackingConfiguration"))
    label = plain(tracking.get("predefinedMetricSpecification")).get("resourceLabel")
    if not label:
        return None
    balancer, _, target = label.partition("/targetgroup/")
    groups = context.call("describe_target_groups", service="elbv2")["TargetGroups"]
    arns = [g["LoadBalancerArns"] for g in groups if g["TargetGroupArn"].endswith(f":targetgroup/{target}")]
    if any(arn.endswith(f":loadbalancer/{balancer}") for found in arns for arn in found):
        return None
    return f"targetTrackingConfiguration must name a target group that the load balancer forwards to, got {label!r}"


_PUT = Call("put_scaling_policy")


def _put(context: Context) -> Any:
    return context.run(_PUT, _own(context))


def _own(context: Context) -> list[str]:
    if is_unknown(context.inputs["policyType"]):
        return []
    own = set(_BY_TYPE[context.inputs["policyType"]].split())
    names = [n for n in (*_OPTIONS.split(), *_SHAPES.split(), "policyType") if n in own | {"enabled", "policyType"}]
    return ["autoscalingGroupName", "name", *[name for name in names if name in context.inputs]]


def _update(context: Context) -> None:
    _put(context)


def _read(context: Context) -> Any:
    asked = {
        "AutoScalingGroupName": context.inputs["autoscalingGroupName"],
        "PolicyNames": [context.inputs.get("name") or context.id],
    }
    found = context.call("describe_policies", asked)["ScalingPolicies"]
    return found[0] if found else None


def _tracking(found: Any) -> Any:
    tracking: Any = from_api(found)
    own = tracking.get("customizedMetricSpecification")
    if own:  # dimensions have this name here only, not in the metrics of an expression
        own["metricDimensions"] = own.pop("dimensions", [])
    return tracking or None


def _predictive(found: Any) -> Any:
    forecast: Any = from_api(found)
    specifications = forecast.pop("metricSpecifications", [])
    return {**forecast, "metricSpecification": specifications[0]} if specifications else None


POLICY = Entry(
    "aws:autoscaling/policy:Policy",
    service="autoscaling",
    inputs=props(
        f"{_OPTIONS} {_SHAPES}",
        required="autoscalingGroupName",
        replaces="autoscalingGroupName name",
        computed="metricAggregationType name",
        sets="stepAdjustments",
        recorded="enabled",
        defaults={"enabled": True, "policyType": "SimpleScaling"},
        api={
            "autoscalingGroupName": "AutoScalingGroupName",
            "name": "PolicyName",
        },
        fields={
            # One name less deep in programs than in the API, or another one.
            "targetTrackingConfiguration": {"metricDimensions": "Dimensions"},
            "predictiveScalingConfiguration": {"metricSpecification": "MetricSpecifications"},
        },
        from_api={"predictiveScalingConfiguration": _predictive, "targetTrackingConfiguration": _tracking},
    ),
    conflicts=("scalingAdjustment stepAdjustments",),
    checks=(_of_its_type, _tracked),
    guards=(_taken, _tied),
    autoname=Autoname("name", 255),
    create=_put,
    rehearse=lambda context: context.verify(_PUT, _own(context)),
    id="{name}",
    read=(_read,),
    updates=(Do(_update, f"{_OPTIONS} {_SHAPES} policyType"),),
    delete=(
        Call(
            "delete_policy",
            {"AutoScalingGroupName": "{autoscalingGroupName}", "PolicyName": "{name}"},
            done=("ValidationError",),
        ),
    ),
    outputs={"arn": "PolicyARN"},
    import_id=group_and_name("/", "name"),
)

ENTRIES = (POLICY,)
