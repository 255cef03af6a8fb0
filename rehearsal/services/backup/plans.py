"""AWS Backup: plans, and what they select."""

from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Entry, props
from rehearsal.services._plain import fields, items
from rehearsal.services._schedules import schedule_problem
from rehearsal.shapes import from_api
from rehearsal.values import has_unknown, is_unknown

from ._tags import tags_of

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
        # What comes back has so much filled in that it tells nothing of what was asked for.
        reads=dict.fromkeys(("rules", "advancedBackupSettings", "scanSettings")),
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
    create=Call("create_backup_plan"),
    id="BackupPlanId",
    read=(_plan,),
    updates=(
        Call("update_backup_plan", {"BackupPlanId": "{id}", "BackupPlan": {"BackupPlanName": "{name}"}}, whole=True),
    ),
    delete=(Call("delete_backup_plan", {"BackupPlanId": "{id}"}),),
    outputs={"arn": "BackupPlanArn", "version": "VersionId"},
    volatile="version",
    tags=tags_of("BackupPlanTags", "backup-plan:{id}"),
)


def _selected(context: Context) -> Any:
    """Find the selection, which an import names without its plan or as `plan|selection`."""
    plan, selection = context.value("planId"), context.id.rpartition("|")[2]
    plans = [plan] if plan else [p["BackupPlanId"] for p in context.call("list_backup_plans")["BackupPlansList"]]
    for one in plans:
        for found in context.call("list_backup_selections", {"BackupPlanId": one})["BackupSelectionsList"]:
            if found["SelectionId"] == selection:
                return context.call("get_backup_selection", {"BackupPlanId": one, "SelectionId": selection})
    return None


def _conditions_found(found: Any) -> Any:
    """Return conditions as the program has them: one block in a list."""
    return [from_api(found, _CONDITIONS)] if any(found.values()) else None


_CONDITIONS = {
    "key": "ConditionKey",
    "stringLikes": "StringLike",
    "stringNotLikes": "StringNotLike",
    "value": "ConditionValue",
}

SELECTION = Entry(
    "aws:backup/selection:Selection",
    service="backup",
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
            "conditions": _CONDITIONS,
            "selectionTags": {"key": "ConditionKey", "type": "ConditionType", "value": "ConditionValue"},
        },
        from_api={"conditions": _conditions_found},
    ),
    autoname=Autoname("name", 50),
    create=Call("create_backup_selection"),
    id="SelectionId",
    read=(_selected,),
    delete=(Call("delete_backup_selection", {"BackupPlanId": "{planId}", "SelectionId": "{id}"}),),
)

ENTRIES = (PLAN, SELECTION)
