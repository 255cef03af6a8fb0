"""How instances are made and changed, by the calls that RDS has for it."""

from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call
from rehearsal.errors import RehearsalError
from rehearsal.services._plain import fields, items
from rehearsal.values import is_unknown

from .remake import describe, remake, stand_alone

API = {
    "backupWindow": "PreferredBackupWindow",
    "caCertIdentifier": "CACertificateIdentifier",
    "customerOwnedIpEnabled": "EnableCustomerOwnedIp",
    "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "identifier": "DBInstanceIdentifier",
    "instanceClass": "DBInstanceClass",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "parameterGroupName": "DBParameterGroupName",
    "password": "MasterUserPassword",
    "passwordWo": "MasterUserPassword",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
    "replicateSourceDb": "SourceDBInstanceIdentifier",
    "snapshotIdentifier": "DBSnapshotIdentifier",
    "username": "MasterUsername",
}

_CREATE = Call("create_db_instance")
_REPLICATE = Call("create_db_instance_read_replica")
_RESTORE = Call("restore_db_instance_from_db_snapshot")
_REWIND = "restore_db_instance_to_point_in_time"
_POINT = {
    "restoreTime": "RestoreTime",
    "sourceDbInstanceAutomatedBackupsArn": "SourceDBInstanceAutomatedBackupsArn",
    "sourceDbInstanceIdentifier": "SourceDBInstanceIdentifier",
    "sourceDbiResourceId": "SourceDbiResourceId",
    "useLatestRestorableTime": "UseLatestRestorableTime",
}
_MODIFY = Call("modify_db_instance", {"DBInstanceIdentifier": "{identifier}", "ApplyImmediately": "{applyImmediately}"})

_OF_THE_SOURCE = {"allocatedStorage", "dbName", "engine", "engineVersion", "username"}
"""What a replica has from its source, whatever the program says."""


def rehearse(context: Context) -> None:
    """Check what `create` would send."""
    call, _, sent = _made_from(context)
    context.verify(call, sent)


def create(context: Context) -> None:
    """Make an instance from nothing, as a replica, from a snapshot or as another was at some time."""
    inputs, copies = context.inputs, bool(context.inputs.get("replicateSourceDb"))
    context.tags = context.tags_wanted
    tags = {"Tags": "{tags}"} if context.tags else {}
    # The provider says 0 where the program says nothing; RDS by itself would keep backups for a day.
    keep = {"BackupRetentionPeriod": int(inputs.get("backupRetentionPeriod") or 0)}
    call, inherited, sent = _made_from(context)
    context.run(call, sent, params={**tags, **(keep if call is _CREATE else {})})
    if call is _CREATE:
        return
    if context.inputs.get("restoreToPointInTime"):
        # The emulator takes it for a replica of its source.
        stand_alone(context, inputs["identifier"])
    _untag(context)
    left = {name for name in context.carries(_MODIFY) if inputs.get(name) is not None}
    _modify(context, left - set(sent) - inherited, {**keep, **(_own(context) if copies else {})})


def _made_from(context: Context) -> tuple[Call, set[str], list[str]]:
    """Return the call that makes the instance, what it then has from elsewhere, and what is sent."""
    source = context.inputs.get("replicateSourceDb")
    call, inherited = _CREATE, set[str]()
    if source:
        call, inherited = _REPLICATE, _OF_THE_SOURCE
    elif context.inputs.get("snapshotIdentifier"):
        call, inherited = _RESTORE, {"username", "dbName"}
    elif context.inputs.get("restoreToPointInTime"):
        call, inherited = _rewind(context), {"username", "dbName"}
    # RDS refuses a parameter group for a MySQL replica in the same region: it is changed afterwards. The emulator loses
    # the one of an instance that is restored to a point in time.
    near = source and ":" not in source
    later = {*inherited, "parameterGroupName"} if near or call.operation == _REWIND else inherited
    return call, inherited, [name for name in context.carries(call, creating=True) if name not in later]


def _rewind(context: Context) -> Call:
    """Return the call with what is said of the time and of the source."""
    point = fields(context.inputs["restoreToPointInTime"])
    told = {member: point.get(name) for name, member in _POINT.items() if point.get(name) is not None}
    return Call(_REWIND, {"TargetDBInstanceIdentifier": "{identifier}", **told})


def _untag(context: Context) -> None:
    """Remove the tags of the source, which the emulator copies."""
    found = describe(context, context.inputs["identifier"])
    foreign = sorted({tag["Key"] for tag in items(found.get("TagList"))} - context.tags_wanted.keys())
    if foreign:
        named = {"ResourceName": found["DBInstanceArn"], "TagKeys": foreign}
        context.call("remove_tags_from_resource", named)


