"""The arguments of a MySQL database, checked and with their defaults."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .._args import InvalidArgs, check_name, check_range
from . import times, words
from .shapes import MySQLArgs, MySQLSpec

_WHO = "MySQL"

_MIN_VERSION = (8, 4)
_MAX_STORAGE_GIB = 65536  # botocore rds CreateDBInstance, AllocatedStorage: gp3
_MAX_REPLICAS = 15  # botocore rds CreateDBInstanceReadReplica, SourceDBInstanceIdentifier

# RDS names instances after the component: lower-case letters, digits, single hyphens, a letter first.
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_VERSION = re.compile(r"(\d+)\.(\d+)(\.\d+)?")
_CLASS = re.compile(r"db\.[a-z]+\d+[a-z]*\.(micro|small|medium|large|\d*xlarge)")
_DATABASE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_USER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,15}")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_PARAMETER = re.compile(r"[a-z][a-z0-9_]*")

# Database Insights (Performance Insights) is not there for them: RDS user guide, USER_DatabaseInsights.Engines.
_WITHOUT_INSIGHTS = re.compile(r"db\.(t2|t3|t4g)\.(micro|small)")


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


def has_insights(instance_class: str) -> bool:
    """Whether Database Insights can be switched on for *instance_class*."""
    return _WITHOUT_INSIGHTS.fullmatch(instance_class) is None


def resolve(name: str, args: MySQLArgs) -> Database:
    """Check what the component *name* is told and fill in the defaults, or raise ``InvalidArgs``."""
    spec = args.get("database", {})
    _check_name(name)
    if len(args["subnet_ids"]) < 2:  # noqa: PLR2004
        raise InvalidArgs(
            f"{_WHO}: subnet_ids must hold at least 2 subnets in different zones, got {len(args['subnet_ids'])}"
        )
    version, family, patched = _version(spec.get("engine_version", "8.4"))
    instance_class = _class("instance_class", spec.get("instance_class", "db.t4g.medium"))
    storage, max_storage = _storage(spec)
    replicas, retention = _replicas(spec)
    backup, maintenance = _windows(spec)
    port = spec.get("port", 3307)
    check_range(_WHO, "database.port", port, 1150, 65535)
    return Database(
        engine_version=version,
        family=family,
        patched=patched,
        instance_class=instance_class,
        database_name=_database_name(spec.get("database_name", "app")),
        username=_username(spec.get("username", "app_owner")),
        port=port,
        storage_gib=storage,
        max_storage_gib=max_storage,
        multi_az=spec.get("multi_az", False),
        replica_class=_class("replica_class", spec.get("replica_class", instance_class)),
        replicas=replicas,
        backup_retention_days=retention,
        backup_window=backup,
        maintenance_window=maintenance,
        apply_immediately=spec.get("apply_immediately", False),
        iam_authentication=spec.get("iam_authentication", True),
        domain=_domain(name, spec, "private_zone_id" in args),
        parameters=_parameters(spec),
    )


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise InvalidArgs(
            f"{_WHO}: the name must be lower-case letters, digits and single hyphens and begin with a letter, "
            f"because RDS names the instances after it, got {name!r}"
        )
    # Two digits, so that the name stays good when replicas are added.
    check_name(_WHO, f"{name}-replica-{_MAX_REPLICAS}", 63, "an RDS instance")


def _version(version: str) -> tuple[str, str, bool]:
    match = _VERSION.fullmatch(version)
    if not match or (int(match[1]), int(match[2])) < _MIN_VERSION:
        raise InvalidArgs(
            f"{_WHO}: database.engine_version must be 8.4 or later, such as 8.4 or 8.4.6, got {version!r}"
        )
    return version, f"mysql{match[1]}.{match[2]}", match[3] is None


def _class(field: str, value: str) -> str:
    if not _CLASS.fullmatch(value):
        raise InvalidArgs(
            f"{_WHO}: database.{field} must be an RDS instance class such as db.t4g.medium, got {value!r}"
        )
    return value


def _storage(spec: MySQLSpec) -> tuple[int, int]:
    storage, ceiling = spec.get("storage_gib", 20), spec.get("max_storage_gib", 100)
    # The ceiling of storage autoscaling is at least 10% above the storage: RDS user guide, USER_PIOPS.Autoscaling.
    check_range(_WHO, "database.storage_gib", storage, 20, _MAX_STORAGE_GIB * 10 // 11, "GiB")
    lowest = (storage * 11 + 9) // 10
    if ceiling < lowest:
        raise InvalidArgs(
            f"{_WHO}: database.max_storage_gib must be at least {lowest} GiB, 10% above storage_gib ({storage}), "
            f"got {ceiling}"
        )
    check_range(_WHO, "database.max_storage_gib", ceiling, lowest, _MAX_STORAGE_GIB, "GiB")
    return storage, ceiling


def _replicas(spec: MySQLSpec) -> tuple[tuple[str, ...], int]:
    count, retention = spec.get("replica_count", 0), spec.get("backup_retention_days", 7)
    check_range(_WHO, "database.replica_count", count, 0, _MAX_REPLICAS)
    check_range(_WHO, "database.backup_retention_days", retention, 0, 35, "days")
    if count and not retention:
        raise InvalidArgs(
            f"{_WHO}: database.backup_retention_days must be at least 1 with replicas, which RDS makes from "
            f"backups, got 0 with replica_count {count}"
        )
    return tuple(str(number) for number in range(1, count + 1)), retention


def _windows(spec: MySQLSpec) -> tuple[str, str]:
    backup = spec.get("backup_window", "02:00-03:00")
    maintenance = spec.get("maintenance_window", "sun:03:30-sun:04:30").lower()
    once_a_day, once_a_week = times.daily(backup), times.weekly(maintenance)
    if once_a_day is None:
        raise InvalidArgs(
            f"{_WHO}: database.backup_window must be a daily time in UTC such as 02:00-03:00, got {backup!r}"
        )
    if once_a_week is None:
        raise InvalidArgs(
            f"{_WHO}: database.maintenance_window must be a weekly time in UTC such as sun:03:30-sun:04:30, "
            f"got {maintenance!r}"
        )
    for field, text, (_, length) in (
        ("backup_window", backup, once_a_day),
        ("maintenance_window", maintenance, once_a_week),
    ):
        if length < 30:  # noqa: PLR2004
            raise InvalidArgs(f"{_WHO}: database.{field} must be at least 30 minutes long, got {text}")
    if times.overlap(once_a_day, once_a_week):
        raise InvalidArgs(
            f"{_WHO}: database.backup_window and database.maintenance_window must not overlap, "
            f"got {backup} and {maintenance}"
        )
    return backup, maintenance


def _database_name(value: str) -> str:
    if not _DATABASE.fullmatch(value) or value.lower() in words.RESERVED | words.OCCUPIED_DATABASES:
        raise InvalidArgs(
            f"{_WHO}: database.database_name must be 1 to 64 letters, digits and underscores, begin with a letter "
            f"and not be a word of MySQL's own, got {value!r}"
        )
    return value


def _username(value: str) -> str:
    if value.lower() == "admin":
        raise InvalidArgs(
            f"{_WHO}: database.username must not be the name that everybody guesses first, such as app_owner "
            f"instead (FSBP RDS.25), got {value!r}"
        )
    if not _USER.fullmatch(value) or value.lower() in words.RESERVED | words.OCCUPIED_USERS:
        raise InvalidArgs(
            f"{_WHO}: database.username must be 1 to 16 letters, digits and underscores, begin with a letter and "
            f"not be a word of MySQL's own, got {value!r}"
        )
    return value


def _domain(name: str, spec: MySQLSpec, zone_given: bool) -> str:  # noqa: FBT001
    domain = spec.get("private_domain")
    if domain is None and zone_given:
        raise InvalidArgs(f"{_WHO}: missing database.private_domain, the name of the zone that private_zone_id is")
    domain = domain or f"{name}.internal"
    if not _DOMAIN.fullmatch(domain) or len(f"db-ro.{domain}") > 253:  # noqa: PLR2004
        raise InvalidArgs(
            f"{_WHO}: database.private_domain must be a lower-case domain such as app.internal, got {domain!r}"
        )
    return domain


def _parameters(spec: MySQLSpec) -> Mapping[str, str]:
    parameters = spec.get("parameters", {})
    for parameter, value in parameters.items():
        if not _PARAMETER.fullmatch(parameter):
            raise InvalidArgs(
                f"{_WHO}: database.parameters must be keyed by names of MySQL parameters such as max_connections, "
                f"got {parameter!r}"
            )
        if not value:
            raise InvalidArgs(f"{_WHO}: database.parameters.{parameter} must have a value, got ''")
        if parameter == "require_secure_transport" and value != "1":
            raise InvalidArgs(
                f"{_WHO}: database.parameters.require_secure_transport must be 1: connections are encrypted, "
                f"got {value!r}"
            )
    return parameters
