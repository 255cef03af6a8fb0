"""Keys of buckets."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws


def bucket_key(
    name: str,
    parent: pulumi.Resource,
    *,
    disposable: bool,
    tags: Mapping[str, pulumi.Input[str]],
    region: str | None = None,
) -> aws.kms.Key:
    """Make the key *name*: kept like what it encrypts, which nobody can read without it."""
    lookup = pulumi.InvokeOutputOptions(parent=parent)
    account = aws.get_caller_identity_output(opts=lookup).account_id
    partition = aws.get_partition_output(opts=lookup).partition
    keep = not disposable
    return aws.kms.Key(
        name,
        description="Shared files",
        enable_key_rotation=True,
        deletion_window_in_days=7 if disposable else 30,
        policy=pulumi.Output.json_dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        # The policies of roles decide: servers', S3 Files', AWS Backup's, the replication's.
                        "Sid": "Account",
                        "Effect": "Allow",
                        "Principal": {"AWS": pulumi.Output.format("arn:{}:iam::{}:root", partition, account)},
                        "Action": "kms:*",
                        "Resource": "*",
                    }
                ],
            }
        ),
        region=region,
        tags={"Name": name, **tags},
        opts=pulumi.ResourceOptions(parent=parent, protect=keep, retain_on_delete=keep),
    )


def through_s3(region: pulumi.Input[str]) -> pulumi.Output[str]:
    """Return a value of kms:ViaService; its end differs by partition (amazonaws.com, amazonaws.com.cn)."""
    return pulumi.Output.concat("s3.", region, ".amazonaws.com*")
