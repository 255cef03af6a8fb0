"""The bucket that is shared, and the role with which S3 Files keeps file system and bucket in step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from ._mounts import PolicyStatement
from ._trust import on_behalf_of, trust
from .bucket import Replicated, through_s3


@dataclass(frozen=True)
class SharedBucket:
    """What mounts and roles need to know of the bucket."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    settings: list[pulumi.Resource]
    kms_key_arn: pulumi.Input[str] | None
    region: pulumi.Output[str]
    replicated: Replicated | None = None

    def key_statements(self, *, write: bool) -> list[PolicyStatement]:
        """Return what a reader (or writer) of objects must be allowed with the bucket's own key, if it has one."""
        if self.kms_key_arn is None:
            return []
        return [
            {
                "actions": ["kms:Decrypt", *(["kms:GenerateDataKey"] if write else [])],
                "resources": [self.kms_key_arn],
                "conditions": {"StringLike": {"kms:ViaService": self.through_s3}},
            }
        ]

    @property
    def through_s3(self) -> pulumi.Output[str]:
        """Value of kms:ViaService."""
        return through_s3(self.region)


def files_role(
    name: str,
    parent: pulumi.Resource,
    bucket: SharedBucket,
    *,
    keep: bool,
    tags: Mapping[str, pulumi.Input[str]],
) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
    """Make ``{name}-role`` and ``{name}-role-policy``; *keep* them when the file system outlives the stack.

    Trust, statements and conditions are those of "Prerequisites for S3 Files" in the S3 user guide
    (s3-files-prereq-policies), narrowed to this bucket, key, account and region.
    """
    invoke = pulumi.InvokeOptions(parent=parent)
    partition = aws.get_partition_output(opts=invoke).partition
    account = aws.get_caller_identity_output(opts=invoke).account_id
    options = pulumi.ResourceOptions(parent=parent, retain_on_delete=keep)
    role = aws.iam.Role(
        f"{name}-role",
        description="Lets S3 Files synchronize the shared files with their bucket",
        assume_role_policy=trust(
            "elasticfilesystem.amazonaws.com",
            on_behalf_of(
                account,
                pulumi.Output.format("arn:{}:s3files:{}:{}:file-system/*", partition, bucket.region, account),
            ),
        ),
        tags=tags,
        opts=options,
    )
    rules = pulumi.Output.format("arn:{}:events:{}:{}:rule/", partition, bucket.region, account)
    statements = [
        *_bucket_statements(bucket, account),
        *_event_statements(rules),
        *([_key_statement(bucket)] if bucket.kms_key_arn is not None else []),
    ]
    permissions = aws.iam.RolePolicy(
        f"{name}-role-policy",
        role=role.name,
        policy=pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": statements}),
        opts=options,
    )
    return role, permissions


def _bucket_statements(bucket: SharedBucket, account: pulumi.Output[str]) -> list[dict[str, Any]]:
    ours = {"StringEquals": {"aws:ResourceAccount": account}}
    return [
        {
            "Sid": "Bucket",
            "Effect": "Allow",
            "Action": ["s3:ListBucket", "s3:ListBucketVersions"],
            "Resource": bucket.arn,
            "Condition": ours,
        },
        {
            "Sid": "Objects",
            "Effect": "Allow",
            "Action": [
                "s3:AbortMultipartUpload",
                "s3:DeleteObject*",
                "s3:GetObject*",
                "s3:List*",
                "s3:PutObject*",
            ],
            "Resource": pulumi.Output.concat(bucket.arn, "/*"),
            "Condition": ours,
        },
    ]


def _event_statements(rules: pulumi.Output[str]) -> list[dict[str, Any]]:
    return [
        {
            "Sid": "ManageItsEventRules",
            "Effect": "Allow",
            "Action": [
                "events:DeleteRule",
                "events:DisableRule",
                "events:EnableRule",
                "events:PutRule",
                "events:PutTargets",
                "events:RemoveTargets",
            ],
            "Resource": pulumi.Output.concat(rules, "DO-NOT-DELETE-S3-Files*"),
            "Condition": {"StringEquals": {"events:ManagedBy": "elasticfilesystem.amazonaws.com"}},
        },
        {
            "Sid": "ReadEventRules",
            "Effect": "Allow",
            "Action": [
                "events:DescribeRule",
                "events:ListRuleNamesByTarget",
                "events:ListRules",
                "events:ListTargetsByRule",
            ],
            "Resource": pulumi.Output.concat(rules, "*"),
        },
    ]


def _key_statement(bucket: SharedBucket) -> dict[str, Any]:
    return {
        "Sid": "Key",
        "Effect": "Allow",
        "Action": [
            "kms:Decrypt",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
        ],
        "Resource": bucket.kms_key_arn,
        "Condition": {
            "StringLike": {
                "kms:ViaService": bucket.through_s3,
                "kms:EncryptionContext:aws:s3:arn": [bucket.arn, pulumi.Output.concat(bucket.arn, "/*")],
            }
        },
    }
