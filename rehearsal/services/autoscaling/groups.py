"""Auto Scaling groups."""

import copy
from collections.abc import Mapping
from typing import Any, cast

from rehearsal.context import Context
from rehearsal.diff import same
from rehearsal.entry import Autoname, Call, Do, Entry, props
from rehearsal.services._limits import capital, elements
from rehearsal.services._requirements import REQUIREMENTS
from rehearsal.shapes import dig, from_api

from . import _rules
from ._extras import forget, set_hooks, set_metrics, set_processes, set_tags, set_warm_pool
from ._targets import instances_of, leave_targets, set_targets

_KEPT = "capacityRebalance defaultCooldown placementGroup terminationPolicies"
"""What the emulator takes when a group is made, and loses when it is changed."""

_UPDATED = (
    "availabilityZones desiredCapacity healthCheckGracePeriod healthCheckType launchConfiguration launchTemplate"
    f" maxSize minSize mixedInstancesPolicy protectFromScaleIn vpcZoneIdentifiers {_KEPT}"
)
_RECORDED = (
    "availabilityZoneDistribution capacityReservationSpecification context defaultInstanceWarmup desiredCapacityType"
    " instanceLifecyclePolicy instanceMaintenancePolicy maxInstanceLifetime serviceLinkedRoleArn"
)

_TEMPLATE = {"id": "LaunchTemplateId", "name": "LaunchTemplateName"}


def group_of(context: Context, name: str) -> dict[str, Any] | None:
    """Return the group *name* as AWS describes it."""
    found = context.call("describe_auto_scaling_groups", {"AutoScalingGroupNames": [name]})["AutoScalingGroups"]
    return found[0] if found else None


def _name(context: Context) -> dict[str, Any]:
    return {"AutoScalingGroupName": context.inputs["name"]}


def _create(context: Context) -> Any:
    call = Call("create_auto_scaling_group")
    params = context.request(call, [n for n in context.carries(call, creating=True) if n != "initialLifecycleHooks"])
    tags = elements(context.inputs.get("tags"))
    if tags:
        params["Tags"] = [{capital(k): v for k, v in tag.items()} for tag in tags]
    context.call("create_auto_scaling_group", params)
    if params.get("HealthCheckGracePeriod") == 0:  # the emulator takes 0 for not given here
        later = {**_launching(params), "HealthCheckGracePeriod": 0}
        context.call("update_auto_scaling_group", {**_name(context), **later})
    context.id = context.inputs["name"]
    return {}


def _update(context: Context) -> None:
    """Send what has changed: sizes that have not are left to schedules and demand."""
    call = Call("update_auto_scaling_group", {"AutoScalingGroupName": "{name}"})
    names = {name for name in _UPDATED.split() if name in context.changed}
    # The emulator forgets a policy that is not sent again.
    names |= {"mixedInstancesPolicy"} & set(context.inputs)
    if names & {"desiredCapacity", "maxSize", "minSize"}:
        names |= {"launchTemplate"} & set(context.inputs)
    params = context.request(call, sorted(names))
    before = instances_of(group_of(context, context.inputs["name"]))
    context.call(call.operation, params)
    leave_targets(context, group_of(context, context.inputs["name"]), before)


def _launching(params: Mapping[str, Any]) -> dict[str, Any]:
    return {k: params[k] for k in ("LaunchTemplate", "MixedInstancesPolicy") if k in params}


def _read(context: Context) -> Any:
    group = group_of(context, context.inputs.get("name") or context.id)
    if group is None:
        return None
    subnets = [subnet for subnet in group.get("VPCZoneIdentifier", "").split(",") if subnet]
    metrics = [metric["Metric"] for metric in group.get("EnabledMetrics", [])]
    answer = {**group, "VPCZoneIdentifier": subnets, "EnabledMetrics": metrics}
    # Nothing is told of how finely nothing is collected.
    collected = [metric.get("Granularity") for metric in group.get("EnabledMetrics", [])]
    answer["MetricsGranularity"] = (collected or [context.inputs.get("metricsGranularity", "1Minute")])[0]
    answer["SuspendedProcesses"] = [process["ProcessName"] for process in group.get("SuspendedProcesses", [])]
    answer["TerminationPolicies"] = [p for p in group.get("TerminationPolicies", []) if p != "Default"] or None
    if "Default" in (elements(context.inputs.get("terminationPolicies"))):
        answer["TerminationPolicies"] = group.get("TerminationPolicies")
    if group.get("LaunchTemplate"):
        answer["LaunchTemplate"] = _as_named(group["LaunchTemplate"], context.inputs.get("launchTemplate"), "name")
    mixed: Any = copy.deepcopy(group.get("MixedInstancesPolicy"))
    if mixed:
        path, given = "launchTemplate.launchTemplateSpecification", context.inputs.get("mixedInstancesPolicy")
        template = mixed["LaunchTemplate"]
        own = template["LaunchTemplateSpecification"]
        template["LaunchTemplateSpecification"] = _as_named(own, dig(given, path), "launchTemplateName")
        answer["MixedInstancesPolicy"] = mixed
    pool = context.call("describe_warm_pool", {"AutoScalingGroupName": group["AutoScalingGroupName"]})
    answer["WarmPool"] = pool.get("WarmPoolConfiguration")
    for name in _KEPT.split():
        prop, given = context.entry.inputs[name], context.inputs.get(name)
        api = prop.api or capital(name)
        if given is not None and api in answer and not same(prop, given, from_api(answer[api])):
            del answer[api]  # what an update lost; it is reported as recorded
    return answer


