"""What S3 tells of files, and whom."""

import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import pulumi
import pulumi_aws as aws

from .._args import InvalidArgs
from .shapes import BucketEvents, BucketNotification

_NAME = re.compile(r"[A-Za-z0-9._-]{1,255}")
_TARGETS = {"topic_arn": "sns", "queue_arn": "sqs"}

# S3 user guide, "Supported event types for SQS, SNS, and Lambda"; a star stands for all of its kind. Held against the
# API model by tests/unit/test_bucket.py.
EVENTS: Mapping[str, tuple[str, ...]] = {
    "ObjectCreated": ("Put", "Post", "Copy", "CompleteMultipartUpload"),
    "ObjectRemoved": ("Delete", "DeleteMarkerCreated"),
    "ObjectRestore": ("Post", "Completed", "Delete"),
    "Replication": (
        "OperationFailedReplication",
        "OperationNotTracked",
        "OperationMissedThreshold",
        "OperationReplicatedAfterThreshold",
    ),
    "LifecycleExpiration": ("Delete", "DeleteMarkerCreated"),
    "ObjectTagging": ("Put", "Delete"),
}
SINGLE = ("s3:LifecycleTransition", "s3:IntelligentTiering")


def known_events() -> list[str]:
    """Return every name of an event."""
    some = [f"s3:{kind}:{what}" for kind, each in EVENTS.items() for what in ("*", *each)]
    return [*some, *SINGLE]


def check_events(who: str, events: BucketEvents) -> None:
    """Raise `InvalidArgs` for what S3 refuses: it does not say which notification it means."""
    notifications = events.get("notifications", ())
    seen = set[str]()
    for i, told in enumerate(notifications):
        where = f"{who}.events.notifications[{i}]"
        _check_one(where, told)
        if told["name"] in seen:
            raise InvalidArgs(f"{where}.name must be used once only, got {told['name']!r} again")
        seen.add(told["name"])
    for (i, one), (j, other) in combinations(enumerate(notifications), 2):
        event = _overlap(one, other)
        if event:
            raise InvalidArgs(
                f"{who}.events.notifications[{j}] must not tell of {event} for files that [{i}] tells of: S3 allows "
                "each event one target; give both prefixes or suffixes that exclude each other, or use EventBridge"
            )


def _check_one(where: str, told: BucketNotification) -> None:
    if not _NAME.fullmatch(told["name"]):
        raise InvalidArgs(f"{where}.name must be letters, digits, '.', '_' and '-', got {told['name']!r}")
    targets = [field for field in _TARGETS if field in told]
    if len(targets) != 1:
        got = " and ".join(targets) or "neither"
        raise InvalidArgs(f"{where} must have one of {' and '.join(_TARGETS)}, got {got}")
    arn = told.get("topic_arn", told.get("queue_arn"))
    service = _TARGETS[targets[0]]
    if isinstance(arn, str) and not re.fullmatch(rf"arn:[a-z-]+:{service}:[a-z0-9-]+:[0-9]{{12}}:[\w-]+", arn):
        raise InvalidArgs(
            f"{where}.{targets[0]} must be the ARN of a standard {service.upper()} {targets[0][:5]}, not of one "
            f"that is first in, first out, got {arn!r}"
        )
    if not told["events"]:
        raise InvalidArgs(f"{where}.events must name at least one event, such as s3:ObjectCreated:*")
    for event in told["events"]:
        if event not in known_events():
            raise InvalidArgs(
                f"{where}.events must be events of S3, such as s3:ObjectCreated:* or s3:ObjectRemoved:Delete, "
                f"got {event!r}"
            )


def _overlap(one: BucketNotification, other: BucketNotification) -> str:
    """Return an event that both tell of for the same files, if there is one."""
    begins = [told.get("prefix", "") for told in (one, other)]
    ends = [told.get("suffix", "") for told in (one, other)]
    if not (begins[0].startswith(begins[1]) or begins[1].startswith(begins[0])):
        return ""
    if not (ends[0].endswith(ends[1]) or ends[1].endswith(ends[0])):
        return ""
    both = _each(one["events"]) & _each(other["events"])
    return min(both, default="")


def _each(events: Sequence[str]) -> set[str]:
    """Return what *events* stand for, without stars."""
    found = set[str]()
    for event in events:
        stem, star, _ = event.partition(":*")
        kind = EVENTS.get(stem.removeprefix("s3:"), ()) if star else ()
        found |= {f"{stem}:{what}" for what in kind} or {event}
    return found


def tell(name: str, parent: pulumi.Resource, bucket: aws.s3.Bucket, events: BucketEvents) -> aws.s3.BucketNotification:
    """Make ``{name}-events``.

    S3 has one list for a bucket, and everybody who writes it replaces all of it. S3 Files and AWS Backup hear of
    changes through EventBridge (s3-files-prereq-policies; AWS Backup developer guide, "Creating backups of S3"), so it
    is always in; and a deletion, which would empty the list, is none: the bucket keeps it.
    """
    notifications = events.get("notifications", ())
    kinds: dict[str, Any] = {}
    topics = [{**_plain(told), "topic_arn": told["topic_arn"]} for told in notifications if "topic_arn" in told]
    queues = [{**_plain(told), "queue_arn": told["queue_arn"]} for told in notifications if "queue_arn" in told]
    kinds |= {"topics": topics} if topics else {}
    kinds |= {"queues": queues} if queues else {}
    return aws.s3.BucketNotification(
        f"{name}-events",
        bucket=bucket.bucket,
        eventbridge=True,
        **kinds,
        opts=pulumi.ResourceOptions(parent=parent, retain_on_delete=True),
    )


def _plain(told: BucketNotification) -> dict[str, Any]:
    parts = {"filter_prefix": told.get("prefix"), "filter_suffix": told.get("suffix")}
    return {"id": told["name"], "events": [*told["events"]], **{k: v for k, v in parts.items() if v}}
