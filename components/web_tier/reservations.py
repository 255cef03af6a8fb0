"""Capacity that the load balancer keeps ready for windows."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from .._trust import trust
from ..windows import Reservation
from .context import Context

_HOUR = 3600
_DAY = 24 * _HOUR


def reserve(context: Context, balancer: aws.lb.LoadBalancer, changes: Sequence[Reservation]) -> None:
    """Let EventBridge Scheduler reserve and give back the capacity of *balancer*, with a role for nothing else.

    AWS refuses a change while the one before is still being carried out, so it is tried again: giving back for a
    day, since it costs money; reserving for two hours, after which the window is open.
    """
    if not changes:
        return
    partition = aws.get_partition_output(opts=pulumi.InvokeOutputOptions(parent=context.tier)).partition
    role, allowed = _role(context, balancer, partition)
    for change in changes:
        capacity = (
            {"MinimumLoadBalancerCapacity": {"CapacityUnits": change.units}}
            if change.units
            else {"ResetCapacityReservation": True}
        )
        aws.scheduler.Schedule(
            f"{context.name}-capacity-{change.name}",
            description=f"Reserves {change.units} capacity units" if change.units else "Gives back reserved capacity",
            schedule_expression=change.expression,
            schedule_expression_timezone=change.time_zone,
            start_date=change.start_date,
            end_date=change.end_date,
            flexible_time_window={"mode": "OFF"},
            target={
                "arn": pulumi.Output.format(
                    "arn:{}:scheduler:::aws-sdk:elasticloadbalancingv2:modifyCapacityReservation", partition
                ),
                "role_arn": role.arn,
                "input": pulumi.Output.json_dumps({"LoadBalancerArn": balancer.arn, **capacity}),
                "retry_policy": {
                    "maximum_event_age_in_seconds": 2 * _HOUR if change.units else _DAY,
                    "maximum_retry_attempts": 185,
                },
            },
            # AWS asks for the role's permissions at the first invocation only; by then they must be there.
            opts=context.child(after=[allowed]),
        )


def _role(
    context: Context, balancer: aws.lb.LoadBalancer, partition: pulumi.Output[str]
) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
    lookup = pulumi.InvokeOutputOptions(parent=context.tier)
    region = aws.get_region_output(opts=lookup).region
    account = aws.get_caller_identity_output(opts=lookup).account_id
    role = aws.iam.Role(
        f"{context.name}-capacity-role",
        description="Lets EventBridge Scheduler reserve capacity of the load balancer",
        # EventBridge Scheduler user guide, "Confused deputy prevention": the source is the schedules' group.
        assume_role_policy=trust(
            "scheduler.amazonaws.com",
            {
                "StringEquals": {
                    "aws:SourceAccount": account,
                    "aws:SourceArn": pulumi.Output.format(
                        "arn:{}:scheduler:{}:{}:schedule-group/default", partition, region, account
                    ),
                }
            },
        ),
        tags=context.tags,
        opts=context.child(),
    )
    allowed = aws.iam.RolePolicy(
        f"{context.name}-capacity-role-policy",
        role=role.id,
        policy=pulumi.Output.json_dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "elasticloadbalancing:ModifyCapacityReservation",
                        "Resource": balancer.arn,
                    }
                ],
            }
        ),
        opts=context.child(),
    )
    return role, allowed
