"""Hooks of the engine."""

import asyncio
from collections import Counter
from weakref import WeakKeyDictionary

_NAMES = WeakKeyDictionary[asyncio.AbstractEventLoop, Counter[str]]()


def hook_name(wanted: str) -> str:
    """Return a name that no other hook of the deployment has: the engine knows hooks by name only."""
    names = _NAMES.setdefault(asyncio.get_running_loop(), Counter())
    names[wanted] += 1
    return wanted + (f"-{names[wanted]}" if names[wanted] > 1 else "")
