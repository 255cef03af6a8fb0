"""A checked window, and the sizes that windows give at any instant."""

import sys
import zoneinfo
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

DAY = 24 * 60
WEEK = 7 * DAY
EPOCH = 3 * DAY  # minute of the week (Monday 00:00 is 0) at which 1970 began, a Thursday


class Sizes(NamedTuple):
    """The least and the most servers."""

    min_size: int
    max_size: int


@dataclass(frozen=True)
class Window:
    """A checked window: weekly, in minutes of the week, or on dates, in minutes that its clock showed since 1970."""

    name: str
    zone: str
    floor: int | None
    ceiling: int | None
    starts: tuple[int, ...]
    length: int
    on_dates: bool = False
    lead: int = 0
    units: int | None = None
    """Capacity units of the load balancer."""

    def raises(self, local: int) -> bool:
        """Whether its floor holds when its clock shows *local* (minutes since 1970), lead included."""
        return self.floor is not None and self._is_open(local, self.lead)

    def lowers(self, local: int) -> bool:
        """Whether its maximum holds then."""
        return self.ceiling is not None and self._is_open(local, 0)

    def _is_open(self, local: int, lead: int) -> bool:
        since = (local - start + lead for start in self.starts)
        if self.on_dates:
            return any(0 <= passed < self.length + lead for passed in since)
        return any((passed + EPOCH) % WEEK < self.length + lead for passed in since)


def combine(base: Sizes, floors: Iterable[int], ceilings: Iterable[int]) -> Sizes:
    """Return what holds while windows with *floors* and *ceilings* are open over the *base*."""
    highest, ceiling = max(floors, default=None), min([base.max_size, *ceilings])
    if highest is None:
        return Sizes(min(base.min_size, ceiling), ceiling)
    return Sizes(highest, max(highest, ceiling))


def sizes_at(
    windows: Sequence[Window],
    min_size: int,
    max_size: int,
    instant: datetime,
    local: Callable[[str, datetime], int] | None = None,
) -> Sizes:
    """Return the least and the most servers at *instant* (with a time zone) of a fleet with these sizes and *windows*.

    The floor is the highest of the open windows that have one, or else the fleet's; the maximum is the lowest of the
    open windows that have one, or else the fleet's. Where the two contradict each other, a window's floor lifts the
    maximum, and the fleet's own floor gives way to it. *local* says what the clock of a zone shows then, in minutes
    since 1970, where there is no time zone database.
    """
    shown = [(window, (local or _local)(window.zone, instant)) for window in windows]
    return combine(
        Sizes(min_size, max_size),
        [window.floor for window, local in shown if window.floor is not None and window.raises(local)],
        [window.ceiling for window, local in shown if window.ceiling is not None and window.lowers(local)],
    )


def floor_at(windows: Sequence[Window], min_size: int, instant: datetime) -> int:
    """Return the fewest servers that run at *instant*: see :func:`sizes_at`."""
    return sizes_at(windows, min_size, sys.maxsize, instant).min_size


def _local(zone: str, instant: datetime) -> int:
    wall = instant.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=UTC)
    return int(wall.timestamp()) // 60
