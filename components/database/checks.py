"""Checks that databases of either engine run over what they are told.

Each takes the component's class name and the key of the specification (`database`, `aurora`) that its message names.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from .._args import InvalidArgs, check_range
from . import times, words

_CLASS = re.compile(r"db\.[a-z]+\d+[a-z]*\.(micro|small|medium|large|\d*xlarge)")
_DATABASE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_USER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,15}")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_KEY = re.compile(r"arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:(key|alias)/.+")
_AWS = ("amazonaws.com", "amazonaws.com.cn", "api.aws")
_PARAMETER = re.compile(r"[a-z][a-z0-9_]*")

_HELD = {
    "require_secure_transport": ("1", "connections are encrypted"),
    "innodb_flush_log_at_trx_commit": ("1", "what a client was told to be committed is on disk"),
    "log_output": ("FILE", "logs in tables cannot be exported to CloudWatch"),
    "sync_binlog": ("1", "what a client was told to be committed is on disk"),
}
_WITH_UNIT = re.compile(r"\d+\s*[kmgt]i?b?", re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?\d+")
_FEWEST_CONNECTIONS, _MOST_CONNECTIONS = 10, 100_000
_OLD_TLS = frozenset({"tlsv1", "tlsv1.1"})
_RDS_SETS = frozenset({"innodb_read_only", "read_only", "super_read_only"})

# RDS names instances after the component: lower-case letters, digits, single hyphens, a letter first.
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

# Database Insights (Performance Insights) is not there for them: RDS user guide, USER_DatabaseInsights.Engines.
_WITHOUT_INSIGHTS = re.compile(r"db\.(t2|t3|t4g)\.(micro|small)")


class Who(NamedTuple):
    """Who is told something wrong: the component's class name and the key of its specification."""

    component: str
    key: str

    def refuse(self, field: str, problem: str) -> InvalidArgs:
        """Return the error that *field* of the specification has a *problem*."""
        return InvalidArgs(f"{self.component}: {self.key}.{field} {problem}")


def has_insights(instance_class: str) -> bool:
    """Whether Database Insights can be switched on for *instance_class*."""
    return _WITHOUT_INSIGHTS.fullmatch(instance_class) is None


def check_instance_names(component: str, name: str) -> None:
    """Raise ``InvalidArgs`` unless RDS can name instances after the component *name*."""
    if not _NAME.fullmatch(name):
        raise InvalidArgs(
            f"{component}: the name must be lower-case letters, digits and single hyphens and begin with a letter, "
            f"because RDS names the instances after it, got {name!r}"
        )


def instance_class(who: Who, field: str, value: str) -> str:
    """Return *value*, a class of RDS instances."""
    if not _CLASS.fullmatch(value):
        raise who.refuse(field, f"must be an RDS instance class such as db.t4g.medium, got {value!r}")
    return value


def check_key(who: Who, field: str, key: object, region: str) -> None:
    """Raise ``InvalidArgs`` when *key* is known and no ARN of a key in *region*."""
    if isinstance(key, str):
        match = _KEY.fullmatch(key)
        if not match or match[1] != region:
            raise who.refuse(field, f"must be the ARN of a key in {region}, got {key!r}")


def windows(who: Who, backup: str, maintenance: str) -> tuple[str, str]:
    """Return the daily *backup* and the weekly *maintenance* window, which are apart."""
    maintenance = maintenance.lower()
    once_a_day, once_a_week = times.daily(backup), times.weekly(maintenance)
    if once_a_day is None:
        raise who.refuse("backup_window", f"must be a daily time in UTC such as 02:00-03:00, got {backup!r}")
    if once_a_week is None:
        raise who.refuse(
            "maintenance_window", f"must be a weekly time in UTC such as sun:03:30-sun:04:30, got {maintenance!r}"
        )
    for field, text, (_, length) in (
        ("backup_window", backup, once_a_day),
        ("maintenance_window", maintenance, once_a_week),
    ):
        if length < 30:  # noqa: PLR2004
            raise who.refuse(field, f"must be at least 30 minutes long, got {text}")
    if times.overlap(once_a_day, once_a_week):
        raise InvalidArgs(
            f"{who.component}: {who.key}.backup_window and {who.key}.maintenance_window must not overlap, "
            f"got {backup} and {maintenance}"
        )
    return backup, maintenance


