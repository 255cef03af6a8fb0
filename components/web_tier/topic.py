"""Whom alarms and events tell."""

from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from .context import Context
from .shapes import Alarms


class Topic(NamedTuple):
    """An SNS topic, and what must be in place before anything is said on it."""

    arn: pulumi.Output[str]
    ready: list[pulumi.Resource]


def topic(context: Context, alarms: Alarms) -> Topic:
    """Return the topic that *alarms* name, or make one.

    It is encrypted with a key of its own: CloudWatch may not use SNS's own (AWS knowledge center, "How do I set up a
    CloudWatch alarm with an encrypted SNS topic?"). The key protects messages under way and holds no data.
    """
    given = alarms.get("topic_arn")
    if given is not None:
        return Topic(pulumi.Output.from_input(given), [])
    name, child, tags = context.name, context.child(), context.tags
    lookup = pulumi.InvokeOutputOptions(parent=context.tier)
    account = aws.get_caller_identity_output(opts=lookup).account_id
    partition = aws.get_partition_output(opts=lookup).partition
    region = aws.get_region_output(opts=lookup).region
    any_alarm = pulumi.Output.format("arn:{}:cloudwatch:{}:{}:alarm:*", partition, region, account)
    ours = {"aws:SourceAccount": account}
    key = aws.kms.Key(
        f"{name}-alarms-key",
        description=f"Alarms of {name}",
        enable_key_rotation=True,
        deletion_window_in_days=7 if context.disposable else 30,
        policy=pulumi.Output.json_dumps(
            _policy(
                {
                    # Without it nobody could ever change this policy (KMS developer guide, "Default key policy").
                    "Sid": "Account",
                    "Effect": "Allow",
                    "Principal": {"AWS": pulumi.Output.format("arn:{}:iam::{}:root", partition, account)},
                    "Action": "kms:*",
                    "Resource": "*",
                },
                *_publishers(["kms:Decrypt", "kms:GenerateDataKey*"], "*", {"StringEquals": ours}),
            )
        ),
        tags={"Name": f"{name}-alarms", **tags},
        opts=child,
    )
    made = aws.sns.Topic(
        f"{name}-alarms",
        display_name=f"Alarms of {name}",
        kms_master_key_id=key.arn,
        tags={"Name": f"{name}-alarms", **tags},
        opts=child,
    )
    policy = aws.sns.TopicPolicy(
        f"{name}-alarms-policy",
        arn=made.arn,
        policy=pulumi.Output.json_dumps(
            _policy(
                *_publishers(["sns:Publish"], made.arn, {"StringEquals": ours, "ArnLike": {"aws:SourceArn": any_alarm}})
            )
        ),
        opts=child,
    )
    for email in alarms.get("emails", ()):
        aws.sns.TopicSubscription(
            f"{name}-alarms-to-{email.replace('@', '-at-')}",
            topic=made.arn,
            protocol="email",
            endpoint=email,
            opts=child,
        )
    return Topic(made.arn, [policy])


def _publishers(actions: list[str], resource: pulumi.Input[str], condition: dict[str, Any]) -> list[dict[str, Any]]:
    """Allow CloudWatch's alarms, on *condition*, and EventBridge's rules *actions*."""
    allowed = {"Effect": "Allow", "Action": actions, "Resource": resource}
    return [
        {
            "Sid": "Alarms",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Condition": condition,
            **allowed,
        },
        {
            # No condition: EventBridge fills in none, neither for topics (EventBridge user guide, "Amazon SNS
            # permissions") nor for their keys (SNS developer guide, "Key management"), and would be refused silently.
            "Sid": "Events",
            "Principal": {"Service": "events.amazonaws.com"},
            **allowed,
        },
    ]


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [*statements]}
