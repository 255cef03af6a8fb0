"""From what a resource can be restored, and how what is restored is called."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from . import times
from .errors import CommandError

RESTORED_TAG = "elasticweb:restored"
"""On what a restore has made: the stack that it was made for. Backups and the next restore leave it alone."""
FROM_TAG = "elasticweb:restored-from"
TIME_TAG = "elasticweb:restored-time"


@dataclass(frozen=True)
class Point:
    """Something that can be restored."""

    time: datetime
    """When what it holds was so."""
    vault: str
    arn: str
    """The recovery point; empty where RDS restores from its own backups."""
    size: int = 0
    kept_until: datetime | None = None
    continuous: bool = False
    """Whether any second can be restored, `time` for one."""

    def shown(self) -> str:
        """Return it in words."""
        kept = f", kept until {self.kept_until.astimezone():%Y-%m-%d}" if self.kept_until else ""
        if not self.arn:
            return f"the database's own backups, which have every second, at {times.both(self.time)}"
        what = "the continuous backup, at" if self.continuous else "the recovery point of"
        return f"{what} {times.both(self.time)}, in vault {self.vault}{kept}:\n     {self.arn}"


def recovery_points(found: Iterable[Mapping[str, Any]], to: datetime, now: datetime, lag: timedelta) -> list[Point]:
    """Return what of the recovery points *found* can bring back *to*; continuous ones are behind by *lag*."""
    points = list[Point]()
    for told in found:
        created: datetime = told["CreationDate"].astimezone(UTC)
        arn = str(told["RecoveryPointArn"])
        lifecycle: Mapping[str, Any] = told.get("CalculatedLifecycle") or {}
        until: datetime | None = lifecycle.get("DeleteAt")
        continuous = ":recovery-point:continuous:" in arn
        if created > to or (until and until <= now and not continuous):
            continue
        if continuous:
            if to < now - timedelta(days=_kept_days(told)):
                continue
            until = None  # it goes on
        time = min(to, now - lag).replace(microsecond=0) if continuous else created
        if time < created.replace(microsecond=0):
            continue
        size = int(told.get("BackupSizeInBytes") or 0)
        points.append(Point(time, str(told["BackupVaultName"]), arn, size, until, continuous))
    return points


def newest(points: Iterable[Point], what: str, to: datetime, earliest: datetime | None) -> Point:
    """Return the newest of *points*; *earliest* is since when there are any, whatever they are asked to bring back."""
    found = sorted(points, key=lambda point: (point.time, point.continuous))
    if not found:
        raise CommandError(f"{what}: {none_before(to, earliest)}")
    return found[-1]


def none_before(to: datetime, earliest: datetime | None, here: tzinfo | None = None) -> str:
    """Say that there is no recovery point before *to*, and which is the first that there is."""
    there = f"; the oldest is of {times.both(earliest, here)}" if earliest else ""
    return f"there is no recovery point before {times.both(to, here)}{there}"


def oldest(found: Iterable[Mapping[str, Any]], now: datetime) -> datetime | None:
    """Return since when the recovery points *found* can bring something back; None if none of them can any more."""
    since = list[datetime]()
    for told in found:
        created: datetime = told["CreationDate"].astimezone(UTC)
        lifecycle: Mapping[str, Any] = told.get("CalculatedLifecycle") or {}
        until: datetime | None = lifecycle.get("DeleteAt")
        if ":recovery-point:continuous:" in str(told["RecoveryPointArn"]):
            since.append(max(created, now - timedelta(days=_kept_days(told))))
        elif not until or until > now:
            since.append(created)
    return min(since, default=None)


def _kept_days(told: Mapping[str, Any]) -> int:
    kept: Mapping[str, Any] = told.get("Lifecycle") or {}
    return int(kept.get("DeleteAfterDays") or 35)


def target_name(name: str, time: datetime, limit: int) -> str:
    """Return how what is restored is called: the same for the same source and time, so that it is found again."""
    suffix = f"-r{time.astimezone(UTC):%Y%m%d%H%M%S}"
    return re.sub(r"-+", "-", name[: limit - len(suffix)]).rstrip("-.") + suffix


def tags(stack: str, point: Point, source: str) -> dict[str, str]:
    """Return the tags of what is restored of *source*."""
    return {
        RESTORED_TAG: stack,
        FROM_TAG: (point.arn or source)[:256],
        TIME_TAG: f"{point.time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
