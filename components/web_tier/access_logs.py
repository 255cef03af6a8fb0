"""Where the load balancer's access logs go."""

from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from .context import Context


class AccessLogs(NamedTuple):
    """The bucket, and what must be in place before a load balancer may write to it."""

    bucket: pulumi.Output[str]
    ready: list[pulumi.Resource]


def access_logs(context: Context, retention_days: int) -> AccessLogs:
    """Make the bucket: private, encrypted with S3's own keys (load balancers can write to no others), and expiring.

    It is versioned, so that who may write logs, or
    delete them, cannot make them vanish at once. It does not log its own access: that would never end (S3.9).
    """
    name, child = context.name, context.child()
    bucket = aws.s3.Bucket(f"{name}-logs", force_destroy=context.disposable, tags=context.tags, opts=context.kept())
    public = aws.s3.BucketPublicAccessBlock(
        f"{name}-logs-private",
        bucket=bucket.bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=child,
    )
    ownership = aws.s3.BucketOwnershipControls(
        f"{name}-logs-ownership",
        bucket=bucket.bucket,
        rule={"object_ownership": "BucketOwnerEnforced"},
        opts=child,
    )
    encryption = aws.s3.BucketServerSideEncryptionConfiguration(
        f"{name}-logs-encryption",
        bucket=bucket.bucket,
        rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
        opts=child,
    )
    versioning = aws.s3.BucketVersioning(
        f"{name}-logs-versioning",
        bucket=bucket.bucket,
        versioning_configuration={"status": "Enabled"},
        opts=child,
    )
    aws.s3.BucketLifecycleConfiguration(
        f"{name}-logs-expiry",
        bucket=bucket.bucket,
        rules=[
            {
                "id": "expire",
                "status": "Enabled",
                "filter": {},  # all objects
                "expiration": {"days": retention_days},
                "noncurrent_version_expiration": {"noncurrent_days": 7},
                "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
            }
        ],
        # S3 refuses rules for old versions while versioning is off.
        opts=context.child(after=[versioning]),
    )
    account = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(parent=context.tier)).account_id
    policy = aws.s3.BucketPolicy(
        f"{name}-logs-policy",
        bucket=bucket.bucket,
        policy=pulumi.Output.json_dumps(_policy(bucket.arn, account)),
        # S3 answers "conflicting conditional operation" when both are set at once.
        opts=context.child(after=[public]),
    )
    return AccessLogs(bucket.bucket, [policy, ownership, encryption])


def _policy(bucket_arn: pulumi.Output[str], account: pulumi.Output[str]) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                # One principal for all regions; the accounts per region that older policies name are its forerunners
                # (Elastic Load Balancing user guide, "Enable access logs for your Application Load Balancer"). The
                # account in the path is what that page limits the writers by; it names no condition keys.
                "Sid": "AllowLoadBalancerLogs",
                "Effect": "Allow",
                "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": pulumi.Output.format("{}/AWSLogs/{}/*", bucket_arn, account),
            },
            {
                "Sid": "DenyInsecureTransport",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "s3:*",
                "Resource": [bucket_arn, pulumi.Output.concat(bucket_arn, "/*")],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ],
    }
