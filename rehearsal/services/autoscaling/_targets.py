"""The target groups that the servers of a group are registered with."""

from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.errors import ApiError
from rehearsal.services._limits import elements


def instances_of(group: Mapping[str, Any] | None) -> set[str]:
    """Return the ids of the servers of *group*, as AWS describes it."""
    return {instance["InstanceId"] for instance in (group or {}).get("Instances", [])}


def leave_targets(context: Context, group: Mapping[str, Any] | None, before: set[str]) -> None:
    """Deregister those of the instances *before* that are not in *group* any more: the emulator forgets to."""
    gone = before - instances_of(group)
    for arn in elements((group or {}).get("TargetGroupARNs")) if gone else []:
        try:
            listed = context.call("describe_target_health", {"TargetGroupArn": arn}, service="elbv2")
        except ApiError as error:
            if not error.gone:
                raise
            continue
        targets = [item["Target"] for item in listed["TargetHealthDescriptions"]]
        ghosts = [{"Id": target["Id"]} for target in targets if target["Id"] in gone]
        if ghosts:
            context.call("deregister_targets", {"TargetGroupArn": arn, "Targets": ghosts}, service="elbv2")


def set_targets(context: Context) -> None:
    """Attach and detach target groups and classic load balancers."""
    for name, kind, member in (
        ("targetGroupArns", "load_balancer_target_groups", "TargetGroupARNs"),
        ("loadBalancers", "load_balancers", "LoadBalancerNames"),
    ):
        if name not in context.changed:
            continue
        wanted, present = elements(context.inputs.get(name)), elements(context.old.get(name))
        for verb, items in (
            ("attach", [item for item in wanted if item not in present]),
            ("detach", [item for item in present if item not in wanted]),
        ):
            if items:
                group = {"AutoScalingGroupName": context.inputs["name"]}
                context.call(f"{verb}_{kind}", {**group, member: items})
