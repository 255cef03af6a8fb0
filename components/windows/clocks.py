"""What different time zones show at the same instant, daylight saving time included.

Instants are minutes since 1970 in UTC; what a clock shows is minutes since 1970 as if it were in UTC, or minutes of
the week.
"""

import functools
import zoneinfo
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

from .sizes import DAY, EPOCH, WEEK

# The calendar repeats every 28 years (until 2100): every pairing of date and weekday of a rule is in here. The
# years are fixed, not taken from today's date, so that the same configuration always gives the same actions.
_FIRST = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) // 60
_LAST = int(datetime(2054, 1, 1, tzinfo=UTC).timestamp()) // 60


class Change(NamedTuple):
    """A clock that is put forward or back."""

    before: int
    """The last minute of the week that it shows before."""

    shown: tuple[int, ...]
    """What all clocks show just after, itself included."""


class Clocks:
    """The clocks of some time zones; zones that always differ by the same time share one."""

    def __init__(self, zones: Iterable[str]) -> None:
        """Read the zones' rules."""
        self.zones = list[str]()
        self._clock = dict[str, tuple[int, int]]()
        for zone in dict.fromkeys(zones):
            for index, leader in enumerate(self.zones):
                ahead = {mine - theirs for _, _, (mine, theirs) in _spans([zone, leader])}
                if len(ahead) == 1:
                    self._clock[zone] = (index, ahead.pop())
                    break
            else:
                self._clock[zone] = (len(self.zones), 0)
                self.zones.append(zone)
        self._spans = list(_spans(self.zones))
        self._seen = [self._seen_from(clock) for clock in range(len(self.zones))]

    def clock(self, zone: str) -> tuple[int, int]:
        """Return the number of the clock that *zone* follows and by how many minutes *zone* is ahead of it."""
        return self._clock[zone]

    def shown_with(self, clock: int, minute: int) -> Iterator[tuple[int, ...]]:
        """Yield everything that all clocks show, some week of the year, when *clock* shows *minute*."""
        for ahead, first, length in self._seen[clock]:
            if (minute - first) % WEEK < length:
                yield tuple((minute + a) % WEEK for a in ahead)

    def shown(self, instant: int) -> tuple[int, ...]:
        """Return the minutes of the week that the clocks show at *instant*."""
        return tuple((instant + offset(zone, instant) + EPOCH) % WEEK for zone in self.zones)

    def changes(self, clock: int) -> set[Change]:
        """Return the times when *clock* is put forward or back."""
        changes = set[Change]()
        for (_, _, old), (start, _, new) in pairwise(self._spans):
            if old[clock] != new[clock]:
                shown = tuple((start + offset + EPOCH) % WEEK for offset in new)
                changes.add(Change((start + old[clock] - 1 + EPOCH) % WEEK, shown))
        return changes

    @functools.cache  # noqa: B019  one for each of the few clocks
    def skips(self, clock: int) -> dict[int, set[tuple[int, ...]]]:
        """Return the minutes that *clock* skips some day, and what the clocks show when it might make up for them."""
        made_up = dict[int, set[tuple[int, ...]]]()
        for (_, _, old), (start, _, new) in pairwise(self._spans):
            for minute in range(new[clock] - old[clock]):
                cell = (start + old[clock] + minute + EPOCH) % WEEK
                shown = [tuple((start + later + offset + EPOCH) % WEEK for offset in new) for later in (0, minute)]
                made_up.setdefault(cell, set()).update(shown)
        return made_up

    def _seen_from(self, clock: int) -> list[tuple[tuple[int, ...], int, int]]:
        seen = dict[tuple[tuple[int, ...], int, int], None]()
        for start, end, offsets in self._spans:
            ahead = tuple(offset - offsets[clock] for offset in offsets)
            whole = end - start >= WEEK
            first = 0 if whole else (start + offsets[clock] + EPOCH) % WEEK
            seen[ahead, first, WEEK if whole else end - start] = None
        return list(seen)


@functools.lru_cache(16)
def clocks(zones: tuple[str, ...]) -> Clocks:
    """Return the clocks of *zones*."""
    return Clocks(zones)


def offset(zone: str, instant: int) -> int:
    """Return by how many minutes *zone* is ahead of UTC at *instant*."""
    return _offsets(zone)[_index(zone, instant)][1]


def offsets(zone: str) -> tuple[tuple[int, int], ...]:
    """Return from which minute since 1970 by how many minutes *zone* is ahead of UTC."""
    return _offsets(zone)


def between(zone: str, first: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield the parts of the time from *first* to *end* with one offset of *zone* each: first, end, offset."""
    offsets = _offsets(zone)
    for index in range(_index(zone, first), len(offsets)):
        stop = offsets[index + 1][0] if index + 1 < len(offsets) else end
        if offsets[index][0] >= end:
            return
        yield max(first, offsets[index][0]) if index else first, min(end, stop), offsets[index][1]


def while_shown(zone: str, first: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the times (first and end) at which the clock of *zone* shows times from *first* up to *end*."""
    for start, stop, ahead in between(zone, first - 2 * DAY, end + 2 * DAY):
        low, high = max(first - ahead, start), min(end - ahead, stop)
        if low < high:
            yield low, high


def instants(zone: str, local: int) -> list[int]:
    """Return the instants at which the clock of *zone* shows *local*: none, one or two."""
    ahead = _steady(zone, local // DAY)
    if ahead is not None:
        return [local - ahead]
    return [first for first, _ in while_shown(zone, local, local + 1)]


def skipped(zone: str, local: int) -> list[int]:
    """Return when the clock of *zone* passes over *local*, a time that it skips, and when it would have shown it."""
    before = offset(zone, local - DAY)
    change = next(first for first, _, ahead in between(zone, local - DAY, local + 2 * DAY) if ahead != before)
    return [change, local - before]


def _index(zone: str, instant: int) -> int:
    return max(bisect_right(_starts(zone), instant) - 1, 0)


@functools.cache
def _starts(zone: str) -> tuple[int, ...]:
    return tuple(start for start, _ in _offsets(zone))


@functools.cache
def _steady(zone: str, day: int) -> int | None:
    """Return by how many minutes *zone* is ahead of UTC on a *day* since 1970, if it does not change around then."""
    before, after = offset(zone, (day - 1) * DAY), offset(zone, (day + 2) * DAY)
    return before if before == after else None


def _spans(zones: Sequence[str]) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """Yield the times between two changes of any of *zones*: first minute since 1970, last, the zones' offsets."""
    bounds = sorted({_LAST, *(start for zone in zones for start, _ in _offsets(zone))})
    for start, end in pairwise(bounds):
        yield start, end, tuple(_offset(zone, start) for zone in zones)


@functools.cache
def _offsets(zone: str) -> tuple[tuple[int, int], ...]:
    """Return from which minute since 1970 which offset from UTC, in minutes, holds in *zone*."""
    offsets = [(_FIRST, _offset(zone, _FIRST))]
    # No rule of the database changes a clock twice within a week.
    for sample in range(_FIRST + WEEK, _LAST + WEEK, WEEK):
        if _offset(zone, sample) != offsets[-1][1]:
            low, high = sample - WEEK, sample
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(zone, middle) == offsets[-1][1] else (low, middle)
            if high < _LAST:
                offsets.append((high, _offset(zone, high)))
    return tuple(offsets)


def _offset(zone: str, minute: int) -> int:
    local = datetime.fromtimestamp(minute * 60, zoneinfo.ZoneInfo(zone))
    return int((local.replace(tzinfo=UTC) - local).total_seconds()) // 60
