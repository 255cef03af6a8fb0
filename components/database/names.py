"""The names of a database in its private zone."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from .scope import Scope

# A name that moves is followed within seconds; RDS gives its own names 5. Route 53 keeps one TTL for all weighted
# records of a name and refuses another beside it, so a change here has to rename the reader.
_TTL_SECONDS = 10

# All alike; far from 0 and 255 so that a replica can later be given more or less.
_WEIGHT = 100


def private_zone(scope: Scope, domain: str, vpc_id: pulumi.Input[str]) -> aws.route53.Zone:
    """Make a hosted zone that answers in the network only."""
    return aws.route53.Zone(
        f"{scope.name}-zone",
        name=domain,
        comment=f"Names of {scope.name}",
        vpcs=[aws.route53.ZoneVpcArgs(vpc_id=vpc_id)],
        force_destroy=scope.disposable,
        tags=scope.tags,
        opts=scope.child(),
    )


def names(
    scope: Scope,
    zone_id: pulumi.Input[str],
    domain: str,
    primary: aws.rds.Instance,
    replicas: Mapping[str, aws.rds.Instance],
) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
    """Give writer and reader their names, which are returned once they answer.

    The reader is weighted from the start, since Route 53 refuses weighted records beside a simple one. Pulumi
    creates before it deletes, so the name always leads somewhere while the first replica comes or the last goes.
    """
    writer = aws.route53.Record(
        f"{scope.name}-writer",
        zone_id=zone_id,
        name=f"db.{domain}",
        type="CNAME",
        ttl=_TTL_SECONDS,
        records=[primary.address],
        opts=scope.child(),
    )
    readers = [
        aws.route53.Record(
            f"{scope.name}-reader-{key}",
            zone_id=zone_id,
            name=f"db-ro.{domain}",
            type="CNAME",
            ttl=_TTL_SECONDS,
            records=[instance.address],
            set_identifier=key,
            weighted_routing_policies=[aws.route53.RecordWeightedRoutingPolicyArgs(weight=_WEIGHT)],
            opts=scope.child(),
        )
        for key, instance in (replicas or {"primary": primary}).items()
    ]
    return writer.name, pulumi.Output.all(*[reader.name for reader in readers]).apply(lambda all_: all_[0])
