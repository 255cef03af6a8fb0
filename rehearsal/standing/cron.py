"""Five-field cron expressions of Auto Scaling in words."""

from rehearsal.crontab import fields

_NAMES = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_FEW = 3


def words(expression: str) -> str:
    """Return what *expression* says, in words where it is simple."""
    minutes, hours, days, months, weekdays = map(sorted, fields(expression))
    dated = len(days) < 31 or len(months) < 12  # noqa: PLR2004
    if dated and (len(weekdays) < 7 or len(days) * len(months) > _FEW * _FEW):  # noqa: PLR2004
        return f"by the calendar {expression!r}"
    return f"{_when(minutes, hours)} {_dates(days, months) if dated else _on(weekdays)}"


def _dates(days: list[int], months: list[int]) -> str:
    listed = " and ".join(", ".join(map(str, days)).rsplit(", ", 1))
    return f"on {listed} {' and '.join(_MONTHS[month - 1] for month in months)}"


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
