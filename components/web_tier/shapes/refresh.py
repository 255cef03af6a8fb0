"""What can be said about the change from one version of a fleet's servers to the next."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi


class Refresh(TypedDict):
    """How servers are replaced when their image, preparation or instance type changes.

    An instance refresh, at most one at a time, starts new servers before it ends old ones and never has fewer than the
    fleet's size in service. `pulumi up` waits for it, and fails when it fails.
    """

    checkpoint_percentages: NotRequired[Sequence[int]]
    """Shares of the fleet, 1 to 99 and ascending, at which it pauses to be looked at. Defaults to no pause."""

    checkpoint_minutes: NotRequired[int]
    """Minutes of each pause, 0 to 2880. Defaults to 60."""

    bake_minutes: NotRequired[int]
    """Minutes, 0 to 2880, that alarms are watched after the last server was replaced. Defaults to 0."""

    alarms: NotRequired[Sequence[pulumi.Input[str]]]
    """Names of further CloudWatch alarms that end it and bring the old version back; with the tier's own ones 10 at
    most. Defaults to the tier's own only."""

    heed_alarms: NotRequired[bool]
    """Whether alarms end it. False lets a change through while they sound, which a repair may need. Defaults to
    true."""

    timeout_minutes: NotRequired[int]
    """Minutes after which `pulumi up` stops waiting and fails, while the refresh goes on; the next one waits for it
    again. Defaults to 120 beside pauses and baking."""
