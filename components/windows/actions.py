"""The compiler: from capacity windows to scheduled actions that give exactly their floor.

AWS's scheduled actions set sizes at a time and know nothing of what was set before, so a window needs an action at
each time at which the floor changes. Each of them also repeats, in the same cron expression, at other hours at
which its floor is the right one (as many as one expression can name): an action that was missed, a group that was
created while a window was open and a changed size all mend themselves soon. An action never sets anything but the
floor of the minute that its clock shows, so it does not matter whether AWS fires a time that is shown twice in
autumn once or twice; where a change of the clock itself changes the floor, there is an action just after it.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count
from typing import NamedTuple

from .._args import InvalidArgs
from .boxes import Box, cover, grow
from .clocks import Clocks
from .shapes import BASE, DAY, WEEK, Weekday, Window

LEAVE_ALONE = -1
"""How the AWS provider spells a size that an action does not set; leaving it out would set 0."""

_MOST_ACTIONS = 125  # per group: EC2 Auto Scaling user guide, "Scheduled scaling", limitations


class ScheduledAction(NamedTuple):
    """One scheduled action of an Auto Scaling group."""

    name: str
    """Stable key: `base`, or the name of the window whose floor it sets; numbered from the second on."""

    recurrence: str
    """Five-field cron expression in `time_zone`."""

    time_zone: str
    """IANA name."""

    min_size: int
    """The floor that it sets."""

    max_size: int
    """The fleet's maximum, so that a changed one arrives while a deployment leaves the group's sizes alone."""

    desired_capacity: int = LEAVE_ALONE
    """Left to demand; AWS raises it to the floor by itself."""


class _Edge(NamedTuple):
    clock: int
    minute: int
    floor: int
    window: str
    """Name of the first window that opens or closes there."""


def scheduled_actions(
    component: str, field: str, windows: Sequence[Window], min_size: int, max_size: int
) -> list[ScheduledAction]:
    """Compile *windows* into the fewest actions; raise :class:`InvalidArgs` for windows that no actions can serve."""
    if not windows:
        return []
    week = _Week(f"{component}: {field}", windows, min_size)
    edges = week.edges()
    if not edges:
        raise InvalidArgs(
            f"{component}: {field} must leave hours at which none is open, or differ in their floors: set the fleet's "
            f"min_size to {windows[0].floor} instead, got {', '.join(window.name for window in windows)}"
        )
    needed = dict[tuple[int, int], list[int]]()
    for edge in edges:
        week.taken[edge.clock].add(edge.minute)
        needed.setdefault((edge.clock, edge.floor), []).append(edge.minute)
    boxes = list[tuple[int, int, Box]]()
    for (clock, floor), minutes in needed.items():
        for box in cover(minutes, partial(week.may_set, clock, floor)):
            week.taken[clock] |= box.cells()
            boxes.append((clock, floor, box))
    if len(boxes) > _MOST_ACTIONS:
        raise InvalidArgs(
            f"{component}: {field} must need at most {_MOST_ACTIONS} scheduled actions, AWS's limit for a group: let "
            f"windows start and end together, got {len(windows)} windows that need {len(boxes)}"
        )
    actions = list[ScheduledAction]()
    names = set[str]()
    for clock, floor, box in boxes:
        first = next(edge for edge in edges if edge.clock == clock and edge.minute in box.cells())
        label = week.label(first)
        name = next(n for n in _numbered(label) if n not in names and (n == label or n not in week.names))
        names.add(name)
        grown = grow(box, partial(week.may_repeat, clock, floor, box.cells()))
        week.taken[clock] |= grown.cells()
        actions.append(ScheduledAction(name, grown.cron(), week.clocks.zones[clock], floor, max_size))
    return actions


def _numbered(label: str) -> Iterator[str]:
    yield label
    yield from (f"{label}-{number}" for number in count(2))


class _Week:
    """The floors of a week on each clock, and how the clocks meet."""

    def __init__(self, path: str, windows: Sequence[Window], base: int) -> None:
        self.clocks = Clocks(window.zone for window in windows)
        self.names = {window.name for window in windows}
        self.taken = [set[int]() for _ in self.clocks.zones]
        """Minutes of the week at which an action fires, by clock."""
        self._path = path
        self._windows = windows
        self._base = base
        self._floors = [[base] * WEEK for _ in self.clocks.zones]
        for window in windows:
            clock, ahead = self.clocks.clock(window.zone)
            floors = self._floors[clock]
            for start in window.starts:
                for minute in range(start - ahead, start - ahead + window.length):
                    floors[minute % WEEK] = max(floors[minute % WEEK], window.floor)

    def edges(self) -> list[_Edge]:
        """Return where the floor changes, in the order of the windows, so that new ones at the end rename nothing."""
        found = dict[tuple[int, int], _Edge]()
        for clock, floors in enumerate(self._floors):
            for minute in range(WEEK):
                if floors[minute] != floors[minute - 1]:
                    together = list(self.clocks.shown_with(clock, minute))
                    self._note(found, clock, (minute - 1) % WEEK, minute, together)
            for change in self.clocks.changes(clock):
                self._note(found, clock, change.before, change.shown[clock], [change.shown])
        for edge in found.values():
            for shown in self.clocks.shown_with(edge.clock, edge.minute):
                for clock, minute in enumerate(shown):
                    if clock != edge.clock and (clock, minute) in found:
                        self._refuse_meeting(edge, found[clock, minute])
        order = [window.name for window in self._windows]
        return sorted(found.values(), key=lambda edge: (order.index(edge.window), edge.clock, edge.minute))

    def may_set(self, clock: int, floor: int, minute: int) -> bool:
        """Whether *floor* is right whenever *clock* shows *minute*, and no action of another clock fires then."""
        return all(
            self._floor(shown) == floor and not any(c != clock and m in self.taken[c] for c, m in enumerate(shown))
            for shown in self.clocks.shown_with(clock, minute)
        )

    def may_repeat(self, clock: int, floor: int, own: set[int], minute: int) -> bool:
        """Whether the action that fires at *own* may fire at *minute*, too."""
        return (minute in own or minute not in self.taken[clock]) and self.may_set(clock, floor, minute)

    def label(self, edge: _Edge) -> str:
        """Return the name of the first window that gives the floor after *edge*, or `base`."""
        for shown in self.clocks.shown_with(edge.clock, edge.minute):
            for window in self._windows:
                if window.floor == edge.floor and self._is_open(window, shown):
                    return window.name
        return BASE

    def _note(
        self,
        found: dict[tuple[int, int], _Edge],
        clock: int,
        before: int,
        minute: int,
        together: Sequence[tuple[int, ...]],
    ) -> None:
        """Note an edge at *minute* of *clock*, unless the floors of other clocks hide it whenever it comes."""
        floors = self._floors[clock]
        hidden = all(
            (other := self._floor(shown, besides=clock)) >= floors[minute] and other >= floors[before]
            for shown in together
        )
        if floors[minute] == floors[before] or hidden:
            return
        window = next(
            window
            for window in self._windows
            if self.clocks.clock(window.zone)[0] == clock
            and window.is_open(before + self.clocks.clock(window.zone)[1])
            != window.is_open(minute + self.clocks.clock(window.zone)[1])
        )
        floor = {self._floor(shown): shown for shown in self.clocks.shown_with(clock, minute)}
        if len(floor) > 1:
            highest = max(floor)
            other = next(w for w in self._windows if w.floor == highest and self._is_open(w, floor[highest]))
            raise InvalidArgs(
                f"{self._path} {window.name} ({window.zone}) and {other.name} ({other.zone}) must not overlap so that "
                f"daylight saving time decides which floor holds: give both one time_zone, got floors "
                f"{' and '.join(map(str, sorted(floor)))} at {_show(minute)} in {self.clocks.zones[clock]}"
            )
        found[clock, minute] = _Edge(clock, minute, floor.popitem()[0], window.name)

    def _refuse_meeting(self, one: _Edge, other: _Edge) -> None:
        raise InvalidArgs(
            f"{self._path} {one.window} and {other.window} must not start or end at the same instant in only some "
            f"weeks of the year, because AWS refuses two actions at one time: move one by a minute, got "
            f"{_show(one.minute)} in {self.clocks.zones[one.clock]} and {_show(other.minute)} in "
            f"{self.clocks.zones[other.clock]}"
        )

    def _is_open(self, window: Window, shown: tuple[int, ...]) -> bool:
        clock, ahead = self.clocks.clock(window.zone)
        return window.is_open(shown[clock] + ahead)

    def _floor(self, shown: tuple[int, ...], besides: int | None = None) -> int:
        return max([self._base, *(self._floors[c][m] for c, m in enumerate(shown) if c != besides)])


def _show(minute: int) -> str:
    return f"{list(Weekday)[minute // DAY].value} {minute % DAY // 60:02}:{minute % 60:02}"
