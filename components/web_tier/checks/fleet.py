"""Which fleets are refused."""

from ..._args import InvalidArgs, check_range
from ...machine import MachineSpec
from ...windows import Window, read_windows
from ..shapes import Fleet
from .demand import check_demand
from .instances import check_instances
from .refresh import check_refresh
from .words import COMPONENT


def check_fleet(fleet: Fleet, machine: MachineSpec) -> list[Window]:
    """Raise :class:`InvalidArgs` for sizes and targets that cannot be; return the checked windows."""
    low, high = fleet.get("min_size", 2), fleet.get("max_size", 4)
    windows = fleet.get("windows", ())
    check_range(COMPONENT, "fleet.min_size", low, 0)
    check_range(COMPONENT, "fleet.max_size", high, 1)
    if low > high:
        default = "" if "max_size" in fleet else " (the default)"
        raise InvalidArgs(f"{COMPONENT}: fleet.max_size must be at least fleet.min_size ({low}), got {high}{default}")
    if low == 0 and not any("min_size" in window for window in windows):
        raise InvalidArgs(
            f"{COMPONENT}: fleet.min_size must be at least 1 where no window raises it, because demand cannot wake a "
            "fleet of none, got 0"
        )
    check_demand(fleet)
    check_instances(fleet, machine)
    check_refresh(fleet.get("refresh", {}))
    return read_windows(COMPONENT, "fleet.windows", windows, low, high)
