"""Schedule expressions of AWS: ``cron(0 5 * * ? *)`` and ``rate(12 hours)``."""

import re

_RATE = re.compile(r"rate\((\d+) (minute|minutes|hour|hours|day|days)\)")
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_FIELDS = (
    ("minutes", 0, 59, ()),
    ("hours", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of week", 1, 7, _DAYS),
    ("year", 1970, 2199, ()),
)
_ODD = {"day of month": re.compile(r"L|LW|\d{1,2}W"), "day of week": re.compile(r"L|[1-7]L|([1-7]|[A-Z]{3})#[1-5]")}


def schedule_problem(expression: str) -> str | None:
    """Return what is wrong with *expression* (EventBridge user guide, cron and rate expressions), or None."""
    rate = _RATE.fullmatch(expression)
    if rate:
        single = int(rate[1]) == 1
        return None if int(rate[1]) and single != rate[2].endswith("s") else f"has a wrong unit in {expression}"
    inner = re.fullmatch(r"cron\((.*)\)", expression)
    fields = inner[1].split() if inner else []
    if len(fields) != len(_FIELDS):
        return f"must be cron(minutes hours day-of-month month day-of-week year) or rate(...), got {expression!r}"
    for text, (name, low, high, words) in zip(fields, _FIELDS, strict=True):
        if not _field(text, name, low, high, tuple(words)):
            return f"has no valid {name} in {expression}: {text!r}"
    if (fields[2] == "?") == (fields[4] == "?"):
        return f"must have '?' for either the day of the month or the day of the week, got {expression}"
    return None


def _field(text: str, name: str, low: int, high: int, words: tuple[str, ...]) -> bool:
    if text == "?":
        return name.startswith("day")
    return all(_part(part.upper(), name, low, high, words) for part in text.split(","))


def _part(text: str, name: str, low: int, high: int, words: tuple[str, ...]) -> bool:
    if name in _ODD and _ODD[name].fullmatch(text):
        return True
    base, _, step = text.partition("/")
    if step and not (step.isdigit() and int(step) > 0):
        return False
    if base == "*":
        return True
    ends = [words.index(end) + low if end in words else int(end) if end.isdigit() else -1 for end in base.split("-")]
    return len(ends) in (1, 2) and all(low <= end <= high for end in ends)