def database_name(who: Who, value: str) -> str:
    """Return *value*, the name of a database."""
    if not _DATABASE.fullmatch(value) or value.lower() in words.RESERVED | words.OCCUPIED_DATABASES:
        raise who.refuse(
            "database_name",
            "must be 1 to 64 letters, digits and underscores, begin with a letter "
            f"and not be a word of MySQL's own, got {value!r}",
        )
    return value


def username(who: Who, value: str) -> str:
    """Return *value*, the name of a master user."""
    if value.lower() == "admin":
        raise who.refuse(
            "username",
            "must not be the name that everybody guesses first, such as app_owner "
            f"instead (FSBP RDS.25), got {value!r}",
        )
    if not _USER.fullmatch(value) or value.lower() in words.RESERVED | words.OCCUPIED_USERS:
        raise who.refuse(
            "username",
            "must be 1 to 16 letters, digits and underscores, begin with a letter and "
            f"not be a word of MySQL's own, got {value!r}",
        )
    return value


def domain(who: Who, name: str, given: str | None, *, zone_given: bool) -> str:
    """Return the private domain of the database *name*."""
    if given is None and zone_given:
        raise InvalidArgs(
            f"{who.component}: missing {who.key}.private_domain, the name of the zone that private_zone_id is"
        )
    value = given or f"{name}.internal"
    if not _DOMAIN.fullmatch(value) or len(f"db-ro.{value}") > 253:  # noqa: PLR2004
        raise who.refuse("private_domain", f"must be a lower-case domain such as app.internal, got {value!r}")
    if f".{value}".endswith(tuple(f".{theirs}" for theirs in _AWS)):
        raise who.refuse(
            "private_domain",
            "must not be a domain of AWS, because a private zone of that name would hide AWS's own endpoints, "
            f"got {value!r}",
        )
    return value


def parameters(who: Who, given: Mapping[str, str]) -> Mapping[str, str]:
    """Return the *given* parameters, whose names and values are possible."""
    for parameter, value in given.items():
        if not _PARAMETER.fullmatch(parameter):
            raise who.refuse(
                "parameters",
                f"must be keyed by names of MySQL parameters such as max_connections, got {parameter!r}",
            )
        if not value:
            raise who.refuse(f"parameters.{parameter}", "must have a value, got ''")
        if parameter in _RDS_SETS:
            raise who.refuse(
                f"parameters.{parameter}", "must be left out: RDS makes replicas read-only and their source writable"
            )
        if parameter == "lower_case_table_names" and value != "0":
            raise who.refuse(
                f"parameters.{parameter}",
                "must be 0: MySQL takes another value before its first start only, and does not find its tables again "
                f"when it is changed, got {value!r}",
            )
        _check_value(who, parameter, value)
    return given


def _check_value(who: Who, parameter: str, value: str) -> None:
    field = f"parameters.{parameter}"
    held, why = _HELD.get(parameter, (value, ""))
    if value != held:
        raise who.refuse(field, f"must be {held}: {why}, got {value!r}")
    if _WITH_UNIT.fullmatch(value):
        raise who.refuse(field, f"must be in bytes, because RDS takes no units, got {value!r}")
    if parameter == "max_connections" and _WHOLE.fullmatch(value):
        # MySQL takes no more (server system variables); fewer are gone with RDS's own and the function of users.
        check_range(who.component, f"{who.key}.{field}", int(value), _FEWEST_CONNECTIONS, _MOST_CONNECTIONS)
    if parameter == "tls_version" and _OLD_TLS & {version.strip().lower() for version in value.split(",")}:
        raise who.refuse(field, f"must be TLSv1.2, TLSv1.3 or both: older ones are broken, got {value!r}")
