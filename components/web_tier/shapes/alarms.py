"""What can be said about a web tier's alarms."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi


class Alarms(TypedDict):
    """When somebody is told that the site or its fleet is not well, and who.

    Told are: no healthy server although there should be one, errors, slowness, most servers unhealthy, a fleet at its
    maximum, servers that could not be launched or did not become ready, and an instance refresh that failed.
    """

    enabled: NotRequired[bool]
    """Whether there are any. Defaults to true."""

    topic_arn: NotRequired[pulumi.Input[str]]
    """SNS topic to tell. Its policy, and that of its key if it is encrypted, must let `cloudwatch.amazonaws.com` and
    `events.amazonaws.com` publish. Defaults to a new topic, encrypted with a key of its own, to which nobody is
    subscribed but `emails`."""

    emails: NotRequired[Sequence[str]]
    """Addresses that are subscribed to the new topic; each gets a message in which it has to be confirmed. Defaults to
    none: subscribe to the output `alarm_topic_arn`, or nobody is told."""

    error_percent: NotRequired[int]
    """Share of answers with a status of 5xx, by servers or load balancer, in three of five minutes, 1 to 100. Defaults
    to 5."""

    latency_p95_seconds: NotRequired[float]
    """Seconds within which servers answer 19 of 20 requests; an alarm when they do not for five minutes. Defaults
    to 3."""

    minimum_requests: NotRequired[int]
    """Requests per minute below which a minute says nothing about errors and latency. Defaults to 20."""

    at_maximum_minutes: NotRequired[int]
    """Minutes, 1 to 1440, for which demand may hold the fleet at its maximum. Defaults to 15."""
