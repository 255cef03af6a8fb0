"""Checks of what a new database starts with, and of where its backups are copied."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .._args import check_range
from .checks import Who, check_key
from .shapes import BackupCopy, RestoreSpec

SOURCES = ("snapshot", "source_identifier", "source_resource_id", "automated_backups_arn")

_INTO = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_INTO = 20
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")


def restore_from(who: Who, spec: Mapping[str, Any], sources: tuple[str, ...] = SOURCES) -> RestoreSpec | None:
    """Return what *spec* says that the database starts with, one of *sources*."""
    given: RestoreSpec | None = spec.get("restore_from")
    if given is None:
        return None
    named = [source for source in SOURCES if source in given]
    if len(named) != 1 or named[0] not in sources:
        got = f", got {' and '.join(named)}" if named else ""
        raise who.refuse("restore_from", f"must have exactly one of {', '.join(sources)}{got}")
    time = given.get("time")
    if time is not None and named == ["snapshot"]:
        raise who.refuse("restore_from.time", f"must be left out with a snapshot, which is of one time, got {time!r}")
    if time is not None and not _is_utc(time):
        raise who.refuse("restore_from.time", f"must be a time in UTC such as 2026-11-23T14:02:00Z, got {time!r}")
    into = given.get("into")
    if into is not None and not (_INTO.fullmatch(into) and len(into) <= _LONGEST_INTO):
        raise who.refuse(
            "restore_from.into",
            f"must be at most {_LONGEST_INTO} lower-case letters, digits and single hyphens and begin with a letter, "
            f"got {into!r}",
        )
    return given


def role(restored: RestoreSpec | None, base: str) -> str:
    """Return what the part *base* is called in what *restored* makes: `primary`, or `primary-after-incident`."""
    into = (restored or {}).get("into")
    return f"{base}-{into}" if into else base


def backup_copy(who: Who, spec: Mapping[str, Any], retention_days: int) -> BackupCopy | None:
    """Return where backups, which are kept for *retention_days*, are copied; its retention is filled in."""
    given: BackupCopy | None = spec.get("backup_copy")
    if given is None:
        return None
    if not retention_days:
        raise who.refuse(
            "backup_retention_days", "must be at least 1 with backup_copy, which copies these backups, got 0"
        )
    region = given["region"]
    if not _REGION.fullmatch(region):
        raise who.refuse("backup_copy.region", f"must be a region such as eu-west-1, got {region!r}")
    check_key(who, "backup_copy.kms_key_arn", given["kms_key_arn"], region)
    days = given.get("retention_days", retention_days)
    check_range(who.component, f"{who.key}.backup_copy.retention_days", days, 1, 35, "days")
    return {**given, "retention_days": days}


def _is_utc(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007  the Z is part of the format
    except ValueError:
        return False
    return True
