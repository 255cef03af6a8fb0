from typing import Any

from . import Sample

_CLUSTER: dict[str, Any] = {
    "engine": "aurora-mysql",
    "engineVersion": "8.0",
    "masterUsername": "app_owner",
    "masterPassword": "correct-horse-battery",
    "dbSubnetGroupName": "{db-subnets.name}",
    "skipFinalSnapshot": True,
}
_TARGET = {
    "serviceNamespace": "rds",
    "resourceId": "cluster:{cluster.id}",
    "scalableDimension": "rds:cluster:ReadReplicaCount",
}

FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {
    "cluster-parameters": ("aws:rds/clusterParameterGroup:ClusterParameterGroup", {"family": "aurora-mysql8.0"}),
    "other-cluster-parameters": ("aws:rds/clusterParameterGroup:ClusterParameterGroup", {"family": "aurora-mysql8.0"}),
    "cluster": ("aws:rds/cluster:Cluster", _CLUSTER),
    "other-cluster": ("aws:rds/cluster:Cluster", _CLUSTER),
    "writer": (
        "aws:rds/clusterInstance:ClusterInstance",
        {"clusterIdentifier": "{cluster.id}", "engine": "aurora-mysql", "instanceClass": "db.r7g.large"},
    ),
    "readers": ("aws:appautoscaling/target:Target", {**_TARGET, "minCapacity": 1, "maxCapacity": 4}),
}

SAMPLES = [
    Sample(
        "aws:rds/clusterParameterGroup:ClusterParameterGroup",
        {
            "family": "aurora-mysql8.0",
            "parameters": [
                {"name": "max_connections", "value": "200", "applyMethod": "immediate"},
                {"name": "require_secure_transport", "value": "ON", "applyMethod": "pending-reboot"},
            ],
            "tags": {"Tier": "data"},
        },
        updated={
            "parameters": [
                {"name": "max_connections", "value": "300", "applyMethod": "immediate"},
                {"name": "server_audit_logging", "value": "1", "applyMethod": "immediate"},
            ]
        },
        replaced={"family": "aurora-mysql5.7", "description": "Other"},
    ),
    Sample(
        "aws:rds/cluster:Cluster",
        {
            **_CLUSTER,
            "clusterIdentifier": "sample-cluster",
            "databaseName": "app",
            "port": 3307,
            "storageEncrypted": True,
            "storageType": "aurora-iopt1",
            "backtrackWindow": 3600,
            "backupRetentionPeriod": 7,
            "preferredBackupWindow": "02:00-03:00",
            "preferredMaintenanceWindow": "sun:03:30-sun:04:30",
            "dbClusterParameterGroupName": "{cluster-parameters.name}",
            "vpcSecurityGroupIds": ["{group.id}"],
            "iamDatabaseAuthenticationEnabled": True,
            "autoMinorVersionUpgrade": True,
            "enabledCloudwatchLogsExports": ["audit", "error"],
            "copyTagsToSnapshot": True,
            "deletionProtection": True,
            "engineLifecycleSupport": "open-source-rds-extended-support-disabled",
            "databaseInsightsMode": "standard",
            "performanceInsightsEnabled": True,
            "performanceInsightsRetentionPeriod": 7,
            "monitoringInterval": 60,
            "monitoringRoleArn": "{role.arn}",
            "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 8},
            "tags": {"Name": "cluster"},
        },
        updated={
            "backtrackWindow": 7200,
            "backupRetentionPeriod": 14,
            "deletionProtection": False,
            "dbClusterParameterGroupName": "{other-cluster-parameters.name}",
            "masterPassword": "another-horse-battery",
            "port": 3308,
            "preferredBackupWindow": "01:00-02:00",
            "serverlessv2ScalingConfiguration": {"minCapacity": 0, "maxCapacity": 4, "secondsUntilAutoPause": 600},
        },
        replaced={"masterUsername": "other_owner", "databaseName": "other", "kmsKeyId": "{key.arn}"},
        recorded=(
            "databaseInsightsMode",
            "engineLifecycleSupport",
            "monitoringInterval",
            "monitoringRoleArn",
            "performanceInsightsEnabled",
            "performanceInsightsRetentionPeriod",
            "storageType",
        ),
    ),
    Sample(
        "aws:rds/clusterInstance:ClusterInstance",
        {
            "clusterIdentifier": "{cluster.id}",
            "engine": "aurora-mysql",
            "instanceClass": "db.r7g.large",
            "availabilityZone": "eu-central-1b",
            "promotionTier": 1,
            "publiclyAccessible": False,
            "autoMinorVersionUpgrade": True,
            "monitoringInterval": 60,
            "monitoringRoleArn": "{role.arn}",
            "preferredMaintenanceWindow": "sun:03:30-sun:04:30",
            "tags": {"Name": "reader"},
        },
        updated={
            "instanceClass": "db.r7g.xlarge",
            "promotionTier": 2,
            "preferredMaintenanceWindow": "mon:03:30-mon:04:30",
        },
        replaced={"availabilityZone": "eu-central-1a", "clusterIdentifier": "{other-cluster.id}"},
    ),
    Sample(
        "aws:appautoscaling/target:Target",
        {**_TARGET, "resourceId": "cluster:{other-cluster.id}", "minCapacity": 1, "maxCapacity": 3},
        updated={"minCapacity": 2, "maxCapacity": 5},
        replaced={"resourceId": "cluster:{cluster.id}"},
        recorded=("tags",),
        import_id="rds/cluster:{other-cluster.id}/rds:cluster:ReadReplicaCount",
    ),
    Sample(
        "aws:appautoscaling/policy:Policy",
        {
            **_TARGET,
            "name": "sample-policy",
            "resourceId": "{readers.resourceId}",
            "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": {
                "predefinedMetricSpecification": {"predefinedMetricType": "RDSReaderAverageCPUUtilization"},
                "targetValue": 60,
                "scaleInCooldown": 300,
                "scaleOutCooldown": 300,
            },
        },
        updated={
            "targetTrackingScalingPolicyConfiguration": {
                "predefinedMetricSpecification": {"predefinedMetricType": "RDSReaderAverageDatabaseConnections"},
                "targetValue": 200,
                "scaleInCooldown": 600,
                "scaleOutCooldown": 60,
            }
        },
        replaced={"name": "fixed"},
        import_id="rds/{readers.resourceId}/rds:cluster:ReadReplicaCount/sample-policy",
    ),
    Sample(
        "aws:appautoscaling/scheduledAction:ScheduledAction",
        {
            **_TARGET,
            "name": "sample-action",
            "resourceId": "{readers.resourceId}",
            "schedule": "cron(45 6 ? * MON *)",
            "timezone": "Europe/Zurich",
            "startTime": "2030-01-01T00:00:00Z",
            "scalableTargetAction": {"minCapacity": 3, "maxCapacity": 4},
        },
        updated={
            "schedule": "cron(0 7 ? * MON *)",
            "endTime": "2031-01-01T00:00:00Z",
            "scalableTargetAction": {"minCapacity": 2, "maxCapacity": 4},
        },
        replaced={"name": "fixed"},
        import_id="rds/{readers.resourceId}/rds:cluster:ReadReplicaCount/sample-action",
    ),
]
