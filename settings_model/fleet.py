"""How many web servers run, and when."""

from typing import Annotated

from pydantic import Field

from .base import Model, Name, Text, TimeOfDay, Weekday


class Window(Model):
    """A weekly time in which the fleet has a higher floor."""

    name: Name
    """What the window is called."""
    days: Annotated[list[Weekday], Field(min_length=1)]
    """Weekdays on which it opens."""
    start: TimeOfDay
    """Local time at which it opens."""
    end: TimeOfDay
    """Local time at which it closes; earlier than start means on the next day."""
    time_zone: Text
    """IANA time zone, such as Europe/Zurich; daylight-saving time is followed."""
    min_size: Annotated[int, Field(ge=0)]
    """Servers that run at least while the window is open."""


class Fleet(Model):
    """How many web servers run."""

    min_size: Annotated[int, Field(ge=0)] = 2
    """Servers that always run."""
    max_size: Annotated[int, Field(ge=1)] = 4
    """Servers that never are exceeded, windows and demand included."""
    windows: list[Window] = []
    """Times with a higher floor."""
    cpu_target_percent: Annotated[int, Field(ge=1, le=100)] = 50
    """Average processor use that the fleet is scaled to."""
    requests_per_server_per_minute: Annotated[int, Field(ge=1)] | None = None
    """Requests per server and minute that the fleet is scaled to; not used when left out."""
    warmup_seconds: Annotated[int, Field(ge=0, le=3600)] | None = None
    """Seconds from start until a server carries its share of the load."""
