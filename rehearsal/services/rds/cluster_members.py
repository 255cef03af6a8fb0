"""Instances of clusters."""

from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Entry, props

from ._common import rds_tags
from .remake import describe

_API = {
    "caCertIdentifier": "CACertificateIdentifier",
    "clusterIdentifier": "DBClusterIdentifier",
    "dbParameterGroupName": "DBParameterGroupName",
    "identifier": "DBInstanceIdentifier",
    "instanceClass": "DBInstanceClass",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
    "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
}


def _member(context: Context) -> Any:
    found = describe(context, str(context.inputs.get("identifier") or context.state.get("identifier") or context.id))
    found["EngineVersionActual"] = found["EngineVersion"]
    cluster = context.call("describe_db_clusters", {"DBClusterIdentifier": found["DBClusterIdentifier"]})
    members = {member["DBInstanceIdentifier"]: member for member in cluster["DBClusters"][0]["DBClusterMembers"]}
    found["Writer"] = members[found["DBInstanceIdentifier"]]["IsClusterWriter"]
    return found


def _delete_member(context: Context) -> None:
    context.call("delete_db_instance", {"DBInstanceIdentifier": context.id})


CLUSTER_INSTANCE = Entry(
    "aws:rds/clusterInstance:ClusterInstance",
    service="rds",
    inputs=props(
        "monitoringRoleArn",
        required="clusterIdentifier engine instanceClass",
        replaces="availabilityZone clusterIdentifier customIamInstanceProfile dbSubnetGroupName engine identifier"
        " identifierPrefix",
        computed="availabilityZone caCertIdentifier dbParameterGroupName dbSubnetGroupName engineVersion identifier"
        " identifierPrefix monitoringRoleArn performanceInsightsEnabled performanceInsightsKmsKeyId"
        " performanceInsightsRetentionPeriod preferredBackupWindow preferredMaintenanceWindow publiclyAccessible",
        local="applyImmediately forceDestroy identifierPrefix warningEventCategories",
        recorded="caCertIdentifier copyTagsToSnapshot customIamInstanceProfile dbSubnetGroupName engineVersion"
        " performanceInsightsEnabled performanceInsightsKmsKeyId performanceInsightsRetentionPeriod"
        " preferredBackupWindow",
        defaults={
            "autoMinorVersionUpgrade": True,
            "copyTagsToSnapshot": False,
            "monitoringInterval": 0,
            "promotionTier": 0,
        },
        api=_API,
        reads={"dbParameterGroupName": "DBParameterGroups.0.DBParameterGroupName"},
    ),
    conflicts=("identifier identifierPrefix",),
    autoname=Autoname("identifier", 63),
    create=Call("create_db_instance"),
    id="{identifier}",
    read=(_member,),
    updates=(Call("modify_db_instance", {"DBInstanceIdentifier": "{id}", "ApplyImmediately": "{applyImmediately}"}),),
    delete=(_delete_member,),
    outputs={
        "arn": "DBInstanceArn",
        "dbiResourceId": "DbiResourceId",
        "endpoint": "Endpoint.Address",
        "engineVersionActual": "EngineVersionActual",
        "kmsKeyId": "KmsKeyId",
        "networkType": lambda _: "IPV4",
        "port": "Endpoint.Port",
        "storageEncrypted": "StorageEncrypted",
        "writer": "Writer",
    },
    volatile="writer engineVersionActual",
    tags=rds_tags("db", "{identifier}", listed=True),
)
