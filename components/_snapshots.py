"""Scheduled snapshots of volumes, by Data Lifecycle Manager."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from ._trust import on_behalf_of, trust


def snapshot_policy(  # noqa: PLR0913 (each is one fact about the schedule)
    name: str,
    parent: pulumi.Resource,
    *,
    target_tags: Mapping[str, pulumi.Input[str]],
    interval_hours: int,
    start: str,
    kept: int,
    tags: Mapping[str, pulumi.Input[str]],
) -> aws.dlm.LifecyclePolicy:
    """Snapshot the volumes with *target_tags* every *interval_hours* from *start* (UTC); keep the last *kept*."""
    invoke = pulumi.InvokeOptions(parent=parent)
    child = pulumi.ResourceOptions(parent=parent)
    partition = aws.get_partition_output(opts=invoke).partition
    region = aws.get_region_output(opts=invoke).region
    account = aws.get_caller_identity_output(opts=invoke).account_id
    role = aws.iam.Role(
        f"{name}-role",
        description="Lets Data Lifecycle Manager snapshot data volumes",
        # Trust and conditions: EBS user guide, "IAM service roles for Amazon Data Lifecycle Manager".
        assume_role_policy=trust(
            "dlm.amazonaws.com",
            on_behalf_of(account, pulumi.Output.format("arn:{}:dlm:{}:{}:policy/*", partition, region, account)),
        ),
        tags=tags,
        opts=child,
    )
    # AWS's own policy for this role: a snapshot that silently stops being taken, because the service came to need
    # one more permission, is the worse risk.
    permissions = aws.iam.RolePolicyAttachment(
        f"{name}-role-policy",
        role=role.name,
        policy_arn=pulumi.Output.format(
            "arn:{}:iam::aws:policy/service-role/AWSDataLifecycleManagerServiceRole", partition
        ),
        opts=child,
    )
    return aws.dlm.LifecyclePolicy(
        name,
        description="Scheduled snapshots of a data volume",
        execution_role_arn=role.arn,
        state="ENABLED",
        policy_details={
            "resource_types": ["VOLUME"],
            "target_tags": target_tags,
            "schedules": [
                {
                    "name": "scheduled",
                    "create_rule": {"interval": interval_hours, "interval_unit": "HOURS", "times": start},
                    "retain_rule": {"count": kept},
                    "copy_tags": True,
                }
            ],
        },
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[permissions]),
    )
