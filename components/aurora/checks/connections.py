"""How many connections an instance of a cluster can have."""

from collections.abc import Mapping

from ...database.alarms.connections import aurora_connections, memory_gib
from ..shapes import ServerlessSpec
from .readers import SERVERLESS

_GIB_PER_UNIT = 2  # Aurora user guide, "Aurora Serverless v2 capacity"


def connections(instance_class: str, serverless: ServerlessSpec | None, parameters: Mapping[str, str]) -> int | None:
    """Return it for an *instance_class*, of which serverless ones go by their highest capacity; None if unknown."""
    if instance_class == SERVERLESS and serverless is not None:
        return aurora_connections(serverless["max_acu"] * _GIB_PER_UNIT, parameters)
    return aurora_connections(memory_gib(instance_class), parameters)
