"""AWS Backup's calls that moto (5.2) lacks, in AWS's words and with its refusals."""

import json
import uuid
from typing import Any
from urllib.parse import unquote

from .jobs import BackupJob, CopyJob, RestoreJob
from .store import Plain, answer, body, missing, now, page, path, query, refused, store_of


def start_backup_job(self: Any) -> str:
    """Begin to back up a resource."""
    job = BackupJob(store_of(self), body(self))
    return answer({"BackupJobId": job.id, "CreationDate": job.told["CreationDate"]})


def describe_backup_job(self: Any) -> str:
    """Tell of one."""
    return answer(_job(self, BackupJob, "backupJobId").look())


def list_backup_jobs(self: Any) -> str:
    """Tell of all."""
    return page(self, _listed(self, BackupJob, resourceArn="ResourceArn", backupVaultName="BackupVaultName",
                              state="State"), "BackupJobs")  # fmt: skip


def start_copy_job(self: Any) -> str:
    """Begin to copy a recovery point."""
    job = CopyJob(store_of(self), body(self))
    return answer({"CopyJobId": job.id, "CreationDate": job.told["CreationDate"]})


def describe_copy_job(self: Any) -> str:
    """Tell of one."""
    return answer({"CopyJob": _plain(_job(self, CopyJob, "copyJobId").look())})


def list_copy_jobs(self: Any) -> str:
    """Tell of all."""
    return page(self, _listed(self, CopyJob, resourceArn="ResourceArn", state="State"), "CopyJobs")


def start_restore_job(self: Any) -> str:
    """Begin to restore; one token begins one job."""
    own, asked = store_of(self), body(self)
    token = asked.get("IdempotencyToken")
    known = next((j for j in own.jobs.values() if token and j.told.get("IdempotencyToken") == token), None)
    job = known or RestoreJob(own, asked)
    if token:
        job.told["IdempotencyToken"] = token
    return answer({"RestoreJobId": job.id})


def describe_restore_job(self: Any) -> str:
    """Tell of one."""
    return answer(_job(self, RestoreJob, "restoreJobId").look())


def list_restore_jobs(self: Any) -> str:
    """Tell of all."""
    return page(self, _listed(self, RestoreJob, status="Status", resourceType="ResourceType"), "RestoreJobs")


def get_restore_job_metadata(self: Any) -> str:
    """Tell what a restore was asked for."""
    return answer(
        {"RestoreJobId": path(self, "restoreJobId"), "Metadata": _job(self, RestoreJob, "restoreJobId").metadata}
    )


def list_recovery_points_by_backup_vault(self: Any) -> str:
    """Tell what is in a vault."""
    found = store_of(self).in_vault(path(self, "backupVaultName"))
    of = query(self, "resourceArn")
    return page(self, [_plain(p.told) for p in found if of in (None, p.told["ResourceArn"])], "RecoveryPoints")


def list_recovery_points_by_resource(self: Any) -> str:
    """Tell of a resource's."""
    arn = unquote(path(self, "resourceArn"))
    found = [p.told for p in store_of(self).points.values() if p.told["ResourceArn"] == arn]
    return page(self, [_plain(told) for told in found], "RecoveryPoints")


def describe_recovery_point(self: Any) -> str:
    """Tell of one."""
    return answer(_point(self).told)


def get_recovery_point_restore_metadata(self: Any) -> str:
    """Tell what its restore needs."""
    point = _point(self)
    return answer({"RecoveryPointArn": point.arn, "BackupVaultArn": point.told["BackupVaultArn"],
                   "RestoreMetadata": point.metadata, "ResourceType": point.told["ResourceType"]})  # fmt: skip


def delete_recovery_point(self: Any) -> str:
    """Delete one, unless its vault is locked."""
    own, point = store_of(self), _point(self)
    if own.vault(point.told["BackupVaultName"]).locked:
        raise refused(f"The recovery point {point.arn} cannot be deleted: its vault is locked.")
    own.remove(point.arn)
    return "{}"


def delete_backup_vault(self: Any) -> str:
    """Delete a vault that is empty."""
    own, name = store_of(self), path(self, "backupVaultName")
    if own.in_vault(name):
        raise refused(f"Backup vault cannot be deleted because it contains recovery points: {name}")
    self.backup_backend.delete_backup_vault(name)
    own.policies.pop(name, None)
    return "{}"


