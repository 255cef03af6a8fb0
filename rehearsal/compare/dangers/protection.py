"""Protections that a deployment would take away."""

from rehearsal.compare.changes import Change, blank
from rehearsal.compare.steps import Plan, Step

from .common import Danger, Rules, guarded, last, leaf_changes, name, number, objects, on, shown

_HOLDS = {
    "deletionProtection": "deletion protection",
    "deletionProtectionEnabled": "deletion protection",
    "enableDeletionProtection": "deletion protection",
    "protectFromScaleIn": "protection from scale-in",
    "disableApiTermination": "protection from termination",
    "disableApiStop": "protection from being stopped",
    "enableKeyRotation": "rotation of the key",
    "enableLogFileValidation": "validation of the log files",
    "blockPublicPolicy": "the block of public policies",
    "dropInvalidHeaderFields": "the refusal of invalid headers",
    "copyTagsToSnapshot": "copying of tags to snapshots, by which backups find them,",
    "objectLockEnabled": "object lock",
}
"""Switches that protect while they are on."""

_RISKS = {
    "skipFinalSnapshot": "a deletion no longer leaves a last snapshot",
    "deleteAutomatedBackups": "a deletion takes the automated backups along",
    "forceDestroy": "it is deleted even when it holds something",
    "forceDelete": "it is deleted even when something is in it",
    "forceDeleteReplica": "replicas are deleted along with it",
    "deleteOnTermination": "the volume is deleted together with its server",
    "bypassPolicyLockoutSafetyCheck": "a policy may lock everybody out",
}
"""Switches that protect while they are off."""

_STATES = {
    ("versioningConfiguration", "status"): "versioning",
    ("backupPolicy", "status"): "backups",
    ("pointInTimeRecovery", "enabled"): "recovery to a point in time",
    ("logging", "enabled"): "logging",
    ("accessLogs", "enabled"): "access logs",
    ("state",): "the policy",  # dlm: ENABLED or DISABLED
}

_SPANS = {
    "backupRetentionPeriod": "days that backups are kept",
    "automaticBackupRetentionDays": "days that backups are kept",
    "snapshotRetentionLimit": "days that snapshots are kept",
    "automatedSnapshotRetentionPeriod": "days that snapshots are kept",
    "backtrackWindow": "seconds that can be taken back",
    "recoveryPeriodInDays": "days that can be recovered",
    "recoveryWindowInDays": "days in which a deletion can be undone",
    "deletionWindowInDays": "days in which a deletion can be undone",
    "retentionInDays": "days that records are kept",
    "retentionPeriod": "hours that records are kept",
    "messageRetentionSeconds": "seconds that messages are kept",
    "minRetentionDays": "days that backups are kept at least",
    "noncurrentDays": "days that old versions are kept",
    "newerNoncurrentVersions": "old versions that are kept",
    "deleteAfter": "days that backups are kept",
}
"""Numbers that protect the better the higher they are."""

_FOREVER = ("retentionInDays", "noncurrentDays", "deleteAfter")
"""Where 0, or nothing, means that it is kept for good."""

_GUARDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "aws:backup/plan:Plan": ("its backups", ()),
    "aws:backup/selection:Selection": ("the backups of what it selects", ("planId",)),
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": ("the lock of the vault", ("backupVaultName",)),
    "aws:backup/vaultPolicy:VaultPolicy": ("the policy of the vault", ("backupVaultName",)),
    "aws:cloudtrail/trail:Trail": ("the audit trail", ()),
    "aws:dlm/lifecyclePolicy:LifecyclePolicy": ("the scheduled snapshots", ()),
    "aws:ebs/encryptionByDefault:EncryptionByDefault": ("encryption by default", ()),
    "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess": ("the block of public snapshots", ()),
    "aws:ec2/flowLog:FlowLog": ("the flow logs", ("vpcId", "subnetId", "eniId")),
    "aws:efs/backupPolicy:BackupPolicy": ("the backups", ("fileSystemId",)),
    "aws:efs/fileSystemPolicy:FileSystemPolicy": ("the policy of the file system", ("fileSystemId",)),
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": (
        "the copies of the backups in another region",
        ("sourceDbInstanceArn",),
    ),
    "aws:s3/bucketLogging:BucketLogging": ("the access log", ("bucket",)),
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": ("object lock", ("bucket",)),
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": ("the replicas", ("bucket",)),
    "aws:s3/bucketVersioning:BucketVersioning": ("versioning", ("bucket",)),
    "aws:secretsmanager/secretPolicy:SecretPolicy": ("the policy of the secret", ("secretArn",)),
    "aws:secretsmanager/secretRotation:SecretRotation": ("rotation of the secret", ("secretId",)),
    "aws:wafv2/webAclAssociation:WebAclAssociation": ("the firewall", ("resourceArn",)),
}
"""Resources that exist to protect others: what ends with them, and the inputs that name the others."""


