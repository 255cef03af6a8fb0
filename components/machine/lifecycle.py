"""A machine's part in the life of its Auto Scaling group, as its own program and the group's hooks are told of it."""

from collections.abc import Sequence
from typing import Any

from .parts import Lifecycle

LAUNCH_TIMEOUT_SECONDS = 900
FAREWELL_TIMEOUT_SECONDS = 300
_SILENCE_SECONDS = 300
"""A machine that prepares itself for long says now and then that it is alive; a dead one is given up earlier."""


def launch_heartbeat_seconds(timeout_seconds: int) -> int:
    """Return the heartbeat timeout of the launch hook: how long a machine may be silent."""
    return min(_SILENCE_SECONDS, timeout_seconds)


def settings(lifecycle: Lifecycle, farewell: Sequence[str], flush_seconds: int, units: Sequence[str]) -> dict[str, Any]:
    """Return what the machine's own program is told."""
    timeout = lifecycle.get("launch_timeout_seconds", LAUNCH_TIMEOUT_SECONDS)
    return {
        "launch_hook": lifecycle["launch_hook"],
        "terminate_hook": lifecycle["terminate_hook"],
        "health": {
            "port": lifecycle["port"],
            "path": lifecycle.get("path", "/"),
            "host": lifecycle.get("host", "localhost"),
            "matcher": lifecycle.get("matcher", "200-399"),
        },
        "units": [*units],
        "launch_timeout_seconds": timeout,
        "heartbeat_seconds": launch_heartbeat_seconds(timeout) // 3,
        "farewell": [*farewell],
        "farewell_timeout_seconds": lifecycle.get("farewell_timeout_seconds", FAREWELL_TIMEOUT_SECONDS),
        "flush_seconds": flush_seconds,
        "poll_seconds": 5,
    }
