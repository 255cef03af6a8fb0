"""The compiler: from capacity windows to scheduled actions that give exactly their sizes.

AWS's scheduled actions set sizes at a time and know nothing of what was set before, so windows need an action at
each time at which the sizes change. Each of them also repeats, in the same cron expression, at other hours at which
its sizes are the right ones (as many as one expression can name): an action that was missed, a group that was
created while a window was open and a changed size all mend themselves soon. An action never sets anything but the
sizes of the minute that its clock shows; where a change of the clock itself changes the sizes, there is an action just
after it. What AWS does at times that a clock shows twice or skips, which nobody documents, so matters at most in the
hours around the change, and only to windows that begin or end in them.

Dates are laid over the week. What opens on a date is an action whose cron expression names the day and the month,
with an end before it would fire in the next year. What closes is left to an action of the week where one can fire
then. Repeats keep away from times of the week that a date covers; an action of the week that has to fire at such a
time is cut in two: the first ends before the date, the second starts after it.

What has passed is left out, since AWS refuses to start in the past and removes what has ended: actions that will
never fire again at once, and what else a date has changed with the first deployment on a later day (UTC). Nothing
else depends on the time of the deployment.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import NamedTuple

from .._args import InvalidArgs
from .clocks import offset
from .date_boxes import Group, cover_turns
from .dates import Calendar
from .pieces import Piece, WeekBox, cover_week
from .reading import BASE
from .sizes import DAY, Sizes, Window
from .week import Week

LEAVE_ALONE = -1
"""How the AWS provider spells a size that an action does not set; leaving it out would set 0."""

_MOST_ACTIONS = 125  # per group: EC2 Auto Scaling user guide, "Scheduled scaling", limitations


class ScheduledAction(NamedTuple):
    """One scheduled action of an Auto Scaling group."""

    name: str
    """Stable key: `base`, or the name of the window whose sizes it sets; with a date where it is for a while only."""

    recurrence: str
    """Five-field cron expression in `time_zone`."""

    time_zone: str
    """IANA name."""

    min_size: int
    """The floor that it sets."""

    max_size: int
    """The maximum that it sets: the fleet's, unless a window lowers it, so that a changed one arrives while a
    deployment leaves the group's sizes alone."""

    desired_capacity: int = LEAVE_ALONE
    """Left to demand; AWS brings it between the two by itself."""

    start_time: str | None = None
    """Before this time, in UTC, it would fire wrongly; it fires then, too. None where it need not wait."""

    end_time: str | None = None
    """After this time, in UTC, it would fire wrongly; it does not fire then. None where it goes on for ever."""


class Schedule(NamedTuple):
    """The scheduled actions of a group at the time of a deployment."""

    actions: list[ScheduledAction]
    key: str
    """Changes with any action, but not when one has nothing left to do or need not wait any more."""


def schedule(
    component: str, field: str, windows: Sequence[Window], base: Sizes, now: datetime | None = None
) -> Schedule:
    """Compile *windows* over the sizes *base* into few actions for a deployment *now*.

    Windows that no actions can serve raise :class:`InvalidArgs`.
    """
    sizing = [window for window in windows if window.floor is not None or window.ceiling is not None]
    made = compile_windows(f"{component}: {field}", sizing, base, now)
    if len(made.actions) > _MOST_ACTIONS:
        raise InvalidArgs(
            f"{component}: {field} must need at most {_MOST_ACTIONS} scheduled actions, AWS's limit for a group: let "
            f"windows start and end together, got {len(windows)} windows that need {len(made.actions)}"
        )
    return made


