"""The bucket of shared files, for the kinds that have one."""

from collections.abc import Mapping

import pulumi

from .._s3_files_role import SharedBucket
from ..bucket import BucketSpec, Maker, lifecycle_rules
from .shapes import StorageSpec


def shared_bucket(  # noqa: PLR0913 (each is one fact about the bucket)
    name: str,
    parent: pulumi.Resource,
    spec: StorageSpec,
    *,
    kms_key_arn: pulumi.Input[str] | None,
    disposable: bool,
    tags: Mapping[str, pulumi.Input[str]],
) -> SharedBucket:
    """Make the bucket and what *spec* says of it as children of *parent*."""
    more = spec.get("bucket", BucketSpec())
    rules = lifecycle_rules(
        noncurrent_version_days=spec.get("noncurrent_version_days", 30),
        abandoned_upload_days=spec.get("abandoned_upload_days", 7),
        intelligent_tiering_days=spec.get("intelligent_tiering_days"),
        noncurrent_versions_kept=more.get("noncurrent_versions_kept"),
        tiers=more.get("tiers", ()),
    )
    made = Maker(name, parent, rules, spec.get("access_log_retention_days"), disposable, tags).make(more, kms_key_arn)
    bucket = made.private.bucket
    return SharedBucket(
        bucket.bucket, bucket.arn, made.private.settings, made.kms_key_arn, made.region, made.replicated
    )
