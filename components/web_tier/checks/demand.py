"""Which targets of demand are refused."""

import re

from ..._args import InvalidArgs, check_range
from ..shapes import CustomMetric, Fleet, ForecastMetric, Predictive
from .words import COMPONENT

_NAME = re.compile(r"[a-z][a-z0-9-]{0,23}")
_TAKEN = ("cpu", "requests", "forecast")
_SIZES = ("Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes", "Bits", "Kilobits", "Megabits", "Gigabits")
_AMOUNTS = (*_SIZES, "Terabits", "Count")
UNITS = (
    *("Seconds", "Microseconds", "Milliseconds", "Percent", "None", *_AMOUNTS),
    *(f"{amount}/Second" for amount in _AMOUNTS),
)
"""CloudWatch API, StandardUnit."""


def check_demand(fleet: Fleet) -> None:
    """Raise :class:`InvalidArgs` for targets that cannot be, or that AWS would refuse."""
    check_range(COMPONENT, "fleet.cpu_target_percent", fleet.get("cpu_target_percent", 50), 1, 100)
    check_range(COMPONENT, "fleet.requests_per_server_per_minute", fleet.get("requests_per_server_per_minute", 1), 1)
    check_range(COMPONENT, "fleet.warmup_seconds", fleet.get("warmup_seconds", 300), 0, 3600)
    names = set[str]()
    for index, metric in enumerate(fleet.get("custom_metrics", ())):
        _check_metric(f"fleet.custom_metrics[{index}]", metric, names)
        names.add(metric["name"])
    if "predictive" in fleet:
        _check_predictive(fleet, fleet["predictive"])


def _check_metric(field: str, metric: CustomMetric, names: set[str]) -> None:
    name, unit = metric["name"], metric.get("unit")
    if not _NAME.fullmatch(name) or name in _TAKEN:
        raise InvalidArgs(
            f"{COMPONENT}: {field}.name must be lower-case letters, digits and hyphens, start with a letter, have at "
            f"most 24 characters and not be {', '.join(_TAKEN)}, got {name!r}"
        )
    if name in names:
        raise InvalidArgs(f"{COMPONENT}: {field}.name must be unique in the fleet, got {name!r} again")
    for key in ("namespace", "metric_name"):
        if not 1 <= len(metric[key]) <= 255:  # noqa: PLR2004  CloudWatch API, Namespace and MetricName
            raise InvalidArgs(f"{COMPONENT}: {field}.{key} must have 1 to 255 characters, got {metric[key]!r}")
    if unit is not None and unit not in UNITS:
        raise InvalidArgs(
            f"{COMPONENT}: {field}.unit must be a unit of CloudWatch, such as Count, Percent or Seconds, got {unit!r}"
        )
    if metric["target_value"] <= 0:
        raise InvalidArgs(f"{COMPONENT}: {field}.target_value must be above 0, got {metric['target_value']:g}")


def _check_predictive(fleet: Fleet, predictive: Predictive) -> None:
    by_requests = predictive.get("metric") == ForecastMetric.REQUESTS
    target = predictive.get("target_value")
    if target is None and by_requests and "requests_per_server_per_minute" not in fleet:
        raise InvalidArgs(
            f"{COMPONENT}: fleet.predictive.target_value must be given, or fleet.requests_per_server_per_minute, to "
            "forecast requests, got neither"
        )
    if target is not None and (target <= 0 or (target > 100 and not by_requests)):  # noqa: PLR2004  percent
        limits = "above 0" if by_requests else "above 0 and at most 100 percent of processor use"
        raise InvalidArgs(f"{COMPONENT}: fleet.predictive.target_value must be {limits}, got {target:g}")
    check_range(COMPONENT, "fleet.predictive.buffer_seconds", predictive.get("buffer_seconds", 0), 0, 3599)
