"""Jobs that back up, copy and restore: a job gets on by a step whenever somebody looks at it."""

import copy
import json
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from .resources import Kind, kind_of, named
from .store import CLOCK, Plain, Point, Store, backend, missing, now, refused, store, wrong

_GOING_ON = ("CREATED", "PENDING", "RUNNING")


class Job:
    """One job: `told` is what AWS tells of it, `work` is done with the last step."""

    state = "State"

    def __init__(self, own: Store, told: Plain) -> None:
        self.own, self.id = own, str(uuid.uuid4())
        self._looks = 0
        self.told: Plain = {
            "AccountId": own.account,
            "CreationDate": now(),
            "PercentDone": "0.0",
            self.state: "CREATED" if self.state == "State" else "PENDING",
            **told,
        }
        own.jobs[self.id] = self

    def look(self) -> Plain:
        """Get on by a step, and tell."""
        if self.told[self.state] in _GOING_ON:
            self._looks += 1
            self.told[self.state] = "RUNNING"
            self.told["PercentDone"] = f"{100 * min(self._looks, CLOCK.looks) / CLOCK.looks:.1f}"
            if self._looks >= CLOCK.looks:
                self.finish()
        return self.told

    def finish(self) -> None:
        """Do the work, and end well or not."""
        self.told["CompletionDate"] = now()
        try:
            self.work()
        except Exception as error:  # noqa: BLE001  whatever moto refuses, the job has failed
            self.told["StatusMessage"] = str(getattr(error, "message", None) or error or type(error).__name__)
            self.told[self.state] = "FAILED"
            return
        self.told[self.state], self.told["PercentDone"] = "COMPLETED", "100.0"

    def work(self) -> None:
        """Do what the job is for."""
        raise NotImplementedError


class BackupJob(Job):
    """Puts a recovery point into a vault."""

    def __init__(self, own: Store, asked: Mapping[str, Any], creator: Plain | None = None) -> None:
        vault = own.vault(asked["BackupVaultName"])
        arn = asked["ResourceArn"]
        kind, place = kind_of(arn), (own.account, own.region)
        if not kind.exists(place, arn):
            raise missing(f"Resource {arn} does not exist.")
        check_role(own, asked["IamRoleArn"])
        self._lifecycle: Plain = asked.get("Lifecycle") or {}
        check_lifecycle(vault, self._lifecycle)
        self.kind, self._tags = kind, dict(asked.get("RecoveryPointTags") or {})
        self._continuous = bool(creator and creator.pop("Continuous", False)) and kind.continuous
        super().__init__(
            own,
            {
                "BackupVaultName": vault.backup_vault_name,
                "BackupVaultArn": vault.backup_vault_arn,
                "ResourceArn": arn,
                "ResourceType": kind.name,
                "IamRoleArn": asked["IamRoleArn"],
                "CreatedBy": creator,
            },
        )
        self.told["BackupJobId"] = self.id

    def work(self) -> None:
        """Take the backup, or let the one that goes on all the time reach until now."""
        place, arn = (self.own.account, self.own.region), self.told["ResourceArn"]
        held = self.own.in_vault(self.told["BackupVaultName"])
        known = next((p for p in held if p.continuous and p.told["ResourceArn"] == arn), None)
        taken = self.kind.take(place, arn)
        if self._continuous and known:
            known.content = _source(self.kind, arn, taken.content)
            self.told["RecoveryPointArn"] = known.arn
            return
        vault = self.own.vault(self.told["BackupVaultName"])
        name = arn.rsplit(":", 1)[-1]
        own_arn = f"arn:aws:backup:{place[1]}:{place[0]}:recovery-point:"
        point = Point(
            {
                "RecoveryPointArn": f"{own_arn}continuous:{name}-{uuid.uuid4().hex[:8]}"
                if self._continuous
                else taken.arn or own_arn + self.id,
                "BackupVaultName": vault.backup_vault_name,
                "BackupVaultArn": vault.backup_vault_arn,
                "ResourceArn": arn,
                "ResourceType": self.kind.name,
                "ResourceName": name,
                "CreatedBy": self.told["CreatedBy"],
                "IamRoleArn": self.told["IamRoleArn"],
                "Status": "COMPLETED",
                "CreationDate": self.told["CreationDate"],
                "CompletionDate": self.told["CompletionDate"],
                "BackupSizeInBytes": taken.size,
                "Lifecycle": self._lifecycle or None,
                "CalculatedLifecycle": calculated(self.told["CreationDate"], self._lifecycle),
                "EncryptionKeyArn": vault.encryption_key_arn,
                "IsEncrypted": True,
                "VaultType": "BACKUP_VAULT",
            },
            _source(self.kind, arn, taken.content) if self._continuous else taken.content,
            taken.metadata,
            self._tags,
            self._continuous,
        )
        self.own.add(point)
        self.told.update(RecoveryPointArn=point.arn, BackupSizeInBytes=taken.size)


