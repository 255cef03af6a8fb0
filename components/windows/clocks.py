"""Which minutes of the week different time zones show at the same instant, daylight saving time included."""

import functools
import zoneinfo
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

from .shapes import DAY, WEEK

# The calendar repeats every 28 years (until 2100): every pairing of date and weekday of a rule is in here. The
# years are fixed, not taken from today's date, so that the same configuration always gives the same actions.
_FIRST = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) // 60
_LAST = int(datetime(2054, 1, 1, tzinfo=UTC).timestamp()) // 60
_EPOCH = 3 * DAY  # 1970-01-01 was a Thursday


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

    def changes(self, clock: int) -> set[Change]:
        """Return the times when *clock* is put forward or back."""
        changes = set[Change]()
        for (_, _, old), (start, _, new) in pairwise(self._spans):
            if old[clock] != new[clock]:
                shown = tuple((start + offset + _EPOCH) % WEEK for offset in new)
                changes.add(Change((start + old[clock] - 1 + _EPOCH) % WEEK, shown))
        return changes

    def _seen_from(self, clock: int) -> list[tuple[tuple[int, ...], int, int]]:
        seen = dict[tuple[tuple[int, ...], int, int], None]()
        for start, end, offsets in self._spans:
            ahead = tuple(offset - offsets[clock] for offset in offsets)
            whole = end - start >= WEEK
            first = 0 if whole else (start + offsets[clock] + _EPOCH) % WEEK
            seen[ahead, first, WEEK if whole else end - start] = None
        return list(seen)


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
