"""Which rolling changes are refused."""

from itertools import pairwise

from ..._args import InvalidArgs, check_range
from ..shapes import Refresh
from .words import COMPONENT

_LONGEST = 2880  # minutes: EC2 Auto Scaling API, CheckpointDelay and BakeTime
_OWN_ALARMS = 7  # of the 10 that an instance refresh takes (AlarmSpecification); the tier's own are at most 3


def check_refresh(refresh: Refresh) -> None:
    """Raise :class:`InvalidArgs` for what an instance refresh cannot do."""
    path = "fleet.refresh"
    percentages = refresh.get("checkpoint_percentages", ())
    for index, share in enumerate(percentages):
        check_range(COMPONENT, f"{path}.checkpoint_percentages[{index}]", share, 1, 99, "percent")
    if any(next_one <= share for share, next_one in pairwise(percentages)):
        raise InvalidArgs(
            f"{COMPONENT}: {path}.checkpoint_percentages must be ascending, got {', '.join(map(str, percentages))}"
        )
    if "checkpoint_minutes" in refresh and not percentages:
        raise InvalidArgs(
            f"{COMPONENT}: {path}.checkpoint_minutes must come with {path}.checkpoint_percentages, got none"
        )
    for field in ("checkpoint_minutes", "bake_minutes"):
        check_range(COMPONENT, f"{path}.{field}", refresh.get(field, 0), 0, _LONGEST)
    check_range(COMPONENT, f"{path}.timeout_minutes", refresh.get("timeout_minutes", 1), 1)
    check_range(COMPONENT, f"the number of {path}.alarms", len(refresh.get("alarms", ())), 0, _OWN_ALARMS)
    if refresh.get("alarms") and not refresh.get("heed_alarms", True):
        raise InvalidArgs(f"{COMPONENT}: {path}.alarms must be left out where heed_alarms is false, got both")