def put_backup_vault_access_policy(self: Any) -> str:
    """Say who may use a vault."""
    own, name = store_of(self), path(self, "backupVaultName")
    own.vault(name)
    own.policies[name] = body(self)["Policy"]
    return "{}"


def get_backup_vault_access_policy(self: Any) -> str:
    """Tell who may."""
    own, name = store_of(self), path(self, "backupVaultName")
    vault = own.vault(name)
    if name not in own.policies:
        raise missing(f"Backup vault {name} has no access policy.")
    return answer({"BackupVaultName": name, "BackupVaultArn": vault.backup_vault_arn, "Policy": own.policies[name]})


def delete_backup_vault_access_policy(self: Any) -> str:
    """Forget who may."""
    store_of(self).policies.pop(path(self, "backupVaultName"), None)
    return "{}"


def update_backup_plan(self: Any) -> str:
    """Change a plan: its rules get new ids."""
    plan = self.backup_backend.get_backup_plan(path(self, "backupPlanId"), None)
    model = type(plan)({**body(self)["BackupPlan"]}, plan.creator_request_id, self.backup_backend)
    plan.backup_plan, plan.version_id = model.backup_plan, model.version_id
    return answer(plan.to_dict())


def create_backup_selection(self: Any) -> str:
    """Say what a plan is for."""
    own, plan, asked = store_of(self), path(self, "backupPlanId"), body(self)["BackupSelection"]
    self.backup_backend.get_backup_plan(plan, None)
    id_ = str(uuid.uuid4())
    own.selections[id_] = {"SelectionId": id_, "BackupPlanId": plan, "CreationDate": now(), "BackupSelection": asked}
    return answer({k: v for k, v in own.selections[id_].items() if k != "BackupSelection"})


def get_backup_selection(self: Any) -> str:
    """Tell what for."""
    return answer(_selection(self))


def list_backup_selections(self: Any) -> str:
    """Tell all that a plan is for."""
    plan = path(self, "backupPlanId")
    found = [s for s in store_of(self).selections.values() if s["BackupPlanId"] == plan]
    told = [{**{k: s[k] for k in ("SelectionId", "BackupPlanId")}, "CreationDate": s["CreationDate"].timestamp(),
             **{k: s["BackupSelection"][k] for k in ("SelectionName", "IamRoleArn")}} for s in found]  # fmt: skip
    return page(self, told, "BackupSelectionsList")


def delete_backup_selection(self: Any) -> str:
    """Forget it."""
    store_of(self).selections.pop(_selection(self)["SelectionId"])
    return "{}"


def delete_backup_plan(self: Any) -> str:
    """Delete a plan that selects nothing."""
    plan = path(self, "backupPlanId")
    if any(s["BackupPlanId"] == plan for s in store_of(self).selections.values()):
        raise refused(f"Related backup plan selections must be deleted prior to backup plan deletion: {plan}")
    id_, arn, date, version = self.backup_backend.delete_backup_plan(plan)
    return answer({"BackupPlanId": id_, "BackupPlanArn": arn, "DeletionDate": date, "VersionId": version})


def _selection(self: Any) -> Plain:
    found = store_of(self).selections.get(path(self, "selectionId"))
    if found is None or found["BackupPlanId"] != path(self, "backupPlanId"):
        raise missing("Cannot find Backup plan selection.")
    return found


def _point(self: Any) -> Any:
    arn = unquote(path(self, "recoveryPointArn"))
    found = store_of(self).points.get(arn)
    if found is None or found.told["BackupVaultName"] != path(self, "backupVaultName"):
        raise missing(f"Recovery point {arn} does not exist.")
    return found


def _job(self: Any, kind: type, parameter: str) -> Any:
    found = store_of(self).jobs.get(path(self, parameter))
    if not isinstance(found, kind):
        raise missing(f"Job {path(self, parameter)} does not exist.")
    return found


def _listed(self: Any, kind: type, **filters: str) -> list[Plain]:
    jobs = [job.told for job in store_of(self).jobs.values() if isinstance(job, kind)]
    wanted = {key: query(self, name) for name, key in filters.items() if query(self, name)}
    found = [told for told in jobs if all(told.get(key) == value for key, value in wanted.items())]
    return [_plain(told) for told in reversed(found)]


def _plain(told: Plain) -> Plain:
    return json.loads(answer(told))
