"""Replicas, and the backups that they are made from."""

from ..._args import check_range
from ..shapes import MySQLSpec
from .who import WHO

MOST = 15  # botocore rds CreateDBInstanceReadReplica, SourceDBInstanceIdentifier


def allowed_lag(spec: MySQLSpec) -> int:
    """Return the seconds that a replica in the reader's name may be behind."""
    seconds = spec.get("max_replica_lag_seconds", 60)
    check_range(WHO.component, "database.max_replica_lag_seconds", seconds, 1, 86400, "seconds")
    return seconds


def replicas(spec: MySQLSpec) -> tuple[tuple[str, ...], int]:
    """Return the keys of the replicas, and the days for which backups are kept."""
    count, retention = spec.get("replica_count", 0), spec.get("backup_retention_days", 7)
    check_range(WHO.component, "database.replica_count", count, 0, MOST)
    check_range(WHO.component, "database.backup_retention_days", retention, 0, 35, "days")
    if count and not retention:
        raise WHO.refuse(
            "backup_retention_days",
            f"must be at least 1 with replicas, which RDS makes from backups, got 0 with replica_count {count}",
        )
    return tuple(str(number) for number in range(1, count + 1)), retention
