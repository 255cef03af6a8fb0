"""RDS's own backups: moto (5.2) does not tell which times they reach."""

import importlib
from datetime import timedelta
from typing import Any

from .store import CLOCK

_LAG = timedelta(minutes=5)


def install() -> None:
    """Teach moto's models."""
    models: Any = importlib.import_module("moto.rds.models")
    models.DBInstanceAutomatedBackup.restore_window = property(_window)
    models.DBInstance.latest_restorable_time = property(
        lambda self: _latest() if self.backup_retention_period else None
    )


def _window(self: Any) -> dict[str, Any]:
    created = [snapshot.snapshot_create_time for snapshot in self.automated_snapshots]
    return {"EarliestTime": min(created), "LatestTime": _latest()} if created else {}


def _latest() -> Any:
    return CLOCK.now() - _LAG
