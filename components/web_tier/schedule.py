"""The schedule of the fleet's windows."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from ..windows import ScheduledAction
from .context import Context


def follow_windows(context: Context, servers: aws.autoscaling.Group, actions: Sequence[ScheduledAction]) -> None:
    """Make the scheduled actions, one after the other, and anew when they change.

    AWS refuses concurrent calls for one group with "scheduled start time already exists" for times that differ
    (github.com/TerraConstructs/base, issue 127), hence the chain. The provider sends the start time that AWS
    computed for the old expression with every update, which then fires once at the old time or fails as being in
    the past (github.com/hashicorp/terraform-provider-aws, issue 38983), hence replacement; and two actions of one
    name cannot be, so the old one goes first.
    """
    previous = list[pulumi.Resource]()
    for action in actions:
        schedule = aws.autoscaling.Schedule(
            f"{context.name}-{action.name}",
            autoscaling_group_name=servers.name,
            scheduled_action_name=f"{context.name}-{action.name}",
            recurrence=action.recurrence,
            time_zone=action.time_zone,
            min_size=action.min_size,
            max_size=action.max_size,
            desired_capacity=action.desired_capacity,
            opts=pulumi.ResourceOptions(
                parent=context.tier,
                depends_on=previous,
                replace_on_changes=["recurrence", "timeZone", "minSize", "maxSize", "desiredCapacity"],
                delete_before_replace=True,
            ),
        )
        previous = [schedule]
