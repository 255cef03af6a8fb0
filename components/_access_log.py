"""Who read or changed what in a bucket: S3's server access log, in a bucket of its own."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from ._bucket import PrivateBucket, expire, private_bucket


def access_log(  # noqa: PLR0913 (each is one fact about the log)
    name: str,
    parent: pulumi.Resource,
    source: PrivateBucket,
    *,
    retention_days: int,
    disposable: bool,
    tags: Mapping[str, pulumi.Input[str]],
    region: str | None = None,
) -> PrivateBucket:
    """Log all access to *source* in the bucket *name*, which S3's log delivery may write to for *source* only.

    The log is not logged itself: that would never end (S3 user guide, "Enabling Amazon S3 server access logging",
    from which the permission is, too). S3's own keys encrypt it, so that the delivery needs no right to a key. It is in
    *region*, when the source is not in the stack's: S3 logs into no other than the source's.
    """
    account = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=parent)).account_id
    log = private_bucket(
        name,
        parent,
        disposable=disposable,
        rules=expire(retention_days),
        statements=lambda arn: [
            {
                "Sid": "AllowAccessLog",
                "Effect": "Allow",
                "Principal": {"Service": "logging.s3.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": pulumi.Output.concat(arn, "/*"),
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": account},
                    "ArnLike": {"aws:SourceArn": source.bucket.arn},
                },
            }
        ],
        tags=tags,
        region=region,
    )
    aws.s3.BucketLogging(
        f"{name}-delivery",
        bucket=source.bucket.bucket,
        region=region,
        target_bucket=log.bucket.bucket,
        target_prefix="log/",
        # A day's log is found by its date, and dates are those of the requests.
        target_object_key_format={"partitioned_prefix": {"partition_date_source": "EventTime"}},
        opts=pulumi.ResourceOptions(parent=parent, retain_on_delete=not disposable, depends_on=log.settings),
    )
    return log
