"""What watches over a database on RDS."""

from collections.abc import Mapping

import pulumi_aws as aws

from ..database.alarms import Source, Telling, Watched, instance_alarms, mysql_connections, subscribe
from ..database.proxy import Proxy
from .checks import Database


def watch(  # noqa: PLR0913, PLR0917
    told: Telling,
    database: Database,
    writer: aws.rds.Instance,
    replicas: Mapping[str, aws.rds.Instance],
    parameters: aws.rds.ParameterGroup,
    proxy: Proxy | None,
) -> list[aws.cloudwatch.MetricAlarm]:
    """Make the alarms on the *writer* and on the *replicas* of its region, and tell of what RDS says of them.

    An alarm can tell topics of its own region only, so a replica elsewhere is not watched from here. Elastic replicas
    are watched by their controller.
    """
    members = {member.key: member for member in database.members.replicas}
    watched = [
        _watched(database, "primary", writer, database.instance_class, database.storage_gib),
        *(
            _watched(database, f"replica-{key}", instance, members[key].instance_class, members[key].storage_gib)
            for key, instance in replicas.items()
        ),
    ]
    subscribe(
        told,
        [
            Source("instances", "db-instance", [writer.identifier, *(made.identifier for made in replicas.values())]),
            Source("parameters", "db-parameter-group", [parameters.name]),
            # Groups of the time before networks, of which there are none any more; auditors ask all the same.
            Source("security-groups", "db-security-group", []),
            *([Source("proxy", "db-proxy", [proxy.name])] if proxy else []),
        ],
    )
    return [alarm for instance in watched for alarm in instance_alarms(told, instance)]


def _watched(
    database: Database, role: str, instance: aws.rds.Instance, instance_class: str, storage_gib: int
) -> Watched:
    limit = mysql_connections(instance_class, database.parameters)
    return Watched(role, instance.identifier, limit, storage_gib)