def compile_windows(  # noqa: PLR0913
    path: str,
    windows: Sequence[Window],
    base: Sizes,
    now: datetime | None = None,
    *,
    repeated: bool = True,
    what: str = "sizes",
) -> Schedule:
    """Compile as :func:`schedule` does; unless *repeated*, actions fire only where sizes (or *what*) change."""
    minute = int((now or datetime.now(UTC)).timestamp()) // 60
    week = Week(path, windows, base)
    edges = week.edges()
    if week.windows and not edges:
        names = ", ".join(window.name for window in week.windows)
        instead = _instead(week) if what == "sizes" else ""
        raise InvalidArgs(
            f"{path} must leave hours at which none is open, or differ in their {what}{instead}, got {names}"
        )
    plan = Calendar(week, windows, minute - minute % DAY)
    boxes, turns = cover_week(week, plan, edges, repeated=repeated)
    groups = cover_turns(
        turns,
        lambda instant, sizes: plan.sizes(instant) == sizes and not any(box.fires(instant) for box in boxes),
        repeated=repeated,
    )
    named = list(_named(week, boxes, groups))
    key = hashlib.sha256(repr([action for action, _ in named]).encode()).hexdigest()[:16]
    return Schedule([_as_of(action, piece, minute) for action, piece in named if _alive(piece, minute)], key)


def _alive(piece: Piece, now: int) -> bool:
    return piece.end is None or piece.last > now


def _as_of(action: ScheduledAction, piece: Piece, now: int) -> ScheduledAction:
    return action if piece.after is not None and piece.after > now else action._replace(start_time=None)


def _named(week: Week, boxes: Sequence[WeekBox], groups: Sequence[Group]) -> Iterator[tuple[ScheduledAction, Piece]]:
    """Yield the actions of the week in the order of the windows, then those that end before dates, then dates."""
    names = set[str]()
    own = {window.name for window in week.windows}

    def unique(label: str, *, plain: bool) -> str:
        name = next(n for n in _numbered(label) if n not in names and ((plain and n == label) or n not in own))
        names.add(name)
        return name

    called = [(unique(week.label(box.edge), plain=True), box) for box in boxes]
    pieces = [(name, box, piece) for name, box in called for piece in box.pieces]
    for name, box, piece in sorted(pieces, key=lambda p: p[2].end is not None):
        key = name
        if piece.end is not None:
            key = unique(f"{name}-until-{_date(box.zone, piece.end)}", plain=False)
        yield _action(key, box.box.cron(), box.zone, box.edge.sizes, piece), piece
    for group in groups:
        piece = _life(group)
        window = group.turns[0].window
        label = BASE if group.turns[0].back else window.name
        name = unique(f"{label}-{_date(window.zone, piece.first)}", plain=False)
        yield _action(name, group.box.cron(), group.box.zone, group.sizes, piece), piece


def _life(group: Group) -> Piece:
    first, end = group.bounds()
    *_, last = sorted(group.box.firings(first, end))
    later = min(group.box.firings(last + 1, last + 2 * DAY), default=last + DAY)
    # On a leap day a date comes back after four or eight years.
    earlier = max(group.box.firings(first - 9 * 366 * DAY, first), default=None)
    return Piece(first, last, later, earlier)


def _action(name: str, cron: str, zone: str, sizes: Sizes, piece: Piece) -> ScheduledAction:
    return ScheduledAction(
        name,
        cron,
        zone,
        *sizes,
        start_time=None if piece.after is None else _stamp(piece.first * 60),
        # Some time after it fires last, since AWS may be a little late, and well before it would be wrong.
        end_time=None if piece.end is None else _stamp(piece.last * 60 + min(3600, (piece.end - piece.last) * 30)),
    )


def _numbered(label: str) -> Iterator[str]:
    yield label
    yield from (f"{label}-{number}" for number in count(2))


def _stamp(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _date(zone: str, minute: int) -> str:
    return f"{datetime.fromtimestamp((minute + offset(zone, minute)) * 60, UTC):%Y-%m-%d}"


def _instead(week: Week) -> str:
    sizes = week.sizes(week.clocks.shown(0))
    raised = sizes.min_size > week.base.min_size
    return f": set the fleet's {'min_size' if raised else 'max_size'} to {sizes[not raised]} instead"
