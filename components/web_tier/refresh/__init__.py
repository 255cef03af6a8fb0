"""The rolling change: servers are replaced while `pulumi up` waits, and brought back when that goes wrong."""

from .hook import rolling_change
from .rolling import MAX_HEALTHY, MIN_HEALTHY

__all__ = ["MAX_HEALTHY", "MIN_HEALTHY", "rolling_change"]
