"""Aurora clusters."""

from collections.abc import Mapping
from typing import Any

from rehearsal.entry import Autoname, Do, Entry, props
from rehearsal.services._plain import fields
from rehearsal.values import is_unknown

from ._common import rds_tags
from .cluster_calls import API, create, delete, read, rehearse, update
from .cluster_groups import CLUSTER_PARAMETER_GROUP
from .cluster_members import CLUSTER_INSTANCE


def _capacity(inputs: Mapping[str, Any]) -> str | None:
    given = fields(inputs.get("serverlessv2ScalingConfiguration"))
    low, high, pause = (given.get(name) for name in ("minCapacity", "maxCapacity", "secondsUntilAutoPause"))
    if not given or any(is_unknown(value) for value in (low, high, pause)):
        return None
    for name, value, least in (("minCapacity", low, 0), ("maxCapacity", high, 1)):
        if not least <= float(str(value)) <= 256 or float(str(value)) * 2 % 1:  # noqa: PLR2004
            return f"serverlessv2ScalingConfiguration.{name} must be {least} to 256 in halves, got {value}"
    if float(str(low)) > float(str(high)):
        return f"serverlessv2ScalingConfiguration.maxCapacity must be at least minCapacity ({low}), got {high}"
    if pause is not None and float(str(low)) > 0:
        name = "serverlessv2ScalingConfiguration.secondsUntilAutoPause"
        return f"{name} must be left out unless minCapacity is 0, got {pause}"
    return None


def _user(inputs: Mapping[str, Any]) -> str | None:
    if any(inputs.get(name) for name in ("masterUsername", "snapshotIdentifier", "restoreToPointInTime")):
        return None
    return "masterUsername must be given for a cluster that is not restored"


_INPUTS = props(
    "allowMajorVersionUpgrade backtrackWindow deletionProtection enabledCloudwatchLogsExports"
    " iamDatabaseAuthenticationEnabled masterUsername vpcSecurityGroupIds serverlessv2ScalingConfiguration",
    required="engine",
    replaces="availabilityZones clusterIdentifier clusterIdentifierPrefix databaseName dbSubnetGroupName dbSystemId"
    " engine engineMode kmsKeyId masterUsername restoreToPointInTime s3Import snapshotIdentifier sourceRegion"
    " storageEncrypted",
    computed="allocatedStorage availabilityZones backupRetentionPeriod caCertificateIdentifier clusterIdentifier"
    " clusterIdentifierPrefix clusterMembers databaseInsightsMode databaseName dbClusterParameterGroupName"
    " dbSubnetGroupName dbSystemId engineLifecycleSupport engineVersion iops kmsKeyId masterUserSecretKmsKeyId"
    " masterUsername monitoringInterval networkType performanceInsightsEnabled performanceInsightsKmsKeyId"
    " performanceInsightsRetentionPeriod port preferredBackupWindow preferredMaintenanceWindow vpcSecurityGroupIds",
    sets="availabilityZones enabledCloudwatchLogsExports vpcSecurityGroupIds iamRoles clusterMembers",
    secret="masterPassword masterPasswordWo",  # noqa: S106
    local="applyImmediately clusterIdentifierPrefix dbInstanceParameterGroupName deleteAutomatedBackups"
    " finalSnapshotIdentifier skipFinalSnapshot warningEventCategories clusterMembers masterPasswordWoVersion",
    # moto 5.2 keeps none of these, or crashes over them.
    recorded="allocatedStorage caCertificateIdentifier clusterScalabilityType databaseInsightsMode"
    " dbClusterInstanceClass dbSystemId domain domainIamRoleName enableGlobalWriteForwarding enableHttpEndpoint"
    " enableLocalWriteForwarding engineLifecycleSupport globalClusterIdentifier iamRoles iops"
    " manageMasterUserPassword masterUserSecretKmsKeyId monitoringInterval monitoringRoleArn networkType"
    " performanceInsightsEnabled performanceInsightsKmsKeyId performanceInsightsRetentionPeriod publiclyAccessible"
    " replicationSourceIdentifier s3Import scalingConfiguration sourceRegion storageType",
    defaults={
        "copyTagsToSnapshot": False,
        "deleteAutomatedBackups": True,
        "engineMode": "provisioned",
        "skipFinalSnapshot": False,
    },
    api=API,
    reads={
        "allowMajorVersionUpgrade": None,
        "autoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
        "dbClusterParameterGroupName": "DBClusterParameterGroup",
        "dbSubnetGroupName": "DBSubnetGroup",
        "enabledCloudwatchLogsExports": "EnabledCloudwatchLogsExports",
        "iamDatabaseAuthenticationEnabled": "IAMDatabaseAuthenticationEnabled",
        "masterPassword": None,
        "masterPasswordWo": None,
        "restoreToPointInTime": None,
        "snapshotIdentifier": None,
    },
)

CLUSTER = Entry(
    "aws:rds/cluster:Cluster",
    service="rds",
    inputs=_INPUTS,
    conflicts=(
        "clusterIdentifier clusterIdentifierPrefix",
        "manageMasterUserPassword masterPassword",
        "masterPassword masterPasswordWo",
        "restoreToPointInTime s3Import snapshotIdentifier",
        "snapshotIdentifier globalClusterIdentifier",
    ),
    checks=(_capacity, _user),
    autoname=Autoname("clusterIdentifier", 63),
    create=create,
    rehearse=rehearse,
    id="{clusterIdentifier}",
    read=(read,),
    updates=(Do(update, " ".join(_INPUTS)),),
    delete=(delete,),
    outputs={
        "arn": "DBClusterArn",
        "clusterResourceId": "DbClusterResourceId",
        "endpoint": "Endpoint",
        "engineVersionActual": "EngineVersionActual",
        "hostedZoneId": "HostedZoneId",
        "caCertificateValidTill": lambda _: None,
        "masterUserSecrets": lambda _: [],
        "readerEndpoint": "ReaderEndpoint",
        "upgradeRolloutOrder": lambda _: None,
    },
    volatile="engineVersionActual",
    tags=rds_tags("cluster", "{clusterIdentifier}", listed=True),
)

ENTRIES = (CLUSTER_PARAMETER_GROUP, CLUSTER, CLUSTER_INSTANCE)
