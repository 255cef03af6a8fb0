"""Which windows are refused; those that are not, in numbers."""

import difflib
import re
import zoneinfo
from collections.abc import Sequence
from datetime import date

from .._args import InvalidArgs, check_range
from .shapes import CapacityWindow, Weekday
from .sizes import DAY, Window

BASE = "base"
"""What the action is called that brings back the fleet's own sizes; so no window may be."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_DATE = re.compile(r"20[0-4][0-9]-[0-9]{2}-[0-9]{2}")
_ZONE = re.compile(r"[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")
_FEWEST_UNITS = 100  # AWS refuses to reserve fewer for an Application Load Balancer


def read_windows(  # noqa: PLR0913
    component: str,
    field: str,
    windows: Sequence[CapacityWindow],
    min_size: int,
    max_size: int,
    *,
    whose: str = "the fleet",
) -> list[Window]:
    """Check *windows* against each other and against the sizes of the fleet, or of *whose* they are.

    Raise :class:`InvalidArgs` otherwise.
    """
    read = list[Window]()
    for index, window in enumerate(windows):
        path = f"{field}[{index}]"
        name = window["name"]
        if not _NAME.fullmatch(name) or name == BASE:
            raise InvalidArgs(
                f"{component}: {path}.name must be at most 40 lower-case letters, digits and hyphens, start with a "
                f"letter and not be {BASE!r}, got {name!r}"
            )
        if name in [other.name for other in read]:
            raise InvalidArgs(f"{component}: {path}.name must be unique in {whose}, got {name!r} a second time")
        start, length = _times(f"{component}: {path}", window)
        _check_sizes(component, path, window, (min_size, max_size), whose)
        read.append(
            Window(
                name,
                time_zone(f"{component}: {path}", window["time_zone"]),
                window.get("min_size"),
                window.get("max_size"),
                tuple(day * DAY + start for day in _days(f"{component}: {path}", window)),
                length,
                "dates" in window,
                window.get("lead_minutes", 0),
                window.get("load_balancer_capacity_units"),
            )
        )
    return read


def _check_sizes(component: str, path: str, window: CapacityWindow, sizes: tuple[int, int], whose: str) -> None:
    min_size, max_size = sizes
    floor, ceiling = window.get("min_size"), window.get("max_size")
    units, lead = window.get("load_balancer_capacity_units"), window.get("lead_minutes", 0)
    where = f"{component}: {path}"
    if floor is None and ceiling is None and units is None:
        raise InvalidArgs(f"{where}.min_size must be given, or max_size, or the window changes nothing, got neither")
    if floor is not None and floor <= min_size:
        raise InvalidArgs(
            f"{where}.min_size must be more than {whose}'s min_size ({min_size}), or the window changes nothing, "
            f"got {floor}"
        )
    if floor is not None and floor > max_size:
        raise InvalidArgs(f"{where}.min_size must be at most {whose}'s max_size ({max_size}), got {floor}")
    if ceiling is not None and not 0 <= ceiling < max_size:
        raise InvalidArgs(
            f"{where}.max_size must be between 0 and {max_size - 1}, fewer than {whose}'s max_size ({max_size}), "
            f"which is never exceeded, got {ceiling}"
        )
    if floor is not None and ceiling is not None and ceiling < floor:
        raise InvalidArgs(f"{where}.max_size must be at least the window's min_size ({floor}), got {ceiling}")
    check_range(component, f"{path}.lead_minutes", lead, 0, DAY)
    if lead and floor is None and units is None:
        raise InvalidArgs(
            f"{where}.lead_minutes must come with min_size, because a maximum is lowered when the window opens, "
            f"got {lead}"
        )
    if units is not None:
        check_range(component, f"{path}.load_balancer_capacity_units", units, _FEWEST_UNITS)


def _days(path: str, window: CapacityWindow) -> list[int]:
    """Return days of the week, or days since 1970."""
    days, dates = window.get("days"), window.get("dates")
    if (days is None) == (dates is None):
        got = "neither" if days is None else "both"
        raise InvalidArgs(f"{path}.days must be given, or dates, but not both, got {got}")
    given = [str(day) for day in days or dates or ()]
    name = "days" if dates is None else "dates"
    if not given:
        what = "day" if dates is None else "date"
        raise InvalidArgs(f"{path}.{name} must name at least one {what}, or the window never opens, got []")
    for day in given:
        if given.count(day) > 1:
            raise InvalidArgs(f"{path}.{name} must name each {name[:-1]} once, got {day} twice")
    if dates is None:
        return sorted(list(Weekday).index(Weekday(day)) for day in given)
    return sorted(_date(f"{path}.dates[{index}]", day) for index, day in enumerate(given))


def _date(path: str, text: str) -> int:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text).toordinal() - date(1970, 1, 1).toordinal()
    except ValueError:
        pass
    raise InvalidArgs(f"{path} must be a date before 2050, such as 2026-12-24, got {text!r}")


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


def time_zone(path: str, zone: str) -> str:
    """Return *zone*, an IANA time zone; raise `InvalidArgs` for another name."""
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
