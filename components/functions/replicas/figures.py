"""What RDS has measured, minute by minute."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from .health import DIMENSION, NAMESPACE
from .model import LAG
from .place import Aws

_MINUTES = 20
_FRESH = 5 * 60
_MOST_QUERIES = 500  # botocore cloudwatch, GetMetricData


@dataclass(frozen=True)
class Figures:
    """Figures by instance and metric, and when they were taken (seconds since 1970)."""

    now: int
    found: Mapping[tuple[str, str], Mapping[int, float]]

    @property
    def minutes(self) -> list[int]:
        """Return all times at which anything was measured, the latest last."""
        return sorted({at for figures in self.found.values() for at in figures})

    def at(self, when: int, identifier: str, metric: str) -> float | None:
        """Return the figure of that minute."""
        return self.found.get((identifier, metric), {}).get(when)

    def last(self, identifier: str, metric: str) -> tuple[int, float] | None:
        """Return the latest figure and when it was taken, unless it is old."""
        found = self.found.get((identifier, metric), {})
        latest = max(found, default=0)
        return (latest, found[latest]) if found and self.now - latest <= _FRESH else None

    def lasting(self, identifier: str, metric: str, value: float) -> int:
        """Return for how many seconds every figure has been *value*, up to now."""
        latest = self.last(identifier, metric)
        if latest is None or latest[1] != value:
            return 0
        found = self.found[identifier, metric]
        others = [at for at, figure in found.items() if figure != value]
        return self.now - min(at for at in found if at > max(others, default=0))


def figures(aws: Aws, wanted: Sequence[tuple[str, str]], now: int) -> Figures:
    """Return the *wanted* figures (instance and metric) of the minutes that are over."""
    end = now - now % 60
    queries = [
        {
            "Id": f"m{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": NAMESPACE,
                    "MetricName": metric,
                    "Dimensions": [{"Name": DIMENSION, "Value": identifier}],
                },
                "Period": 60,
                # Of what is said of a minute, the worst lag counts.
                "Stat": "Maximum" if metric == LAG else "Average",
            },
        }
        for number, (identifier, metric) in enumerate(wanted[:_MOST_QUERIES])
    ]
    if not queries:
        return Figures(now, {})
    pages = aws.cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries,
        StartTime=datetime.fromtimestamp(end - _MINUTES * 60, UTC),
        EndTime=datetime.fromtimestamp(end, UTC),
    )
    found: dict[tuple[str, str], dict[int, float]] = {key: {} for key in wanted}
    for page in pages:
        for result in page["MetricDataResults"]:
            key = wanted[int(result["Id"].removeprefix("m"))]
            found[key] |= {
                int(at.timestamp()): float(value)
                for at, value in zip(result["Timestamps"], result["Values"], strict=True)
            }
    return Figures(now, found)
