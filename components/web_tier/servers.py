"""The servers: an Auto Scaling group over the private subnets."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from .._tags import propagated
from ..machine import Machine, MachineSpec
from . import instances
from .context import Context
from .demand import WARMUP_SECONDS
from .lifecycle import capacity_timeout, hooks, initial_hooks
from .load_balancer import Front
from .refresh import MAX_HEALTHY, MIN_HEALTHY
from .shapes import Fleet


def group(  # noqa: PLR0913, PLR0917
    context: Context,
    machine: Machine,
    spec: MachineSpec,
    subnet_ids: Sequence[pulumi.Input[str]],
    made: Front,
    fleet: Fleet,
    changes: pulumi.ResourceHookBinding,
    *,
    scheduled: bool,
    after: Sequence[pulumi.Resource],
) -> aws.autoscaling.Group:
    """Make the group. What demand and windows do to its size is theirs: no deployment touches it, refreshed or not.

    Servers are replaced by *changes*, before the provider changes the group: its own `instance_refresh` comes after
    that, so that AWS has no version to go back to (terraform-provider-aws, issues 34189 and 29830), and waits for
    nothing (issue 42355).
    """
    warmup = fleet.get("warmup_seconds", WARMUP_SECONDS)
    launch = instances.launch(fleet, machine, spec)
    sizes = ["desiredCapacity"]
    if scheduled:
        sizes += ["minSize", "maxSize"]
    servers = aws.autoscaling.Group(
        f"{context.name}-fleet",
        launch_template=launch.template,
        mixed_instances_policy=launch.mixed,
        capacity_rebalance=bool(fleet.get("spot_percent")),  # said either way: left out, it stays as it was
        vpc_zone_identifiers=list(subnet_ids),
        min_size=fleet.get("min_size", 2),
        max_size=fleet.get("max_size", 4),
        warm_pool=instances.warm_pool(fleet),
        target_group_arns=made.target_group_arns,
        health_check_type="ELB",
        health_check_grace_period=warmup,
        default_instance_warmup=warmup,
        # Whatever replaces a server, a failing one or one in the wrong zone, starts the new one first.
        instance_maintenance_policy={
            "min_healthy_percentage": MIN_HEALTHY,
            "max_healthy_percentage": MAX_HEALTHY,
        },
        enabled_metrics=[
            aws.autoscaling.Metric.GROUP_MIN_SIZE,
            aws.autoscaling.Metric.GROUP_MAX_SIZE,
            aws.autoscaling.Metric.GROUP_DESIRED_CAPACITY,
            aws.autoscaling.Metric.GROUP_IN_SERVICE_INSTANCES,
            aws.autoscaling.Metric.GROUP_PENDING_INSTANCES,
            aws.autoscaling.Metric.GROUP_TERMINATING_INSTANCES,
            aws.autoscaling.Metric.GROUP_TOTAL_INSTANCES,
        ],
        metrics_granularity="1Minute",
        initial_lifecycle_hooks=initial_hooks(fleet),
        # A first deployment fails when no server can be launched, or none gets ready, with AWS's reason.
        wait_for_capacity_timeout=capacity_timeout(fleet),
        force_delete=context.disposable,
        tags=propagated(context.tier, {"Name": f"{context.name}-server", **context.tags}),
        # Requests must get through before the first server is judged by them, and until the last one is gone. What
        # ends its changes comes before them, too.
        opts=pulumi.ResourceOptions.merge(
            context.child(after=[*made.paths, *after]),
            pulumi.ResourceOptions(ignore_changes=[*sizes, "initialLifecycleHooks"], hooks=changes),
        ),
    )
    hooks(context, fleet, servers)
    return servers
