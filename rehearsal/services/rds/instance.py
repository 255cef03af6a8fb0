"""Database instances and their replicas."""

import base64
import hashlib
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Do, Entry, props
from rehearsal.errors import RehearsalError

from . import rules
from ._common import rds_tags
from .remake import describe, remake, stand_alone

_API = {
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
_MODIFY = Call("modify_db_instance", {"DBInstanceIdentifier": "{identifier}", "ApplyImmediately": "{applyImmediately}"})

_OF_THE_SOURCE = {"allocatedStorage", "dbName", "engine", "engineVersion", "username"}
"""What a replica has from its source, whatever the program says."""


def _create(context: Context) -> None:
    inputs = context.inputs
    context.tags = context.tags_wanted
    tags = {"Tags": "{tags}"} if context.tags else {}
    # The provider says 0 where the program says nothing; RDS by itself would keep backups for a day.
    keep = {"BackupRetentionPeriod": int(inputs.get("backupRetentionPeriod") or 0)}
    if not inputs.get("replicateSourceDb") and not inputs.get("snapshotIdentifier"):
        context.run(_CREATE, context.carries(_CREATE, creating=True), params={**tags, **keep})
        return
    copies = bool(inputs.get("replicateSourceDb"))
    call, inherited = (_REPLICATE, _OF_THE_SOURCE) if copies else (_RESTORE, {"username", "dbName"})
    # RDS refuses a parameter group for a MySQL replica in the same region: it is changed afterwards.
    later = {*inherited, "parameterGroupName"} if copies and ":" not in inputs["replicateSourceDb"] else inherited
    sent = [name for name in context.carries(call, creating=True) if name not in later]
    context.run(call, sent, params=tags)
    left = {name for name in context.carries(_MODIFY) if inputs.get(name) is not None}
    _modify(context, left - set(sent) - inherited, keep)


def _modify(context: Context, names: set[str], params: dict[str, Any] | None = None) -> None:
    """Send *names* with ModifyDBInstance, which calls some things by other names than CreateDBInstance."""
    parameters: dict[str, Any] = {**_MODIFY.params, **(params or {})}
    if "port" in names:
        parameters["DBPortNumber"] = "{port}"
    if "maxAllocatedStorage" in names and not context.inputs.get("maxAllocatedStorage"):
        # As much as there is: that is how storage autoscaling is switched off.
        parameters["MaxAllocatedStorage"] = context.inputs.get("allocatedStorage") or context.old["allocatedStorage"]
        names = names - {"maxAllocatedStorage"}
    if "enabledCloudwatchLogsExports" in names:
        there = set(describe(context, context.inputs["identifier"]).get("EnabledCloudwatchLogsExports") or [])
        wanted = set(context.inputs.get("enabledCloudwatchLogsExports") or [])
        parameters["CloudwatchLogsExportConfiguration"] = {
            "EnableLogTypes": sorted(wanted - there),
            "DisableLogTypes": sorted(there - wanted),
        }
    for name in names & {"deletionProtection", "iamDatabaseAuthenticationEnabled", "manageMasterUserPassword"}:
        if context.inputs.get(name) is None:
            member = _API.get(name) or name[0].upper() + name[1:]
            parameters[member] = False
    known = [name for name in context.carries(_MODIFY) if name in names]
    if "passwordWoVersion" in names:
        known.append("passwordWo")
    context.run(Call("modify_db_instance", parameters), known)


def _update(context: Context) -> None:
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
    names -= {"replicateSourceDb", "tags", "tagsAll", *anew} | _unchanged(context.old, context.inputs)
    names -= {name for name, prop in _INPUTS.items() if prop.recorded or prop.local}
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


def _instance(context: Context) -> Any:
    """Add what the emulator leaves out and what the provider makes of the answer."""
    identifier = context.inputs.get("identifier") or context.state.get("identifier") or context.id
    found = describe(context, identifier)
    found["VpcSecurityGroupIds"] = [group["VpcSecurityGroupId"] for group in found.get("VpcSecurityGroups") or []]
    found["ManageMasterUserPassword"] = True if found.get("MasterUserSecret") else None
    if not str(found.get("KmsKeyId", "arn:")).startswith("arn:"):
        key = context.call("describe_key", {"KeyId": "alias/aws/rds"}, service="kms")["KeyMetadata"]
        found["KmsKeyId"] = key["Arn"]
    found["EngineVersionActual"] = found["EngineVersion"]
    asked = context.inputs.get("engineVersion")
    if asked and found["EngineVersion"].startswith(f"{asked}."):
        found["EngineVersion"] = asked
    source = context.inputs.get("replicateSourceDb")
    if source and source.rsplit(":", 1)[-1] == str(found.get("ReadReplicaSourceDBInstanceIdentifier")):
        found["ReadReplicaSourceDBInstanceIdentifier"] = source
    return found


def _resource_id(context: Context) -> str:
    """Make up what is not the identifier: all instances of the emulator have the same resource id (moto 5.2)."""
    digest = hashlib.sha256(context.urn.encode()).digest()
    return f"db-{base64.b32encode(digest).decode()[:26]}"


def _zone(context: Context) -> str:
    """Make up the zone of the endpoints: one per region; the emulator tells none."""
    return f"Z{hashlib.sha256(context.region.encode()).hexdigest()[:13].upper()}"


def _delete(context: Context) -> None:
    state = context.inputs
    identifier = state["identifier"]
    found = describe(context, identifier)
    kind = context.entry.type_name
    final, skips = state.get("finalSnapshotIdentifier"), state.get("skipFinalSnapshot")
    if found.get("ReadReplicaSourceDBInstanceIdentifier") and not skips:
        raise RehearsalError(f"{kind}: skipFinalSnapshot must be true to delete a replica, got false")
    if not skips and not final:
        raise RehearsalError(f"{kind}: finalSnapshotIdentifier must be given to delete the instance, or skipFinalSnapshot")
    if found.get("DeletionProtection"):
        raise RehearsalError(f"{kind}: deletionProtection must be set to false and deployed before the instance is deleted")
    # RDS makes replicas in the same region stand alone when their source goes; the emulator loses them.
    for replica in found.get("ReadReplicaDBInstanceIdentifiers") or []:
        if ":" not in replica:
            stand_alone(context, replica)
    rest = {} if skips else {"FinalDBSnapshotIdentifier": final}
    flags = {"SkipFinalSnapshot": bool(skips), "DeleteAutomatedBackups": state.get("deleteAutomatedBackups", True)}
    context.call("delete_db_instance", {"DBInstanceIdentifier": identifier, **flags, **rest})


def _unchanged(state: dict[str, Any], news: dict[str, Any]) -> set[str]:
    """What the provider takes for unchanged: grown storage, patched versions, a write-only password as before."""
    ignored = set[str]()
    storage, actual = news.get("allocatedStorage"), state.get("allocatedStorage")
    if news.get("maxAllocatedStorage") and storage and actual and int(actual) > int(storage):
        ignored.add("allocatedStorage")
    version = str(news.get("engineVersion") or "")
    if version and str(state.get("engineVersionActual") or "").startswith(f"{version}."):
        ignored.add("engineVersion")
    if news.get("passwordWoVersion") == state.get("passwordWoVersion"):
        ignored.add("passwordWo")
    return ignored


def _secrets(context: Context) -> Any:
    secret = context.answer.get("MasterUserSecret")
    if not secret:
        return []
    members = {"kmsKeyId": "KmsKeyId", "secretArn": "SecretArn", "secretStatus": "SecretStatus"}
    return [{name: secret.get(member) for name, member in members.items()}]


_INPUTS = props(
    "allocatedStorage allowMajorVersionUpgrade dbSubnetGroupName deletionProtection enabledCloudwatchLogsExports"
    " iamDatabaseAuthenticationEnabled iops manageMasterUserPassword masterUserSecretKmsKeyId maxAllocatedStorage"
    " passwordWoVersion replicaMode replicateSourceDb upgradeStorageConfig",
    required="instanceClass",
    replaces="availabilityZone backupTarget characterSetName customIamInstanceProfile dbName engine kmsKeyId"
    " ncharCharacterSetName snapshotIdentifier storageEncrypted timezone username",
    computed="allocatedStorage availabilityZone backupRetentionPeriod backupTarget backupWindow caCertIdentifier"
    " characterSetName databaseInsightsMode dbName dbSubnetGroupName dedicatedLogVolume engine"
    " engineLifecycleSupport engineVersion identifier identifierPrefix iops kmsKeyId licenseModel"
    " maintenanceWindow masterUserSecretKmsKeyId monitoringRoleArn multiAz ncharCharacterSetName networkType"
    " optionGroupName parameterGroupName performanceInsightsKmsKeyId performanceInsightsRetentionPeriod port"
    " replicaMode snapshotIdentifier storageEncrypted storageThroughput storageType timezone username"
    " vpcSecurityGroupIds",
    sets="enabledCloudwatchLogsExports vpcSecurityGroupIds",
    secret="password passwordWo",
    local="applyImmediately blueGreenUpdate deleteAutomatedBackups finalSnapshotIdentifier identifierPrefix"
    " skipFinalSnapshot warningEventCategories",
    # moto 5.2 keeps none of these.
    recorded="backupTarget characterSetName customIamInstanceProfile customerOwnedIpEnabled databaseInsightsMode"
    " dedicatedLogVolume domain domainAuthSecretArn domainDnsIps domainFqdn domainIamRoleName domainOu"
    " engineLifecycleSupport ncharCharacterSetName networkType performanceInsightsEnabled"
    " performanceInsightsKmsKeyId performanceInsightsRetentionPeriod replicaMode timezone upgradeStorageConfig",
    defaults={
        "applyImmediately": False,
        "autoMinorVersionUpgrade": True,
        "copyTagsToSnapshot": False,
        "deleteAutomatedBackups": True,
        "monitoringInterval": 0,
        "performanceInsightsEnabled": False,
        "publiclyAccessible": False,
        "skipFinalSnapshot": False,
    },
    api=_API,
    reads={
        "allowMajorVersionUpgrade": None,
        "dbSubnetGroupName": "DBSubnetGroup.DBSubnetGroupName",
        "enabledCloudwatchLogsExports": "EnabledCloudwatchLogsExports",
        "iamDatabaseAuthenticationEnabled": "IAMDatabaseAuthenticationEnabled",
        "masterUserSecretKmsKeyId": "MasterUserSecret.KmsKeyId",
        "optionGroupName": "OptionGroupMemberships.0.OptionGroupName",
        "parameterGroupName": "DBParameterGroups.0.DBParameterGroupName",
        "password": None,
        "passwordWo": None,
        "passwordWoVersion": None,
        "port": "Endpoint.Port",
        "replicateSourceDb": "ReadReplicaSourceDBInstanceIdentifier",
        "snapshotIdentifier": None,
    },
)

INSTANCE = Entry(
    "aws:rds/instance:Instance",
    service="rds",
    inputs=_INPUTS,
    conflicts=(
        "identifier identifierPrefix",
        "manageMasterUserPassword password",
        "manageMasterUserPassword passwordWo",
        "password passwordWo",
        "dbName replicateSourceDb",
        "username replicateSourceDb",
        "snapshotIdentifier replicateSourceDb",
    ),
    checks=rules.CHECKS,
    guards=rules.GUARDS,
    ignores_if=_unchanged,
    autoname=Autoname("identifier", 63, separator=""),
    create=_create,
    id=_resource_id,
    import_id=lambda identifier: {"identifier": identifier},
    read=(_instance,),
    updates=(Do(_update, " ".join(_INPUTS)),),
    delete=(_delete,),
    outputs={
        "address": "Endpoint.Address",
        "arn": "DBInstanceArn",
        "endpoint": lambda context: "{Address}:{Port}".format(**context.answer["Endpoint"]),
        "engineVersionActual": "EngineVersionActual",
        "hostedZoneId": _zone,
        "latestRestorableTime": "LatestRestorableTime",
        "masterUserSecrets": _secrets,
        "replicas": lambda context: context.answer.get("ReadReplicaDBInstanceIdentifiers") or [],
        "resourceId": _resource_id,
        "status": "DBInstanceStatus",
    },
    volatile="endpoint address replicas latestRestorableTime engineVersionActual",
    tags=rds_tags("db", "{identifier}", listed=True),
)

ENTRIES = (INSTANCE,)
