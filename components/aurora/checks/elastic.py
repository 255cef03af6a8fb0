"""Readers that come and go: between how many, and why."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from ..._args import check_range
from ...windows import CapacityWindow, ScheduledAction, Sizes, read_windows, schedule
from ..shapes import ElasticReaders
from .readers import MOST
from .who import WHO

_KEY = f"{WHO.key}.elastic_readers"
_CPU_PERCENT = 60
_LEAD = 15
"""Minutes that a reader may take to come; several come at a time."""


class Elastic(NamedTuple):
    """Checked, without gaps."""

    sizes: Sizes
    """Of all readers, the declared ones included, as Application Auto Scaling counts."""
    cpu_percent: int | None
    connections: int | None
    scale_in_cooldown: int
    """Seconds."""
    scale_out_cooldown: int
    """Seconds."""
    actions: list[ScheduledAction]
    """What sets the sizes of all readers, level-triggered; empty without windows."""


def elastic(given: ElasticReaders | None, declared: int, now: datetime | None = None) -> Elastic | None:
    """Check what is *given* for a cluster with so many *declared* readers, for a deployment *now*."""
    if given is None:
        return None
    windows, connections = given.get("windows", ()), given.get("connections")
    aimed = connections is not None or "cpu_percent" in given or not windows
    low, high = given.get("min_size", 1 if aimed and not declared else 0), given["max_size"]
    check_range(WHO.component, f"{_KEY}.max_size", high, 1, MOST)
    check_range(WHO.component, f"{_KEY}.min_size", low, 0, high)
    if high + declared > MOST:
        raise WHO.refuse(
            "elastic_readers.max_size",
            f"must be at most {MOST - declared}, because Aurora has at most {MOST} readers in all, got {high} beside "
            f"{declared} declared",
        )
    # Without a target the windows alone decide, where there may be no reader whose load could be measured.
    default = _CPU_PERCENT if connections is None and (aimed or low + declared) else None
    cpu = given.get("cpu_percent", default)
    if aimed and low + declared == 0:
        raise WHO.refuse(
            "elastic_readers.min_size",
            "must be at least 1 without declared readers: the load of no reader cannot be measured, got 0",
        )
    if cpu is not None:
        check_range(WHO.component, f"{_KEY}.cpu_percent", cpu, 10, 90)
    if connections is not None:
        check_range(WHO.component, f"{_KEY}.connections", connections, 1, 16000)
    out, in_ = given.get("scale_out_cooldown_minutes", 5), given.get("scale_in_cooldown_minutes", 30)
    check_range(WHO.component, f"{_KEY}.scale_out_cooldown_minutes", out, 1, 1440)
    check_range(WHO.component, f"{_KEY}.scale_in_cooldown_minutes", in_, 1, 1440)
    actions = _actions(windows, Sizes(low, high), declared, now)
    return Elastic(Sizes(low + declared, high + declared), cpu, connections, in_ * 60, out * 60, actions)


def _actions(
    windows: Sequence[CapacityWindow], base: Sizes, declared: int, now: datetime | None
) -> list[ScheduledAction]:
    timed = list[CapacityWindow]()
    for index, window in enumerate(windows):
        if "load_balancer_capacity_units" in window:
            raise WHO.refuse(
                f"elastic_readers.windows[{index}].load_balancer_capacity_units",
                "must be left out: no load balancer stands in front of readers, got "
                f"{window['load_balancer_capacity_units']}",
            )
        ahead: CapacityWindow = {**window}
        if "min_size" in window:
            ahead["lead_minutes"] = window.get("lead_minutes", _LEAD)
        timed.append(ahead)
    field = f"{_KEY}.windows"
    read = read_windows(WHO.component, field, timed, *base, whose="the database")
    return [
        action._replace(min_size=action.min_size + declared, max_size=action.max_size + declared)
        for action in schedule(WHO.component, field, read, base, now).actions
    ]
