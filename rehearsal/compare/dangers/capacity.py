"""Capacity that a deployment would take away."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from rehearsal.compare.changes import Change
from rehearsal.compare.steps import Plan, Step

from .common import Danger, Rules, last, leaf_changes, name, number, on, shown
from .data import is_replica
from .floors import falls, profile, read_action, zones
from .sizes import smaller

_GROUP = "aws:autoscaling/group:Group"
_SCHEDULE = "aws:autoscaling/schedule:Schedule"
_NETWORK = "aws:ec2/vpc:Vpc"
_NAT = "aws:ec2/natGateway:NatGateway"

_NUMBERS = {
    "minCapacity": "least capacity",
    "maxCapacity": "most capacity",
    "desiredCount": "tasks",
    "desiredCapacity": "servers",
    "numCacheClusters": "cache nodes",
    "numCacheNodes": "cache nodes",
    "numNodeGroups": "shards",
    "replicasPerNodeGroup": "replicas",
    "numberOfNodes": "nodes",
    "allocatedStorage": "GiB of storage",
    "maxAllocatedStorage": "GiB that the storage may grow to",
    "storageCapacity": "GiB of storage",
    "throughputCapacity": "MB/s",
    "iops": "operations per second",
    "throughput": "MiB/s",
    "size": "GiB",
    "volumeSize": "GiB",
    "capacityUnits": "reserved capacity units",
    "memorySize": "MB of memory",
    "reservedConcurrentExecutions": "reserved executions",
    "provisionedConcurrentExecutions": "provisioned executions",
    "readCapacity": "read capacity",
    "writeCapacity": "write capacity",
    "shardCount": "shards",
}

_SIZES = ("instanceClass", "instanceType", "nodeType", "dbClusterInstanceClass")

_SWITCHES = {
    "multiAz": "the standby in another zone goes",
    "multiAzEnabled": "the standby in another zone goes",
    "automaticFailoverEnabled": "nothing takes over by itself any more",
}

_SPREAD = ("vpcZoneIdentifiers", "availabilityZones", "subnets", "subnetIds")
_SPREAD_TYPES = (_GROUP, "aws:lb/loadBalancer:LoadBalancer", "aws:ec2/vpcEndpoint:VpcEndpoint")

_GONE = {
    _GROUP: "its servers go",
    "aws:lb/loadBalancer:LoadBalancer": "what it served is no longer reached",
    "aws:rds/clusterInstance:ClusterInstance": "the cluster has one instance less",
    "aws:autoscaling/policy:Policy": "the fleet no longer follows the load by it",
    "aws:appautoscaling/policy:Policy": "capacity no longer follows the load by it",
}
"""What goes with a resource that is capacity itself."""


def rules(plan: Plan) -> Rules:
    """Tell what carries the load now and would carry less afterwards."""
    for step in plan.steps:
        yield from _replica(step)
        if step.action == "delete":
            what = _GONE.get(step.now.type)
            if what and not _with_its_group(plan, step):
                yield Danger("capacity", step, f"{name(step)} is deleted: {what}")
        elif step.base is not None:
            if step.now.type == _GROUP:
                yield from _fleet(plan, step)
            yield from _spread(step)
            for change in leaf_changes(step):
                text = _less(change)
                if text:
                    yield Danger("capacity", step, f"{name(step)}: {text} ({change.shown})")
        if step.now.type == _NETWORK and step.action == "replace":
            text = f"the network {name(step)} is replaced: what runs in it is made anew, or is no longer reached"
            yield Danger("capacity", step, text)
    yield from _gateways(plan)


def _replica(step: Step) -> Rules:
    if is_replica(step) and step.goes:
        what = "replaced: until the new one has caught up" if step.action == "replace" else "deleted:"
        yield Danger("capacity", step, f"the read replica {name(step)} is {what} there is one replica less")


def _with_its_group(plan: Plan, step: Step) -> bool:
    groups = plan.referred([step.old.get("autoscalingGroupName"), step.old.get("resourceId")])
    return bool(groups) and all(group.action == "delete" for group in groups)


def _less(change: Change) -> str:
    key = last(change)
    if key in _SWITCHES and on(change.old) and not on(change.new):
        return _SWITCHES[key]
    if key in _SIZES and isinstance(change.old, str) and isinstance(change.new, str):
        less = smaller(change.old, change.new)
        return f"{change.new} is smaller than {change.old}: {less}" if less else ""
    old, new = number(change.old), number(change.new)
    if key not in _NUMBERS or old is None or new is None:
        return ""
    # -1 leaves the size alone.
    if old < 0 or new < 0 or new >= old:
        return ""
    return f"{_NUMBERS[key]}: {shown(old)} so far, {shown(new)} from now on"


def _fleet(plan: Plan, group: Step) -> Rules:
    before, after = _schedules(plan, group, head=False), _schedules(plan, group, head=True)
    old, new = [read_action(i) for i in before], [read_action(i) for i in after]
    zone = zones([*before, *after])
    for key, what, most in (("minSize", "floor", False), ("maxSize", "maximum", True)):
        was, now = number(group.old.get(key)), number(group.new.get(key))
        if was is None or now is None:
            continue
        left = profile([a for a in old if a], int(was), most=most)
        right = profile([a for a in new if a], int(now), most=most)
        for text in falls(left, right, zone):
            yield Danger("capacity", group, f"{name(group)}: the {what} falls {text}")
        if now < was and not falls(left, right, zone):
            text = f"the {what} outside of schedules: {shown(was)} so far, {shown(now)} from now on ({key})"
            yield Danger("capacity", group, f"{name(group)}: {text}")
    if None in old or None in new:
        yield from _uncommon(group, before, after)


def _uncommon(group: Step, before: list[Mapping[str, Any]], after: list[Mapping[str, Any]]) -> Rules:
    """Schedules that are no weekly ones are compared by their highest floor."""
    was = max((number(i.get("minSize")) or 0 for i in before if read_action(i) is None), default=0)
    now = max((number(i.get("minSize")) or 0 for i in after if read_action(i) is None), default=0)
    if now < was:
        text = f"the highest floor of its schedules: {shown(was)} so far, {shown(now)} from now on"
        yield Danger("capacity", group, f"{name(group)}: {text}")


def _schedules(plan: Plan, group: Step, *, head: bool) -> list[Mapping[str, Any]]:
    """Return the inputs of the schedules of *group* on one side."""
    sides = ((step, step.new if head else step.old) for step in plan.steps if step.now.type == _SCHEDULE)
    return [inputs for _, inputs in sides if group in plan.referred(inputs.get("autoscalingGroupName"))]


def _spread(step: Step) -> Rules:
    if step.now.type not in _SPREAD_TYPES:
        return
    for key in _SPREAD:
        old, new = step.old.get(key), step.new.get(key)
        if isinstance(old, list) and isinstance(new, list) and 0 < len(new) < len(old):  # pyright: ignore[reportUnknownArgumentType]
            text = f"fewer subnets or zones, {len(old)} so far, {len(new)} from now on ({key})"  # pyright: ignore[reportUnknownArgumentType]
            yield Danger("capacity", step, f"{name(step)}: {text}")


def _gateways(plan: Plan) -> Rules:
    counts = Counter[str]()
    for step in plan.steps:
        if step.now.type == _NAT:
            counts["was"] += step.base is not None
            counts["now"] += step.head is not None
    if counts["now"] < counts["was"]:
        text = f"NAT gateways: {counts['was']} so far, {counts['now']} from now on"
        yield Danger("capacity", None, f"{text}; a zone without its own loses the internet when the other one fails")
