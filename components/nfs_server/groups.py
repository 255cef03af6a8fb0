"""The groups that keep one server running: one for each zone, of which the first has a server to begin with."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from .._tags import propagated
from ..machine import Machine
from .statements import OWNER_TAG

NAMESPACE, METRIC = "elasticweb/nfs", "Serving"
_SETTLING_SECONDS = 300
_SILENT_MINUTES = 5


def make_groups(  # noqa: PLR0913, PLR0917 (each is one fact about the groups)
    name: str,
    parent: pulumi.Resource,
    machine: Machine,
    subnet_ids: Sequence[pulumi.Input[str]],
    instance_tags: Mapping[str, str],
    identity: str,
    tags: Mapping[str, pulumi.Input[str]],
) -> list[aws.autoscaling.Group]:
    """Make a group per zone. How many servers each has is theirs to say: after a fail-over the second has the one."""
    made = list[aws.autoscaling.Group]()
    for number, subnet_id in enumerate(subnet_ids, start=1):
        own = {"Name": name, **tags, **instance_tags, OWNER_TAG: identity}
        made.append(
            aws.autoscaling.Group(
                f"{name}-group-{number}",
                min_size=0,
                max_size=1,
                desired_capacity=1 if number == 1 else 0,
                vpc_zone_identifiers=[subnet_id],
                launch_template={"id": machine.launch_template_id, "version": machine.launch_template_version},
                health_check_type="EC2",
                health_check_grace_period=_SETTLING_SECONDS,
                default_instance_warmup=_SETTLING_SECONDS,
                # Always the old server first: a new one that is launched beside it would wait for the volume.
                instance_maintenance_policy={"min_healthy_percentage": 0, "max_healthy_percentage": 100},
                instance_refresh={
                    "strategy": "Rolling",
                    "preferences": {"min_healthy_percentage": 0, "max_healthy_percentage": 100},
                },
                # An update of the provider's own waits for as many healthy servers as are desired: none is right too.
                wait_for_capacity_timeout="0",
                tags=propagated(parent, own),
                opts=pulumi.ResourceOptions(parent=parent, ignore_changes=["desiredCapacity"]),
            )
        )
    return made


def make_alarm(  # noqa: PLR0913, PLR0917
    name: str,
    parent: pulumi.Resource,
    identity: str,
    groups: Sequence[aws.autoscaling.Group],
    topic_arn: pulumi.Input[str] | None,
    tags: Mapping[str, pulumi.Input[str]],
) -> aws.cloudwatch.MetricAlarm:
    """Make the alarm that nobody serves; it starts a server in every zone, and they agree on who serves."""
    child = pulumi.ResourceOptions(parent=parent)
    policies = [
        aws.autoscaling.Policy(
            f"{name}-start-{number}",
            autoscaling_group_name=group.name,
            policy_type="SimpleScaling",
            adjustment_type="ExactCapacity",
            scaling_adjustment=1,
            cooldown=_SETTLING_SECONDS,
            opts=child,
        )
        for number, group in enumerate(groups, start=1)
    ]
    told = [] if topic_arn is None else [topic_arn]
    return aws.cloudwatch.MetricAlarm(
        f"{name}-silent",
        alarm_description=f"No NFS server of {name} has served for {_SILENT_MINUTES} minutes",
        namespace=NAMESPACE,
        metric_name=METRIC,
        dimensions={"Server": identity},
        statistic="Sum",
        period=60,
        evaluation_periods=_SILENT_MINUTES,
        threshold=1,
        comparison_operator="LessThanThreshold",
        treat_missing_data="breaching",  # silence is what it is about
        alarm_actions=[*(policy.arn for policy in policies), *told],
        ok_actions=told,
        tags=tags,
        opts=child,
    )
