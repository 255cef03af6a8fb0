"""Changes of everything below `storage.bucket`."""

from collections.abc import Mapping
from typing import Any

from .lost_cases import Case, Documented, InPlace, Same

_ACCOUNT = "123456789012"
_QUEUE = f"arn:aws:sqs:eu-central-1:{_ACCOUNT}:uploads"
_TOPIC = f"arn:aws:sns:eu-central-1:{_ACCOUNT}:uploads"
_KEY = f"arn:aws:kms:eu-west-1:{_ACCOUNT}:key/there"
_AROUND: Mapping[str, Any] = {"vpc_id": "vpc-1", "subnet_ids": ["subnet-a"], "alarm_topic_arn": _TOPIC}
_THERE = {"region": "eu-west-1"}

_STAYS = Documented("deleted", "storage.md", "What keeps a second bucket or a key")
_OTHER_KEY = Documented("kmsKeyId", "storage.md", "A key of its own")


def _case(before: Mapping[str, Any], after: Mapping[str, Any], *verdicts: Any, kind: str = "s3_files") -> Case:
    then, back = (*verdicts, None, None)[:2]
    first, second = ({**_AROUND, "storage": {"mount_with": kind, "bucket": bucket}} for bucket in (before, after))
    return Case(first, second, then or InPlace(), back)


def _tier(**after: Any) -> Case:
    before = {"storage_class": "glacier_ir", "after_days": 20}
    return _case({"tiers": [before]}, {"tiers": [{**before, **after}]})


def _told(**after: Any) -> Case:
    before = {"name": "a", "events": ["s3:ObjectCreated:*"], "queue_arn": _QUEUE}
    notifications = [{name: value for name, value in {**before, **after}.items() if value is not None}]
    return _case({"events": {"notifications": [before]}}, {"events": {"notifications": notifications}})


def _copied(after: Mapping[str, Any], *verdicts: Any, **more: Any) -> Case:
    return _case({**more, "replication": _THERE}, {**more, "replication": {**_THERE, **after}}, *verdicts)


def _locked(**after: Any) -> Case:
    before = {"mode": "governance", "days": 30}
    return _case({"object_lock": before}, {"object_lock": {**before, **after}})


_INSIDE = {
    # The file system of S3 Files has the key as well, and AWS gives it no other one.
    "own_key": _case({}, {"own_key": True}, _OTHER_KEY, _STAYS),
    "noncurrent_versions_kept": _case({}, {"noncurrent_versions_kept": 3}),
    "tiers": _case({}, {"tiers": [{"storage_class": "glacier", "after_days": 5, "old_versions": True}]}),
    "tiers[].storage_class": _tier(storage_class="intelligent_tiering"),
    "tiers[].after_days": _tier(after_days=90),
    "tiers[].old_versions": _tier(old_versions=True),
    "events": _case({}, {"events": {}}),
    "events.notifications": _case({"events": {}}, {"events": {"notifications": []}}, Same()),
    "events.notifications[].name": _told(name="b"),
    "events.notifications[].events": _told(events=["s3:ObjectRemoved:*"]),
    "events.notifications[].topic_arn": _told(queue_arn=None, topic_arn=_TOPIC),
    "events.notifications[].queue_arn": _told(queue_arn=f"{_QUEUE}2"),
    "events.notifications[].prefix": _told(prefix="files/"),
    "events.notifications[].suffix": _told(suffix=".jpg"),
    "replication": _case({}, {"replication": _THERE}, InPlace(), _STAYS),
    "replication.region": _copied(
        {"region": "eu-north-1"}, Documented("region", "storage.md", "What keeps a second bucket or a key")
    ),
    "replication.bucket_arn": _copied({"bucket_arn": "arn:aws:s3:::there"}, _STAYS, InPlace()),
    "replication.kms_key_arn": _copied({"kms_key_arn": _KEY}, _STAYS, InPlace(), own_key=True),
    "replication.delete_markers": _copied({"delete_markers": False}),
    "replication.storage_class": _copied({"storage_class": "glacier_ir"}),
    "replication.time_control": _copied({"time_control": True}),
    "replication.behind_minutes": _copied({"behind_minutes": 5}),
    "object_lock": _case({}, {"object_lock": {"mode": "governance", "days": 7}}),
    "object_lock.mode": _locked(mode="compliance"),
    "object_lock.days": _locked(days=7),
}

BUCKET: Mapping[str, Case] = {
    "storage.bucket": Case(_AROUND, {**_AROUND, "storage": {"bucket": {}}}, Same()),
    **{f"storage.bucket.{path}": case for path, case in _INSIDE.items()},
}

MORE: Mapping[str, Case] = {
    "a key of the bucket alone": _case({}, {"own_key": True}, InPlace(), _STAYS, kind="mountpoint"),
    "a lock on both buckets": _case(
        {"replication": _THERE}, {"replication": _THERE, "object_lock": {"mode": "governance", "days": 7}}
    ),
}
"""What several settings do together."""
