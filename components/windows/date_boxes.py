"""Cron expressions with dates: some minutes and hours on some days of some months, in every combination."""

import calendar
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import NamedTuple

from .boxes import ranges
from .clocks import instants, offset, skipped
from .dates import Turn
from .sizes import DAY, Sizes

Fits = Callable[[int, Sizes], bool]

_YEAR = 360 * DAY  # nearly: the same date of the year before is another matter
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class DateBox(NamedTuple):
    """The times at which a cron expression with date fields fires in *zone*."""

    zone: str
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]

    def cron(self) -> str:
        """Return the expression."""
        fields = (
            ranges(self.minutes, 60),
            ranges(self.hours, 24),
            ranges(self.days, 32),
            ranges(self.months, 13),
        )
        return f"{' '.join(fields)} *"

    def joined(self, other: "DateBox") -> "DateBox":
        """Return the expression with the fields of both."""
        return DateBox(self.zone, *(mine | theirs for mine, theirs in zip(self[1:], other[1:], strict=True)))

    def firings(self, first: int, end: int, *, late: bool = False) -> Iterator[int]:
        """Yield when it fires from *first* up to *end*, in minutes since 1970.

        With *late* also when it might instead of at a time that its clock skips: nobody says what AWS does then.
        """
        times = [hour * 60 + minute for hour in sorted(self.hours) for minute in sorted(self.minutes)]
        years = range(_wall(first - 2 * DAY).year, _wall(end + 2 * DAY).year + 1)
        for year, month, day in product(years, sorted(self.months), sorted(self.days)):
            if day > calendar.monthrange(year, month)[1]:
                continue
            midnight = int((datetime(year, month, day, tzinfo=UTC) - _EPOCH).total_seconds()) // 60
            if first - 2 * DAY < midnight < end + 2 * DAY:
                for time in times:
                    found = instants(self.zone, midnight + time)
                    if late and not found:
                        found = skipped(self.zone, midnight + time)
                    yield from (instant for instant in found if first <= instant < end)


class Group(NamedTuple):
    """Turns that one expression brings about."""

    box: DateBox
    turns: list[Turn]

    @property
    def sizes(self) -> Sizes:
        """What it sets."""
        return self.turns[0].sizes

    def bounds(self) -> tuple[int, int]:
        """Return from when and until when the sizes that it sets are looked after by it."""
        return min(turn.instant for turn in self.turns), max(turn.until for turn in self.turns)


def cover_turns(turns: Sequence[Turn], fits: Fits, *, repeated: bool) -> list[Group]:
    """Return few expressions that fire at all *turns*, and else only where it *fits* to set their sizes.

    When they may be *repeated*, each also fires in as many more hours of its days as fit, so that what was missed
    mends itself.
    """
    groups = [Group(_box(turn), [turn]) for turn in turns]
    groups.sort(key=lambda group: (group.sizes, *map(sorted, group.box[1:3]), group.turns[0].instant))
    fired = {turn.instant for turn in turns}
    for lone in list(groups):
        for index, group in enumerate(groups[: groups.index(lone)]):
            joined = _join(group, lone)
            if joined and _all_fit(joined, fired - _fired(group) - _fired(lone), fits):
                groups[index] = joined
                groups.remove(lone)
                fired |= _fired(joined)
                break
    for index, group in enumerate(groups if repeated else ()):
        groups[index] = _grow(group, fired - _fired(group), fits)
        fired |= _fired(groups[index])
    return sorted(groups, key=Group.bounds)


def _box(turn: Turn) -> DateBox:
    """Return the expression for one turn: in UTC where the window's clock shows the time twice."""
    zone, local = turn.window.zone, turn.instant + offset(turn.window.zone, turn.instant)
    if len(instants(zone, local)) > 1:
        zone, local = "UTC", turn.instant
    wall = _wall(local)
    return DateBox(zone, *(frozenset([field]) for field in (wall.minute, wall.hour, wall.day, wall.month)))


def _join(one: Group, other: Group) -> Group | None:
    if one.sizes != other.sizes or one.box.zone != other.box.zone:
        return None
    return Group(one.box.joined(other.box), [*one.turns, *other.turns])


def _fired(group: Group) -> set[int]:
    return set(group.box.firings(*group.bounds()))


def _all_fit(group: Group, others: set[int], fits: Fits) -> bool:
    fired = group.box.firings(*group.bounds(), late=True)
    return all(instant not in others and fits(instant, group.sizes) for instant in fired)


def _grow(group: Group, others: set[int], fits: Fits) -> Group:
    """Add the hours and days that fit, unless only a start would keep them from firing earlier in the year."""
    first, end = group.bounds()
    waits = any(True for _ in group.box.firings(first - _YEAR, first))
    box, known = group.box, _fired(group)
    hours = [box._replace(hours=frozenset([hour])) for hour in range(24)]
    days = [box._replace(days=frozenset([day])) for day in range(1, 32)]
    for more in [*hours, *days]:
        larger = group.box.joined(more)
        fired = set(larger.firings(first if waits else first - _YEAR, end, late=True)) - known
        if fired and min(fired) >= first and others.isdisjoint(fired) and all(fits(t, group.sizes) for t in fired):
            group = Group(larger, group.turns)
            known |= fired
    return group


def _wall(minute: int) -> datetime:
    return _EPOCH + timedelta(minutes=minute)
