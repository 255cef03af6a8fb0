"""What moto (5.2) lacks of AWS Backup, which is nearly all.

Jobs, recovery points, copies, restores, selections, vault policies and restore tests, with moto's own snapshots of
databases and volumes behind them, and copies of what is in its buckets. Times at which plans run do not come by
themselves: :func:`run_rule` and :func:`run_tests` say that they have come.
"""

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

from . import operations, own, testing
from .planning import run_rule, run_tests, selected
from .store import CLOCK, Clock, store

__all__ = ["CLOCK", "Clock", "install", "run_rule", "run_tests", "selected", "store"]

_PATHS = (
    "backup-jobs/?$",
    "backup-jobs/(?P<id>[^/]+)$",
    "copy-jobs/?$",
    "copy-jobs/(?P<id>[^/]+)$",
    "restore-jobs/?$",
    "restore-jobs/(?P<id>.+)$",
    "restore-testing/plans/?$",
    "restore-testing/plans/(?P<rest>.+)$",
    "backup-vaults/(?P<name>[^/]+)/(?P<rest>.+)$",
    "resources/(?P<rest>.+)$",
)


def install() -> None:
    """Add the operations to moto's service, and their addresses."""
    own.install()
    responses: Any = importlib.import_module("moto.backup.responses")
    service = responses.BackupResponse
    for module in (operations, testing):
        for name, operation in _public(module):
            setattr(service, name, operation)
    urls: Any = importlib.import_module("moto.backup.urls")
    for path in _PATHS:
        urls.url_paths.setdefault(f"{{0}}/{path}", urls.response.dispatch)


def _public(module: ModuleType) -> list[tuple[str, Callable[..., Any]]]:
    """Return the operations of *module*: what it defines itself and does not keep to itself."""
    own = [(name, value) for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
    return [(name, value) for name, value in own if callable(value) and not name.startswith("_")]
