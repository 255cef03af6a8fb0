"""Bucket policies."""

import fnmatch
from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.diff import canonical
from rehearsal.entry import Call, Entry, props
from rehearsal.errors import ApiError
from rehearsal.services import _policies
from rehearsal.values import has_unknown, is_unknown


def _well_formed(inputs: Mapping[str, Any]) -> str | None:
    return _policies.malformed("policy", inputs["policy"])


def _own_bucket(inputs: Mapping[str, Any]) -> str | None:
    """MalformedPolicy: "Policy has invalid resource"."""
    bucket = inputs["bucket"]
    if is_unknown(bucket):
        return None
    for statement in _policies.statements(inputs["policy"]) or []:
        for resource in _policies.values(statement, "Resource"):
            named = resource.split(":")[-1].split("/")[0]
            if not has_unknown(resource) and not fnmatch.fnmatchcase(bucket, named):
                return f"policy must be about the bucket that it is put on ({bucket}), got the resource {resource}"
    return None


def _not_public(context: Context) -> str | None:
    """AccessDenied, where the bucket blocks public policies."""
    if not _policies.public(context.inputs["policy"]):
        return None
    bucket = context.inputs["bucket"]
    try:
        blocked = context.call("get_public_access_block", {"Bucket": bucket})["PublicAccessBlockConfiguration"]
    except ApiError as error:
        if error.gone:
            return None
        raise
    if blocked.get("BlockPublicPolicy"):
        return f"policy must not let everybody in while the bucket {bucket} blocks public policies"
    return None


def _policy(context: Context) -> Any:
    found = context.call("get_bucket_policy", {"Bucket": context.id})["Policy"]
    given = context.inputs.get("policy")
    if given and canonical(_policies.spelt_out(given)) == canonical(found):
        found = given
    return {"Bucket": context.id, "Policy": found}


BUCKET_POLICY = Entry(
    "aws:s3/bucketPolicy:BucketPolicy",
    service="s3",
    inputs=props(
        required="bucket policy",
        replaces="bucket",
        json="policy",
        # The emulator cannot deliver logs into a bucket whose policy has the short form (moto 5.2).
        to_api={"policy": _policies.spelt_out},
    ),
    checks=(_well_formed, _own_bucket),
    guards=(_not_public,),
    create=Call("put_bucket_policy"),
    id="{bucket}",
    read=(_policy,),
    updates=(Call("put_bucket_policy", {"Bucket": "{id}"}, sends="policy"),),
    delete=(Call("delete_bucket_policy", {"Bucket": "{id}"}),),
)

ENTRIES = (BUCKET_POLICY,)
