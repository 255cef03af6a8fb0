"""Database instances and their replicas."""

import base64
import hashlib
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Do, Entry, props
from rehearsal.errors import RehearsalError
from rehearsal.services._plain import items
from rehearsal.shapes import from_api

from . import rules
from ._common import rds_tags
from .changing import API, create, rehearse, unchanged, update
from .remake import describe, stand_alone


def _instance(context: Context) -> Any:
    """Add what the emulator leaves out and what the provider makes of the answer."""
    identifier = context.inputs.get("identifier") or context.state.get("identifier") or context.id
    found = describe(context, identifier)
    found["VpcSecurityGroupIds"] = [group["VpcSecurityGroupId"] for group in items(found.get("VpcSecurityGroups"))]
    found["ManageMasterUserPassword"] = True if found.get("MasterUserSecret") else None
    if not str(found.get("KmsKeyId", "arn:")).startswith("arn:"):
        key = context.call("describe_key", {"KeyId": "alias/aws/rds"}, service="kms")["KeyMetadata"]
        found["KmsKeyId"] = key["Arn"]
    found["EngineVersionActual"] = found["EngineVersion"]
    asked = context.inputs.get("engineVersion")
    if asked and found["EngineVersion"].startswith(f"{asked}."):
        found["EngineVersion"] = asked
    source, logs = context.inputs.get("replicateSourceDb"), "enabledCloudwatchLogsExports"
    if source and set(items(context.inputs.get(logs))) != set(items(found.get("EnabledCloudwatchLogsExports"))):
        context.unsent.add(logs)
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
        raise RehearsalError(
            f"{kind}: finalSnapshotIdentifier must be given to delete the instance, or skipFinalSnapshot"
        )
    if found.get("DeletionProtection"):
        raise RehearsalError(
            f"{kind}: deletionProtection must be set to false and deployed before the instance is deleted"
        )
    # RDS makes replicas in the same region stand alone when their source goes; the emulator loses them.
    for replica in items(found.get("ReadReplicaDBInstanceIdentifiers")):
        if ":" not in replica:
            stand_alone(context, replica)
    rest = {} if skips else {"FinalDBSnapshotIdentifier": final}
    flags = {"SkipFinalSnapshot": bool(skips), "DeleteAutomatedBackups": state.get("deleteAutomatedBackups", True)}
    context.call("delete_db_instance", {"DBInstanceIdentifier": identifier, **flags, **rest})


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
    " ncharCharacterSetName restoreToPointInTime s3Import snapshotIdentifier storageEncrypted timezone username",
    computed="allocatedStorage availabilityZone backupRetentionPeriod backupTarget backupWindow caCertIdentifier"
    " characterSetName databaseInsightsMode dbName dbSubnetGroupName dedicatedLogVolume engine"
    " engineLifecycleSupport engineVersion identifier identifierPrefix iops kmsKeyId licenseModel"
    " maintenanceWindow masterUserSecretKmsKeyId monitoringRoleArn multiAz ncharCharacterSetName networkType"
    " optionGroupName parameterGroupName performanceInsightsKmsKeyId performanceInsightsRetentionPeriod port"
    " replicaMode snapshotIdentifier storageEncrypted storageThroughput storageType timezone username"
    " vpcSecurityGroupIds",
    sets="enabledCloudwatchLogsExports vpcSecurityGroupIds",
    secret="password passwordWo",  # noqa: S106
    local="applyImmediately blueGreenUpdate deleteAutomatedBackups finalSnapshotIdentifier identifierPrefix"
    " skipFinalSnapshot warningEventCategories",
    # moto 5.2 keeps none of these.
    recorded="backupTarget characterSetName customIamInstanceProfile customerOwnedIpEnabled databaseInsightsMode"
    " dedicatedLogVolume domain domainAuthSecretArn domainDnsIps domainFqdn domainIamRoleName domainOu"
    " engineLifecycleSupport ncharCharacterSetName networkType performanceInsightsEnabled"
    " performanceInsightsKmsKeyId performanceInsightsRetentionPeriod replicaMode s3Import"
    " timezone upgradeStorageConfig",
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
    api=API,
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
        "restoreToPointInTime": None,
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
        "restoreToPointInTime replicateSourceDb",
        "restoreToPointInTime snapshotIdentifier",
        "snapshotIdentifier replicateSourceDb",
    ),
    checks=rules.CHECKS,
    guards=rules.GUARDS,
    ignores_if=unchanged,
    autoname=Autoname("identifier", 63, separator=""),
    create=create,
    rehearse=rehearse,
    id=_resource_id,
    import_id=lambda identifier: {"identifier": identifier},
    read=(_instance,),
    updates=(Do(update, " ".join(_INPUTS)),),
    delete=(_delete,),
    outputs={
        "address": "Endpoint.Address",
        "arn": "DBInstanceArn",
        "endpoint": lambda context: "{Address}:{Port}".format(**context.answer["Endpoint"]),
        "engineVersionActual": "EngineVersionActual",
        "hostedZoneId": _zone,
        # The emulator says "now" every time: what was said first stays until something changes.
        "latestRestorableTime": lambda context: (
            context.state.get("latestRestorableTime") or from_api(context.answer.get("LatestRestorableTime"))
        ),
        "listenerEndpoints": "ListenerEndpoint",
        "masterUserSecrets": _secrets,
        "replicas": lambda context: items(context.answer.get("ReadReplicaDBInstanceIdentifiers")),
        "resourceId": _resource_id,
        "status": "DBInstanceStatus",
        "upgradeRolloutOrder": "UpgradeRolloutOrder",
    },
    volatile="replicas latestRestorableTime engineVersionActual",
    tags=rds_tags("db", "{identifier}", listed=True),
)

ENTRIES = (INSTANCE,)
