"""The sizes that windows on dates give together with the weekly ones: where they differ, and where they change."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from .clocks import between, while_shown
from .sizes import DAY, EPOCH, WEEK, Sizes, Window
from .week import Week


class Span(NamedTuple):
    """A time in which a window on a date has a say: instants, in minutes since 1970."""

    first: int
    end: int
    window: Window
    floor: int | None
    ceiling: int | None


class Turn(NamedTuple):
    """An instant at which the sizes change other than the weekly windows say."""

    instant: int
    sizes: Sizes
    until: int
    """When they change next."""
    window: Window
    """The window on a date that begins, ends or is open there."""
    back: bool
    """Whether the weekly windows take over again."""


class Calendar:
    """All windows over a *week*, from the instant *since* on."""

    def __init__(self, week: Week, windows: Sequence[Window], since: int) -> None:
        """Find where the windows on dates change anything."""
        self._week = week
        spans = sorted((s for w in windows if w.on_dates for s in _spans(w)), key=lambda span: span[:2])
        # What touches passes as a whole, so that nothing is made anew in the middle of it.
        self._stretches = [stretch for stretch in _joined(spans) if stretch[1] > since]
        first = self._stretches[0][0] if self._stretches else since
        self._spans = [span for span in spans if span.first >= first]
        self.since = since
        self.until = max((span.end for span in self._spans), default=since)
        """When the last date is over."""
        self.turns = list[Turn]()
        self._apart = list[tuple[int, int]]()
        self._find()

    def sizes(self, instant: int) -> Sizes:
        """Return the sizes at *instant*."""
        begun = bisect_right(self._spans, instant, key=lambda span: span.first)
        open_ = [span for span in self._spans[:begun] if instant < span.end]
        floors = [span.floor for span in open_ if span.floor is not None]
        ceilings = [span.ceiling for span in open_ if span.ceiling is not None]
        return self._week.sizes(self._week.clocks.shown(instant), floors, ceilings)

    def weekly(self, instant: int) -> Sizes:
        """Return the sizes that the weekly windows alone give."""
        return self._week.sizes(self._week.clocks.shown(instant))

    def apart(self, clock: int, minute: int) -> list[int]:
        """Return when *clock* shows this *minute* of the week, or skips it, while the sizes are not the week's."""
        zone = self._week.clocks.zones[clock]
        found = list[int]()
        for start, end in self._apart:
            for first, stop, ahead in between(zone, start, end):
                found += range(first + (minute - first - ahead - EPOCH) % WEEK, stop, WEEK)
            found += self._made_up(zone, minute, start, end)
        return found

    @staticmethod
    def _made_up(zone: str, minute: int, start: int, end: int) -> Iterator[int]:
        """Yield when AWS might make up, from *start* to *end*, for a *minute* of the week that the clock skips."""
        for (_, change, old), (_, _, new) in pairwise(between(zone, start - DAY, end + 1)):
            late = (minute - change - old - EPOCH) % WEEK
            if late < new - old:
                yield from (instant for instant in (change, change + late) if start <= instant < end)

    def _find(self) -> None:
        bounds = sorted({bound for start, end in self._stretches for bound in self._bounds(start, end)})
        states = [(bound, self.sizes(bound), self.weekly(bound)) for bound in bounds]
        for (start, sizes, weekly), (end, _, _) in pairwise(states):
            if sizes != weekly and self._apart and self._apart[-1][1] == start:
                self._apart[-1] = self._apart[-1][0], end
            elif sizes != weekly:
                self._apart.append((start, end))
        changes = [(bound, sizes, weekly) for bound, sizes, weekly in states if self.sizes(bound - 1) != sizes]
        for index, (bound, sizes, weekly) in enumerate(changes):
            # What ends a date looks after the day that follows, not after the week until the next date.
            later = changes[index + 1][0] if index + 1 < len(changes) else bound + DAY
            end = min(later, bound + DAY) if sizes == weekly else later
            if sizes != weekly or self.weekly(bound - 1) == weekly:  # or else an action of the week fires here
                self.turns.append(Turn(bound, sizes, end, self._window(bound, sizes), back=sizes == weekly))

    def _window(self, instant: int, sizes: Sizes) -> Window:
        """Return the first window on a date that has to do with a turn to *sizes*, one that gives them if possible."""
        near = [span for span in self._spans if span.first <= instant <= span.end]
        giving = [span for span in near if span.floor == sizes.min_size or span.ceiling == sizes.max_size]
        return next(span.window for span in [*giving, *near])

    def _bounds(self, start: int, end: int) -> Iterator[int]:
        """Yield every instant from *start* to *end* at which the sizes may change."""
        yield from (start, end)
        yield from (bound for span in self._spans for bound in span[:2] if start <= bound <= end)
        for zone, changes in zip(self._week.clocks.zones, self._week.changes, strict=True):
            for first, stop, ahead in between(zone, start, end):
                yield first
                for minute in changes:
                    yield from range(first + (minute - first - ahead - EPOCH) % WEEK, stop, WEEK)


def _joined(spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Return the times in which any of the sorted *spans* has a say, joined where they touch."""
    joined = list[tuple[int, int]]()
    for span in spans:
        if joined and span.first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], span.end)
        else:
            joined.append((span.first, span.end))
    return joined


def _spans(window: Window) -> Iterator[Span]:
    for start in window.starts:
        end = start + window.length
        if window.floor is not None:
            for first, stop in while_shown(window.zone, start - window.lead, end):
                yield Span(first, stop, window, window.floor, None)
        if window.ceiling is not None:
            for first, stop in while_shown(window.zone, start, end):
                yield Span(first, stop, window, None, window.ceiling)
