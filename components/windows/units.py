"""Capacity of the load balancer that windows reserve: when it is reserved, and when it is given back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from .._args import InvalidArgs
from .actions import compile_windows
from .clocks import offset, while_shown
from .sizes import DAY, EPOCH, WEEK, Sizes, Window, combine

AHEAD_MINUTES = 120
"""Most reservations stand within minutes, but they "can take up to a few hours" (Elastic Load Balancing, user guide of
Application Load Balancers, "Request Load balancer Capacity Unit reservation")."""

_DECREASES = 2  # a day: same page


class Reservation(NamedTuple):
    """A change of what is reserved, as EventBridge Scheduler knows it."""

    name: str
    """Stable key: as that of a scheduled action."""

    expression: str
    """Six-field cron expression in `time_zone`."""

    time_zone: str
    """IANA name."""

    units: int
    """Capacity units to reserve; 0 gives all back."""

    start_date: str | None
    """In UTC; None where it need not wait."""

    end_date: str | None
    """In UTC; None where it goes on for ever."""


def reservations(
    component: str, field: str, windows: Sequence[Window], now: datetime | None = None
) -> list[Reservation]:
    """Return the changes that *windows* ask for; raise :class:`InvalidArgs` for what AWS would refuse."""
    path = f"{component}: {field}"
    reserving = [
        replace(window, floor=window.units, ceiling=None, lead=window.lead + AHEAD_MINUTES)
        for window in windows
        if window.units is not None
    ]
    _check_decreases(path, reserving, now or datetime.now(UTC))
    # Plain changes, no repeats: each is an order that AWS counts, and EventBridge Scheduler itself tries again.
    actions = compile_windows(path, reserving, Sizes(0, 0), now, repeated=False, what="load_balancer_capacity_units")
    return [
        Reservation(
            action.name,
            _expression(action.recurrence),
            action.time_zone,
            action.min_size,
            action.start_time,
            action.end_time,
        )
        for action in actions.actions
    ]


def _expression(cron: str) -> str:
    """Bring a crontab entry into the form of EventBridge: one of the two kinds of days is a question mark."""
    minutes, hours, dates, months, days = cron.split()
    return f"cron({minutes} {hours} {dates} {months} ? *)" if days == "*" else f"cron({minutes} {hours} ? * {days} *)"


def _check_decreases(path: str, windows: Sequence[Window], now: datetime) -> None:
    minute = int(now.timestamp()) // 60
    last = max((start for window in windows if window.on_dates for start in window.starts), default=minute)
    ends = sorted({end for window in windows for end in _ends(window, minute, max(last, minute) + 2 * WEEK)})
    falls = [end for end in ends if _units(windows, end) < _units(windows, end - 1)]
    for first, third in zip(falls, falls[_DECREASES:], strict=False):
        if third - first < DAY:
            raise InvalidArgs(
                f"{path} must lower load_balancer_capacity_units at most {_DECREASES} times in 24 hours, as AWS "
                f"does, got more in the 24 hours from {datetime.fromtimestamp(first * 60, UTC):%Y-%m-%d %H:%M} UTC on"
            )


def _ends(window: Window, first: int, last: int) -> list[int]:
    starts = window.starts
    if not window.on_dates:
        weeks = range(first // WEEK - 1, last // WEEK + 1)
        starts = [week * WEEK + start - EPOCH for week in weeks for start in window.starts]
    ends = [start + window.length for start in starts]
    return [t for end in ends for _, t in while_shown(window.zone, end - 1, end) if first <= t <= last]


def _units(windows: Sequence[Window], instant: int) -> int:
    shown = [(window, instant + offset(window.zone, instant)) for window in windows]
    return combine(Sizes(0, 0), [w.floor for w, local in shown if w.floor and w.raises(local)], ()).min_size
