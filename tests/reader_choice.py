"""How Route 53 answers for a weighted name, and how CloudWatch judges a metric: the rules of their guides, as code."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from components.functions.replicas.health import HealthAlarm


class Record(NamedTuple):
    """One of the records of a weighted name."""

    key: str
    address: str
    weight: int
    health_check: str | None


def answers(records: Sequence[Record], healthy: Mapping[str, bool]) -> dict[str, float]:
    """Return the addresses that the name leads to, and each one's share.

    Route 53 developer guide, "How Route 53 chooses records when health checking is configured" and "Health checks and
    weighted routing": records without a check are healthy; those of weight zero are considered when all others are
    unhealthy or there are none; when no record is healthy, all are taken for healthy.
    """

    def is_healthy(record: Record) -> bool:
        return record.health_check is None or healthy[record.health_check]

    weighted = [record for record in records if record.weight]
    idle = [record for record in records if not record.weight]
    for considered in ([r for r in weighted if is_healthy(r)], [r for r in idle if is_healthy(r)], weighted, idle):
        if considered:
            total = sum(record.weight for record in considered)
            return {r.address: r.weight / total if total else 1 / len(considered) for r in considered}
    return {}


Point = int | None

LOOK_BACK = 2
"""Further periods in which CloudWatch looks for data when some is missing: five points for an alarm of three (user
guide, "How alarm state is evaluated when data is missing")."""


def state(alarm: HealthAlarm, minutes: Sequence[Point]) -> str:
    """Return the state of *alarm* after *minutes* of the metric, the latest last; None is a minute without data.

    CloudWatch user guide, "Evaluating an alarm": it is evaluated every minute over periods that end then, and in alarm
    when all its periods are beyond the threshold. The most recent data counts, from further back where some is missing;
    only when there is too little of it in the whole range, missing periods are filled in as the alarm says.
    """
    length, wanted = alarm.period_seconds // 60, alarm.evaluation_periods
    periods: list[Point] = []
    for back in range(wanted + LOOK_BACK):
        end = len(minutes) - back * length
        points = [p for p in minutes[max(0, end - length) : max(0, end)] if p is not None]
        statistic = {"Maximum": max, "Minimum": min}[alarm.statistic]
        periods.append(statistic(points) if points else None)
    breaching = {
        "GreaterThanThreshold": lambda value: value > alarm.threshold,
        "LessThanThreshold": lambda value: value < alarm.threshold,
    }[alarm.comparison]
    known = [breaching(value) for value in periods if value is not None]
    if alarm.missing == "missing" and len(known) < wanted:
        return ("ALARM" if all(known) else "OK") if known else "INSUFFICIENT_DATA"
    filled = [*known, *([alarm.missing == "breaching"] * max(0, wanted - len(known)))][:wanted]
    return "ALARM" if all(filled) else "OK"


def healthy(alarms: Sequence[HealthAlarm], without_data: str, minutes: Sequence[Point]) -> bool:
    """Whether the calculated check of a replica is healthy after *minutes* of its lag: all its alarms' checks are."""
    told = {"OK": True, "ALARM": False, "INSUFFICIENT_DATA": without_data == "Healthy"}
    return all(told[state(alarm, minutes)] for alarm in alarms)


def records_of(inputs: Sequence[Mapping[str, Any]]) -> list[Record]:
    """Read the records of a name as Pulumi registers them."""
    return [
        Record(
            record["setIdentifier"],
            record["records"][0],
            record["weightedRoutingPolicies"][0]["weight"],
            record.get("healthCheckId"),
        )
        for record in inputs
    ]
