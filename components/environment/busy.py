"""Backups and maintenance of the database keep away from the hours for which capacity is raised."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from .._args import InvalidArgs
from ..database import times
from ..windows import Window, read_windows
from ..windows.clocks import between, while_shown
from ..windows.sizes import DAY, EPOCH, WEEK
from .shapes import EnvironmentArgs

_STEP = 30  # minutes between the times that are tried when a free one is looked for
_BACKUP, _MAINTENANCE = "02:00-03:00", "sun:03:30-sun:04:30"
_LATEST = int(datetime(2054, 1, 1, tzinfo=UTC).timestamp()) // 60
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class _Busy(NamedTuple):
    """A capacity window, and the minutes of the week in UTC that it can cover in any week of any year."""

    where: str
    minutes: frozenset[int]
    on_dates: bool


def check_windows(args: EnvironmentArgs, now: datetime | None = None) -> None:
    """Raise :class:`InvalidArgs` when the database is backed up or maintained while capacity is raised.

    Windows that lower a maximum are no hindrance: while the servers sleep is a good time. Where windows leave no free
    time of the day for backups, they are taken among them; dates that have passed do not count.
    """
    given: Mapping[str, Any] = args
    for key in ("database", "aurora"):
        spec: Mapping[str, Any] | None = given.get(key)
        if spec is None and (key == "aurora" or "aurora" in given):
            continue
        spec = spec or {}
        busy = [*_busy("fleet", given.get("fleet", {}), now)]
        for elastic in ("elastic_replicas", "elastic_readers"):
            busy += _busy(f"{key}.{elastic}", spec.get(elastic) or {}, now)
        _check(key, spec, busy)


def _check(key: str, spec: Mapping[str, Any], busy: Sequence[_Busy]) -> None:
    backup, maintenance = spec.get("backup_window", _BACKUP), spec.get("maintenance_window", _MAINTENANCE).lower()
    once_a_day, once_a_week = times.daily(backup), times.weekly(maintenance)
    if once_a_day is None or once_a_week is None:
        return  # The database says what is wrong with it.
    daily, weekly = _daily(*once_a_day), _weekly(*once_a_week)
    _apart(f"{key}.maintenance_window", maintenance, weekly, busy, _free(once_a_week, _weekly, busy, daily, WEEK))
    if spec.get("backups_by_aws_backup") or spec.get("backup_retention_days") == 0:
        return
    for counted in (busy, [window for window in busy if not window.on_dates]):
        free = _free(once_a_day, _daily, counted, weekly, DAY)
        if free is not None:
            _apart(f"{key}.backup_window", backup, daily, counted, free)
            return


def _apart(field: str, text: str, taken: frozenset[int], busy: Sequence[_Busy], free: int | None) -> None:
    for window in busy:
        both = sorted(taken & window.minutes)
        if both and free is not None:
            length = len(taken) // 7 if field.endswith("backup_window") else len(taken)
            shown = _shown(free, length, day=length == len(taken))
            raise InvalidArgs(
                f"Environment: {field} must be apart from the hours for which capacity is raised: {text} (UTC) meets "
                f"{window.where} at {_shown(both[0], None, day=True)}; free is {shown}, for example"
            )


def _free(
    window: times.Window,
    minutes: Callable[[int, int], frozenset[int]],
    busy: Sequence[_Busy],
    other: frozenset[int],
    period: int,
) -> int | None:
    """Return a start for a *window* of such *minutes* at which it meets nothing, the next after its own."""
    start, length = window
    taken = other.union(*(hours.minutes for hours in busy))
    starts = ((start + step) % period for step in range(0, period, _STEP))
    return next((first for first in starts if not taken & minutes(first, length)), None)


def _daily(start: int, length: int) -> frozenset[int]:
    return frozenset((day * DAY + start + minute) % WEEK for day in range(7) for minute in range(length))


def _weekly(start: int, length: int) -> frozenset[int]:
    return frozenset((start + minute) % WEEK for minute in range(length))


def _busy(path: str, given: Mapping[str, Any], now: datetime | None) -> Iterator[_Busy]:
    try:
        # Only for their hours: whoever scales by them says what is wrong with their sizes.
        windows = read_windows("Environment", f"{path}.windows", given.get("windows", ()), -1, sys.maxsize)
    except InvalidArgs:
        return
    since = int((now or datetime.now(UTC)).timestamp()) // 60
    for index, window in enumerate(windows):
        if window.floor is not None or window.units is not None:
            where = f"{path}.windows[{index}] ({window.name})"
            yield _Busy(where, frozenset(_covered(window, since)), window.on_dates)


def _covered(window: Window, since: int) -> Iterator[int]:
    length = window.length + window.lead
    for start in window.starts:
        first = start - window.lead
        if window.on_dates:
            for begin, end in while_shown(window.zone, first, first + length):
                yield from ((minute + EPOCH) % WEEK for minute in range(begin, end) if end > since)
        else:
            # Every offset that its clock ever has: a window covers nothing else, also while the clock is put back.
            for ahead in {ahead for _, _, ahead in between(window.zone, 0, _LATEST)}:
                yield from ((first - ahead + minute) % WEEK for minute in range(length))


def _shown(minute: int, length: int | None, *, day: bool) -> str:
    def clock(at: int) -> str:
        time = f"{at % DAY // 60:02}:{at % 60:02}"
        return f"{_WEEKDAYS[at % WEEK // DAY]}:{time}" if day else time

    return clock(minute) if length is None else f"{clock(minute)}-{clock(minute + length)}"
