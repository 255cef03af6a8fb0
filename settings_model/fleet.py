"""How many web servers run, and when."""

from typing import Annotated

from pydantic import Field

from .base import Date, Model, Name, Text, TimeOfDay, Weekday
from .demand import CustomMetric, Predictive
from .instances import InstanceRequirements, WarmPool
from .refresh import Refresh


class Window(Model):
    """A time, weekly or on dates, in which the fleet has a higher floor or a lower maximum."""

    name: Name
    """What the window is called."""
    days: Annotated[list[Weekday], Field(min_length=1)] | None = None
    """Weekdays on which it opens; either these or dates."""
    dates: Annotated[list[Date], Field(min_length=1)] | None = None
    """Single dates on which it opens, such as 2026-12-24; those that have passed do nothing."""
    start: TimeOfDay
    """Local time at which it opens."""
    end: TimeOfDay
    """Local time at which it closes; earlier than start means on the next day."""
    time_zone: Text
    """IANA time zone, such as Europe/Zurich; daylight-saving time is followed."""
    min_size: Annotated[int, Field(ge=0)] | None = None
    """Servers that run at least while the window is open; it raises no floor when left out."""
    max_size: Annotated[int, Field(ge=0)] | None = None
    """Servers that are not exceeded while it is open, 0 to let the fleet sleep; it lowers no maximum when left out."""
    lead_minutes: Annotated[int, Field(ge=0, le=1440)] | None = None
    """Minutes by which the floor rises before the window opens; 0 when left out, for replicas 20 for each to come."""
    load_balancer_capacity_units: Annotated[int, Field(ge=100)] | None = None
    """Capacity units that the load balancer keeps ready while it is open; none when left out."""


class Fleet(Model):
    """How many web servers run."""

    min_size: Annotated[int, Field(ge=0)] = 2
    """Servers that always run."""
    max_size: Annotated[int, Field(ge=1)] = 4
    """Servers that never are exceeded, windows and demand included."""
    windows: list[Window] = []
    """Times with a higher floor or a lower maximum."""
    cpu_target_percent: Annotated[int, Field(ge=1, le=100)] = 50
    """Average processor use that the fleet is scaled to."""
    scale_by_cpu: bool = True
    """Whether the fleet is scaled by processor use."""
    requests_per_server_per_minute: Annotated[int, Field(ge=1)] | None = None
    """Requests per server and minute that the fleet is scaled to; not used when left out."""
    custom_metrics: list[CustomMetric] = []
    """Further metrics that the fleet is scaled by."""
    predictive: Predictive | None = None
    """Forecasts of the load; none when left out."""
    launch_timeout_seconds: Annotated[int, Field(ge=60, le=7200)] = 900
    """Seconds in which a new server has to prepare itself and answer the health check."""
    farewell_timeout_seconds: Annotated[int, Field(ge=60, le=7200)] = 300
    """Seconds that a server has for its farewell commands."""
    warmup_seconds: Annotated[int, Field(ge=0, le=3600)] | None = None
    """Seconds from start until a server carries its share of the load."""
    instance_types: Annotated[list[Text], Field(max_length=39)] = []
    """Further instance types, in order of preference behind machine.instance_type."""
    instance_requirements: InstanceRequirements | None = None
    """Instance types by what they offer, in place of a list."""
    spot_percent: Annotated[int, Field(ge=0, le=100)] = 0
    """Share of the servers beyond on_demand_base that are Spot Instances."""
    on_demand_base: Annotated[int, Field(ge=0)] = 0
    """Servers that are never Spot Instances."""
    warm_pool: WarmPool | None = None
    """Prepared servers that wait; none when left out."""
    refresh: Refresh = Refresh()
    """How servers are replaced when they change."""
