"""Takes a backup of a stack's data now."""

import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from . import times
from .api import Api
from .errors import ApiError, CommandError
from .stack import Data, Stack
from .tell import Tell

_GOING_ON = ("CREATED", "PENDING", "RUNNING")
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 30.0


class Backup:
    """Backups of all data, or of one kind, that are begun, or found going on, and waited for."""

    def __init__(  # noqa: PLR0913
        self,
        api: Api,
        tell: Tell,
        stack: Stack,
        only: str | None = None,
        kept_days: int = 35,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        if not stack.vault or not stack.backup_role:
            raise CommandError(f"{stack.name} has no vault: set elasticweb:backups and deploy, then there is one")
        self._api, self._tell, self._stack, self._kept = api, tell, stack, kept_days
        self._now, self._pause = now, pause
        self._data = [data for data in stack.only(only) if data.there]
        if not self._data:
            raise CommandError(f"{stack.name}: nothing is there that could be backed up")

    def run(self) -> bool:
        """Take them, show how far they are, and say where they are; whether all went well."""
        self._tell(f"Backup of {self._stack.name} into the vault {self._stack.vault}, kept for {self._kept} days")
        jobs = {data: self._begin(data) for data in self._data}
        begun, pause = self._now(), _FIRST_PAUSE
        while True:
            told = {data: self._look(job) if job else None for data, job in jobs.items()}
            going_on = [data for data, state in told.items() if state and state["State"] in _GOING_ON]
            if not going_on:
                break
            passed = times.span((self._now() - begun).total_seconds())
            shown = [
                f"{data.kind} {data.name} {_percent(state)}"
                for data, state in told.items()
                if state and data in going_on
            ]
            self._tell.passing(f"{', '.join(shown)} ({passed})")
            self._pause(pause)
            pause = min(1.5 * pause, _LONGEST_PAUSE)
        well = [self._report(data, state) for data, state in told.items()]
        self._tell("Everything is backed up." if all(well) else "Not everything is backed up: see above.")
        return all(well)

    def _begin(self, data: Data) -> str:
        """Return the job that backs *data* up: one that goes on already, or a new one; empty if AWS refuses."""
        for job in self._api.pages("backup", "list_backup_jobs", "BackupJobs", ByResourceArn=data.arn):
            if job["State"] in _GOING_ON and job["BackupVaultName"] == self._stack.vault:
                self._tell(f"  {data.kind} {data.name}: a backup, begun earlier, goes on: waiting for it")
                return str(job["BackupJobId"])
        token = f"{data.arn} {self._now():%Y-%m-%dT%H:%M}"
        try:
            made = self._api.call(
                "backup",
                "start_backup_job",
                BackupVaultName=self._stack.vault,
                ResourceArn=data.arn,
                IamRoleArn=self._stack.backup_role,
                Lifecycle={"DeleteAfterDays": self._kept},
                IdempotencyToken=hashlib.sha256(token.encode()).hexdigest()[:32],
            )
        except ApiError as error:
            self._tell(f"  {data.kind} {data.name}: {error}")
            return ""
        return str(made["BackupJobId"])

    def _look(self, job: str) -> dict[str, Any]:
        return self._api.call("backup", "describe_backup_job", BackupJobId=job)

    def _report(self, data: Data, state: dict[str, Any] | None) -> bool:
        if state is None:
            return False
        if state["State"] != "COMPLETED":
            why = " ".join(str(state.get("StatusMessage") or "AWS gives no reason").split())
            self._tell(f"  {data.kind} {data.name}: {state['State'].lower()}: {why}")
            return False
        point = self._api.call(
            "backup",
            "describe_recovery_point",
            BackupVaultName=state["BackupVaultName"],
            RecoveryPointArn=state["RecoveryPointArn"],
        )
        lifecycle: dict[str, datetime] = point.get("CalculatedLifecycle") or {}
        until = lifecycle.get("DeleteAt")
        kept = f"kept until {until.astimezone():%Y-%m-%d}" if until else "kept for good"
        self._tell(f"  {data.kind} {data.name}: {_size(point.get('BackupSizeInBytes') or 0)}, {kept}")
        self._tell(f"    {point['RecoveryPointArn']}")
        return True


def _percent(state: dict[str, Any]) -> str:
    return f"{float(str(state.get('PercentDone') or 0).rstrip('%')):.0f} %"


def _size(count: float) -> str:
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if count < 1024:  # noqa: PLR2004
            return f"{count:.0f} {unit}"
        count /= 1024
    return f"{count:.1f} TiB"
