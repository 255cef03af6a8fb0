"""The schedule of the fleet's windows."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from ..windows import BASE, Reservation, Schedule, Sizes, Window, reservations, schedule
from .checks.words import COMPONENT
from .context import Context
from .reservations import reserve
from .shapes import Fleet

_WINDOWS = "fleet.windows"


class Plan(NamedTuple):
    """What the windows come to."""

    schedule: Schedule
    reservations: list[Reservation]

    @property
    def is_scheduled(self) -> bool:
        """Whether the group's floor and maximum are in the hands of the schedule."""
        return bool(self.schedule.actions)


def plan_windows(fleet: Fleet, windows: Sequence[Window], now: datetime | None = None) -> Plan:
    """Compile the checked *windows* of the *fleet* for a deployment *now*.

    What AWS would refuse raises :class:`InvalidArgs`.
    """
    base = Sizes(fleet.get("min_size", 2), fleet.get("max_size", 4))
    return Plan(schedule(COMPONENT, _WINDOWS, windows, base, now), reservations(COMPONENT, _WINDOWS, windows, now))


def follow_windows(context: Context, servers: aws.autoscaling.Group, balancer: aws.lb.LoadBalancer, plan: Plan) -> None:
    """Carry out the *plan*."""
    _scheduled_actions(context, servers, plan.schedule)
    reserve(context, balancer, plan.reservations)


def _scheduled_actions(context: Context, servers: aws.autoscaling.Group, schedule: Schedule) -> None:
    """Make the scheduled actions, one after the other, and all of them anew when one of them changes.

    AWS refuses an action whose next time another action of the group has, so an old one must be gone before a new
    one comes, also when it has another name: the one that brings back the fleet's own sizes is replaced whenever
    anything changes (its trigger), and the others take the group's name from the one before, so that Pulumi deletes
    them first, those included that are not in the program any more. AWS refuses concurrent calls for one group, too,
    with the same words (github.com/TerraConstructs/base, issue 127). Changing an action in place is no way out: the
    provider sends the start time that AWS computed for the old expression with every update, which then fires once
    at the old time or fails as being in the past (github.com/hashicorp/terraform-provider-aws, issue 38983), and it
    does not notice when a start or an end is taken away, because AWS may have set them.
    """
    group_name, trigger = servers.name, schedule.key
    for action in sorted(schedule.actions, key=lambda action: action.name != BASE):
        made = aws.autoscaling.Schedule(
            f"{context.name}-{action.name}",
            autoscaling_group_name=group_name,
            scheduled_action_name=f"{context.name}-{action.name}",
            recurrence=action.recurrence,
            time_zone=action.time_zone,
            start_time=action.start_time,
            end_time=action.end_time,
            min_size=action.min_size,
            max_size=action.max_size,
            desired_capacity=action.desired_capacity,
            opts=pulumi.ResourceOptions(
                parent=context.tier,
                replacement_trigger=trigger,
                replace_on_changes=[
                    "recurrence",
                    "timeZone",
                    "startTime",
                    "endTime",
                    "minSize",
                    "maxSize",
                    "desiredCapacity",
                ],
                delete_before_replace=True,
            ),
        )
        group_name, trigger = made.autoscaling_group_name, None
