"""Backup and maintenance windows of RDS, in minutes."""

import re

_DAY = 24 * 60
_WEEK = 7 * _DAY
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = r"([01]\d|2[0-3]):([0-5]\d)"
_DAILY = re.compile(rf"{_TIME}-{_TIME}")
_WEEKLY = re.compile(rf"({'|'.join(_DAYS)}):{_TIME}-({'|'.join(_DAYS)}):{_TIME}")

Window = tuple[int, int]
"""Start in minutes after midnight (of Monday, for a weekly window) and length in minutes."""


def daily(text: str) -> Window | None:
    """Read `hh:mm-hh:mm`, which may pass midnight; None when it is something else."""
    match = _DAILY.fullmatch(text)
    if not match:
        return None
    from_hour, from_minute, to_hour, to_minute = map(int, match.groups())
    start = from_hour * 60 + from_minute
    return start, (to_hour * 60 + to_minute - start) % _DAY


def weekly(text: str) -> Window | None:
    """Read `ddd:hh:mm-ddd:hh:mm`, which may pass the end of the week; None when it is something else."""
    match = _WEEKLY.fullmatch(text)
    if not match:
        return None
    from_day, from_hour, from_minute, to_day, to_hour, to_minute = match.groups()
    start = _DAYS.index(from_day) * _DAY + int(from_hour) * 60 + int(from_minute)
    end = _DAYS.index(to_day) * _DAY + int(to_hour) * 60 + int(to_minute)
    return start, (end - start) % _WEEK


def overlap(once_a_day: Window, once_a_week: Window) -> bool:
    """Whether the daily window meets the weekly one on any day."""
    start, length = once_a_week
    # From the evening before the week to the end of the next: both windows may pass midnight and Sunday.
    return any(
        day * _DAY + once_a_day[0] < start + length and start < day * _DAY + sum(once_a_day) for day in range(-1, 14)
    )
