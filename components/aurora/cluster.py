"""The cluster: what holds the data."""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from .._data_tag import data_tag
from ..database.credentials import password
from ..database.logs import identifier, log_groups
from ..database.restore import role
from ..database.scope import Scope
from .checks import Cluster
from .restore import ORIGIN, origin

_LOGS = ("audit", "error", "slowquery")


def make_cluster(  # noqa: PLR0913, PLR0917
    scope: Scope,
    spec: Cluster,
    subnets: aws.rds.SubnetGroup,
    group: aws.ec2.SecurityGroup,
    parameters: aws.rds.ClusterParameterGroup,
    monitoring: dict[str, Any],
    kms_key_arn: pulumi.Input[str] | None,
    after: Sequence[pulumi.Resource],
) -> aws.rds.Cluster:
    """Make the cluster, once what it writes into is there."""
    called = role(spec.restore_from, "cluster")
    # The random digits of the parameter group, which comes and goes with the cluster: also in the subnet group of an
    # earlier cluster that is kept, another one gets other names, and so does its final snapshot.
    named = identifier(scope, called, parameters.name)
    logs = log_groups(
        scope, called, pulumi.Output.concat("/aws/rds/cluster/", named), spec.log_retention_days, kept=True, logs=_LOGS
    )
    insights = spec.insights
    return aws.rds.Cluster(
        f"{scope.name}-{called}",
        cluster_identifier=named,
        engine="aurora-mysql",
        engine_mode="provisioned",
        engine_lifecycle_support="open-source-rds-extended-support-disabled",
        allow_major_version_upgrade=spec.major_upgrade,
        master_password=password(scope),
        db_subnet_group_name=subnets.name,
        vpc_security_group_ids=[group.id],
        db_cluster_parameter_group_name=parameters.name,
        port=spec.port,
        storage_encrypted=True,
        # Left out it is paid per request; the provider does not know that it is called "aurora".
        storage_type=None if spec.storage_type.value == "aurora" else spec.storage_type.value,
        backtrack_window=spec.backtrack_seconds,
        backup_retention_period=spec.backup_retention_days,
        preferred_backup_window=spec.backup_window,
        preferred_maintenance_window=spec.maintenance_window,
        apply_immediately=spec.apply_immediately,
        auto_minor_version_upgrade=spec.patched,
        iam_database_authentication_enabled=spec.iam_authentication,
        enabled_cloudwatch_logs_exports=list(_LOGS),
        copy_tags_to_snapshot=True,
        deletion_protection=not scope.disposable,
        delete_automated_backups=scope.disposable,
        skip_final_snapshot=scope.disposable,
        final_snapshot_identifier=None if scope.disposable else pulumi.Output.concat(named, "-final"),
        # Of the cluster, so that readers which autoscaling makes are seen, too.
        database_insights_mode=insights.mode.value,
        performance_insights_enabled=True,
        performance_insights_retention_period=insights.days,
        performance_insights_kms_key_id=kms_key_arn,
        serverlessv2_scaling_configuration=_capacity(spec),
        **monitoring,
        **origin(
            spec.restore_from,
            {
                "engine_version": spec.engine_version,
                "database_name": spec.database_name,
                "master_username": spec.username,
                "kms_key_id": kms_key_arn,
            },
        ),
        tags={**scope.tags, **data_tag()},
        opts=pulumi.ResourceOptions.merge(
            scope.stateful(
                depends_on=[*logs, *after],
                # The provider tells three zones whatever it is given, and would replace the cluster for others.
                ignore_changes=["masterPassword", "clusterIdentifier", "availabilityZones", *ORIGIN],
            ),
            # One that may go goes first, because another of the same identifier cannot be there meanwhile.
            pulumi.ResourceOptions(delete_before_replace=scope.disposable or None),
        ),
    )


def _capacity(spec: Cluster) -> aws.rds.ClusterServerlessv2ScalingConfigurationArgs | None:
    given = spec.serverless
    if given is None:
        return None
    return aws.rds.ClusterServerlessv2ScalingConfigurationArgs(
        min_capacity=given["min_acu"],
        max_capacity=given["max_acu"],
        seconds_until_auto_pause=given.get("pause_seconds", 300) if given["min_acu"] == 0 else None,
    )
