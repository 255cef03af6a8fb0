"""The arguments of a MySQL database, checked and with their defaults."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .._args import InvalidArgs, check_name, check_range
from ..database import checks
from ..database.checks import Who, check_instance_names
from .shapes import MySQLArgs, MySQLSpec

_WHO = Who("MySQL", "database")

_MIN_VERSION = (8, 4)
_MAX_STORAGE_GIB = 65536  # botocore rds CreateDBInstance, AllocatedStorage: gp3
_MAX_REPLICAS = 15  # botocore rds CreateDBInstanceReadReplica, SourceDBInstanceIdentifier

_VERSION = re.compile(r"(\d+)\.(\d+)(\.\d+)?")


@dataclass(frozen=True)
class Database:
    """A checked specification without gaps."""

    engine_version: str
    family: str
    """Parameter group family, such as `mysql8.4`."""
    patched: bool
    """Whether RDS installs minor upgrades: not when a patch number is pinned."""
    instance_class: str
    database_name: str
    username: str
    port: int
    storage_gib: int
    max_storage_gib: int
    multi_az: bool
    replica_class: str
    replicas: tuple[str, ...]
    """Keys of the replicas."""
    backup_retention_days: int
    backup_window: str
    maintenance_window: str
    apply_immediately: bool
    iam_authentication: bool
    domain: str
    parameters: Mapping[str, str]


def resolve(name: str, args: MySQLArgs) -> Database:
    """Check what the component *name* is told and fill in the defaults, or raise ``InvalidArgs``."""
    spec = args.get("database", {})
    check_instance_names(_WHO.component, name)
    # Two digits, so that the name stays good when replicas are added.
    check_name(_WHO.component, f"{name}-replica-{_MAX_REPLICAS}", 63, "an RDS instance")
    if len(args["subnet_ids"]) < 2:  # noqa: PLR2004
        raise InvalidArgs(
            f"{_WHO.component}: subnet_ids must hold at least 2 subnets in different zones, "
            f"got {len(args['subnet_ids'])}"
        )
    version, family, patched = _version(spec.get("engine_version", "8.4"))
    instance_class = checks.instance_class(_WHO, "instance_class", spec.get("instance_class", "db.t4g.medium"))
    storage, max_storage = _storage(spec)
    replicas, retention = _replicas(spec)
    backup, maintenance = checks.windows(
        _WHO, spec.get("backup_window", "02:00-03:00"), spec.get("maintenance_window", "sun:03:30-sun:04:30")
    )
    port = spec.get("port", 3307)
    check_range(_WHO.component, "database.port", port, 1150, 65535)
    return Database(
        engine_version=version,
        family=family,
        patched=patched,
        instance_class=instance_class,
        database_name=checks.database_name(_WHO, spec.get("database_name", "app")),
        username=checks.username(_WHO, spec.get("username", "app_owner")),
        port=port,
        storage_gib=storage,
        max_storage_gib=max_storage,
        multi_az=spec.get("multi_az", False),
        replica_class=checks.instance_class(_WHO, "replica_class", spec.get("replica_class", instance_class)),
        replicas=replicas,
        backup_retention_days=retention,
        backup_window=backup,
        maintenance_window=maintenance,
        apply_immediately=spec.get("apply_immediately", False),
        iam_authentication=spec.get("iam_authentication", True),
        domain=checks.domain(_WHO, name, spec.get("private_domain"), zone_given="private_zone_id" in args),
        parameters=checks.parameters(_WHO, spec.get("parameters", {})),
    )


def _version(version: str) -> tuple[str, str, bool]:
    match = _VERSION.fullmatch(version)
    if not match or (int(match[1]), int(match[2])) < _MIN_VERSION:
        raise InvalidArgs(
            f"{_WHO.component}: database.engine_version must be 8.4 or later, such as 8.4 or 8.4.6, got {version!r}"
        )
    return version, f"mysql{match[1]}.{match[2]}", match[3] is None


def _storage(spec: MySQLSpec) -> tuple[int, int]:
    storage, ceiling = spec.get("storage_gib", 20), spec.get("max_storage_gib", 100)
    # The ceiling of storage autoscaling is at least 10% above the storage: RDS user guide, USER_PIOPS.Autoscaling.
    check_range(_WHO.component, "database.storage_gib", storage, 20, _MAX_STORAGE_GIB * 10 // 11, "GiB")
    lowest = (storage * 11 + 9) // 10
    if ceiling < lowest:
        raise InvalidArgs(
            f"{_WHO.component}: database.max_storage_gib must be at least {lowest} GiB, "
            f"10% above storage_gib ({storage}), got {ceiling}"
        )
    check_range(_WHO.component, "database.max_storage_gib", ceiling, lowest, _MAX_STORAGE_GIB, "GiB")
    return storage, ceiling


def _replicas(spec: MySQLSpec) -> tuple[tuple[str, ...], int]:
    count, retention = spec.get("replica_count", 0), spec.get("backup_retention_days", 7)
    check_range(_WHO.component, "database.replica_count", count, 0, _MAX_REPLICAS)
    check_range(_WHO.component, "database.backup_retention_days", retention, 0, 35, "days")
    if count and not retention:
        raise InvalidArgs(
            f"{_WHO.component}: database.backup_retention_days must be at least 1 with replicas, which RDS makes from "
            f"backups, got 0 with replica_count {count}"
        )
    return tuple(str(number) for number in range(1, count + 1)), retention
