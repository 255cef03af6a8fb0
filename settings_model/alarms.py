"""Who is told when the site is not well."""

from typing import Annotated

from pydantic import Field

from .base import Model, Text


class Alarms(Model):
    """When somebody is told, and who."""

    enabled: bool = True
    """Whether there are alarms."""
    topic_arn: Text | None = None
    """SNS topic to tell. Without one the stack creates it."""
    emails: list[Text] = []
    """Addresses that are subscribed to the new topic."""
    error_percent: Annotated[int, Field(ge=1, le=100)] = 5
    """Share of requests that may end with an error."""
    latency_p95_seconds: Annotated[float, Field(gt=0)] = 3.0
    """Seconds that 19 of 20 requests may take."""
    minimum_requests: Annotated[int, Field(ge=1)] = 20
    """Requests per minute below which errors and latency are not judged."""
    at_maximum_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    """Minutes that demand may hold the fleet at its maximum."""
