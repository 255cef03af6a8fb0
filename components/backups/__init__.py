"""Backups of everything that holds data, with restore tests, copies, locks and alarms."""

from .component import Backups
from .shapes import (
    BackedUp,
    BackupCopy,
    BackupRule,
    BackupsArgs,
    BackupsSpec,
    LockMode,
    RestoreTest,
    VaultLock,
)

__all__ = [
    "BackedUp",
    "BackupCopy",
    "BackupRule",
    "Backups",
    "BackupsArgs",
    "BackupsSpec",
    "LockMode",
    "RestoreTest",
    "VaultLock",
]
