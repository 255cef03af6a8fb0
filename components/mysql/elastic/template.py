"""What a new replica is told: the same as a declared one, in the words of RDS."""

from collections.abc import Mapping
from typing import Any

_WORDS = {
    "auto_minor_version_upgrade": "AutoMinorVersionUpgrade",
    "copy_tags_to_snapshot": "CopyTagsToSnapshot",
    "database_insights_mode": "DatabaseInsightsMode",
    "enabled_cloudwatch_logs_exports": "EnableCloudwatchLogsExports",
    "iam_database_authentication_enabled": "EnableIAMDatabaseAuthentication",
    "instance_class": "DBInstanceClass",
    "iops": "Iops",
    "max_allocated_storage": "MaxAllocatedStorage",
    "monitoring_interval": "MonitoringInterval",
    "monitoring_role_arn": "MonitoringRoleArn",
    "parameter_group_name": "DBParameterGroupName",
    "performance_insights_enabled": "EnablePerformanceInsights",
    "performance_insights_kms_key_id": "PerformanceInsightsKMSKeyId",
    "performance_insights_retention_period": "PerformanceInsightsRetentionPeriod",
    "port": "Port",
    "publicly_accessible": "PubliclyAccessible",
    "storage_throughput": "StorageThroughput",
    "storage_type": "StorageType",
    "vpc_security_group_ids": "VpcSecurityGroupIds",
}
_OTHERS = frozenset(
    {
        # The source's, whose storage may have grown since.
        "allocated_storage",
        "storage_encrypted",
        # Of changes, which none is.
        "apply_immediately",
        # CreateDBInstanceReadReplica does not take it; RDS picks one.
        "maintenance_window",
        # Told otherwise: the function's own region, and its tags.
        "region",
        "tags",
    }
)


def template(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the *inputs* of a declared replica as parameters of CreateDBInstanceReadReplica."""
    unknown = set(inputs) - set(_WORDS) - _OTHERS
    if unknown:
        raise LookupError(f"elastic replicas do not know {', '.join(sorted(unknown))}: see {__name__}")
    return {_WORDS[key]: value for key, value in inputs.items() if key in _WORDS and value is not None}
