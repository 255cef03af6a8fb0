"""What a replica in another region needs there."""

import pulumi_aws as aws

from ..database.access import security_group
from ..database.scope import Scope
from .checks import Database, Member
from .instances import Place
from .parameters import parameter_group
from .shapes import ReplicaElsewhere


def parameter_groups(scope: Scope, database: Database) -> dict[str, aws.rds.ParameterGroup]:
    """Make one in every other region: RDS does not take that of the source there."""
    regions = sorted({elsewhere["region"] for _, elsewhere in abroad(database)})
    return {region: parameter_group(scope._replace(region=region), database) for region in regions}


def abroad(database: Database) -> list[tuple[Member, ReplicaElsewhere]]:
    """Return the members in other regions, and where they are."""
    members = (*database.members.replicas, *database.members.promoted)
    return [(member, member.elsewhere) for member in members if member.elsewhere is not None]


def place(here: Place, member: Member, elsewhere: ReplicaElsewhere, parameters: aws.rds.ParameterGroup) -> Place:
    """Make what is around a *member* elsewhere, whatever it follows *here*."""
    scope = here.scope._replace(region=elsewhere["region"])
    around = scope._replace(name=f"{scope.name}-elsewhere-{member.key}")
    subnets = aws.rds.SubnetGroup(
        f"{around.name}-subnets",
        region=scope.region,
        description=f"Subnets of {scope.name} in {scope.region}",
        subnet_ids=elsewhere["subnet_ids"],
        tags=scope.tags,
        opts=scope.child(),
    )
    allowed = elsewhere.get("allowed_security_group_ids", ())
    group = security_group(around, elsewhere["vpc_id"], here.database.port, allowed)
    key = elsewhere["kms_key_arn"]
    return Place(scope, here.database, subnets, group.id, parameters, here.monitoring, key)