def rules(plan: Plan) -> Rules:
    """Tell what protects now and would not afterwards."""
    for step in plan.steps:
        if step.action == "delete":
            yield from _deleted(plan, step)
            continue
        if step.base is None and not _tidies_what_stands(plan, step):
            continue
        yield from _options(step)
        told = [_weaker(change) for change in leaf_changes(step)]
        told += [_kept_shorter(step, change) for change in leaf_changes(step, elements=True)]
        told.append(_fewer_rules(step))
        yield from (Danger("protection", step, f"{name(step)}: {text}") for text in told if text)


def _tidies_what_stands(plan: Plan, step: Step) -> bool:
    """Whether a new resource brings rules that delete objects of a bucket that is there already."""
    buckets = plan.referred(step.new.get("bucket"))
    lifecycle = step.now.type.split(":")[-1] in ("BucketLifecycleConfiguration", "BucketLifecycleConfigurationV2")
    return lifecycle and any(bucket.base is not None for bucket in buckets)


def _deleted(plan: Plan, step: Step) -> Rules:
    what, inputs = _GUARDS.get(step.now.type, ("", ()))
    others = guarded(plan, step, *inputs)
    # With what it protects goes the need for it; that is told by itself.
    if what and not (others and all(other.action == "delete" for other in others)):
        of = f" of {', '.join(name(other) for other in others)}" if others else ""
        kept = " (stays on AWS, but no longer belongs to the stack)" if step.was("retainOnDelete") else ""
        yield Danger("protection", step, f"{name(step)} is deleted, and with it {what}{of}{kept}")


def _options(step: Step) -> Rules:
    told = {
        "protect": "protected from deletion by a deployment (protect)",
        "retainOnDelete": "kept on AWS when it leaves the stack (retainOnDelete)",
    }
    lost = [text for option, text in told.items() if step.was(option) and not step.now.option(option)]
    if lost:
        yield Danger("protection", step, f"{name(step)} is no longer {', nor '.join(lost)}")


def _fewer_rules(step: Step) -> str:
    """Backup plans and snapshot policies back up less with every rule that goes."""
    old, new = step.old.get("rules"), step.new.get("rules")
    if step.now.type == "aws:dlm/lifecyclePolicy:LifecyclePolicy":
        details = [objects(inputs.get("policyDetails")) for inputs in (step.old, step.new)]
        old, new = ([s for detail in side for s in objects(detail.get("schedules"))] for side in details)
    elif step.now.type != "aws:backup/plan:Plan":
        return ""
    was, now = len(objects(old)), len(objects(new))
    return f"fewer backup schedules: {was} so far, {now} from now on" if step.base and now < was else ""


def _weaker(change: Change) -> str:
    key = last(change)
    if isinstance(change.path[-1], int):
        return ""
    if key in _HOLDS and on(change.old) and not on(change.new):
        return f"{_HOLDS[key]} is switched off ({change.shown})"
    if key in _RISKS and on(change.new) and not on(change.old):
        return f"{_RISKS[key]} ({change.shown})"
    names = tuple(step for step in change.path if isinstance(step, str))
    what = next((text for tail, text in _STATES.items() if names[-2:] == tail), "")
    if what and on(change.old) and not on(change.new):
        return f"{what} {'are' if what.endswith('s') else 'is'} switched off ({change.shown})"
    return ""


def _kept_shorter(step: Step, change: Change) -> str:
    names = [part for part in change.path if isinstance(part, str)]
    key = names[-1]
    what = _SPANS.get(key, "")
    if names[-2:] == ["expiration", "days"]:
        key, what = "noncurrentDays", "days that objects are kept"
    elif names[-2:] == ["retainRule", "count"]:
        what = "snapshots that are kept"
    elif names[-2:] == ["retainRule", "interval"]:
        what = "time that snapshots are kept"
    if not what or (key == "retentionPeriod" and not step.now.type.startswith("aws:kinesis/")):
        return ""
    old, new = number(change.old), number(change.new)
    if key in _FOREVER:
        old = old or float("inf")
        new = new or float("inf")
    elif blank(change.new) and old:
        new = 0 if new is None else new
    if old is None or new is None or new >= old:
        return ""
    before = "no end" if old == float("inf") else shown(old)
    return f"{what}: {before} so far, {shown(new)} from now on ({change.shown})"
