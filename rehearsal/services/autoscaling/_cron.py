"""Cron expressions as EC2 Auto Scaling reads them: five fields, a minute the finest step."""

import re

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 7, _DAYS),
)
_PART = re.compile(r"(\*|[0-9A-Za-z]+(?:-[0-9A-Za-z]+)?)(?:/([0-9]+))?")


def wrong_with_cron(expression: str) -> str | None:
    """Return what is wrong with *expression*, or None."""
    fields = expression.split()
    if len(fields) != len(_FIELDS):
        return f"five fields (minute, hour, day of the month, month, day of the week), got {len(fields)}"
    for text, (what, low, high, names) in zip(fields, _FIELDS, strict=True):
        for part in text.split(","):
            if not _fits(part, low, high, names):
                words = f" or {names[0]} to {names[-1]}" if names else ""
                return f"{what}s from {low} to {high}{words}, got {part!r}"
    return None


def _fits(part: str, low: int, high: int, names: tuple[str, ...]) -> bool:
    found = _PART.fullmatch(part)
    if not found or (found[2] is not None and not 1 <= int(found[2]) <= high):
        return False
    if found[1] == "*":
        return True
    first = 1 if low == 1 else 0
    ends = [names.index(end.upper()) + first if end.upper() in names else _number(end) for end in found[1].split("-")]
    return all(low <= end <= high for end in ends) and ends == sorted(ends)


def _number(text: str) -> int:
    return int(text) if text.isdigit() else -1
