"""AWS Backup: vaults, plans and selections."""

from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Do, Entry, Tags, props
from rehearsal.services._plain import fields, items
from rehearsal.values import has_unknown, is_unknown

from ._schedules import schedule_problem


def _tags(create: str, arn: str) -> Tags:
    return Tags(
        {create: "{tags}"},
        put=Call("tag_resource", {"ResourceArn": arn, "Tags": "{tags}"}),
        remove=Call("untag_resource", {"ResourceArn": arn, "TagKeyList": "{keys}"}),
        read=Call("list_tags", {"ResourceArn": arn}),
    )


VAULT = Entry(
    "aws:backup/vault:Vault",
    service="backup",
    inputs=props(
        replaces="kmsKeyArn name",
        computed="kmsKeyArn name",
        local="forceDestroy",
        defaults={"forceDestroy": False},
        api={"name": "BackupVaultName", "kmsKeyArn": "EncryptionKeyArn"},
    ),
    autoname=Autoname("name", 50),
    create=Call("create_backup_vault"),
    id="{name}",
    read=(Call("describe_backup_vault", {"BackupVaultName": "{id}"}),),
    delete=(Call("delete_backup_vault", {"BackupVaultName": "{id}"}),),
    outputs={
        "arn": "BackupVaultArn",
        "recoveryPoints": lambda context: context.answer.get("NumberOfRecoveryPoints") or 0,
    },
    tags=_tags("BackupVaultTags", "arn:{partition}:backup:{region}:{account}:backup-vault:{id}"),
)

_RULE = {
    "coldStorageAfter": "MoveToColdStorageAfterDays",
    "completionWindow": "CompletionWindowMinutes",
    "deleteAfter": "DeleteAfterDays",
    "destinationVaultArn": "DestinationBackupVaultArn",
    "schedule": "ScheduleExpression",
    "startWindow": "StartWindowMinutes",
    "targetLogicallyAirGappedBackupVaultArn": "TargetLogicallyAirGappedBackupVaultArn",
    "targetVaultName": "TargetBackupVaultName",
}
_COLD = 90
"""Days that a recovery point stays in cold storage at least (Backup API reference, Lifecycle)."""
_SHORTEST = 60
"""Minutes (Backup API reference, BackupRule)."""
_CONTINUOUS = 35
"""Days that a continuous backup is kept at most (Backup developer guide, point-in-time recovery)."""


def _rules(inputs: Mapping[str, Any]) -> str | None:
    for index, rule in enumerate(items(inputs["rules"])):
        line = None if is_unknown(rule) else _rule(rule)
        if line:
            return f"rules[{index}].{line}"
    return None


def _rule(rule: Mapping[str, Any]) -> str | None:
    schedule = rule.get("schedule")
    problem = None if schedule is None or is_unknown(schedule) else schedule_problem(schedule)
    return f"schedule {problem}" if problem else _lifecycle(rule) or _window(rule)


def _lifecycle(rule: Mapping[str, Any]) -> str | None:
    lifecycle = fields(rule.get("lifecycle"))
    if has_unknown(rule.get("lifecycle")):
        return None
    cold, kept = int(lifecycle.get("coldStorageAfter") or 0), int(lifecycle.get("deleteAfter") or 0)
    if cold and kept and kept < cold + _COLD:
        return (
            f"lifecycle.deleteAfter must be at least {_COLD} days after coldStorageAfter, so {cold + _COLD}, got {kept}"
        )
    if rule.get("enableContinuousBackup") is True and (cold or not 1 <= kept <= _CONTINUOUS):
        return f"lifecycle.deleteAfter must be 1 to {_CONTINUOUS} days for continuous backups, got {kept or 'none'}"
    return None


def _window(rule: Mapping[str, Any]) -> str | None:
    start = rule.get("startWindow")
    if start is None or is_unknown(start) or int(start) >= _SHORTEST:
        return None
    return f"startWindow must be at least {_SHORTEST} minutes, got {start}"


def _vaults(context: Context) -> str | None:
    names = {rule.get("targetVaultName") for rule in context.inputs["rules"]}
    there = {vault["BackupVaultName"] for vault in context.call("list_backup_vaults")["BackupVaultList"]}
    missing = sorted(str(name) for name in names - there)
    return f"rules must name vaults that exist, got {', '.join(missing)}" if missing else None


_PLAN = {"BackupPlan": {"BackupPlanName": "{name}"}}
_SENT = ["rules", "advancedBackupSettings", "scanSettings"]


def _create_plan(context: Context) -> Any:
    context.tags = context.tags_wanted
    tags = {"BackupPlanTags": "{tags}"} if context.tags else {}
    return context.run(Call("create_backup_plan", {**_PLAN, **tags}), _SENT)


def _update_plan(context: Context) -> None:
    """Check the request: the emulator has no UpdateBackupPlan."""
    call = Call("update_backup_plan", {"BackupPlanId": "{id}", **_PLAN})
    context.verify(call, _SENT)


def _plan(context: Context) -> Any:
    found = context.call("get_backup_plan", {"BackupPlanId": context.id})
    return None if found.get("DeletionDate") else found


PLAN = Entry(
    "aws:backup/plan:Plan",
    service="backup",
    inputs=props(
        required="rules",
        replaces="name",
        computed="name",
        sets="rules advancedBackupSettings scanSettings",
        # Sent when the plan is made; the emulator cannot change them afterwards, so they are not read back.
        recorded="rules advancedBackupSettings scanSettings",
        api={
            "advancedBackupSettings": "BackupPlan.AdvancedBackupSettings",
            "name": "BackupPlan.BackupPlanName",
            "rules": "BackupPlan.Rules",
            "scanSettings": "BackupPlan.ScanSettings",
        },
        fields={"rules": _RULE},
    ),
    checks=(_rules,),
    guards=(_vaults,),
    autoname=Autoname("name", 50),
    create=_create_plan,
    rehearse=lambda context: context.verify(Call("create_backup_plan", _PLAN), _SENT),
    id="BackupPlanId",
    read=(_plan,),
    updates=(Do(_update_plan, "rules advancedBackupSettings scanSettings"),),
    delete=(Call("delete_backup_plan", {"BackupPlanId": "{id}"}),),
    outputs={"arn": "BackupPlanArn", "version": "VersionId"},
    tags=_tags("BackupPlanTags", "arn:{partition}:backup:{region}:{account}:backup-plan:{id}"),
)

SELECTION = Entry(
    "aws:backup/selection:Selection",
    service="backup",
    emulated=False,
    inputs=props(
        required="iamRoleArn planId",
        replaces="conditions iamRoleArn name notResources planId resources selectionTags",
        computed="name",
        sets="conditions notResources resources selectionTags",
        api={
            "conditions": "BackupSelection.Conditions",
            "iamRoleArn": "BackupSelection.IamRoleArn",
            "name": "BackupSelection.SelectionName",
            "notResources": "BackupSelection.NotResources",
            "planId": "BackupPlanId",
            "resources": "BackupSelection.Resources",
            "selectionTags": "BackupSelection.ListOfTags",
        },
        fields={
            "conditions": {
                "key": "ConditionKey",
                "stringLikes": "StringLike",
                "stringNotLikes": "StringNotLike",
                "value": "ConditionValue",
            },
            "selectionTags": {"key": "ConditionKey", "type": "ConditionType", "value": "ConditionValue"},
        },
    ),
    autoname=Autoname("name", 50),
    create=Call("create_backup_selection"),
    id="{hash}",
)

ENTRIES = (VAULT, PLAN, SELECTION)
