"""One sample of every resource type that the rehearsal carries: what the life cycle test walks through.

A module per service has ``FOUNDATION`` (what samples stand on, by a short name: type token and inputs) and
``SAMPLES``. Inputs mention foundations as ``{vpc.id}`` or ``{vpc.defaultRouteTableId}``.
"""

import importlib
import pkgutil
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Sample:
    token: str
    inputs: dict[str, Any]
    updated: dict[str, Any] = field(default_factory=dict[str, Any])
    """Inputs that are changed in place, together; None takes one out."""
    replaced: dict[str, Any] = field(default_factory=dict[str, Any])
    """Inputs of which each change alone makes a new resource."""
    recorded: tuple[str, ...] = ()
    """Properties of these inputs that are reported as recorded, not emulated."""
    import_id: str = ""
    """What an import asks for, where that is not the id."""
    stays: bool = False
    """Deleting it only forgets it."""
    note: str = ""
    """Tells two samples of one type apart."""


def load() -> tuple[dict[str, tuple[str, dict[str, Any]]], list[Sample]]:
    foundation: dict[str, tuple[str, dict[str, Any]]] = {}
    samples: list[Sample] = []
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        loaded = importlib.import_module(f"{__name__}.{module}")
        foundation |= loaded.FOUNDATION
        samples += loaded.SAMPLES
    return foundation, samples
