"""Cron expressions as boxes: some minutes, hours and days of the week, in every combination."""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from .shapes import Weekday
from .sizes import DAY

Allowed = Callable[[int], bool]

_SEARCH = 20_000  # steps of the exact search before plain triggering is taken: far more than real weeks need


class Box(NamedTuple):
    """The times at which a cron expression without date fields fires."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]

    def cells(self) -> set[int]:
        """Return the minutes of the week at which it fires."""
        return {d * DAY + h * 60 + m for d in self.days for h in self.hours for m in self.minutes}

    def has(self, minute: int) -> bool:
        """Whether it fires at a *minute* of the week."""
        return minute // DAY in self.days and minute % DAY // 60 in self.hours and minute % 60 in self.minutes

    def cron(self) -> str:
        """Return the expression: hours in ranges; days by name and without ranges, which cannot cross a week's end."""
        week = [day.value for day in Weekday]
        days = "*" if len(self.days) == len(week) else ",".join(week[day] for day in sorted(self.days))
        return f"{ranges(self.minutes, 60)} {ranges(self.hours, 24)} * * {days}"


def cover(required: Sequence[int], allowed: Allowed) -> list[Box]:
    """Return the fewest boxes that hold every *required* minute of the week, none twice, and only *allowed* ones."""
    plain = [_around(minutes) for minutes in _by_time(required).values()]
    candidates = _candidates(required, allowed)
    steps = [_SEARCH]
    for count in range(1, len(plain)):
        for chosen in _choose((1 << len(required)) - 1, count, candidates, steps):
            boxes = _shrunk(required, chosen)
            if all(not a.cells() & b.cells() for a, b in combinations(boxes, 2)):
                return boxes
    return plain


def grow(box: Box, allowed: Allowed) -> Box:
    """Return the *box* with as many more *allowed* hours and days as keep it a box."""
    on = _days(box.minutes, _grid(box.minutes, allowed))
    best = box
    for days in range(1, 1 << 7):
        hours = frozenset(h for h in range(24) if on[h] & days == days)
        grown = Box(box.minutes, hours, _set(days))
        bigger = len(hours) * len(grown.days) > len(best.hours) * len(best.days)
        if bigger and box.days <= grown.days and box.hours <= hours:
            best = grown
    return best


def _candidates(required: Sequence[int], allowed: Allowed) -> list[int]:
    """Which required minutes (as bits) some box of allowed minutes can hold together; only the largest choices."""
    minutes = sorted({w % 60 for w in required})
    grid = _grid(minutes, allowed)
    needed = {w // DAY for w in required}
    covered = set[int]()
    for size in range(1, min(len(minutes), 4) + 1):
        for chosen in combinations(minutes, size):
            on = _days(chosen, grid)
            for days in range(1, 1 << 7):
                if not _set(days) <= needed:
                    continue
                hours = {h for h in range(24) if on[h] & days == days}
                bits = sum(
                    1 << i
                    for i, w in enumerate(required)
                    if w % 60 in chosen and w % DAY // 60 in hours and days >> (w // DAY) & 1
                )
                covered.add(bits)
    return sorted(
        (a for a in covered if a and not any(a | b == b and a != b for b in covered)),
        key=lambda a: (-a.bit_count(), a),
    )


def _choose(missing: int, count: int, candidates: Sequence[int], steps: list[int]) -> Iterator[list[int]]:
    """Every way to hold the *missing* bits with *count* candidates, in a fixed order, while *steps* last."""
    if not missing:
        yield []
        return
    steps[0] -= 1
    if not count or steps[0] < 0:
        return
    first = missing & -missing
    for candidate in candidates:
        if candidate & first:
            for rest in _choose(missing & ~candidate, count - 1, candidates, steps):
                yield [candidate, *rest]


def _shrunk(required: Sequence[int], chosen: Sequence[int]) -> list[Box]:
    left = (1 << len(required)) - 1
    boxes = list[Box]()
    for candidate in chosen:
        mine = candidate & left
        left &= ~candidate
        boxes.append(_around([w for i, w in enumerate(required) if mine >> i & 1]))
    return boxes


def _by_time(required: Sequence[int]) -> dict[int, list[int]]:
    times = dict[int, list[int]]()
    for w in required:
        times.setdefault(w % DAY, []).append(w)
    return times


def _around(minutes: Sequence[int]) -> Box:
    return Box(
        frozenset(w % 60 for w in minutes),
        frozenset(w % DAY // 60 for w in minutes),
        frozenset(w // DAY for w in minutes),
    )


def _grid(minutes: Sequence[int] | frozenset[int], allowed: Allowed) -> dict[tuple[int, int], int]:
    return {(m, h): sum(1 << d for d in range(7) if allowed(d * DAY + h * 60 + m)) for m in minutes for h in range(24)}


def _days(minutes: Iterable[int], grid: Mapping[tuple[int, int], int]) -> list[int]:
    """Return, by hour, the days (as bits) that all of *minutes* have."""
    return [functools.reduce(int.__and__, (grid[minute, hour] for minute in minutes)) for hour in range(24)]


def _set(bits: int) -> frozenset[int]:
    return frozenset(i for i in range(bits.bit_length()) if bits >> i & 1)


def ranges(values: frozenset[int], total: int) -> str:
    """Return *values* from 0 up to *total* as a field of a cron expression."""
    if len(values) == total:
        return "*"
    parts = list[str]()
    for value in sorted(values):
        if value - 1 not in values:
            last = next(v for v in range(value, total) if v + 1 not in values)
            parts.append(str(value) if value == last else f"{value}-{last}")
    return ",".join(parts)
