"""How clusters are made, changed and deleted, by the calls that RDS has for it."""

from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call
from rehearsal.errors import RehearsalError
from rehearsal.services._plain import fields, items

API = {
    "caCertificateIdentifier": "CACertificateIdentifier",
    "clusterIdentifier": "DBClusterIdentifier",
    "dbClusterInstanceClass": "DBClusterInstanceClass",
    "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "masterPassword": "MasterUserPassword",
    "masterPasswordWo": "MasterUserPassword",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
    "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
    "serverlessv2ScalingConfiguration": "ServerlessV2ScalingConfiguration",
    "masterUsername": "MasterUsername",
}

_CREATE = Call("create_db_cluster")
_FROM_SNAPSHOT = Call("restore_db_cluster_from_snapshot")
_TO_TIME = Call("restore_db_cluster_to_point_in_time")
_MODIFY = Call(
    "modify_db_cluster", {"DBClusterIdentifier": "{clusterIdentifier}", "ApplyImmediately": "{applyImmediately}"}
)
_TIME_FIELDS = {
    "sourceClusterIdentifier": "SourceDBClusterIdentifier",
    "sourceClusterResourceId": "SourceDbClusterResourceId",
    "restoreToTime": "RestoreToTime",
    "restoreType": "RestoreType",
    "useLatestRestorableTime": "UseLatestRestorableTime",
}


def _made_from(context: Context) -> tuple[Call, dict[str, Any]]:
    """Return the call that RDS has for it, and what of it is no input of its own."""
    point = fields(context.inputs.get("restoreToPointInTime"))
    if point:
        return _TO_TIME, {_TIME_FIELDS[name]: value for name, value in point.items() if value is not None}
    if context.inputs.get("snapshotIdentifier"):
        return _FROM_SNAPSHOT, {"SnapshotIdentifier": "{snapshotIdentifier}"}
    return _CREATE, {}


def rehearse(context: Context) -> None:
    """Check what `create` would send."""
    call, params = _made_from(context)
    context.verify(call, _sent(context, call), params)


def _sent(context: Context, call: Call) -> list[str]:
    return [name for name in context.carries(call, creating=True) if name != "engineMode"]


def create(context: Context) -> None:
    """Make a cluster. One that is restored is checked as such, and made of nothing: there is no data in it.

    The emulator (moto 5.2) restores no snapshot of an instance, and crashes over others.
    """
    context.tags = context.tags_wanted
    tags = {"Tags": "{tags}"} if context.tags else {}
    call, params = _made_from(context)
    found = _origin(context, call)
    if call is not _CREATE:
        context.verify(call, _sent(context, call), params)
    inherited = {"MasterUsername": found["MasterUsername"], "DatabaseName": found.get("DatabaseName")} if found else {}
    context.run(_CREATE, _sent(context, _CREATE), params={**tags, **{k: v for k, v in inherited.items() if v}})


def _origin(context: Context, call: Call) -> dict[str, Any] | None:
    """Return what RDS tells of the snapshot or cluster that a new one is made of."""
    if call is _TO_TIME:
        point = fields(context.inputs["restoreToPointInTime"])
        clusters: list[dict[str, Any]] = items(context.call("describe_db_clusters")["DBClusters"])
        named = point.get("sourceClusterIdentifier"), point.get("sourceClusterResourceId")
        for found in clusters:
            if found["DBClusterIdentifier"] == named[0] or found["DbClusterResourceId"] == named[1]:
                return found
        raise RehearsalError(f"{context.entry.type_name}: there is no cluster {named[0] or named[1]} to restore")
    if call is _FROM_SNAPSHOT:
        name = str(context.inputs["snapshotIdentifier"])
        if ":snapshot:" in name:
            told = context.call("describe_db_snapshots", {"DBSnapshotIdentifier": name.rsplit(":", 1)[-1]})
            return items(told["DBSnapshots"])[0]
        told = context.call("describe_db_cluster_snapshots", {"DBClusterSnapshotIdentifier": name.rsplit(":", 1)[-1]})
        return items(told["DBClusterSnapshots"])[0]
    return None


def read(context: Context) -> Any:
    """Add what the provider makes of the answer."""
    identifier = context.inputs.get("clusterIdentifier") or context.state.get("clusterIdentifier") or context.id
    found = context.call("describe_db_clusters", {"DBClusterIdentifier": identifier})["DBClusters"][0]
    found["VpcSecurityGroupIds"] = [group["VpcSecurityGroupId"] for group in items(found.get("VpcSecurityGroups"))]
    if not str(found.get("KmsKeyId", "arn:")).startswith("arn:"):
        key = context.call("describe_key", {"KeyId": "alias/aws/rds"}, service="kms")["KeyMetadata"]
        found["KmsKeyId"] = key["Arn"]
    found["EngineVersionActual"] = found["EngineVersion"]
    asked = context.inputs.get("engineVersion")
    if asked and found["EngineVersion"].startswith(f"{asked}."):
        found["EngineVersion"] = asked
    return found


def update(context: Context) -> None:
    """Change a cluster in place."""
    names = {
        name
        for name in context.changed
        if name in context.entry.inputs
        and not (context.entry.inputs[name].recorded or context.entry.inputs[name].local)
    }
    parameters: dict[str, Any] = {}
    if "enabledCloudwatchLogsExports" in names:
        identifier = context.inputs["clusterIdentifier"]
        told = context.call("describe_db_clusters", {"DBClusterIdentifier": identifier})["DBClusters"][0]
        there = set(items(told.get("EnabledCloudwatchLogsExports")))
        wanted = set(items(context.inputs.get("enabledCloudwatchLogsExports")))
        changes = {"EnableLogTypes": sorted(wanted - there), "DisableLogTypes": sorted(there - wanted)}
        context.verify(_MODIFY, (), {"CloudwatchLogsExportConfiguration": changes})
        context.unsent.add("enabledCloudwatchLogsExports")  # moto 5.2 reads it by another name
    for name in names & {"deletionProtection", "iamDatabaseAuthenticationEnabled"}:
        if context.inputs.get(name) is None:
            parameters[API.get(name) or name[0].upper() + name[1:]] = False
    known = [name for name in context.carries(_MODIFY) if name in names]
    if known or parameters:
        context.run(_MODIFY, known, params=parameters)


def delete(context: Context) -> None:
    """Delete a cluster, of which RDS wants to know what becomes of the data."""
    state, kind = context.inputs, context.entry.type_name
    final, skips = state.get("finalSnapshotIdentifier"), state.get("skipFinalSnapshot")
    if not skips and not final:
        raise RehearsalError(
            f"{kind}: finalSnapshotIdentifier must be given to delete the cluster, or skipFinalSnapshot"
        )
    rest = {} if skips else {"FinalDBSnapshotIdentifier": final}
    flags = {"SkipFinalSnapshot": bool(skips), "DeleteAutomatedBackups": state.get("deleteAutomatedBackups", True)}
    context.call("delete_db_cluster", {"DBClusterIdentifier": context.id, **flags, **rest})
