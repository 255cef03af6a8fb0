"""What every bucket of ours has in common: private, encrypted, TLS only, tidied up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True)
class PrivateBucket:
    """A bucket and the settings that must stand before anything else uses it."""

    bucket: aws.s3.Bucket
    settings: list[pulumi.Resource]
    """For ``depends_on``: what uses the bucket comes after them and, on destroy, goes before them."""


def private_bucket(  # noqa: PLR0913 (each is one fact about the bucket)
    name: str,
    parent: pulumi.Resource,
    *,
    disposable: bool,
    rules: Sequence[aws.s3.BucketLifecycleConfigurationRuleArgsDict],
    versioned: bool = True,
    kms_key_arn: pulumi.Input[str] | None = None,
    statements: Callable[[pulumi.Output[str]], Sequence[Mapping[str, Any]]] | None = None,
    tags: Mapping[str, pulumi.Input[str]] | None = None,
    formerly: Mapping[str, str] | None = None,
    region: str | None = None,
) -> PrivateBucket:
    """Make the bucket *name* and its settings (``{name}-access``, ...) as children of *parent*.

    Unless *disposable* it is protected and outlives the stack, with its settings: a kept bucket whose
    public access block or versioning went away with the stack would not be the same bucket.
    *statements* gives, for the bucket's ARN, what joins the TLS-only statement of its policy (values may be outputs).
    *rules* are lifecycle rules; unfinished uploads are a rule of the caller's, see :func:`tidy` and :func:`expire`.
    *formerly* gives settings that had another logical name that name, by role (``{"access": "web-logs-private"}``).
    *region* is where it is, when that is not the stack's region.
    """
    keep = not disposable
    bucket = aws.s3.Bucket(
        name,
        force_destroy=disposable,
        region=region,
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent, protect=keep, retain_on_delete=keep),
    )
    names = formerly or {}

    def setting(role: str, *after: pulumi.Resource) -> pulumi.ResourceOptions:
        aliases = [pulumi.Alias(name=names[role])] if role in names else None
        return pulumi.ResourceOptions(parent=parent, retain_on_delete=keep, depends_on=list(after), aliases=aliases)

    ownership = aws.s3.BucketOwnershipControls(
        f"{name}-ownership",
        bucket=bucket.bucket,
        region=region,
        rule={"object_ownership": "BucketOwnerEnforced"},
        opts=setting("ownership"),
    )
    access = aws.s3.BucketPublicAccessBlock(
        f"{name}-access",
        bucket=bucket.bucket,
        region=region,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=setting("access"),
    )
    encryption = aws.s3.BucketServerSideEncryptionConfiguration(
        f"{name}-encryption",
        bucket=bucket.bucket,
        region=region,
        rules=[_encryption(kms_key_arn)],
        opts=setting("encryption"),
    )
    settings: list[pulumi.Resource] = [ownership, access, encryption]
    if versioned:
        versioning = aws.s3.BucketVersioning(
            f"{name}-versioning",
            bucket=bucket.bucket,
            region=region,
            versioning_configuration={"status": "Enabled"},
            opts=setting("versioning"),
        )
        settings.append(versioning)
    lifecycle = aws.s3.BucketLifecycleConfiguration(
        f"{name}-lifecycle",
        bucket=bucket.bucket,
        region=region,
        rules=list(rules),
        # Rules about old versions need versioning to be on.
        opts=setting("lifecycle", *settings[3:]),
    )
    allowed = statements(bucket.arn) if statements else ()
    policy = aws.s3.BucketPolicy(
        f"{name}-policy",
        bucket=bucket.bucket,
        region=region,
        policy=pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [_tls_only(bucket.arn), *allowed]}),
        # S3 answers "conflicting conditional operation" when both are set at the same moment.
        opts=setting("policy", access),
    )
    return PrivateBucket(bucket, [*settings, lifecycle, policy])


def tidy(
    *,
    noncurrent_version_days: int | None = None,
    abandoned_upload_days: int = 7,
    noncurrent_versions_kept: int | None = None,
) -> list[aws.s3.BucketLifecycleConfigurationRuleArgsDict]:
    """Rules that abort unfinished uploads and, when given, expire old versions and what is left of deleted objects.

    The newest *noncurrent_versions_kept* of each object stay, however old they are.
    """
    rules: list[aws.s3.BucketLifecycleConfigurationRuleArgsDict] = [
        {
            "id": "abort-unfinished-uploads",
            "status": "Enabled",
            "filter": {},
            "abort_incomplete_multipart_upload": {"days_after_initiation": abandoned_upload_days},
        }
    ]
    if noncurrent_version_days is not None:
        expiration: aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgsDict = {
            "noncurrent_days": noncurrent_version_days
        }
        if noncurrent_versions_kept is not None:
            expiration["newer_noncurrent_versions"] = noncurrent_versions_kept
        rules.append(
            {
                "id": "expire-old-versions",
                "status": "Enabled",
                "filter": {},
                "noncurrent_version_expiration": expiration,
                "expiration": {"expired_object_delete_marker": True},
            }
        )
    return rules


def expire(days: int, *, leftovers_days: int = 7) -> list[aws.s3.BucketLifecycleConfigurationRuleArgsDict]:
    """Rules of a log: objects go after *days*, what is left of them or unfinished after *leftovers_days*."""
    return [
        {
            "id": "expire",
            "status": "Enabled",
            "filter": {},  # all objects
            "expiration": {"days": days},
            "noncurrent_version_expiration": {"noncurrent_days": leftovers_days},
            "abort_incomplete_multipart_upload": {"days_after_initiation": leftovers_days},
        }
    ]


def _encryption(
    kms_key_arn: pulumi.Input[str] | None,
) -> aws.s3.BucketServerSideEncryptionConfigurationRuleArgsDict:
    if kms_key_arn is None:
        return {"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}
    return {
        "apply_server_side_encryption_by_default": {
            "sse_algorithm": "aws:kms",
            "kms_master_key_id": kms_key_arn,
        },
        "bucket_key_enabled": True,  # one call to KMS for many objects
    }


def _tls_only(bucket_arn: pulumi.Output[str]) -> dict[str, Any]:
    return {
        "Sid": "DenyInsecureTransport",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [bucket_arn, pulumi.Output.concat(bucket_arn, "/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
