"""What the fleet's servers are launched as."""

from typing import Annotated, Literal

from pydantic import Field

from .base import Model, Text


class WarmPool(Model):
    """Servers that are prepared ahead and wait."""

    state: Literal["stopped", "running"] = "stopped"
    """What they do while they wait."""
    min_size: Annotated[int, Field(ge=0)] = 1
    """Servers that always wait."""
    max_prepared: Annotated[int, Field(ge=0)] | None = None
    """Servers that wait and run together at most; min_size when left out, so that always just as many wait."""
    reuse_on_scale_in: bool = False
    """Whether servers go back into the pool when the load goes."""


class InstanceRequirements(Model):
    """Which instance types a server may have, by what they offer."""

    min_vcpus: Annotated[int, Field(ge=1)]
    """Fewest virtual processors."""
    max_vcpus: Annotated[int, Field(ge=1)] | None = None
    """Most virtual processors; any number when left out."""
    min_memory_mib: Annotated[int, Field(ge=1)]
    """Least memory in MiB."""
    max_memory_mib: Annotated[int, Field(ge=1)] | None = None
    """Most memory in MiB; any amount when left out."""
    burstable: Literal["excluded", "included", "required"] = "excluded"
    """Whether T families may be used."""
    excluded_types: Annotated[list[Text], Field(max_length=400)] = []
    """Types that are not used, such as c5*."""
