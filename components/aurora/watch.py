"""What watches over an Aurora cluster."""

from collections.abc import Mapping

import pulumi_aws as aws

from ..database.alarms import Cluster, Source, Telling, Watched, cluster_alarms, subscribe
from ..database.proxy import Proxy
from .checks import Cluster as Spec
from .checks.connections import connections

# Readers have the writer's storage and are usually behind by much less than a second.
_LAG_SECONDS = 10


def watch(  # noqa: PLR0913, PLR0917
    told: Telling,
    spec: Spec,
    cluster: aws.rds.Cluster,
    first: aws.rds.ClusterInstance,
    readers: Mapping[str, aws.rds.ClusterInstance],
    proxy: Proxy | None,
) -> list[aws.cloudwatch.MetricAlarm]:
    """Make the alarms on the *cluster* and its declared instances, and tell of what RDS says of them."""
    classes = {"primary": spec.instance_class}
    classes |= {f"replica-{member.key}": member.instance_class for member in spec.readers}
    instances = {"primary": first} | {f"replica-{key}": reader for key, reader in readers.items()}
    watched = [
        Watched(role, made.identifier, connections(classes[role], spec.serverless, spec.parameters), storage_gib=None)
        for role, made in instances.items()
    ]
    subscribe(
        told,
        [
            Source("cluster", "db-cluster", [cluster.cluster_identifier]),
            Source("instances", "db-instance", [made.identifier for made in instances.values()]),
            # Parameter groups of clusters have no events of their own: those of the account's instances.
            Source("parameters", "db-parameter-group", []),
            Source("security-groups", "db-security-group", []),
            *([Source("proxy", "db-proxy", [proxy.name])] if proxy else []),
        ],
    )
    return cluster_alarms(
        told, Cluster(cluster.cluster_identifier, watched, _LAG_SECONDS, serverless=spec.serverless is not None)
    )
