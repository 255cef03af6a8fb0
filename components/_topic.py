"""Whom alarms and events tell: an SNS topic that several components may share."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws


class Topic(NamedTuple):
    """An SNS topic, and what must be in place before anything is said on it."""

    arn: pulumi.Output[str]
    ready: list[pulumi.Resource]

    @property
    def usable_arn(self) -> pulumi.Output[str]:
        """ARN that is known once the topic lets everybody publish who should, for components that get it handed on."""
        policies = [ready.urn for ready in self.ready]
        return pulumi.Output.all(self.arn, *policies).apply(lambda known: known[0])


class Owner(NamedTuple):
    """Whose topic it is."""

    name: str
    parent: pulumi.Resource
    disposable: bool
    tags: Mapping[str, pulumi.Input[str]]
    formerly: tuple[str, pulumi.Input[str]] | None = None
    """Name and URN of the component that the topic belonged to in stacks that are there already: it stays the same one,
    or everybody would have to confirm the subscription again."""

    def child(self, suffix: str) -> pulumi.ResourceOptions:
        """Options of the child `<name><suffix>`."""
        if self.formerly is None:
            return pulumi.ResourceOptions(parent=self.parent)
        name, urn = self.formerly
        return pulumi.ResourceOptions(parent=self.parent, aliases=[pulumi.Alias(name=f"{name}{suffix}", parent=urn)])


def topic(owner: Owner, emails: Sequence[str] = (), *, web: bool = False, databases: bool = False) -> Topic:
    """Make a topic for CloudWatch's alarms, for *web* also EventBridge's rules and for *databases* the events of RDS.

    It is encrypted with a key of its own: CloudWatch may not use SNS's own (AWS knowledge center, "How do I set up a
    CloudWatch alarm with an encrypted SNS topic?"). The key protects messages under way and holds no data.
    """
    name, tags = owner.name, owner.tags
    lookup = pulumi.InvokeOutputOptions(parent=owner.parent)
    account = aws.get_caller_identity_output(opts=lookup).account_id
    partition = aws.get_partition_output(opts=lookup).partition
    region = aws.get_region_output(opts=lookup).region
    ours = {"aws:SourceAccount": account}
    any_alarm = pulumi.Output.format("arn:{}:cloudwatch:{}:{}:alarm:*", partition, region, account)
    publishers = {"cloudwatch.amazonaws.com": any_alarm}
    if databases:
        # RDS user guide, "Granting permissions to publish notifications to an Amazon SNS topic".
        publishers["events.rds.amazonaws.com"] = pulumi.Output.format("arn:{}:rds:{}:{}:*", partition, region, account)
    key = aws.kms.Key(
        f"{name}-alarms-key",
        description=f"Alarms of {name}",
        enable_key_rotation=True,
        deletion_window_in_days=7 if owner.disposable else 30,
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
                *_allowed(
                    ["kms:Decrypt", "kms:GenerateDataKey*"],
                    "*",
                    {service: {"StringEquals": ours} for service in publishers},
                    web=web,
                ),
            )
        ),
        tags={"Name": f"{name}-alarms", **tags},
        opts=owner.child("-alarms-key"),
    )
    made = aws.sns.Topic(
        f"{name}-alarms",
        display_name=f"Alarms of {name}",
        kms_master_key_id=key.arn,
        tags={"Name": f"{name}-alarms", **tags},
        opts=owner.child("-alarms"),
    )
    policy = aws.sns.TopicPolicy(
        f"{name}-alarms-policy",
        arn=made.arn,
        policy=pulumi.Output.json_dumps(
            _policy(
                *_allowed(
                    ["sns:Publish"],
                    made.arn,
                    {
                        service: {"StringEquals": ours, "ArnLike": {"aws:SourceArn": source}}
                        for service, source in publishers.items()
                    },
                    web=web,
                )
            )
        ),
        opts=owner.child("-alarms-policy"),
    )
    for email in emails:
        subscriber = f"-alarms-to-{email.replace('@', '-at-')}"
        aws.sns.TopicSubscription(
            f"{name}{subscriber}", topic=made.arn, protocol="email", endpoint=email, opts=owner.child(subscriber)
        )
    return Topic(made.arn, [policy])


_SIDS = {"cloudwatch.amazonaws.com": "Alarms", "events.rds.amazonaws.com": "Databases"}


def _allowed(
    actions: list[str], resource: pulumi.Input[str], conditions: Mapping[str, dict[str, Any]], *, web: bool
) -> list[dict[str, Any]]:
    """Allow each service of *conditions*, on its condition, *actions*, and for *web* EventBridge's rules, too."""
    allowed = {"Effect": "Allow", "Action": actions, "Resource": resource}
    statements: list[dict[str, Any]] = [
        {"Sid": _SIDS[service], "Principal": {"Service": service}, "Condition": condition, **allowed}
        for service, condition in conditions.items()
    ]
    if web:
        # No condition: EventBridge fills in none, neither for topics (EventBridge user guide, "Amazon SNS permissions")
        # nor for their keys (SNS developer guide, "Key management"), and would be refused silently.
        statements.append({"Sid": "Events", "Principal": {"Service": "events.amazonaws.com"}, **allowed})
    return statements


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [*statements]}
