"""Database Insights, the successor of Performance Insights, and enhanced monitoring."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pulumi

from .checks import Who, has_insights
from .shapes import InsightsMode

_INTERVALS = (0, 1, 5, 10, 15, 30, 60)
_FREE_DAYS = 7
_ADVANCED_DAYS = 465  # RDS user guide, USER_DatabaseInsights.Considerations: at least
_DAYS = (7, *range(31, 714, 31), 731)


class Insights(NamedTuple):
    """What is shown of a database, and for how long."""

    mode: InsightsMode
    days: int

    def inputs(self, instance_class: str, kms_key_arn: pulumi.Input[str] | None) -> dict[str, Any]:
        """Return the inputs of an instance of *instance_class* that say so."""
        if not has_insights(instance_class):
            return {"performance_insights_enabled": False}
        return {
            "database_insights_mode": self.mode.value,
            "performance_insights_enabled": True,
            "performance_insights_retention_period": self.days,
            "performance_insights_kms_key_id": kms_key_arn,
        }


def insights(who: Who, spec: Mapping[str, Any], instance_class: str) -> Insights:
    """Check what *spec* says of Database Insights for a writer of *instance_class*."""
    mode = InsightsMode(spec.get("insights_mode", InsightsMode.STANDARD))
    advanced = mode is InsightsMode.ADVANCED
    if advanced and not has_insights(instance_class):
        raise who.refuse(
            "insights_mode", f"must be standard for {instance_class}: micro and small classes have no Database Insights"
        )
    days = spec.get("insights_retention_days", _ADVANCED_DAYS if advanced else _FREE_DAYS)
    if days not in _DAYS:
        raise who.refuse("insights_retention_days", f"must be 7, a multiple of 31 up to 713, or 731, got {days}")
    if advanced and days < _ADVANCED_DAYS:
        raise who.refuse(
            "insights_retention_days", f"must be at least {_ADVANCED_DAYS} with insights_mode advanced, got {days}"
        )
    return Insights(mode, days)


def monitoring_seconds(who: Who, spec: Mapping[str, Any]) -> int:
    """Return the interval of enhanced monitoring."""
    seconds: int = spec.get("monitoring_interval_seconds", 60)
    if seconds not in _INTERVALS:
        raise who.refuse(
            "monitoring_interval_seconds", f"must be one of {', '.join(map(str, _INTERVALS))}, got {seconds}"
        )
    return seconds
