"""What replicas demand of their source, and rule out."""

from collections.abc import Mapping

from ..._args import check_range
from ...database import checks
from ..shapes import MySQLSpec
from .who import WHO


def allowed_lag(spec: MySQLSpec) -> int:
    """Return the seconds that a replica in the reader's name may be behind."""
    seconds = spec.get("max_replica_lag_seconds", 60)
    check_range(WHO.component, "database.max_replica_lag_seconds", seconds, 1, 86400, "seconds")
    return seconds


def parameters(spec: MySQLSpec) -> Mapping[str, str]:
    """Return the parameters that *spec* has."""
    given = checks.parameters(WHO, spec.get("parameters", {}))
    binlog_format = given.get("binlog_format", "ROW")
    if binlog_format != "ROW":
        raise WHO.refuse(
            "parameters.binlog_format",
            f"must be ROW: replicas would diverge, where statements mean something else, got {binlog_format!r}",
        )
    return given


def retention(spec: MySQLSpec, followers: int) -> int:
    """Return the days for which backups are kept of a database with so many *followers*."""
    days = spec.get("backup_retention_days", 7)
    check_range(WHO.component, "database.backup_retention_days", days, 0, 35, "days")
    if followers and not days:
        raise WHO.refuse(
            "backup_retention_days",
            f"must be at least 1 with replicas, which RDS makes from backups, got 0 with {followers} of them",
        )
    return days


def blue_green(spec: MySQLSpec, followers: int) -> bool:
    """Return whether changes are made to a copy that then takes the place of the instance."""
    if not spec.get("blue_green_updates", False):
        return False
    if followers:
        raise WHO.refuse(
            "blue_green_updates",
            "must be false with replicas: the provider switches the one instance, and its replicas are left with the "
            f"old one that it deletes (terraform-provider-aws, issue 33702), got {followers} of them",
        )
    if not spec.get("backup_retention_days", 7):
        raise WHO.refuse("backup_retention_days", "must be at least 1 with blue_green_updates, got 0")
    scheduler = spec.get("parameters", {}).get("event_scheduler", "its default")
    if scheduler.upper() not in ("OFF", "0", "DISABLED"):
        raise WHO.refuse(
            "parameters.event_scheduler",
            "must be OFF with blue_green_updates: RDS demands it of the copy, or events would run twice "
            f"(RDS user guide, blue-green-deployments-considerations), got {scheduler!r}",
        )
    return True
