"""The sizes that the weekly windows give, whatever week of the year it is, and where they change."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .._args import InvalidArgs
from .clocks import clocks
from .reading import BASE
from .shapes import Weekday
from .sizes import DAY, EPOCH, WEEK, Sizes, Window, combine

Part = tuple[int | None, int | None]
"""The highest floor and the lowest maximum of one clock's open windows."""


class Edge(NamedTuple):
    """A minute of the week at which sizes change."""

    clock: int
    minute: int
    sizes: Sizes
    window: str
    """Name of the first window that opens or closes there."""


class Week:
    """The sizes of a week on each clock, and how the clocks meet."""

    def __init__(self, path: str, windows: Sequence[Window], base: Sizes) -> None:
        """Lay the weekly ones of *windows* over the *base*; those on dates only lend their clocks."""
        self.clocks = clocks(tuple(dict.fromkeys(window.zone for window in windows)))
        self.base = base
        self.windows = [window for window in windows if not window.on_dates]
        self.taken = [set[int]() for _ in self.clocks.zones]
        """Minutes of the week at which an action fires, by clock."""
        self._path = path
        self.parts = [self._day_by_day(clock) for clock in range(len(self.clocks.zones))]
        """What each clock's own windows say, by minute of the week."""
        self.changes = [[m for m in range(WEEK) if parts[m] != parts[m - 1]] for parts in self.parts]
        """Minutes of the week at which that changes."""
        self._skips = [self.clocks.skips(clock) for clock in range(len(self.clocks.zones))]

    def edges(self) -> list[Edge]:
        """Return where the sizes change, in the order of the windows, so that new ones at the end rename nothing."""
        found = dict[tuple[int, int], Edge]()
        for clock, minutes in enumerate(self.changes):
            for minute in minutes:
                self._note(found, clock, minute - 1, minute, list(self.clocks.shown_with(clock, minute)))
            for change in self.clocks.changes(clock):
                self._note(found, clock, change.before, change.shown[clock], [change.shown])
        for edge in found.values():
            for shown in self.clocks.shown_with(edge.clock, edge.minute):
                for clock, minute in enumerate(shown):
                    if clock != edge.clock and (clock, minute) in found:
                        self._refuse_meeting(edge, found[clock, minute])
        order = [window.name for window in self.windows]
        return sorted(found.values(), key=lambda edge: (order.index(edge.window), edge.clock, edge.minute))

    def sizes(
        self, shown: Sequence[int], floors: Iterable[int] = (), ceilings: Iterable[int] = (), but: int | None = None
    ) -> Sizes:
        """Return the sizes when the clocks show *shown*, with more *floors* and *ceilings*, without the clock *but*."""
        parts = [self.parts[clock][minute] for clock, minute in enumerate(shown) if clock != but]
        return combine(
            self.base,
            [*floors, *(floor for floor, _ in parts if floor is not None)],
            [*ceilings, *(ceiling for _, ceiling in parts if ceiling is not None)],
        )

    def may_set(self, clock: int, sizes: Sizes, minute: int) -> bool:
        """Whether *sizes* are right whenever *clock* shows *minute*, and no action of another clock fires then."""
        return all(
            self.sizes(shown) == sizes and not any(c != clock and m in self.taken[c] for c, m in enumerate(shown))
            for shown in self.clocks.shown_with(clock, minute)
        )

    def may_repeat(self, clock: int, sizes: Sizes, minute: int) -> bool:
        """Whether *sizes* may be set then without need: also should AWS make up for a time that the clock skips."""
        made_up = self._skips[clock].get(minute, ())
        return self.may_set(clock, sizes, minute) and all(self.sizes(shown) == sizes for shown in made_up)

    def label(self, edge: Edge) -> str:
        """Return the name of the first window that gives the sizes after *edge*, or `base`."""
        for shown in self.clocks.shown_with(edge.clock, edge.minute):
            for window in self.windows:
                if self._gives(window, edge.sizes, shown):
                    return window.name
        return BASE

    def _day_by_day(self, clock: int) -> list[Part]:
        parts = list[Part]([(None, None)] * WEEK)
        for window in self.windows:
            mine, ahead = self.clocks.clock(window.zone)
            if mine != clock:
                continue
            for start in window.starts:
                first, end = start - ahead, start - ahead + window.length
                if window.floor is not None:
                    for minute in range(first - window.lead, end):
                        floor, ceiling = parts[minute % WEEK]
                        parts[minute % WEEK] = max(floor or window.floor, window.floor), ceiling
                if window.ceiling is not None:
                    for minute in range(first, end):
                        floor, ceiling = parts[minute % WEEK]
                        lowest = window.ceiling if ceiling is None else min(ceiling, window.ceiling)
                        parts[minute % WEEK] = floor, lowest
        return parts

    def _gives(self, window: Window, sizes: Sizes, shown: Sequence[int]) -> bool:
        clock, ahead = self.clocks.clock(window.zone)
        local = shown[clock] + ahead - EPOCH
        return (window.floor == sizes.min_size and window.raises(local)) or (
            window.ceiling == sizes.max_size and window.lowers(local)
        )

    def _note(
        self,
        found: dict[tuple[int, int], Edge],
        clock: int,
        before: int,
        minute: int,
        together: Sequence[Sequence[int]],
    ) -> None:
        """Note an edge at *minute* of *clock*, unless the windows of other clocks hide it whenever it comes."""
        old = self.parts[clock][before % WEEK]
        if old == self.parts[clock][minute] or all(
            self.sizes(shown)
            == self.sizes(shown, () if old[0] is None else [old[0]], () if old[1] is None else [old[1]], clock)
            for shown in together
        ):
            return
        window = next(
            window
            for window in self.windows
            if self.clocks.clock(window.zone)[0] == clock and self._says(window, before) != self._says(window, minute)
        )
        sizes = {self.sizes(shown): shown for shown in self.clocks.shown_with(clock, minute)}
        if len(sizes) > 1:
            self._refuse_seasons(window, clock, minute, sizes)
        found[clock, minute] = Edge(clock, minute, sizes.popitem()[0], window.name)

    def _says(self, window: Window, minute: int) -> tuple[bool, bool]:
        local = minute + self.clocks.clock(window.zone)[1] - EPOCH
        return window.raises(local), window.lowers(local)

    def _refuse_seasons(self, window: Window, clock: int, minute: int, sizes: dict[Sizes, tuple[int, ...]]) -> None:
        clocks = [(w, self.clocks.clock(w.zone)[0]) for w in self.windows]
        other = next(w for w, c in clocks if c != clock and len({self._says(w, s[c]) for s in sizes.values()}) > 1)
        floors, ceilings = (sorted({s[index] for s in sizes}) for index in (0, 1))
        kind, values = ("floor", floors) if len(floors) > 1 else ("maximum", ceilings)
        raise InvalidArgs(
            f"{self._path} {window.name} ({window.zone}) and {other.name} ({other.zone}) must not overlap so "
            f"that daylight saving time decides which {kind} holds: give both one time_zone, got {kind}s "
            f"{' and '.join(map(str, values))} at {_show(minute)} in {self.clocks.zones[clock]}"
        )

    def _refuse_meeting(self, one: Edge, other: Edge) -> None:
        raise InvalidArgs(
            f"{self._path} {one.window} and {other.window} must not start or end at the same instant in only some "
            f"weeks of the year, because AWS refuses two actions at one time: move one by a minute, got "
            f"{_show(one.minute)} in {self.clocks.zones[one.clock]} and {_show(other.minute)} in "
            f"{self.clocks.zones[other.clock]}"
        )


def _show(minute: int) -> str:
    return f"{list(Weekday)[minute // DAY].value} {minute % DAY // 60:02}:{minute % 60:02}"
