"""What a capacity window is, which ones are refused, and the floor that they give at any instant."""

import difflib
import re
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypedDict

from .._args import InvalidArgs

DAY = 24 * 60
WEEK = 7 * DAY
BASE = "base"  # the action that brings the floor back is called this, so no window may be

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_ZONE = re.compile(r"[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")


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
    """Hours of the week in which more servers run.

    A window is open while a clock on the wall of its time zone shows a time from `start` up to, not including,
    `end`, daylight saving time included. Where windows overlap, the highest floor counts.
    """

    name: str
    """What the window is for, such as `monday-morning`: lower-case letters, digits and hyphens, 40 at most, unique
    in the fleet. Not `base`."""

    days: Sequence[Weekday]
    """Days on which it opens, such as `MON`."""

    start: str
    """When it opens, such as `07:00`."""

    end: str
    """When it closes, such as `12:00`. A time before `start` is on the next day; `24:00` is the end of the day. A
    whole day is `00:00` to `24:00`; for other 24 hours use two windows, because equal times could mean none."""

    time_zone: str
    """IANA name of the clock that it follows, such as `Europe/Zurich`."""

    min_size: int
    """Servers that run at least while it is open: more than the fleet's `min_size`, at most its `max_size`."""


@dataclass(frozen=True)
class Window:
    """A checked window, in minutes of the week (Monday 00:00 is 0)."""

    name: str
    zone: str
    floor: int
    starts: tuple[int, ...]
    length: int

    def is_open(self, minute: int) -> bool:
        """Whether it is open when its own clock shows *minute*."""
        return any((minute - start) % WEEK < self.length for start in self.starts)


def read_windows(
    component: str, field: str, windows: Sequence[CapacityWindow], min_size: int, max_size: int
) -> list[Window]:
    """Check *windows* against each other and against the fleet's sizes; raise :class:`InvalidArgs` otherwise."""
    read = list[Window]()
    for index, window in enumerate(windows):
        path = f"{component}: {field}[{index}]"
        name = window["name"]
        if not _NAME.fullmatch(name) or name == BASE:
            raise InvalidArgs(
                f"{path}.name must be at most 40 lower-case letters, digits and hyphens, start with a letter and "
                f"not be {BASE!r}, got {name!r}"
            )
        if name in [other.name for other in read]:
            raise InvalidArgs(f"{path}.name must be unique in the fleet, got {name!r} a second time")
        start, length = _times(path, window)
        floor = window["min_size"]
        if floor <= min_size:
            raise InvalidArgs(
                f"{path}.min_size must be more than the fleet's min_size ({min_size}), or the window changes nothing, "
                f"got {floor}"
            )
        if floor > max_size:
            raise InvalidArgs(f"{path}.min_size must be at most the fleet's max_size ({max_size}), got {floor}")
        starts = tuple(day * DAY + start for day in _days(path, window))
        read.append(Window(name, _zone(path, window["time_zone"]), floor, starts, length))
    return read


def floor_at(windows: Sequence[Window], min_size: int, instant: datetime) -> int:
    """Return the fewest servers that run at *instant* (with a time zone): the highest open floor, or *min_size*."""
    floors = [min_size]
    for window in windows:
        local = instant.astimezone(zoneinfo.ZoneInfo(window.zone))
        if window.is_open(local.weekday() * DAY + local.hour * 60 + local.minute):
            floors.append(window.floor)
    return max(floors)


def _days(path: str, window: CapacityWindow) -> list[int]:
    days = [list(Weekday).index(Weekday(day)) for day in window["days"]]
    if not days:
        raise InvalidArgs(f"{path}.days must name at least one day, or the window never opens, got []")
    for day in days:
        if days.count(day) > 1:
            raise InvalidArgs(f"{path}.days must name each day once, got {list(Weekday)[day].value} twice")
    return sorted(days)


def _times(path: str, window: CapacityWindow) -> tuple[int, int]:
    start, end = window["start"], window["end"]
    if not _TIME.fullmatch(start):
        raise InvalidArgs(f"{path}.start must be a time from 00:00 to 23:59, such as 07:00, got {start!r}")
    if not _TIME.fullmatch(end) and end != "24:00":
        raise InvalidArgs(f"{path}.end must be a time from 00:00 to 24:00, such as 12:00, got {end!r}")
    if start == end:
        raise InvalidArgs(
            f"{path}.end must differ from start, because {start} to {end} could mean never or a whole day: write "
            f"00:00 to 24:00 for a whole day, got {end!r}"
        )
    return _minutes(start), (_minutes(end) - _minutes(start) - 1) % DAY + 1


def _minutes(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:])


def _zone(path: str, zone: str) -> str:
    if _is_zone(zone):
        return zone
    known = zoneinfo.available_timezones()
    if not known:
        raise InvalidArgs(
            f"{path}.time_zone cannot be checked, because this system has no time zone database: install the package "
            f"tzdata of the operating system or of PyPI, got {zone!r}"
        )
    close = difflib.get_close_matches(zone, sorted(known), n=1)
    raise InvalidArgs(
        f"{path}.time_zone must be an IANA time zone, such as Europe/Zurich, got {zone!r}"
        + (f"; did you mean {close[0]}?" if close else "")
    )


def _is_zone(zone: str) -> bool:
    if not _ZONE.fullmatch(zone):  # keeps out files that only look like zones: posix/..., localtime
        return False
    try:
        zoneinfo.ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # for names that are unknown, malformed, or directories
        return False
    return True
