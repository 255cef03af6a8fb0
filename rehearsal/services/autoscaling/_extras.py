"""What a group has beside its servers: tags, metrics, processes, warm pool, hooks; and what it leaves behind."""

from typing import Any

from rehearsal.context import Context
from rehearsal.services._limits import capital, elements, plain


def _group(context: Context) -> dict[str, Any]:
    return {"AutoScalingGroupName": context.inputs["name"]}


def set_tags(context: Context) -> None:
    """Write the tags, which for a group are a list that also says what its servers inherit."""
    of_group = {"ResourceId": context.inputs["name"], "ResourceType": "auto-scaling-group"}
    wanted = {tag["key"]: tag for tag in elements(context.inputs.get("tags"))}
    gone = [{**of_group, "Key": t["key"]} for t in elements(context.old.get("tags")) if t["key"] not in wanted]
    if gone:
        context.call("delete_tags", {"Tags": gone})
    tags = [{**of_group, **{capital(k): v for k, v in tag.items()}} for tag in wanted.values()]
    if tags:
        context.call("create_or_update_tags", {"Tags": tags})


def set_metrics(context: Context) -> None:
    """Collect the metrics asked for: the emulator replaces what it collected, and has no call to stop."""
    metrics = elements(context.inputs.get("enabledMetrics"))
    if metrics or context.old.get("enabledMetrics"):
        granularity = {"Granularity": context.inputs.get("metricsGranularity") or "1Minute"}
        context.call("enable_metrics_collection", {**_group(context), "Metrics": metrics, **granularity})


def set_processes(context: Context) -> None:
    """Suspend and resume."""
    wanted, present = (
        elements(context.inputs.get("suspendedProcesses")),
        elements(context.old.get("suspendedProcesses")),
    )
    for operation, names in (
        ("resume_processes", [name for name in present if name not in wanted]),
        ("suspend_processes", [name for name in wanted if name not in present]),
    ):
        if names:
            context.call(operation, {**_group(context), "ScalingProcesses": names})


def set_warm_pool(context: Context) -> None:
    """Make, change or drop the warm pool."""
    pool = context.inputs.get("warmPool")
    if pool is None:
        context.call("delete_warm_pool", {**_group(context), "ForceDelete": True})
        return
    capacity = int(pool.get("maxGroupPreparedCapacity", -1))
    reuse = plain(pool.get("instanceReusePolicy")).get("reuseOnScaleIn")
    context.call(
        "put_warm_pool",
        {
            **_group(context),
            "MinSize": int(pool.get("minSize") or 0),
            "PoolState": pool.get("poolState") or "Stopped",
            **({} if capacity < 0 else {"MaxGroupPreparedCapacity": capacity}),
            **({} if reuse is None else {"InstanceReusePolicy": {"ReuseOnScaleIn": reuse}}),
        },
    )


def set_hooks(context: Context) -> None:
    """Put the hooks that a group begins with one by one: the emulator drops those of CreateAutoScalingGroup."""
    members = {"name": "LifecycleHookName", "notificationTargetArn": "NotificationTargetARN", "roleArn": "RoleARN"}
    for hook in elements(context.inputs.get("initialLifecycleHooks")):
        given: dict[str, Any] = {members.get(k, capital(k)): v for k, v in plain(hook).items()}
        context.call("put_lifecycle_hook", {**_group(context), **given})


def forget(context: Context, name: str) -> None:
    """Delete what belongs to the group *name*, which goes with it on AWS and stays in the emulator."""
    group = {"AutoScalingGroupName": name}
    for policy in context.call("describe_policies", group)["ScalingPolicies"]:
        context.call("delete_policy", {**group, "PolicyName": policy["PolicyName"]})
    for action in context.call("describe_scheduled_actions", group)["ScheduledUpdateGroupActions"]:
        context.call("delete_scheduled_action", {**group, "ScheduledActionName": action["ScheduledActionName"]})
    for hook in context.call("describe_lifecycle_hooks", group)["LifecycleHooks"]:
        context.call("delete_lifecycle_hook", {**group, "LifecycleHookName": hook["LifecycleHookName"]})
