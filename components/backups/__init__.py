"""Backups of everything that holds data, with restore tests, copies, locks and alarms."""

from .component import Backups
from .shapes import (
    BackedUp,
    BackupRule,
    BackupsArgs,
    BackupsSpec,
    LockMode,
    RestoreTest,
    VaultCopy,
    VaultLock,
)

__all__ = [
    "BackedUp",
    "BackupRule",
    "Backups",
    "BackupsArgs",
    "BackupsSpec",
    "LockMode",
    "RestoreTest",
    "VaultCopy",
    "VaultLock",
]
