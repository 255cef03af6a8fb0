"""Elastic replicas, checked and in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..._args import InvalidArgs, check_range
from ...database import checks
from ...database.alarms.connections import mysql_connections
from ...functions.replicas.model import CONNECTIONS, CPU, MOST_REPLICAS, Policy
from ...windows import CapacityWindow, Window, read_windows
from ...windows.clocks import offsets
from ..shapes import MySQLSpec
from .family import Member
from .who import WHO

_FIELD = "database.elastic_replicas"
_LEAD = 20
"""Minutes that a replica may take to come."""


@dataclass(frozen=True)
class Elastic:
    """Elastic replicas without gaps."""

    instance_class: str
    policy: Policy
    reserved: bool


def elastic_size(spec: MySQLSpec) -> int:
    """Return how many elastic replicas there may be."""
    given = spec.get("elastic_replicas")
    return 0 if given is None else given["max_size"]


def elastic(spec: MySQLSpec, replica_class: str, declared: Sequence[Member], max_lag: int) -> Elastic | None:
    """Check what *spec* says of them beside those *declared*."""
    given = spec.get("elastic_replicas")
    if given is None:
        return None
    low, high = given.get("min_size", 0), given["max_size"]
    check_range(WHO.component, f"{_FIELD}.max_size", high, 1, MOST_REPLICAS)
    check_range(WHO.component, f"{_FIELD}.min_size", low, 0, high)
    chosen = checks.instance_class(WHO, "elastic_replicas.instance_class", given.get("instance_class", replica_class))
    cpu, out = given.get("cpu_percent", 60), given.get("scale_out_cooldown_minutes", 5)
    in_, drain = given.get("scale_in_cooldown_minutes", 30), given.get("drain_minutes", 10)
    check_range(WHO.component, f"{_FIELD}.cpu_percent", cpu, 10, 90)
    check_range(WHO.component, f"{_FIELD}.scale_out_cooldown_minutes", out, 1, 1440)
    check_range(WHO.component, f"{_FIELD}.scale_in_cooldown_minutes", in_, 1, 1440)
    check_range(WHO.component, f"{_FIELD}.drain_minutes", drain, 2, 60)
    windows = _windows(given.get("windows", ()), low, high)
    return Elastic(
        chosen,
        Policy(
            low,
            high,
            tuple(windows),
            {window.zone: offsets(window.zone) for window in windows},
            {
                CPU: float(cpu),
                **_connections(
                    spec, given.get("connections_percent"), [chosen, *(member.instance_class for member in declared)]
                ),
            },
            out * 60,
            in_ * 60,
            max_lag,
            drain * 60,
        ),
        given.get("reserved_concurrency", True),
    )


def _connections(spec: MySQLSpec, percent: int | None, classes: Sequence[str]) -> dict[str, float]:
    if percent is not None:
        check_range(WHO.component, f"{_FIELD}.connections_percent", percent, 10, 90)
    allowed = [mysql_connections(instance_class, spec.get("parameters", {})) for instance_class in classes]
    known = [count for count in allowed if count is not None]
    if len(known) == len(allowed):
        return {CONNECTIONS: float(max(1, min(known) * (70 if percent is None else percent) // 100))}
    if percent is None:
        return {}
    raise InvalidArgs(
        f"{WHO.component}: {_FIELD}.connections_percent must be left out, or parameters.max_connections be a number: "
        f"how many connections these instances allow is not known beforehand, got {percent}"
    )


def _windows(given: Sequence[CapacityWindow], low: int, high: int) -> list[Window]:
    timed = list[CapacityWindow]()
    for index, window in enumerate(given):
        if "load_balancer_capacity_units" in window:
            raise InvalidArgs(
                f"{WHO.component}: {_FIELD}.windows[{index}].load_balancer_capacity_units must be left out: no load "
                f"balancer stands in front of replicas, got {window['load_balancer_capacity_units']}"
            )
        floor = window.get("min_size")
        timed.append(window.copy())
        if floor is not None:
            timed[-1].setdefault("lead_minutes", min(_LEAD * max(floor - low, 0), 24 * 60))
    return read_windows(WHO.component, f"{_FIELD}.windows", timed, low, high, whose="the database")