def _own(context: Context) -> dict[str, Any]:
    """Return what a replica does not have from its source: the emulator makes it a copy of the source in all."""
    found = describe(context, context.inputs["identifier"])
    return {
        "DeletionProtection": bool(context.inputs.get("deletionProtection")),
        "EnableIAMDatabaseAuthentication": bool(context.inputs.get("iamDatabaseAuthenticationEnabled")),
        "MaxAllocatedStorage": int(context.inputs.get("maxAllocatedStorage") or found["AllocatedStorage"]),
        "MultiAZ": bool(context.inputs.get("multiAz")),
    }


def _modify(context: Context, names: set[str], params: dict[str, Any] | None = None) -> None:
    """Send *names* with ModifyDBInstance, which calls some things by other names than CreateDBInstance."""
    parameters: dict[str, Any] = {**_MODIFY.params, **(params or {})}
    if "port" in names:
        parameters["DBPortNumber"] = "{port}"
    if "maxAllocatedStorage" in names and not context.inputs.get("maxAllocatedStorage"):
        # As much as there is: that is how storage autoscaling is switched off.
        parameters["MaxAllocatedStorage"] = context.inputs.get("allocatedStorage") or context.old["allocatedStorage"]
        names = names - {"maxAllocatedStorage"}
    # In the emulator source and replicas have one list of logs in common: only the source's is changed.
    if "enabledCloudwatchLogsExports" in names and not context.inputs.get("replicateSourceDb"):
        there = set(items(describe(context, context.inputs["identifier"]).get("EnabledCloudwatchLogsExports")))
        wanted = set(items(context.inputs.get("enabledCloudwatchLogsExports")))
        parameters["CloudwatchLogsExportConfiguration"] = {
            "EnableLogTypes": sorted(wanted - there),
            "DisableLogTypes": sorted(there - wanted),
        }
    for name in names & {"deletionProtection", "iamDatabaseAuthenticationEnabled", "manageMasterUserPassword"}:
        if context.inputs.get(name) is None:
            member = API.get(name) or name[0].upper() + name[1:]
            parameters[member] = False
    known = [name for name in context.carries(_MODIFY) if name in names]
    if "passwordWoVersion" in names:
        known.append("passwordWo")
    context.run(Call("modify_db_instance", parameters), known)


def update(context: Context) -> None:
    """Change an instance in place."""
    names = set(context.changed)
    if "replicateSourceDb" in names:
        _promote(context)
    anew = {"port": "Port", "identifier": "DBInstanceIdentifier"}
    changes = {member: context.inputs[name] for name, member in anew.items() if name in names}
    if changes:
        known = {"port": "DBPortNumber", "identifier": "NewDBInstanceIdentifier"}
        renamed = {known[name]: f"{{{name}}}" for name in anew if name in names}
        context.verify(Call("modify_db_instance", {"DBInstanceIdentifier": context.old["identifier"], **renamed}), ())
        remake(context, context.old["identifier"], changes)
    names -= {"replicateSourceDb", "tags", "tagsAll", *anew} | unchanged(context.old, context.inputs)
    names -= {name for name, prop in context.entry.inputs.items() if prop.recorded or prop.local}
    if names:
        _modify(context, names)


def _promote(context: Context) -> None:
    identifier = context.old["identifier"]
    if context.inputs.get("replicateSourceDb"):
        raise RehearsalError(
            f"{context.entry.type_name}: replicateSourceDb cannot change to another source: RDS makes a replica of "
            "one source only; leave it out to make the instance stand alone"
        )
    context.verify(Call("promote_read_replica", {"DBInstanceIdentifier": identifier}), ())
    stand_alone(context, identifier)


def unchanged(state: dict[str, Any], news: dict[str, Any]) -> set[str]:
    """Name what the provider takes for unchanged: grown storage, patched versions, a write-only password as before."""
    ignored = set[str]()
    storage, actual = news.get("allocatedStorage"), state.get("allocatedStorage")
    autoscaled = news.get("maxAllocatedStorage") and storage and actual
    if autoscaled and not is_unknown(storage) and int(str(actual)) > int(str(storage)):
        ignored.add("allocatedStorage")
    version = str(news.get("engineVersion") or "")
    if version and str(state.get("engineVersionActual") or "").startswith(f"{version}."):
        ignored.add("engineVersion")
    if news.get("passwordWoVersion") == state.get("passwordWoVersion"):
        ignored.add("passwordWo")
    return ignored
