"""What can be said about a capacity window."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NotRequired, TypedDict


class Weekday(StrEnum):
    """A day of the week."""

    MON = "MON"
    """Monday."""
    TUE = "TUE"
    """Tuesday."""
    WED = "WED"
    """Wednesday."""
    THU = "THU"
    """Thursday."""
    FRI = "FRI"
    """Friday."""
    SAT = "SAT"
    """Saturday."""
    SUN = "SUN"
    """Sunday."""


class CapacityWindow(TypedDict):
    """Hours of the week, or of single dates, in which other sizes hold.

    A window is open while a clock on the wall of its time zone shows a time from `start` up to, not including,
    `end`, daylight saving time included. A window with `min_size` raises the fleet's floor, one with `max_size`
    lowers its maximum, down to 0: then the fleet sleeps. Where windows overlap, the highest floor and the lowest
    maximum count; the fleet's own floor gives way to a lowered maximum, a window's floor never does.
    """

    name: str
    """What the window is for, such as `monday-morning`: lower-case letters, digits and hyphens, 40 at most, unique
    in the fleet. Not `base`."""

    days: NotRequired[Sequence[Weekday]]
    """Days of the week on which it opens, such as `MON`. Excludes `dates`; one of both must be given."""

    dates: NotRequired[Sequence[str]]
    """Single dates on which it opens, such as `2026-12-24`, in the time zone. Dates that have passed may
    stay: they do nothing, and the first preview after one has passed clears its scheduled actions away. Excludes
    `days`; one of both must be given."""

    start: str
    """When it opens, such as `07:00`."""

    end: str
    """When it closes, such as `12:00`. A time before `start` is on the next day; `24:00` is the end of the day. A
    whole day is `00:00` to `24:00`; for other 24 hours use two windows, because equal times could mean none."""

    time_zone: str
    """IANA name of the clock that it follows, such as `Europe/Zurich`."""

    min_size: NotRequired[int]
    """Servers that run at least while it is open: more than the fleet's `min_size`, at most its `max_size`.
    Defaults to raising no floor; then `max_size` or `load_balancer_capacity_units` must be given."""

    max_size: NotRequired[int]
    """Servers that are not exceeded while it is open: fewer than the fleet's `max_size`; 0 lets the fleet sleep.
    Defaults to lowering no maximum."""

    lead_minutes: NotRequired[int]
    """Minutes, 0 to 1440, by which the floor rises before `start`, so that servers are warm when the window opens; a
    lowered maximum waits for `start`. Defaults to 0."""

    load_balancer_capacity_units: NotRequired[int]
    """Capacity units (LCU), 100 or more, that the load balancer keeps ready while the window is open, for load that
    comes faster than it grows by itself. They are reserved two hours before the floor rises, because AWS may take
    that long, and given back at `end`; where windows overlap, the highest counts. AWS lets an account reserve none
    until its quota per region is raised, bills them as used, and takes less at most twice a day. None by default."""
