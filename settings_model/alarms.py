"""Who is told when the site is not well."""

from typing import Annotated

from pydantic import Field

from .base import Model, Text


class DatabaseAlarms(Model):
    """When somebody is told that the database is not well; a threshold of 0 switches its alarm off."""

    enabled: bool = True
    """Whether somebody is told."""
    topic_arn: Text | None = None
    """SNS topic to tell. Without one that of the site's alarms."""
    emails: list[Text] = []
    """Addresses that are subscribed to a topic of the database's own."""
    cpu_percent: Annotated[int, Field(ge=0, le=100)] = 90
    """CPU that an instance may need for 15 minutes."""
    connections_percent: Annotated[int, Field(ge=0, le=100)] = 80
    """Share of the possible connections that may be taken."""
    storage_hours_left: Annotated[int, Field(ge=0, le=720)] = 24
    """Hours in which storage would be full at its present growth."""
    storage_free_percent: Annotated[int, Field(ge=0, le=50)] = 5
    """Share of storage_gib that must be free."""
    acu_percent: Annotated[int, Field(ge=0, le=100)] = 90
    """Share of the highest capacity that Aurora Serverless v2 may need for 15 minutes."""
    events: bool = True
    """Whether events of RDS are told, too."""


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
