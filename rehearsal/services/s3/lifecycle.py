"""Lifecycle rules of buckets."""

from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Entry, props
from rehearsal.services._plain import fields, items
from rehearsal.shapes import from_api, tag_map
from rehearsal.values import is_unknown

from ._common import graft

_LOST = frozenset({"newerNoncurrentVersions", "objectSizeGreaterThan", "objectSizeLessThan"})
"""Nested properties that moto 5.2 loses (some of them in some places only)."""

_SETTLED = {"STANDARD_IA": 30, "ONEZONE_IA": 30}
"""Days that an object stays in S3 Standard before it may go there (S3 user guide, lifecycle transitions)."""

_ACTIONS = {
    "abortIncompleteMultipartUpload", "expiration", "noncurrentVersionExpiration", "noncurrentVersionTransitions",
    "transitions",
}  # fmt: skip


def _rules(inputs: Mapping[str, Any]) -> str | None:
    seen = set[str]()
    for index, rule in enumerate(items(inputs.get("rules"))):
        if is_unknown(rule):
            continue
        line = _rule(f"rules[{index}]", rule)
        if line:
            return line
        if not is_unknown(rule.get("id")) and rule.get("id") in seen:
            return f"rules must have different ids, got {rule['id']!r} twice"
        seen.add(rule.get("id"))
    return None


def _rule(path: str, rule: Mapping[str, Any]) -> str | None:
    if rule.get("filter") is None and rule.get("prefix") is None:
        return f"{path}.filter must be given; {{}} stands for all objects"
    if not _ACTIONS & {name for name, value in rule.items() if value}:
        return f"{path} must do something: one of {', '.join(sorted(_ACTIONS))}"
    expiration = fields(rule.get("expiration"))
    if (
        not is_unknown(expiration)
        and expiration.get("expiredObjectDeleteMarker")
        and fields(rule.get("filter")).get("tag")
    ):
        return f"{path}.expiration.expiredObjectDeleteMarker must not go with a filter by tag"
    for number, transition in enumerate(items(rule.get("transitions"))):
        least = 0 if is_unknown(transition) else _SETTLED.get(transition.get("storageClass"), 0)
        days = None if is_unknown(transition) else transition.get("days")
        if days is not None and not is_unknown(days) and int(days) < least:
            place = transition["storageClass"]
            return f"{path}.transitions[{number}].days must be at least {least} for {place}, got {days}"
    return None


def _lifecycle(context: Context) -> Any:
    found = context.call("get_bucket_lifecycle_configuration", {"Bucket": context.id})
    rules = from_api(found.get("Rules"))
    for rule in rules:
        for holder in (rule, fields(fields(rule.get("filter")).get("and"))):
            if "tags" in holder:
                holder["tags"] = tag_map(holder["tags"])
    context.unsent |= graft(context.inputs.get("rules"), rules, _LOST, "rules")
    return {**found, "Bucket": context.id, "LifecycleConfiguration": {"Rules": rules}}


LIFECYCLE = Entry(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    service="s3",
    inputs=props(
        "rules",
        required="bucket",
        replaces="bucket expectedBucketOwner",
        computed="expectedBucketOwner transitionDefaultMinimumObjectSize",
        local="timeouts",
        api={"expectedBucketOwner": "ExpectedBucketOwner", "rules": "LifecycleConfiguration.Rules"},
        reads={"expectedBucketOwner": None},
        from_api={"rules": lambda rules: rules},
    ),
    checks=(_rules,),
    create=Call("put_bucket_lifecycle_configuration"),
    id="{bucket}",
    read=(_lifecycle,),
    updates=(
        Call(
            "put_bucket_lifecycle_configuration",
            {"Bucket": "{id}"},
            sends="rules transitionDefaultMinimumObjectSize",
            whole=True,
        ),
    ),
    delete=(Call("delete_bucket_lifecycle", {"Bucket": "{id}"}),),
)

ENTRIES = (LIFECYCLE,)
