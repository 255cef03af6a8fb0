"""The servers: an Auto Scaling group, and the demand that it follows."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from .._tags import propagated
from ..machine import Machine
from .context import Context
from .load_balancer import Front
from .shapes import Fleet

WARMUP_SECONDS = 300


def group(
    context: Context, machine: Machine, subnet_ids: Sequence[pulumi.Input[str]], made: Front, fleet: Fleet
) -> aws.autoscaling.Group:
    """Make the group. What demand and windows do to its size is theirs: no deployment touches it, refreshed or not."""
    warmup = fleet.get("warmup_seconds", WARMUP_SECONDS)
    sizes = ["desiredCapacity"]
    if fleet.get("windows"):
        sizes += ["minSize", "maxSize"]
    return aws.autoscaling.Group(
        f"{context.name}-fleet",
        # The version by its number: with $Latest a change of the template would replace no server.
        launch_template={"id": machine.launch_template_id, "version": machine.launch_template_version},
        vpc_zone_identifiers=list(subnet_ids),
        min_size=fleet.get("min_size", 2),
        max_size=fleet.get("max_size", 4),
        target_group_arns=[made.target_group.arn],
        health_check_type="ELB",
        health_check_grace_period=warmup,
        default_instance_warmup=warmup,
        instance_refresh={
            "strategy": "Rolling",
            "preferences": {
                # A fifth more at a time, and never fewer: AWS launches the new before it ends the old.
                "min_healthy_percentage": 100,
                "max_healthy_percentage": 120,
                # AWS refuses to roll back templates whose image is an SSM parameter (RefreshPreferences), which is
                # our default, and the provider changes the group before it starts the refresh, so that a rollback
                # would end at the version that failed.
                "auto_rollback": False,
            },
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
        # A first deployment fails when no server can be launched, with AWS's reason. It does not wait for the load
        # balancer to find them healthy: the application may be deployed only afterwards.
        wait_for_capacity_timeout="10m",
        force_delete=context.disposable,
        tags=propagated(context.tier, {"Name": f"{context.name}-server", **context.tags}),
        # Requests must get through before the first server is judged by them, and until the last one is gone.
        opts=pulumi.ResourceOptions.merge(
            context.child(after=made.paths), pulumi.ResourceOptions(ignore_changes=sizes)
        ),
    )


def follow_demand(
    context: Context, fleet: Fleet, servers: aws.autoscaling.Group, made: Front, listener: aws.lb.Listener
) -> None:
    """Scale *servers* by what they are asked to do; of several targets AWS follows the one that wants most."""
    aws.autoscaling.Policy(
        f"{context.name}-by-cpu",
        autoscaling_group_name=servers.name,
        policy_type="TargetTrackingScaling",
        target_tracking_configuration={
            "predefined_metric_specification": {"predefined_metric_type": "ASGAverageCPUUtilization"},
            "target_value": fleet.get("cpu_target_percent", 50),
        },
        opts=context.child(),
    )
    requests = fleet.get("requests_per_server_per_minute")
    if requests is not None:
        aws.autoscaling.Policy(
            f"{context.name}-by-requests",
            autoscaling_group_name=servers.name,
            policy_type="TargetTrackingScaling",
            target_tracking_configuration={
                "predefined_metric_specification": {
                    "predefined_metric_type": "ALBRequestCountPerTarget",
                    "resource_label": pulumi.Output.concat(made.balancer.arn_suffix, "/", made.target_group.arn_suffix),
                },
                "target_value": requests,
            },
            # The label is refused until a listener has tied the target group to the load balancer.
            opts=context.child(after=[listener]),
        )
