"""The names of a database in its private zone."""

from collections.abc import Mapping
from typing import Protocol

import pulumi
import pulumi_aws as aws

from .._topic import Topic
from ..functions.replicas import health
from .scope import Scope


class Instance(Protocol):
    """A database that a name leads to."""

    @property
    def address(self) -> pulumi.Output[str]:
        """Where it answers."""
        ...

    @property
    def identifier(self) -> pulumi.Output[str]:
        """What RDS calls it."""
        ...


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


def writer_name(domain: str) -> str:
    """Return what the writer is called, known before it answers."""
    return f"db.{domain}"


def reader_name(domain: str) -> str:
    """Return what the reader is called, known before it answers."""
    return f"db-ro.{domain}"


def names(  # noqa: PLR0913
    scope: Scope,
    zone_id: pulumi.Input[str],
    domain: str,
    primary: Instance,
    replicas: Mapping[str, Instance],
    *,
    writer: pulumi.Input[str] | None = None,
    allowed_lag_seconds: int = 60,
    topic: Topic | None = None,
) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
    """Give writer and reader their names, which are returned once they answer.

    The writer is the *primary*, or what stands in front of it at the address *writer*. The reader is weighted over the
    *replicas*, each with a health check; the primary is in it with weight zero, and has no check: it answers when no
    replica does, and always when there are none. It comes before the replicas and goes after them, so the name leads
    somewhere at every moment.
    """
    leading = aws.route53.Record(
        f"{scope.name}-writer",
        zone_id=zone_id,
        name=writer_name(domain),
        type="CNAME",
        ttl=health.TTL_SECONDS,
        records=[primary.address if writer is None else writer],
        opts=scope.child(),
    )
    last = _reader(scope, zone_id, domain, "primary", primary, health.PRIMARY_WEIGHT, scope.child())
    after = pulumi.ResourceOptions.merge(scope.child(), pulumi.ResourceOptions(depends_on=[last]))
    readers: list[aws.route53.Record] = []
    for key, replica in replicas.items():
        check = _health_check(scope, key, replica, allowed_lag_seconds, topic)
        readers.append(_reader(scope, zone_id, domain, key, replica, health.WEIGHT, after, check.id))
    answering = [reader.name for reader in (last, *readers)]
    return leading.name, pulumi.Output.all(*answering).apply(lambda all_: all_[0])


def _reader(  # noqa: PLR0913, PLR0917
    scope: Scope,
    zone_id: pulumi.Input[str],
    domain: str,
    key: str,
    instance: Instance,
    weight: int,
    opts: pulumi.ResourceOptions,
    health_check_id: pulumi.Input[str] | None = None,
) -> aws.route53.Record:
    return aws.route53.Record(
        f"{scope.name}-reader-{key}",
        zone_id=zone_id,
        name=reader_name(domain),
        type="CNAME",
        ttl=health.TTL_SECONDS,
        records=[instance.address],
        set_identifier=key,
        weighted_routing_policies=[aws.route53.RecordWeightedRoutingPolicyArgs(weight=weight)],
        health_check_id=health_check_id,
        opts=opts,
    )


def _health_check(
    scope: Scope, key: str, replica: Instance, allowed_lag_seconds: int, topic: Topic | None
) -> aws.route53.HealthCheck:
    """Make the health check of the replica *key*, and what it is about: see functions/replicas/health.py."""
    region = aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=scope.parent)).region
    children: list[pulumi.Output[str]] = []
    for alarm in health.health_alarms(allowed_lag_seconds):
        told = [topic.arn] if topic else None
        made = aws.cloudwatch.MetricAlarm(
            f"{scope.name}-replica-{key}-{alarm.role}",
            alarm_description=f"Replica {key} of {scope.name} {alarm.says}: the reader's name leaves it out",
            namespace=health.NAMESPACE,
            metric_name=health.METRIC,
            dimensions={health.DIMENSION: replica.identifier},
            statistic=alarm.statistic,
            comparison_operator=alarm.comparison,
            threshold=alarm.threshold,
            period=alarm.period_seconds,
            evaluation_periods=alarm.evaluation_periods,
            treat_missing_data=alarm.missing,
            alarm_actions=told,
            ok_actions=told,
            # A replica that says nothing any more is told of once, not by both; one that begins not at all.
            insufficient_data_actions=told if alarm.role == health.SILENCE else None,
            tags={"Name": f"{scope.name}-replica-{key}-{alarm.role}", **scope.tags},
            opts=pulumi.ResourceOptions.merge(
                scope.child(), pulumi.ResourceOptions(depends_on=topic.ready if topic else [])
            ),
        )
        check = aws.route53.HealthCheck(
            f"{scope.name}-reader-{key}-{alarm.role}",
            type="CLOUDWATCH_METRIC",
            cloudwatch_alarm_name=made.name,
            cloudwatch_alarm_region=region,
            insufficient_data_health_status=health.WITHOUT_DATA,
            # It has a copy of the alarm's settings, which is renewed when these change.
            triggers={"alarm": ", ".join(map(str, alarm))},
            tags={"Name": f"{scope.name}-reader-{key}-{alarm.role}", **scope.tags},
            opts=scope.child(),
        )
        children.append(check.id)
    return aws.route53.HealthCheck(
        f"{scope.name}-reader-{key}-health",
        type="CALCULATED",
        child_healthchecks=children,
        child_health_threshold=len(children),
        tags={"Name": f"{scope.name}-reader-{key}", **scope.tags},
        opts=scope.child(),
    )
