"""What every kind of restore has in common."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from .api import Api
from .errors import CommandError
from .points import Point, newest, oldest, recovery_points, tags
from .stack import Data, Stack


@dataclass(frozen=True)
class Progress:
    """How far a restore is."""

    state: str
    """`running`, `done` or `failed`."""
    shown: str
    arn: str = ""
    """What it has made."""


@dataclass(frozen=True)
class Check:
    """Something that was looked at after a restore."""

    well: bool
    shown: str


@dataclass(frozen=True)
class Place:
    """Where something is restored to, as far as that is said and not left as it was."""

    zone: str = ""
    subnet_group: str = ""
    security_groups: tuple[str, ...] = ()


class Target(ABC):
    """A resource that is restored, beside what is there."""

    lag: ClassVar[timedelta] = timedelta(minutes=5)
    """By how much continuous backups are behind (AWS Backup developer guide, point-in-time recovery)."""
    type: ClassVar[str]
    """AWS Backup's name of the type."""

    def __init__(  # noqa: PLR0913
        self, api: Api, stack: Stack, data: Data, to: datetime, now: datetime, *, place: Place
    ) -> None:
        self.api, self.stack, self.data, self.to, self.now = api, stack, data, to, now
        self.place = place
        self.point: Point = newest(self.candidates(), f"{data.kind} {data.name}", to, oldest(self._own(), now))

    def candidates(self) -> list[Point]:
        """Return from what it can be restored."""
        return recovery_points(self._own(), self.to, self.now, self.lag)

    def _own(self) -> list[Mapping[str, Any]]:
        return [point for point in self.stack.points if point["ResourceArn"] == self.data.arn]

    def check_place(self) -> None:  # noqa: B027  most kinds have nothing to refuse
        """Raise `CommandError` where it is not known where to restore to."""

    @property
    def elsewhere(self) -> bool:
        """Whether it was in another region, from which only its copies have come."""
        return self.data.arn.split(":")[3] not in ("", self.api.region)

    @property
    @abstractmethod
    def made(self) -> str:
        """What is made, in words that name it."""

    @abstractmethod
    def metadata(self) -> dict[str, str]:
        """Return what AWS Backup has to know (developer guide, "Restoring a backup by resource type")."""

    @abstractmethod
    def there(self) -> str:
        """Return the ARN of what an earlier call has restored; empty when there is nothing."""

    @abstractmethod
    def same(self, metadata: Mapping[str, str]) -> bool:
        """Whether a restore job with *metadata* makes the same."""

    @abstractmethod
    def checks(self, arn: str) -> list[Check]:
        """Look at what was restored."""

    @abstractmethod
    def switch(self, arn: str) -> list[str]:
        """Return what lets the environment use what was restored."""

    def tag(self, arn: str) -> None:
        """Say of what was restored what it is."""
        wanted = tags(self.stack.name, self.point, self.data.arn)
        told = self.api.call("resourcegroupstaggingapi", "tag_resources", ResourceARNList=[arn], Tags=wanted)
        failed: dict[str, object] = told.get("FailedResourcesMap") or {}
        if failed:
            raise CommandError(f"{arn} is restored and could not be tagged: {next(iter(failed.values()))}")

    # How it gets there: by jobs of AWS Backup, unless a kind has a way of its own.

    def begin(self) -> None:
        """Begin to restore, unless that is going on or done."""
        going_on = self._jobs("PENDING", "RUNNING")
        if going_on:
            self._job = str(going_on[0]["RestoreJobId"])
            return
        if self.there():
            return
        if not self.stack.restore_role:
            raise CommandError(f"the vault {self.point.vault} has no tag that names a role for restores: deploy again")
        wanted = self.metadata()
        # The same for a call that is made again because its answer was lost, and another one after a failure.
        token = f"{self.point.arn} {sorted(wanted.items())} {len(self._jobs('FAILED', 'ABORTED', 'COMPLETED'))}"
        told = self.api.call(
            "backup",
            "start_restore_job",
            RecoveryPointArn=self.point.arn,
            Metadata=wanted,
            IamRoleArn=self.stack.restore_role,
            ResourceType=self.type,
            IdempotencyToken=hashlib.sha256(token.encode()).hexdigest()[:32],
        )
        self._job = str(told["RestoreJobId"])

    def look(self) -> Progress:
        """Tell how far it is."""
        if not self._job:
            return self._left()
        told = self.api.call("backup", "describe_restore_job", RestoreJobId=self._job)
        if told["Status"] == "COMPLETED":
            return Progress("done", "restored", str(told["CreatedResourceArn"]))
        if told["Status"] in ("FAILED", "ABORTED"):
            why = " ".join(str(told.get("StatusMessage") or "AWS gives no reason").split())
            return Progress("failed", f"{told['Status'].lower()}: {why} (restore job {self._job})")
        return Progress("running", f"{float(str(told.get('PercentDone') or 0).rstrip('%')):.0f} %")

    _job = ""
    """The restore job that this call has begun, or found going on."""

    def _left(self) -> Progress:
        """Tell what an earlier call has left."""
        arn = self.there()
        if not arn:
            return Progress("failed", "what was restored has vanished")
        if self._jobs("FAILED", "ABORTED") and not self._jobs("COMPLETED"):
            return Progress(
                "failed", f"an earlier restore failed and left {arn}, which may be incomplete: delete it first"
            )
        return Progress("done", "was restored earlier", arn)

    def _jobs(self, *states: str) -> list[dict[str, Any]]:
        found = list[dict[str, Any]]()
        for job in self.api.pages("backup", "list_restore_jobs", "RestoreJobs", ByResourceType=self.type):
            if job["RecoveryPointArn"] != self.point.arn or job["Status"] not in states:
                continue
            creator: dict[str, str] = job.get("CreatedBy") or {}
            if creator.get("RestoreTestingPlanArn"):
                continue
            told = self.api.call("backup", "get_restore_job_metadata", RestoreJobId=job["RestoreJobId"])
            if self.same({key.lower(): value for key, value in told["Metadata"].items()}):
                found.append(job)
        return found

    def kept_metadata(self) -> dict[str, str]:
        """Return what the recovery point says of the resource, by the names that AWS gives it."""
        told = self.api.call(
            "backup",
            "get_recovery_point_restore_metadata",
            BackupVaultName=self.point.vault,
            RecoveryPointArn=self.point.arn,
        )
        kept: dict[str, str] = told.get("RestoreMetadata") or {}
        # Keys do not leave their region: the service's own takes the place of one of another.
        return {key: value for key, value in kept.items() if not self.foreign_key(value)}

    def foreign_key(self, value: str) -> bool:
        """Whether *value* is the ARN of a key of another region."""
        parts = value.split(":")
        return len(parts) > 3 and parts[2] == "kms" and parts[3] != self.api.region  # noqa: PLR2004


def merged(kept: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Return *kept* with *wanted* over it; keys are the same whatever their case."""
    ours = {key.lower() for key in wanted}
    return {**{key: value for key, value in kept.items() if key.lower() not in ours}, **wanted}


def check(well: object, shown: str) -> Check:
    """Return a check."""
    return Check(bool(well), shown)
