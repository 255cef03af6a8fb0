"""Changes of everything that SharedStorage can be told. What is below `storage.bucket` is elsewhere."""

from collections.abc import Mapping
from typing import Any

from .lost_cases import Case, Documented, InPlace, Protected, Same, changing

KEY = "arn:aws:kms:eu-central-1:123456789012:key/"
AROUND: Mapping[str, Any] = {
    "vpc_id": "vpc-1",
    "subnet_ids": ["subnet-a", "subnet-b"],
    "availability_zones": ["eu-central-1a", "eu-central-1b"],
}
_MOVED = Documented("deleted", "storage.md", "How files move")

_case = changing(AROUND, "storage")


def _around(before: Mapping[str, Any], after: Mapping[str, Any], *verdicts: Any, kind: str = "s3_files") -> Case:
    storage = {"mount_with": kind}
    then, back = (*verdicts, None, None)[:2]
    return Case(
        {**AROUND, "storage": storage, **before}, {**AROUND, "storage": storage, **after}, then or InPlace(), back
    )


def _efs(before: Mapping[str, Any], after: Mapping[str, Any], *verdicts: Any) -> Case:
    kind = {"mount_with": "efs"}
    return _case({**kind, "efs": before}, {**kind, "efs": after}, *verdicts)


def _server(before: Mapping[str, Any], after: Mapping[str, Any], *verdicts: Any) -> Case:
    kind = {"mount_with": "nfs_server"}
    return _case({**kind, "nfs_server": before}, {**kind, "nfs_server": after}, *verdicts)


def _volume(before: Mapping[str, Any], after: Mapping[str, Any], *verdicts: Any) -> Case:
    return _server({"volume": before}, {"volume": after}, *verdicts)


_INSIDE = {
    # Whichever way: what is no longer named would go, and is protected.
    "mount_with": _case({}, {"mount_with": "efs"}, _MOVED),
    "beside": _case({}, {"beside": "nfs_server"}, InPlace(), _MOVED),
    "uses": _case({}, {"uses": ["uploads"]}, Same()),
    "prefix": _case({}, {"prefix": "sites/a/"}),
    "user_id": _case({}, {"user_id": 33}),
    "group_id": _case({}, {"group_id": 33}),
    "noncurrent_version_days": _case({}, {"noncurrent_version_days": 90}),
    "abandoned_upload_days": _case({}, {"abandoned_upload_days": 3}),
    "intelligent_tiering_days": _case({}, {"intelligent_tiering_days": 30}),
    "access_log_retention_days": _case({}, {"access_log_retention_days": 365}, InPlace(), Protected("deleted")),
    "efs": _case({"mount_with": "efs"}, {"mount_with": "efs", "efs": {}}, Same()),
    "efs.provisioned_throughput_mibps": _efs({}, {"provisioned_throughput_mibps": 64}),
    "efs.infrequent_access_days": _efs({}, {"infrequent_access_days": 0}),
    "efs.archive_days": _efs({}, {"archive_days": 90}),
    "efs.back_on_access": _efs({}, {"back_on_access": False}),
    "efs.automatic_backups": _efs({}, {"automatic_backups": False}),
    "nfs_server": _case({"mount_with": "nfs_server"}, {"mount_with": "nfs_server", "nfs_server": {}}, Same()),
    "nfs_server.instance_type": _server({}, {"instance_type": "t4g.medium"}),
    "nfs_server.user_id": _server({}, {"user_id": 33}),
    "nfs_server.group_id": _server({}, {"group_id": 33}),
    "nfs_server.failover_minutes": _server({}, {"failover_minutes": 30}),
    "nfs_server.volume": _server({}, {"volume": {"size_gib": 40}}),
    # The way back, a shrink, is refused by a hook of the volume: tests/unit/test_data_volume.py.
    "nfs_server.volume.size_gib": _volume({"size_gib": 40}, {"size_gib": 80}),
    "nfs_server.volume.iops": _volume({}, {"iops": 4000}),
    "nfs_server.volume.throughput": _volume({}, {"throughput": 250}),
    "nfs_server.volume.file_system": _volume({}, {"file_system": "ext4"}),
    "nfs_server.volume.snapshot_interval_hours": _volume({}, {"snapshot_interval_hours": 1}),
    "nfs_server.volume.snapshot_time": _volume({}, {"snapshot_time": "05:00"}),
    "nfs_server.volume.snapshots_kept": _volume({}, {"snapshots_kept": 30}),
}

CASES: Mapping[str, Case] = {
    "vpc_id": _around({}, {"vpc_id": "vpc-2"}),
    "subnet_ids": _around({}, {"subnet_ids": ["subnet-c", "subnet-d"]}),
    "availability_zones": _around(
        {},
        {"availability_zones": ["eu-central-1c", "eu-central-1b"]},
        Protected("availabilityZone"),
        kind="nfs_server",
    ),
    "storage": Case(AROUND, {**AROUND, "storage": {}}, Same()),
    "kms_key_arn": _around({"kms_key_arn": f"{KEY}a"}, {"kms_key_arn": f"{KEY}b"}, Protected("kmsKeyId")),
    "alarm_topic_arn": _around({}, {"alarm_topic_arn": "arn:aws:sns:eu-central-1:123456789012:t"}, kind="nfs_server"),
    "instance_connect_security_group_id": _around(
        {}, {"instance_connect_security_group_id": "sg-connect"}, kind="nfs_server"
    ),
    "disposable": _around({}, {"disposable": True}),
    "tags": _around({}, {"tags": {"team": "web"}}),
    **{f"storage.{path}": case for path, case in _INSIDE.items()},
}

OTHER_KINDS: Mapping[str, Case] = {
    "vpc of EFS": _around({}, {"vpc_id": "vpc-2"}, kind="efs"),
    "vpc of a server": _around({}, {"vpc_id": "vpc-2"}, kind="nfs_server"),
    "key of EFS": _around({"kms_key_arn": f"{KEY}a"}, {"kms_key_arn": f"{KEY}b"}, Protected("kmsKeyId"), kind="efs"),
    "key of a volume": _around(
        {"kms_key_arn": f"{KEY}a"}, {"kms_key_arn": f"{KEY}b"}, Protected("kmsKeyId"), kind="nfs_server"
    ),
    "key of a bucket": _around({"kms_key_arn": f"{KEY}a"}, {"kms_key_arn": f"{KEY}b"}, kind="mountpoint"),
    "owner in EFS": _case({"mount_with": "efs"}, {"mount_with": "efs", "user_id": 33}),
    "prefix in EFS": _case({"mount_with": "efs"}, {"mount_with": "efs", "prefix": "b/"}),
    "EFS that may go": _around({}, {"disposable": True}, kind="efs"),
    "volume that may go": _around({}, {"disposable": True}, kind="nfs_server"),
    "from a bucket to a server": _case({}, {"mount_with": "nfs_server"}, _MOVED),
    "from S3 Files to Mountpoint": _case({}, {"mount_with": "mountpoint"}, _MOVED, InPlace()),
    # What changes is what servers mount, and so only their launch template.
    "both ways in": _case({}, {"mount_with": "mountpoint", "beside": "s3_files"}, Same()),
    "both places swapped": _case(
        {"mount_with": "s3_files", "beside": "efs"}, {"mount_with": "efs", "beside": "s3_files"}, Same()
    ),
}
"""What the same arguments do to the other kinds, and moves from one to another."""
