"""What a bucket tells others: access logs and notifications."""

from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Do, Entry, props
from rehearsal.services._plain import items
from rehearsal.values import is_unknown

from ._common import setting

_LOGGED = {
    "BucketLoggingStatus": {
        "LoggingEnabled": {
            "TargetBucket": "{targetBucket}",
            "TargetPrefix": "{targetPrefix}",
            "TargetGrants": "{targetGrants}",
        }
    }
}

LOGGING = Entry(
    "aws:s3/bucketLogging:BucketLogging",
    service="s3",
    inputs=props(
        "targetGrants",
        required="bucket targetBucket targetPrefix",
        replaces="bucket expectedBucketOwner",
        computed="expectedBucketOwner",
        sets="targetGrants",
        recorded="targetObjectKeyFormat",
        api={"expectedBucketOwner": "ExpectedBucketOwner"},
        reads={"expectedBucketOwner": None},
    ),
    create=Call("put_bucket_logging", {"Bucket": "{bucket}", **_LOGGED}, sends="expectedBucketOwner"),
    id="{bucket}",
    read=(setting("get_bucket_logging", "LoggingEnabled"),),
    updates=(Call("put_bucket_logging", {"Bucket": "{id}", **_LOGGED}, sends=""),),
    delete=(Call("put_bucket_logging", {"Bucket": "{id}", "BucketLoggingStatus": {}}),),
)

_TARGETS = {
    "lambdaFunctions": ("LambdaFunctionConfigurations", "lambdaFunctionArn", "LambdaFunctionArn"),
    "queues": ("QueueConfigurations", "queueArn", "QueueArn"),
    "topics": ("TopicConfigurations", "topicArn", "TopicArn"),
}
_PARTS = {"prefix": "filterPrefix", "suffix": "filterSuffix"}


def _notify(context: Context) -> None:
    """Send all of it: every call replaces what the bucket notified before."""
    bucket = {"Bucket": context.inputs["bucket"]}
    context.call("put_bucket_notification_configuration", {**bucket, "NotificationConfiguration": _wanted(context)})


def _verify(context: Context) -> None:
    context.verify(Call("put_bucket_notification_configuration", {"NotificationConfiguration": _wanted(context)}), ())


def _wanted(context: Context) -> dict[str, Any]:
    wanted: dict[str, Any] = {"EventBridgeConfiguration": {}} if context.inputs.get("eventbridge") else {}
    for name, (member, ours, theirs) in _TARGETS.items():
        targets = items(context.inputs.get(name))
        if targets:
            wanted[member] = [t if is_unknown(t) else _target(t, ours, theirs) for t in targets]
    return wanted


def _target(target: Mapping[str, Any], ours: str, theirs: str) -> dict[str, Any]:
    rules = [{"Name": part, "Value": target[name]} for part, name in _PARTS.items() if target.get(name)]
    return {
        **({"Id": target["id"]} if target.get("id") else {}),
        theirs: target[ours],
        "Events": target["events"],
        **({"Filter": {"Key": {"FilterRules": rules}}} if rules else {}),
    }


def _notifications(context: Context) -> Any:
    told = context.call("get_bucket_notification_configuration", {"Bucket": context.id})
    found: dict[str, Any] = {"Bucket": context.id}
    for name, (member, ours, theirs) in _TARGETS.items():
        for target in items(told.get(member)):
            rules = target.get("Filter", {}).get("Key", {}).get("FilterRules", [])
            parts = {_PARTS[rule["Name"].lower()]: rule["Value"] for rule in rules}
            known = {"id": target.get("Id"), ours: target[theirs], "events": target["Events"], **parts}
            found.setdefault(name, []).append(known)
    return found


def _silence(context: Context) -> None:
    context.call("put_bucket_notification_configuration", {"Bucket": context.id, "NotificationConfiguration": {}})


NOTIFICATION = Entry(
    "aws:s3/bucketNotification:BucketNotification",
    service="s3",
    inputs=props(
        "lambdaFunctions queues topics",
        required="bucket",
        replaces="bucket",
        sets="lambdaFunctions queues topics",
        recorded="eventbridge",
        defaults={"eventbridge": False},
    ),
    create=_notify,
    rehearse=_verify,
    id="{bucket}",
    read=(_notifications,),
    updates=(Do(_notify, "eventbridge lambdaFunctions queues topics"),),
    delete=(_silence,),
)

ENTRIES = (LOGGING, NOTIFICATION)
