"""What can be said about the instances of a fleet, beside how each is prepared."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NotRequired, TypedDict


class WarmState(StrEnum):
    """What a prepared server does while it waits."""

    STOPPED = "stopped"
    """It is shut down: only its volumes cost."""
    RUNNING = "running"
    """It runs, at full price, and is there at once."""


class WarmPool(TypedDict):
    """Servers that are prepared ahead and wait beside the fleet. They go through preparation once, and start faster.

    Needs a machine whose preparation survives being shut down; what runs at every boot runs again.
    """

    state: NotRequired[WarmState]
    """What they do while they wait. Defaults to `stopped`. Hibernation is not offered: it needs an image and a root
    volume that are made for it."""

    min_size: NotRequired[int]
    """Servers that always wait, however many run. Defaults to 1."""

    max_prepared: NotRequired[int]
    """Servers that wait and run together at most: with 10, of which 6 run, 4 wait. `min_size` is kept above it.
    Defaults to `min_size`: always just as many wait. AWS's own default would be `max_size` of the fleet."""

    reuse_on_scale_in: NotRequired[bool]
    """Whether servers go back into the pool when the load goes, in place of ending. Defaults to false."""


class Burstable(StrEnum):
    """Whether instance types that save up processor time (T families) may be used."""

    EXCLUDED = "excluded"
    """None of them."""
    INCLUDED = "included"
    """These, too."""
    REQUIRED = "required"
    """Only these."""


class InstanceRequirements(TypedDict):
    """Which instance types a server may have, by what they offer.

    Always of a current generation and of the processor architecture of the machine's image; AWS picks the cheapest,
    and newer ones as they come.
    """

    min_vcpus: int
    """Fewest virtual processors, at least 1."""

    max_vcpus: NotRequired[int]
    """Most virtual processors. Defaults to any number."""

    min_memory_mib: int
    """Least memory in MiB."""

    max_memory_mib: NotRequired[int]
    """Most memory in MiB. Defaults to any amount."""

    burstable: NotRequired[Burstable]
    """Whether T families may be used. Defaults to `excluded`, as AWS's default is."""

    excluded_types: NotRequired[Sequence[str]]
    """Types that are not used, such as `m5.large`, `c5*` or `r*`, 400 at most. Defaults to none."""
