"""The life cycle of files in the bucket."""

from collections.abc import Sequence

import pulumi_aws as aws

from .._bucket import tidy
from .shapes import BucketTier


def lifecycle_rules(
    *,
    noncurrent_version_days: int,
    abandoned_upload_days: int,
    intelligent_tiering_days: int | None,
    noncurrent_versions_kept: int | None,
    tiers: Sequence[BucketTier],
) -> list[aws.s3.BucketLifecycleConfigurationRuleArgsDict]:
    """Return one rule per purpose: an action that is added or goes leaves the others as they are."""
    rules = tidy(
        noncurrent_version_days=noncurrent_version_days,
        abandoned_upload_days=abandoned_upload_days,
        noncurrent_versions_kept=noncurrent_versions_kept,
    )
    if intelligent_tiering_days is not None:
        rules.append(_current("intelligent-tiering", "INTELLIGENT_TIERING", intelligent_tiering_days))
    for tier in tiers:
        where, days = tier["storage_class"], tier["after_days"]
        role = where.value.replace("_", "-")
        if tier.get("old_versions", False):
            rules.append(
                {
                    "id": f"old-versions-to-{role}",
                    "status": "Enabled",
                    "filter": {},
                    "noncurrent_version_transitions": [{"noncurrent_days": days, "storage_class": where.value.upper()}],
                }
            )
        else:
            rules.append(_current(f"to-{role}", where.value.upper(), days))
    return rules


def _current(name: str, storage_class: str, days: int) -> aws.s3.BucketLifecycleConfigurationRuleArgsDict:
    return {
        "id": name,
        "status": "Enabled",
        "filter": {},
        "transitions": [{"days": days, "storage_class": storage_class}],
    }
