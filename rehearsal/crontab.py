"""Five-field cron expressions of Auto Scaling: what they mean, and when they are due."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_YEARS = 5  # the 29th of February is at most eight years away; nobody schedules by that


def next_time(expression: str, zone: str, after: dt.datetime) -> dt.datetime | None:
    """Return when *expression* is due next in *zone*; None when that is not within five years."""
    return next((due.astimezone(ZoneInfo(zone)) for due in _times(expression, zone, after, 1) if due > after), None)


def last_time(expression: str, zone: str, until: dt.datetime) -> dt.datetime | None:
    """Return when *expression* was due last in *zone*, *until* included; None if not within five years."""
    return next((due.astimezone(ZoneInfo(zone)) for due in _times(expression, zone, until, -1) if due <= until), None)


def fields(expression: str) -> list[set[int]]:
    """Return the minutes, hours, days, months and weekdays (0 is Sunday) that *expression* means."""
    parts = expression.upper().split()
    if len(parts) != len(_RANGES):
        raise ValueError(f"{expression!r} has not five fields")
    found = [_field(part, *bounds) for part, bounds in zip(parts, _RANGES, strict=True)]
    found[4] = {day % 7 for day in found[4]}
    return found


def _times(expression: str, zone: str, start: dt.datetime, step: int) -> Iterator[dt.datetime]:
    """Yield when *expression* is due, from the day of *start* on, forwards or backwards."""
    minutes, hours, days, months, weekdays = fields(expression)
    place = ZoneInfo(zone)
    both = len(days) < 31 and len(weekdays) < 7  # noqa: PLR2004  as in Unix: either will do when both are given
    for offset in range(366 * _YEARS):
        day = start.astimezone(place).date() + dt.timedelta(days=step * offset)
        fits = (day.day in days, day.isoweekday() % 7 in weekdays)
        if day.month not in months or not (any(fits) if both else all(fits)):
            continue
        for minute in sorted((hour * 60 + minute for hour in hours for minute in minutes), reverse=step < 0):
            due = dt.datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=place)
            # In UTC, since times of one zone are compared by what its clock shows.
            told = due.astimezone(dt.UTC)
            if told.astimezone(place).replace(tzinfo=None) == due.replace(tzinfo=None):  # no time that is skipped
                yield told


def _field(text: str, low: int, high: int) -> set[int]:
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        start, end = (low, high) if first == "*" else (_number(first), _number(last or first))
        if step and first != "*" and not last:
            end = high
        found.update(range(start, end + 1, int(step or 1)))
    return {value for value in found if low <= value <= high}


def _number(text: str) -> int:
    for names, first in ((MONTHS, 1), (DAYS, 0)):
        if text in names:
            return names.index(text) + first
    return int(text)
