"""Who is told that a replication fails or is behind."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from .._trust import on_behalf_of, trust
from .replication import RULE, Replicated

_PERIOD = 300


def watch(
    name: str,
    parent: pulumi.Resource,
    replicated: Replicated,
    topic_arn: pulumi.Input[str],
    tags: Mapping[str, pulumi.Input[str]],
) -> list[aws.cloudwatch.MetricAlarm]:
    """Make the alarms ``{name}-alarm-...`` of *replicated*.

    Failures are counted in the region of the source, and how far it is behind in that of the replica (S3 user guide,
    "Using S3 Replication metrics"). Alarms tell topics of their own region only, so EventBridge brings the second one
    home: rules may have an event bus of another region as a target ("Sending and receiving events between regions").
    """
    child = pulumi.ResourceOptions(parent=parent)
    metric: dict[str, Any] = {
        "namespace": "AWS/S3",
        "dimensions": {
            "SourceBucket": replicated.source_name,
            "DestinationBucket": replicated.replica.name,
            "RuleId": RULE,
        },
        "period": _PERIOD,
        "comparison_operator": "GreaterThanThreshold",
        # Without changes there is nothing to count.
        "treat_missing_data": "notBreaching",
    }
    failing = aws.cloudwatch.MetricAlarm(
        f"{name}-alarm-replication-failing",
        alarm_description=f"S3 could not copy files to {replicated.region}",
        metric_name="OperationsFailedReplication",
        statistic="Sum",
        threshold=0,
        evaluation_periods=1,
        **metric,
        alarm_actions=[topic_arn],
        ok_actions=[topic_arn],
        tags={"Name": f"{name}-replication-failing", **tags},
        opts=child,
    )
    behind = aws.cloudwatch.MetricAlarm(
        f"{name}-alarm-replication-behind",
        alarm_description=f"The files in {replicated.region} are {replicated.behind_minutes} minutes behind, or more",
        metric_name="ReplicationLatency",
        statistic="Maximum",
        threshold=replicated.behind_minutes * 60,
        evaluation_periods=2,
        **metric,
        region=replicated.region,
        tags={"Name": f"{name}-replication-behind", **tags},
        opts=child,
    )
    _bring_home(name, parent, replicated, behind, topic_arn, tags)
    return [failing, behind]


def _bring_home(  # noqa: PLR0913, PLR0917 (each is one fact about the way)
    name: str,
    parent: pulumi.Resource,
    replicated: Replicated,
    alarm: aws.cloudwatch.MetricAlarm,
    topic_arn: pulumi.Input[str],
    tags: Mapping[str, pulumi.Input[str]],
) -> None:
    child = pulumi.ResourceOptions(parent=parent)
    lookup = pulumi.InvokeOutputOptions(parent=parent)
    account = aws.get_caller_identity_output(opts=lookup).account_id
    partition = aws.get_partition_output(opts=lookup).partition
    home = aws.get_region_output(opts=lookup).region
    bus = pulumi.Output.format("arn:{}:events:{}:{}:event-bus/default", partition, home, account)
    pattern = pulumi.Output.json_dumps(
        {"source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"], "resources": [alarm.arn]}
    )
    there = aws.cloudwatch.EventRule(
        f"{name}-replica-behind",
        description="Brings the alarm of the replica to the region of the files",
        event_pattern=pattern,
        region=replicated.region,
        tags=tags,
        opts=child,
    )
    role = aws.iam.Role(
        f"{name}-replica-behind-role",
        description="Lets EventBridge bring the alarm of the replica home",
        assume_role_policy=trust("events.amazonaws.com", on_behalf_of(account, there.arn)),
        tags=tags,
        opts=child,
    )
    allowed = aws.iam.RolePolicy(
        f"{name}-replica-behind-role-policy",
        role=role.name,
        policy=pulumi.Output.json_dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "events:PutEvents", "Resource": bus}],
            }
        ),
        opts=child,
    )
    aws.cloudwatch.EventTarget(
        f"{name}-replica-behind-target",
        rule=there.name,
        arn=bus,
        role_arn=role.arn,
        region=replicated.region,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[allowed]),
    )
    here = aws.cloudwatch.EventRule(
        f"{name}-behind",
        description=f"The files in {replicated.region} are behind, or no longer",
        event_pattern=pattern,
        tags=tags,
        opts=child,
    )
    aws.cloudwatch.EventTarget(f"{name}-behind-target", rule=here.name, arn=topic_arn, opts=child)
