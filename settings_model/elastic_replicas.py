"""Read replicas that come and go."""

from typing import Annotated

from pydantic import Field

from .base import Model
from .fleet import Window


class ElasticReplicas(Model):
    """Read replicas of RDS that come and go by themselves beside the declared ones."""

    max_size: Annotated[int, Field(ge=1, le=15)]
    """Most elastic replicas."""
    min_size: Annotated[int, Field(ge=0, le=15)] = 0
    """Elastic replicas that are there whatever the load."""
    instance_class: Annotated[str, Field(pattern=r"^db\.[a-z0-9-]+\.[a-z0-9-]+$")] | None = None
    """Instance class; replica_class when left out."""
    cpu_percent: Annotated[int, Field(ge=10, le=90)] = 60
    """Processor use over all replicas above which one is added."""
    connections_percent: Annotated[int, Field(ge=10, le=90)] | None = None
    """Part of the connections that an instance allows above which one is added; 70 when left out."""
    scale_out_cooldown_minutes: Annotated[int, Field(ge=1, le=1440)] = 5
    """Minutes after a change in which the load adds none."""
    scale_in_cooldown_minutes: Annotated[int, Field(ge=1, le=1440)] = 30
    """Minutes after a change in which the load removes none."""
    drain_minutes: Annotated[int, Field(ge=2, le=60)] = 10
    """Minutes that a replica waits for its connections to end before it is deleted."""
    windows: list[Window] = []
    """Times with other sizes; their lead_minutes default to 20 for each replica that has to come."""
    reserved_concurrency: bool = True
    """Set one run of the function at a time aside of the account's quota."""
