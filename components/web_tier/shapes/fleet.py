"""What can be said about the servers of a web tier."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from ...windows import CapacityWindow


class Fleet(TypedDict):
    """How many servers run, and why there would be more."""

    min_size: NotRequired[int]
    """Servers that always run, outside of windows. 0 only together with windows. With windows, a change takes effect
    within the hour where no window is open that day at that hour, and when a window closes. Defaults to 2."""

    max_size: NotRequired[int]
    """Servers that are never exceeded but while they are replaced. With windows, a change takes effect within the
    hour, as that of `min_size`. Defaults to 4."""

    windows: NotRequired[Sequence[CapacityWindow]]
    """Hours of the week in which more servers run. While there are any, deployments leave the group's sizes to them
    and to demand: remove the last one while it is closed, or with `pulumi up --refresh`. Defaults to none."""

    cpu_target_percent: NotRequired[int]
    """Average processor use that demand scaling aims at, 1 to 100. Defaults to 50."""

    requests_per_server_per_minute: NotRequired[int]
    """Requests per server and minute that demand scaling aims at, too; the larger fleet wins. Defaults to scaling by
    processor use only."""

    warmup_seconds: NotRequired[int]
    """Seconds, 0 to 3600, that a new server takes to prepare itself: until then it is not replaced for a failing
    health check and its load does not count for scaling. Defaults to 300."""
