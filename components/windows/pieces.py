"""Actions of the week among dates: which cron expressions, and how each is cut where a date forbids it to fire."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from .boxes import Box, cover, grow
from .clocks import between, instants, offset
from .dates import Calendar, Turn
from .reading import BASE
from .sizes import EPOCH, WEEK, Sizes
from .week import Edge, Week


class Piece(NamedTuple):
    """The time in which one action fires, in minutes since 1970."""

    first: int
    """When it fires first."""
    last: int
    """When it fires last, if it ends."""
    end: int | None
    """When it must not fire any more; None if it never ends."""
    after: int | None
    """When it must not yet fire; None if it has always been right."""


class WeekBox(NamedTuple):
    """A cron expression of the week, and the times in which it holds."""

    edge: Edge
    """The first edge that it is for."""
    box: Box
    pieces: list[Piece]
    zone: str

    def fires(self, instant: int) -> bool:
        """Whether it fires at *instant*."""
        shown = (instant + offset(self.zone, instant) + EPOCH) % WEEK
        held = any(
            (piece.after is None or instant > piece.after) and (piece.end is None or instant < piece.end)
            for piece in self.pieces
        )
        return held and self.box.has(shown)


def cover_week(
    week: Week, plan: Calendar, edges: Sequence[Edge], *, repeated: bool
) -> tuple[list[WeekBox], list[Turn]]:
    """Return few expressions that bring about all *edges*, and the turns of dates that they do not bring about."""
    return _Cover(week, plan, edges, repeated=repeated).boxes()


class _Cover:
    def __init__(self, week: Week, plan: Calendar, edges: Sequence[Edge], *, repeated: bool) -> None:
        self._week = week
        self._plan = plan
        self._repeated = repeated
        self._edges = list(edges)
        self._weekly = {(edge.clock, edge.minute) for edge in edges}
        for edge in edges:
            week.taken[edge.clock].add(edge.minute)
        self._closing = dict[tuple[int, int], list[int]]()
        """Instants at which an action of the week also ends a date, by clock and minute of the week."""
        self._left = [turn for turn in plan.turns if not self._close(turn)]
        self._reserved = [turn.instant for turn in self._left]
        self._known = dict[tuple[int, int], list[int]]()

    def boxes(self) -> tuple[list[WeekBox], list[Turn]]:
        needed = dict[tuple[int, Sizes], list[int]]()
        for edge in self._edges:
            needed.setdefault((edge.clock, edge.sizes), []).append(edge.minute)
        covered = list[tuple[int, Sizes, Box]]()
        for (clock, sizes), minutes in needed.items():
            for box in self._cover(clock, sizes, minutes):
                self._week.taken[clock] |= box.cells()
                covered.append((clock, sizes, box))
        boxes = list[WeekBox]()
        for clock, sizes, box in covered:
            edge = next(e for e in self._edges if e.clock == clock and e.minute in box.cells())
            grown = self._grow(clock, sizes, box) if self._repeated else box
            self._week.taken[clock] |= grown.cells()
            boxes.append(WeekBox(edge, grown, self._pieces(clock, box, grown), self._week.clocks.zones[clock]))
        return boxes, self._left

    def _close(self, turn: Turn) -> bool:
        """Whether an action of the week may fire at a *turn* back to the sizes of the week."""
        clock, _ = self._week.clocks.clock(turn.window.zone)
        zone = self._week.clocks.zones[clock]
        minute = self._week.clocks.shown(turn.instant)[clock]
        if not turn.back or len(instants(zone, turn.instant + offset(zone, turn.instant))) > 1:
            return False
        if self._plan.apart(clock, minute) or not self._week.may_set(clock, turn.sizes, minute):
            return False
        self._closing.setdefault((clock, minute), []).append(turn.instant)
        if (clock, minute) not in self._weekly and len(self._closing[clock, minute]) == 1:
            self._edges.append(Edge(clock, minute, turn.sizes, BASE))
            self._week.taken[clock].add(minute)
        return True

    def _cover(self, clock: int, sizes: Sizes, minutes: Sequence[int]) -> list[Box]:
        """Return few boxes, judged by the pieces that they fall into."""

        def allowed(minute: int) -> bool:
            free = minute in minutes or not self._forbidden(clock, minute)
            return free and (minute in minutes or (self._repeated and self._week.may_repeat(clock, sizes, minute)))

        together = cover(minutes, allowed)
        clean = [minute for minute in minutes if not self._forbidden(clock, minute)]
        if len(clean) in (0, len(minutes)):
            return together
        apart = [*cover(clean, allowed), *cover([m for m in minutes if m not in clean], allowed)]
        if any(one.cells() & other.cells() for index, one in enumerate(apart) for other in apart[:index]):
            return together
        return min(together, apart, key=lambda boxes: sum(len(self._gaps(clock, box)) + 1 for box in boxes))

    def _grow(self, clock: int, sizes: Sizes, box: Box) -> Box:
        own, gaps = box.cells(), self._gaps(clock, box)

        def allowed(minute: int) -> bool:
            if minute in own:
                return True
            free = minute not in self._week.taken[clock] and self._week.may_repeat(clock, sizes, minute)
            return free and all(
                any(before < instant < after for before, after in gaps) for instant in self._forbidden(clock, minute)
            )

        return grow(box, allowed)

    def _forbidden(self, clock: int, minute: int) -> list[int]:
        """Return when no action of the week may fire though *clock* shows *minute*."""
        if (clock, minute) not in self._known:
            zone = self._week.clocks.zones[clock]
            reserved = [t for t in self._reserved if (t + offset(zone, t) + EPOCH) % WEEK == minute]
            self._known[clock, minute] = sorted({*self._plan.apart(clock, minute), *reserved})
        return self._known[clock, minute]

    def _gaps(self, clock: int, box: Box) -> list[tuple[int, int]]:
        """Return between which firings that are needed lie some that are forbidden."""
        far = self._plan.until + 10 * WEEK
        wrong = {instant for minute in box.cells() for instant in self._forbidden(clock, minute)}
        needed = {self._plan.since - WEEK - 1, far}
        zone = self._week.clocks.zones[clock]
        for minute in box.cells():
            needed.update(self._closing.get((clock, minute), ()))
            if (clock, minute) in self._weekly:
                for first, stop, ahead in between(zone, self._plan.since - WEEK, far):
                    needed.update(range(first + (minute - first - ahead - EPOCH) % WEEK, stop, WEEK))
        right = sorted(needed - wrong)
        places = sorted({bisect_left(right, instant) for instant in wrong})
        return [(right[place - 1], right[place]) for place in places]

    def _pieces(self, clock: int, box: Box, grown: Box) -> list[Piece]:
        """Cut the *grown* box where its *box* has gaps, each around everything that is forbidden there."""
        wrong = sorted({instant for minute in grown.cells() for instant in self._forbidden(clock, minute)})
        pieces = list[Piece]()
        after: int | None = None
        for before, later in self._gaps(clock, box):
            inside = [instant for instant in wrong if before < instant < later]
            begin = min(self._plan.since, inside[0]) - WEEK if after is None else after + 1
            fired = self._firings(clock, grown, begin, inside[0])
            pieces.append(Piece(min(fired), max(fired), inside[0], after))
            after = inside[-1]
        begin = self._plan.since if after is None else after + 1
        first = min(self._firings(clock, grown, begin, begin + 2 * WEEK))
        pieces.append(Piece(first, first, None, after))
        return pieces

    def _firings(self, clock: int, box: Box, first: int, end: int) -> list[int]:
        zone = self._week.clocks.zones[clock]
        return [
            instant
            for low, stop, ahead in between(zone, first, end)
            for minute in box.cells()
            for instant in range(low + (minute - low - ahead - EPOCH) % WEEK, stop, WEEK)
        ]
