"""Five-field cron expressions of Auto Scaling: what they say, and when they are due."""

import datetime as dt
from zoneinfo import ZoneInfo

_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_NAMES = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_YEARS = 5  # the 29th of February is at most eight years away; nobody schedules by that
_FEW = 3


def next_time(expression: str, zone: str, after: dt.datetime) -> dt.datetime | None:
    """Return when *expression* is due next in *zone*; None when that is not within five years."""
    minutes, hours, days, months, weekdays = fields(expression)
    place = ZoneInfo(zone)
    start = after.astimezone(place)
    both = len(days) < 31 and len(weekdays) < 7  # noqa: PLR2004  as in Unix: either will do when both are given
    for offset in range(366 * _YEARS):
        day = start.date() + dt.timedelta(days=offset)
        fits = (day.day in days, day.isoweekday() % 7 in weekdays)
        if day.month not in months or not (any(fits) if both else all(fits)):
            continue
        for hour in sorted(hours):
            for minute in sorted(minutes):
                due = dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=place)
                if due.astimezone(dt.UTC) > after.astimezone(dt.UTC):
                    return due
    return None


def words(expression: str) -> str:
    """Return what *expression* says, in words where it is simple."""
    minutes, hours, days, months, weekdays = fields(expression)
    if len(days) < 31 or len(months) < 12:  # noqa: PLR2004
        return f"by the calendar {expression!r}"
    return f"{_when(sorted(minutes), sorted(hours))} {_on(sorted(weekdays))}"


def fields(expression: str) -> list[set[int]]:
    """Return the minutes, hours, days, months and weekdays (0 is Sunday) that *expression* means."""
    parts = expression.upper().split()
    if len(parts) != len(_RANGES):
        raise ValueError(f"{expression!r} has not five fields")
    found = [_field(part, *bounds) for part, bounds in zip(parts, _RANGES, strict=True)]
    found[4] = {day % 7 for day in found[4]}
    return found


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
    for names, first in ((_MONTHS, 1), (_DAYS, 0)):
        if text in names:
            return names.index(text) + first
    return int(text)


def _when(minutes: list[int], hours: list[int]) -> str:
    if len(minutes) > 1:
        return f"{len(minutes) * len(hours)} times a day"
    if len(hours) <= _FEW:
        return "at " + " and ".join(f"{hour:02}:{minutes[0]:02}" for hour in hours)
    if len(hours) == 24:  # noqa: PLR2004
        return f"every hour at :{minutes[0]:02}"
    spans: list[list[int]] = []
    for hour in hours:
        if spans and spans[-1][-1] == hour - 1:
            spans[-1].append(hour)
        else:
            spans.append([hour])
    if len(spans) > 1 and spans[0][0] == 0 and spans[-1][-1] == 23:  # noqa: PLR2004  over midnight
        spans[0] = spans.pop() + spans[0]
    return "every hour " + " and ".join(
        f"from {span[0]:02}:{minutes[0]:02} to {span[-1]:02}:{minutes[0]:02}" for span in spans
    )


def _on(weekdays: list[int]) -> str:
    if len(weekdays) == 7:  # noqa: PLR2004
        return "every day"
    if weekdays == [1, 2, 3, 4, 5]:
        return "Mondays to Fridays"
    order = [day for day in (1, 2, 3, 4, 5, 6, 0) if day in weekdays]
    return "on " + " and ".join(f"{_NAMES[day]}s" for day in order)
