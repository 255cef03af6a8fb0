"""The instances of a cluster: one that writes, the others read and can take over."""

from typing import Any

import pulumi
import pulumi_aws as aws

from ..database.restore import role
from ..database.scope import Scope
from .checks import Cluster, Member


def make_instances(
    scope: Scope,
    spec: Cluster,
    cluster: aws.rds.Cluster,
    monitoring: dict[str, Any],
    zones: list[str],
) -> tuple[aws.rds.ClusterInstance, dict[str, aws.rds.ClusterInstance]]:
    """Make the first instance and the readers after it, because the first of a cluster is its writer.

    A failover makes another one the writer. Nothing changes in the program then: the cluster's endpoints follow.
    """

    def instance(
        called: str, member: Member, zone: str | None, options: pulumi.ResourceOptions
    ) -> aws.rds.ClusterInstance:
        return aws.rds.ClusterInstance(
            f"{scope.name}-{called}",
            cluster_identifier=cluster.id,
            engine=aws.rds.EngineType.AURORA_MYSQL,
            instance_class=member.instance_class,
            availability_zone=member.availability_zone or zone,
            promotion_tier=member.tier,
            publicly_accessible=False,
            auto_minor_version_upgrade=spec.patched,
            preferred_maintenance_window=spec.maintenance_window,
            apply_immediately=spec.apply_immediately,
            **monitoring,
            tags=scope.tags,
            opts=pulumi.ResourceOptions.merge(
                options,
                # One that is there stays where it is, also after a zone was added.
                None if member.availability_zone else pulumi.ResourceOptions(ignore_changes=["availabilityZone"]),
            ),
        )

    first = instance(
        role(spec.restore_from, "primary"),
        Member("primary", spec.instance_class, None, 0),
        zones[0] if zones else None,
        scope.stateful(),
    )
    readers = {
        member.key: instance(
            role(spec.restore_from, f"replica-{member.key}"),
            member,
            zones[number % len(zones)] if zones else None,
            pulumi.ResourceOptions.merge(scope.child(), pulumi.ResourceOptions(depends_on=[first])),
        )
        for number, member in enumerate(spec.readers, 1)
    }
    return first, readers