def _delete(context: Context) -> None:
    """End the servers first, as the provider does, and take along what the emulator would leave behind."""
    name = context.inputs["name"]
    group = group_of(context, name)
    if group is not None:
        sizes = {"MinSize": 0, "MaxSize": 0, "DesiredCapacity": 0}
        context.call("update_auto_scaling_group", {"AutoScalingGroupName": name, **sizes})
        leave_targets(context, {**group, "Instances": []}, instances_of(group))
        force = {"ForceDelete": True} if context.inputs.get("forceDelete") else {}
        context.call("delete_auto_scaling_group", {"AutoScalingGroupName": name, **force})
    forget(context, name)


def _as_named(specification: Mapping[str, Any], given: Any, name: str) -> dict[str, Any]:
    """AWS tells id and name of a template; keep the one that the program *given* says, the id in an import."""
    dropped = "LaunchTemplateId" if name in (given or {}) else "LaunchTemplateName"
    return {k: v for k, v in specification.items() if k != dropped}


def _tag_list(found: Any) -> Any:
    return [
        {"key": tag["Key"], "value": tag["Value"], "propagateAtLaunch": tag["PropagateAtLaunch"]} for tag in found
    ] or None


def _warm_pool(found: Any) -> Any:
    pool = cast("dict[str, Any]", from_api(found))
    return {"maxGroupPreparedCapacity": -1, **pool}


def _taken(context: Context) -> str | None:
    """Refuse a name that is taken: the emulator silently replaces the group that has it."""
    if context.id or group_of(context, context.inputs["name"]) is None:
        return None
    return f"name must be free, got {context.inputs['name']!r}, which another Auto Scaling group has"


def _well_formed(context: Context) -> str | None:
    """Check what is not sent against the service's model, too."""
    call = Call("create_auto_scaling_group")
    given = {*context.carries(call, creating=True), *_RECORDED.split()} & set(context.inputs)
    context.verify(call, sorted(given))
    refresh = context.inputs.get("instanceRefresh")
    if isinstance(refresh, Mapping):
        params = {capital(k): v for k, v in refresh.items() if k in ("strategy", "preferences")}  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType, reportUnknownArgumentType]
        context.verify(Call("start_instance_refresh", {"AutoScalingGroupName": "{name}", **params}), ())
    return None


GROUP = Entry(
    "aws:autoscaling/group:Group",
    service="autoscaling",
    inputs=props(
        f"{_UPDATED} enabledMetrics loadBalancers suspendedProcesses tags targetGroupArns warmPool",
        required="maxSize minSize",
        replaces="initialLifecycleHooks name namePrefix",
        computed="availabilityZones capacityRebalance defaultCooldown desiredCapacity healthCheckType launchTemplate"
        " loadBalancers mixedInstancesPolicy name namePrefix serviceLinkedRoleArn targetGroupArns vpcZoneIdentifiers",
        sets="availabilityZones enabledMetrics initialLifecycleHooks loadBalancers suspendedProcesses tags"
        " targetGroupArns trafficSources vpcZoneIdentifiers",
        local="forceDelete forceDeleteWarmPool ignoreFailedScalingActivities minElbCapacity namePrefix"
        " waitForCapacityTimeout waitForElbCapacity",
        recorded=f"{_RECORDED} instanceRefresh trafficSources",
        defaults={
            "forceDelete": False,
            "forceDeleteWarmPool": False,
            "healthCheckGracePeriod": 300,
            "ignoreFailedScalingActivities": False,
            "metricsGranularity": "1Minute",
            "protectFromScaleIn": False,
            "waitForCapacityTimeout": "10m",
        },
        api={
            "initialLifecycleHooks": "LifecycleHookSpecificationList",
            "launchConfiguration": "LaunchConfigurationName",
            "loadBalancers": "LoadBalancerNames",
            "name": "AutoScalingGroupName",
            "placementGroup": "PlacementGroup",
            "protectFromScaleIn": "NewInstancesProtectedFromScaleIn",
            "serviceLinkedRoleArn": "ServiceLinkedRoleARN",
            "targetGroupArns": "TargetGroupARNs",
            "vpcZoneIdentifiers": "VPCZoneIdentifier",
        },
        reads={"initialLifecycleHooks": None, "tags": "Tags"},
        fields={
            "initialLifecycleHooks": {"name": "LifecycleHookName"},
            "launchTemplate": _TEMPLATE,
            "mixedInstancesPolicy": REQUIREMENTS,
        },
        to_api={"vpcZoneIdentifiers": ",".join},
        from_api={"tags": _tag_list, "vpcZoneIdentifiers": list, "warmPool": _warm_pool},
    ),
    exactly_one=("launchConfiguration launchTemplate mixedInstancesPolicy",),
    conflicts=(
        "name namePrefix",
        "availabilityZones vpcZoneIdentifiers",
        "loadBalancers trafficSources",
        "targetGroupArns trafficSources",
    ),
    checks=(_rules.sizes, _rules.place, _rules.template, _rules.words, _rules.tags),
    guards=(_taken, _well_formed),
    autoname=Autoname("name", 255),
    create=_create,
    rehearse=_well_formed,
    id="{name}",
    read=(_read,),
    updates=(
        Do(_update, _UPDATED),
        Do(set_tags, "tags"),
        Do(set_targets, "loadBalancers targetGroupArns"),
        Do(set_metrics, "enabledMetrics metricsGranularity", on_create=True),
        Do(set_processes, "suspendedProcesses", on_create=True),
        Do(set_warm_pool, "warmPool", on_create=True),
        Do(set_hooks, "initialLifecycleHooks", on_create=True),
    ),
    delete=(_delete,),
    outputs={"arn": "AutoScalingGroupARN", "predictedCapacity": "PredictedCapacity", "warmPoolSize": "WarmPoolSize"},
)

ENTRIES = (GROUP,)
