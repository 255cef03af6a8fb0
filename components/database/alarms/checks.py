"""Which alarms of a database are refused."""

import re
from collections.abc import Mapping

from ..._args import InvalidArgs, check_range
from .shapes import DatabaseAlarms

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")

DEFAULTS = {
    "cpu_percent": 90,
    "connections_percent": 80,
    "storage_hours_left": 24,
    "storage_free_percent": 5,
    "acu_percent": 90,
}
_HIGHEST = {"storage_hours_left": 720, "storage_free_percent": 50}


def check_alarms(component: str, alarms: DatabaseAlarms) -> None:
    """Raise :class:`InvalidArgs` for addresses and thresholds that cannot be."""
    emails = alarms.get("emails", ())
    for index, email in enumerate(emails):
        if not _EMAIL.fullmatch(email):
            raise InvalidArgs(
                f"{component}: alarms.emails[{index}] must be an address, such as ops@example.org, got {email!r}"
            )
        if email in emails[:index]:
            raise InvalidArgs(f"{component}: alarms.emails[{index}] must be named once, got {email!r} again")
    if emails and "topic_arn" in alarms:
        raise InvalidArgs(
            f"{component}: alarms.emails must come without alarms.topic_arn, which has its own subscriptions, got both"
        )
    for field in DEFAULTS:
        check_range(component, f"alarms.{field}", threshold(alarms, field), 0, _HIGHEST.get(field, 100))


def check_connections(
    component: str, alarms: DatabaseAlarms, limits: Mapping[str, int | None], parameters: Mapping[str, str]
) -> None:
    """Raise :class:`InvalidArgs` when nobody knows the *limits* of connections, by class, that alarms go by."""
    percent = threshold(alarms, "connections_percent")
    if not percent or not alarms.get("enabled", True):
        return
    for instance_class, limit in limits.items():
        if limit is None:
            given = parameters.get("max_connections", "its default")
            raise InvalidArgs(
                f"{component}: alarms.connections_percent must be 0 where max_connections is neither a number nor "
                "{DBInstanceClassMemory/...} of a class whose memory is known, "
                f"got {percent} with {instance_class} and {given!r}"
            )


def threshold(alarms: DatabaseAlarms, field: str) -> int:
    """Return the threshold *field*; 0 is off."""
    given = alarms.get(field, DEFAULTS[field])
    assert isinstance(given, int)  # noqa: S101  only thresholds have defaults here
    return given
