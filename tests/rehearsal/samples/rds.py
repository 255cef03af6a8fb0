from typing import Any

from . import Sample

_TOPIC = "arn:aws:sns:eu-central-1:123456789012:events"
_DATABASE: dict[str, Any] = {
    "engine": "mysql",
    "engineVersion": "8.4",
    "instanceClass": "db.t4g.medium",
    "allocatedStorage": 20,
    "username": "app_owner",
    "password": "correct-horse-battery",
    "dbSubnetGroupName": "{db-subnets.name}",
    "backupRetentionPeriod": 7,
    "skipFinalSnapshot": True,
}

FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {
    "db-subnets": ("aws:rds/subnetGroup:SubnetGroup", {"subnetIds": ["{subnet.id}", "{other-subnet.id}"]}),
    "parameters": ("aws:rds/parameterGroup:ParameterGroup", {"family": "mysql8.4"}),
    "other-parameters": ("aws:rds/parameterGroup:ParameterGroup", {"family": "mysql8.4"}),
    "database": ("aws:rds/instance:Instance", _DATABASE),
    "other-database": ("aws:rds/instance:Instance", _DATABASE),
    "third-subnet": (
        "aws:ec2/subnet:Subnet",
        {"vpcId": "{vpc.id}", "cidrBlock": "10.0.3.0/24", "availabilityZone": "eu-central-1c"},
    ),
}

SAMPLES = [
    Sample(
        "aws:rds/subnetGroup:SubnetGroup",
        {"subnetIds": ["{subnet.id}", "{other-subnet.id}"], "tags": {"Tier": "data"}},
        updated={"description": "Both zones", "subnetIds": ["{other-subnet.id}", "{third-subnet.id}"]},
        replaced={"name": "fixed"},
    ),
    Sample(
        "aws:rds/parameterGroup:ParameterGroup",
        {
            "family": "mysql8.4",
            "parameters": [
                {"name": "max_connections", "value": "200"},
                {"name": "require_secure_transport", "value": "1", "applyMethod": "pending-reboot"},
            ],
            "tags": {"Tier": "data"},
        },
        updated={"parameters": [{"name": "max_connections", "value": "300"}, {"name": "log_output", "value": "FILE"}]},
        replaced={"family": "mysql8.0", "description": "Other"},
    ),
    Sample(
        "aws:rds/instance:Instance",
        {
            **_DATABASE,
            "identifier": "sample-db",
            "dbName": "app",
            "storageType": "gp3",
            "storageEncrypted": True,
            "maxAllocatedStorage": 100,
            "multiAz": True,
            "port": 3307,
            "publiclyAccessible": False,
            "parameterGroupName": "{parameters.name}",
            "vpcSecurityGroupIds": ["{group.id}"],
            "backupWindow": "02:00-03:00",
            "maintenanceWindow": "sun:03:30-sun:04:30",
            "iamDatabaseAuthenticationEnabled": True,
            "enabledCloudwatchLogsExports": ["error", "slowquery"],
            "monitoringInterval": 60,
            "monitoringRoleArn": "{role.arn}",
            "copyTagsToSnapshot": True,
            "engineLifecycleSupport": "open-source-rds-extended-support-disabled",
            "performanceInsightsEnabled": True,
            "performanceInsightsRetentionPeriod": 7,
            "databaseInsightsMode": "standard",
            "allowMajorVersionUpgrade": False,
            "deletionProtection": True,
            "tags": {"Name": "db"},
        },
        updated={
            "allocatedStorage": 30,
            "backupRetentionPeriod": 14,
            "deletionProtection": False,
            "enabledCloudwatchLogsExports": ["error", "general"],
            "engineVersion": "8.4.6",
            "iamDatabaseAuthenticationEnabled": None,
            "instanceClass": "db.t4g.large",
            "maxAllocatedStorage": None,
            "multiAz": False,
            "parameterGroupName": "{other-parameters.name}",
            "password": "another-horse-battery",
            "port": 3308,
            "vpcSecurityGroupIds": ["{other-group.id}"],
        },
        replaced={"username": "other_owner", "storageEncrypted": False, "dbName": "other", "kmsKeyId": "{key.arn}"},
        recorded=(
            "databaseInsightsMode",
            "engineLifecycleSupport",
            "performanceInsightsEnabled",
            "performanceInsightsRetentionPeriod",
        ),
        import_id="sample-db",
    ),
    Sample(
        "aws:rds/instance:Instance",
        {
            "identifier": "sample-replica",
            "replicateSourceDb": "{database.identifier}",
            "instanceClass": "db.t4g.medium",
            "parameterGroupName": "{parameters.name}",
            "vpcSecurityGroupIds": ["{group.id}"],
            "skipFinalSnapshot": True,
            "tags": {"Name": "replica"},
        },
        updated={"replicateSourceDb": None, "backupRetentionPeriod": 3},
        import_id="sample-replica",
        note="replica",
    ),
    Sample(
        "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
        {
            "sourceDbInstanceArn": "arn:aws:rds:eu-west-1:123456789012:db:app",
            "kmsKeyId": "{key.arn}",
            "retentionPeriod": 14,
        },
        replaced={"retentionPeriod": 7, "sourceDbInstanceArn": "arn:aws:rds:eu-west-1:123456789012:db:other"},
        recorded=("*",),
    ),
    Sample(
        "aws:rds/eventSubscription:EventSubscription",
        {"snsTopic": _TOPIC, "sourceType": "db-instance", "eventCategories": ["failure", "maintenance"]},
        updated={"snsTopic": f"{_TOPIC}-other", "eventCategories": ["failure"], "enabled": False},
        replaced={"name": "fixed"},
    ),
]
