"""How many servers an Auto Scaling group keeps running, minute by minute through a week of its schedules."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from rehearsal.compare.graph import Json

from .common import number

_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY, _WEEK = 24 * 60, 7 * 24 * 60
_START = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday in a week without a change of clocks: all weeks but two are like it."""


@dataclass(frozen=True)
class Action:
    """A scheduled action: when it fires and what it sets (None: leaves alone)."""

    minutes: frozenset[int]
    """Minutes of the week in UTC."""
    least: int | None
    most: int | None


def read_action(inputs: Mapping[str, Any]) -> Action | None:
    """Return the action of a schedule's *inputs*; None when it is not one of every week."""
    minutes = _minutes(str(inputs.get("recurrence") or ""), str(inputs.get("timeZone") or "UTC"))
    if minutes is None:
        return None
    return Action(minutes, _size(inputs.get("minSize", 0)), _size(inputs.get("maxSize", 0)))


def profile(actions: Sequence[Action], base: int, *, most: bool = False) -> list[int]:
    """Return the size (the floor; with *most* the maximum) that holds in each minute of the week."""
    firing = dict[int, int]()
    for action in actions:
        size = action.most if most else action.least
        if size is not None:
            # Two at one time: AWS refuses them; the lower one is what a reviewer should see.
            firing.update({m: min(size, firing.get(m, size)) for m in action.minutes})
    if not firing:
        return [base] * _WEEK
    now, sizes = firing[max(firing)], list[int]()
    for minute in range(_WEEK):
        now = firing.get(minute, now)
        sizes.append(now)
    return sizes


def falls(before: Sequence[int], after: Sequence[int], zone: str) -> list[str]:
    """Say when *after* is below *before*, in the clock of *zone*, the deepest falls first."""
    ahead = _ahead(zone)
    runs = dict[tuple[int, int], list[str]]()
    start = 0
    for minute in range(1, _WEEK + 1):
        last = minute == _WEEK or (before[minute], after[minute]) != (before[start], after[start])
        if last:
            if after[start] < before[start]:
                whole = minute - start == _WEEK
                runs.setdefault((before[start], after[start]), []).append(
                    "at all times"
                    if whole
                    else f"{_clock(start + ahead)}-{_clock(minute + ahead, after=start + ahead)}"
                )
            start = minute
    told = list[str]()
    for (was, now), spans in sorted(runs.items(), key=lambda run: (run[0][1] - run[0][0], run[0])):
        more = f" and {len(spans) - 2} more times a week" if len(spans) > 3 else ""  # noqa: PLR2004
        when = ", ".join(spans[: 2 if more else None]) + more
        told.append(f"from {was} to {now} {when}" + ("" if when == "at all times" else f" ({zone})"))
    return told


def _clock(minute: int, after: int | None = None) -> str:
    day, rest = divmod(minute % _WEEK, _DAY)
    time = f"{rest // 60:02}:{rest % 60:02}"
    same_day = after is not None and minute - after <= _DAY and (minute - 1) // _DAY == after // _DAY
    if same_day:
        return "24:00" if rest == 0 else time
    return f"{_NAMES[day]} {time}"


def _size(value: Json) -> int | None:
    size = number(value)
    return None if size is None or size < 0 else int(size)


@cache
def _ahead(zone: str) -> int:
    """Minutes that the clock of *zone* is ahead of UTC in the week that is looked at."""
    try:
        offset = _START.astimezone(ZoneInfo(zone)).utcoffset()
    except (KeyError, ValueError, OSError):
        return 0
    return int((offset or timedelta()).total_seconds() // 60)


def _minutes(cron: str, zone: str) -> frozenset[int] | None:
    fields = cron.split()
    if len(fields) != 5 or fields[2] != "*" or fields[3] != "*":  # noqa: PLR2004
        return None
    parts = [_field(fields[0], 0, 59), _field(fields[1], 0, 23), _field(fields[4], 0, 7)]
    if any(part is None for part in parts):
        return None
    minutes, hours, days = (part or frozenset[int]() for part in parts)
    return frozenset(
        (((day - 1) % 7) * _DAY + hour * 60 + minute - _ahead(zone)) % _WEEK
        for day in days
        for hour in hours
        for minute in minutes
    )


def _field(text: str, low: int, high: int) -> frozenset[int] | None:
    values = set[int]()
    for part in text.split(","):
        found = re.fullmatch(r"(\*|\w+)(?:-(\w+))?(?:/([0-9]+))?", part)
        if found is None:
            return None
        every = int(found[3] or 1)
        if found[1] == "*":
            first, last = low, 6 if high == 7 else high  # noqa: PLR2004 - of the days, 7 is a second Sunday
        else:
            first = _value(found[1])
            last = _value(found[2]) if found[2] else (high if found[3] else first)
        if first is None or last is None or not low <= first <= last <= high or every < 1:
            return None
        values.update(range(first, last + 1, every))
    return frozenset(values)


def _value(text: str) -> int | None:
    if text.upper() in _DAYS:
        return _DAYS.index(text.upper())
    return int(text) if text.isdigit() else None


def zones(inputs: Iterable[Mapping[str, Any]]) -> str:
    """Return the first time zone that schedules name."""
    return next((str(i["timeZone"]) for i in inputs if i.get("timeZone")), "UTC")
