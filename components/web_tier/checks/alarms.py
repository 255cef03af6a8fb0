"""Which alarms are refused."""

import re

from ..._args import InvalidArgs, check_range
from ..shapes import Alarms
from .words import COMPONENT

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def check_alarms(alarms: Alarms) -> None:
    """Raise :class:`InvalidArgs` for addresses and thresholds that cannot be."""
    emails = alarms.get("emails", ())
    for index, email in enumerate(emails):
        if not _EMAIL.fullmatch(email):
            raise InvalidArgs(
                f"{COMPONENT}: alarms.emails[{index}] must be an address, such as ops@example.org, got {email!r}"
            )
        if email in emails[:index]:
            raise InvalidArgs(f"{COMPONENT}: alarms.emails[{index}] must be named once, got {email!r} again")
    if emails and "topic_arn" in alarms:
        raise InvalidArgs(
            f"{COMPONENT}: alarms.emails must come without alarms.topic_arn, which has its own subscriptions, got both"
        )
    check_range(COMPONENT, "alarms.error_percent", alarms.get("error_percent", 5), 1, 100)
    latency = alarms.get("latency_p95_seconds", 3.0)
    if latency <= 0:
        raise InvalidArgs(f"{COMPONENT}: alarms.latency_p95_seconds must be more than 0, got {latency}")
    check_range(COMPONENT, "alarms.minimum_requests", alarms.get("minimum_requests", 20), 1)
    check_range(COMPONENT, "alarms.at_maximum_minutes", alarms.get("at_maximum_minutes", 15), 1, 1440)