class CopyJob(Job):
    """Puts a copy of a recovery point into another vault, of another region or account."""

    def __init__(self, own: Store, asked: Mapping[str, Any]) -> None:
        source = own.points.get(asked["RecoveryPointArn"])
        if source is None:
            raise missing(f"Recovery point {asked['RecoveryPointArn']} does not exist.")
        check_role(own, asked["IamRoleArn"])
        self._source, self._lifecycle = source, dict(asked.get("Lifecycle") or {})
        self._vault_arn = str(asked["DestinationBackupVaultArn"])
        super().__init__(
            own,
            {
                "SourceBackupVaultArn": source.told["BackupVaultArn"],
                "SourceRecoveryPointArn": source.arn,
                "DestinationBackupVaultArn": self._vault_arn,
                "ResourceArn": source.told["ResourceArn"],
                "ResourceType": source.told["ResourceType"],
                "IamRoleArn": asked["IamRoleArn"],
            },
        )
        self.told["CopyJobId"] = self.id

    def work(self) -> None:
        """Copy: what comes is a snapshot, also of a continuous backup."""
        _, _, _, region, account, _, name = self._vault_arn.split(":")
        other = store(account, region)
        vault = other.vault(name)
        policy = json.loads(other.policies.get(name, "{}"))
        if account != self.own.account and not _lets_in(policy, self.own.account):
            raise refused(f"Access denied trying to call copy to the vault {self._vault_arn}.")
        check_lifecycle(vault, self._lifecycle)
        arn = f"arn:aws:backup:{region}:{account}:recovery-point:{self.id}"
        point = copy.copy(self._source)
        point.told = {
            **self._source.told,
            "RecoveryPointArn": arn,
            "BackupVaultName": name,
            "BackupVaultArn": vault.backup_vault_arn,
            "SourceBackupVaultArn": self._source.told["BackupVaultArn"],
            "EncryptionKeyArn": vault.encryption_key_arn,
            "CreationDate": self._source.told["CreationDate"],
            "CompletionDate": self.told["CompletionDate"],
            "Lifecycle": self._lifecycle or None,
            "CalculatedLifecycle": calculated(self.told["CreationDate"], self._lifecycle),
        }
        point.continuous = False
        other.add(point)
        self.told["DestinationRecoveryPointArn"] = arn


class RestoreJob(Job):
    """Makes a new resource of a recovery point."""

    state = "Status"

    def __init__(self, own: Store, asked: Mapping[str, Any]) -> None:
        point = own.points.get(asked["RecoveryPointArn"])
        if point is None:
            raise missing(f"Recovery point {asked['RecoveryPointArn']} does not exist.")
        check_role(own, asked.get("IamRoleArn", ""))
        self.metadata: dict[str, str] = dict(asked["Metadata"])
        if point.continuous and not any(key.lower() == "restoretime" for key in self.metadata):
            raise wrong("The restore metadata of a continuous backup must have a RestoreTime.")
        self._point = point
        super().__init__(
            own,
            {
                "RecoveryPointArn": point.arn,
                "SourceResourceArn": point.told["ResourceArn"],
                "BackupVaultArn": point.told["BackupVaultArn"],
                "BackupSizeInBytes": point.told["BackupSizeInBytes"],
                "IamRoleArn": asked.get("IamRoleArn"),
                "ResourceType": point.told["ResourceType"],
                "RecoveryPointCreationDate": point.told["CreationDate"],
            },
        )
        self.told["RestoreJobId"] = self.id

    def work(self) -> None:
        """Restore."""
        kind, place = named(self._point.told["ResourceType"]), (self.own.account, self.own.region)
        self.told["CreatedResourceArn"] = kind.restore(place, self._point.content, self.metadata)
        self._point.told["LastRestoreTime"] = now()


def calculated(created: Any, lifecycle: Mapping[str, Any]) -> Plain | None:
    """Return the days by which a recovery point is moved and deleted."""
    days = {"MoveToColdStorageAt": "MoveToColdStorageAfterDays", "DeleteAt": "DeleteAfterDays"}
    return {
        at: created + timedelta(days=lifecycle[after]) for at, after in days.items() if lifecycle.get(after)
    } or None


def check_lifecycle(vault: Any, lifecycle: Mapping[str, Any]) -> None:
    """Refuse what a lock of *vault* does not allow, and too short a time in cold storage."""
    kept, cold = lifecycle.get("DeleteAfterDays"), lifecycle.get("MoveToColdStorageAfterDays")
    if cold and kept and kept < cold + 90:
        raise wrong("DeleteAfterDays cannot be less than 90 days apart from MoveToColdStorageAfterDays")
    if vault.locked and vault.min_retention_days and (kept or 36500) < vault.min_retention_days:
        raise wrong(f"The retention must be at least {vault.min_retention_days} days: the vault is locked.")
    if vault.locked and vault.max_retention_days and (kept or 36500) > vault.max_retention_days:
        raise wrong(f"The retention must be at most {vault.max_retention_days} days: the vault is locked.")


def check_role(own: Store, arn: str) -> None:
    """Refuse a role that is not there or that AWS Backup cannot take on."""
    iam = backend(own.account, "aws", "iam")
    role = next((role for role in iam.roles.values() if role.arn == arn), None)
    if role is None:
        raise wrong(f"IAM Role {arn} does not exist.")
    if "backup.amazonaws.com" not in str(role.assume_role_policy_document):
        raise wrong(f"IAM Role {arn} cannot be assumed by AWS Backup")


def _source(kind: Kind, arn: str, content: Any) -> Any:
    """Return what a restore to a point in time begins with: of databases the database itself, which has the logs."""
    return arn.rsplit(":", 1)[-1] if kind.name == "RDS" else content


def _lets_in(policy: Mapping[str, Any], account: str) -> bool:
    return any(
        statement["Effect"] == "Allow"
        and "backup:CopyIntoBackupVault" in str(statement["Action"])
        and account in str(statement["Principal"])
        for statement in policy.get("Statement", ())
    )
