"""Object lock of buckets."""

from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Entry, props
from rehearsal.errors import ApiError
from rehearsal.services._plain import fields

from ._common import setting

_ON = {"ObjectLockEnabled": "{objectLockEnabled}", "Rule": "{rule}"}


def _one_period(inputs: Mapping[str, Any]) -> str | None:
    kept = fields(fields(inputs.get("rule")).get("defaultRetention"))
    if kept and (kept.get("days") is None) == (kept.get("years") is None):
        return "rule.defaultRetention must have either days or years"
    return None


def _unlock(context: Context) -> None:
    """Take the rule away: object lock stays on for ever, as does the versioning that it needs."""
    context.call(
        "put_object_lock_configuration",
        {"Bucket": context.id, "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}},
    )


def _lock(context: Context) -> Any:
    try:
        return setting("get_object_lock_configuration", "ObjectLockConfiguration")(context)
    except ApiError as error:
        if error.code != "ObjectLockConfigurationNotFoundError":
            raise
        return None


LOCK = Entry(
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    service="s3",
    inputs=props(
        "rule token",
        required="bucket",
        replaces="bucket expectedBucketOwner objectLockEnabled",
        computed="expectedBucketOwner",
        secret="token",  # noqa: S106 (its name)
        defaults={"objectLockEnabled": "Enabled"},
        api={"expectedBucketOwner": "ExpectedBucketOwner", "token": "Token"},
        reads={"expectedBucketOwner": None, "token": None},
    ),
    checks=(_one_period,),
    create=Call(
        "put_object_lock_configuration",
        {"Bucket": "{bucket}", "ObjectLockConfiguration": _ON},
        sends="expectedBucketOwner token",
    ),
    id="{bucket}",
    read=(_lock,),
    updates=(Call("put_object_lock_configuration", {"Bucket": "{id}", "ObjectLockConfiguration": _ON}, sends="token"),),
    delete=(_unlock,),
)

ENTRIES = (LOCK,)
