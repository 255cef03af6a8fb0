"""What is backed up, and how it is taken and brought back in moto: databases, volumes, buckets, file systems."""

import copy
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .store import backend, refused, wrong

Place = tuple[str, str]
"""Account and region."""


@dataclass(frozen=True)
class Taken:
    """A backup of a resource."""

    arn: str
    """Of the recovery point; empty where AWS Backup gives it one of its own."""
    content: Any
    metadata: dict[str, str]
    size: int


@dataclass(frozen=True)
class Kind:
    """A type of resource, by AWS Backup's name for it."""

    name: str
    exists: Callable[[Place, str], bool]
    take: Callable[[Place, str], Taken]
    restore: Callable[[Place, Any, Mapping[str, str]], str]
    """Makes a new resource and returns its ARN."""
    all: Callable[[Place], dict[str, dict[str, str]]]
    """The tags of every resource there is, by ARN."""
    continuous: bool = False


def kind_of(arn: str) -> Kind:
    """Return the type of the resource *arn*."""
    service, resource = arn.split(":")[2], ":".join(arn.split(":")[5:])
    for prefix, kind in _KINDS.items():
        if f"{service}:{resource}".startswith(prefix):
            return kind
    raise wrong(f"Unsupported resource type: {arn}")


def named(name: str) -> Kind:
    """Return the type that AWS Backup calls *name*."""
    return next(kind for kind in _KINDS.values() if kind.name == name)


def kinds() -> list[Kind]:
    """Return all types."""
    return list(_KINDS.values())


def _database(place: Place, arn: str) -> Any:
    return backend(*place, "rds").describe_db_instances(arn.rsplit(":", 1)[-1])[0]


def _take_database(place: Place, arn: str) -> Taken:
    found = _database(place, arn)
    name = f"awsbackup:job-{uuid.uuid4()}"
    tags = found.tags if found.copy_tags_to_snapshot else []
    # AWS calls its type `awsbackup`, under which moto would not find it to restore from.
    snapshot = backend(*place, "rds").create_db_snapshot(found.db_instance_identifier, name, "manual", tags)
    metadata = {
        "AllocatedStorage": str(found.allocated_storage),
        "AutoMinorVersionUpgrade": _text(found.auto_minor_version_upgrade),
        "DBInstanceClass": found.db_instance_class,
        "DBInstanceIdentifier": found.db_instance_identifier,
        "DBName": found.db_name or "",
        "DBSubnetGroupName": found.db_subnet_group.name if found.db_subnet_group else "default",
        "Engine": found.engine,
        "MultiAZ": _text(found.multi_az),
        "Port": str(found.port),
        "PubliclyAccessible": _text(found.publicly_accessible),
        "StorageType": found.storage_type,
    }
    return Taken(snapshot.db_snapshot_arn, name, metadata, int(found.allocated_storage) << 30)


def _restore_database(place: Place, content: Any, metadata: Mapping[str, str]) -> str:
    rds = backend(*place, "rds")
    told = {key.lower(): value for key, value in metadata.items()}
    name = told.get("dbinstanceidentifier", "")
    if name in rds.databases:
        raise refused(f"DB instance already exists: {name}")
    groups = json.loads(told.get("vpcsecuritygroupids") or "[]")
    overrides: dict[str, Any] = {
        "db_instance_identifier": name,
        "db_subnet_group_name": told.get("dbsubnetgroupname"),
        "db_parameter_group_name": told.get("dbparametergroupname"),
        "vpc_security_group_ids": groups,
        "deletion_protection": False,
        "tags": [],
    }
    time = told.get("restoretime")
    if time:
        made = rds.restore_db_instance_to_point_in_time(content, name, overrides)
    else:
        made = rds.restore_db_instance_from_db_snapshot(content, overrides)
    made.tags = []
    made.multi_az = told.get("multiaz") == "true"
    made.deletion_protection = False
    return made.db_instance_arn


def _volume(place: Place, arn: str) -> Any:
    return backend(*place, "ec2").get_volume(arn.rsplit("/", 1)[-1])


def _take_volume(place: Place, arn: str) -> Taken:
    volume = _volume(place, arn)
    snapshot = backend(*place, "ec2").create_snapshot(
        volume.id, "This snapshot is created by the AWS Backup service.", owner_id=place[0]
    )
    metadata = {
        "availabilityZone": volume.zone.name,
        "encrypted": _text(volume.encrypted),
        "volumeId": volume.id,
        **({"kmsKeyId": volume.kms_key_id} if volume.kms_key_id else {}),
    }
    copied = {"type": volume.volume_type, "size": int(volume.size), "snapshot": snapshot.id}
    return Taken(f"arn:aws:ec2:{place[1]}::snapshot/{snapshot.id}", copied, metadata, int(volume.size) << 30)


def _restore_volume(place: Place, content: Any, metadata: Mapping[str, str]) -> str:
    told = {key.lower(): value for key, value in metadata.items()}
    if "availabilityzone" not in told:
        raise wrong("The restore metadata must have an availabilityZone.")
    made = backend(*place, "ec2").create_volume(
        size=int(told.get("volumesize") or content["size"]),
        zone_name=told["availabilityzone"],
        snapshot_id=content["snapshot"],
        encrypted=told.get("encrypted") == "true",
        kms_key_id=told.get("kmskeyid"),
        volume_type=told.get("volumetype") or content["type"],
        iops=int(told["iops"]) if told.get("iops") else None,
        throughput=int(told["throughput"]) if told.get("throughput") else None,
    )
    return f"arn:aws:ec2:{place[1]}:{place[0]}:volume/{made.id}"


def _bucket(place: Place, arn: str) -> Any:
    return backend(place[0], "aws", "s3").buckets[arn.rsplit(":", 1)[-1]]


def _take_bucket(place: Place, arn: str) -> Taken:
    bucket = _bucket(place, arn)
    if bucket.versioning_status != "Enabled":
        raise refused(f"Bucket {bucket.name} does not have versioning enabled, which AWS Backup needs.")
    kept = {key: [_kept(version) for version in bucket.keys.getlist(key)] for key in list(bucket.keys)}
    size = sum(len(version[1] or b"") for versions in kept.values() for version in versions)
    return Taken("", kept, {"BucketName": bucket.name}, size)


def _kept(version: Any) -> tuple[datetime, bytes | None, Any]:
    """Return when a version came, and what it holds; None for a delete marker."""
    modified = version.last_modified
    modified = modified if modified.tzinfo else modified.replace(tzinfo=UTC)
    return (modified, version.value if hasattr(version, "value") else None, getattr(version, "metadata", None))


def _restore_bucket(place: Place, content: Any, metadata: Mapping[str, str]) -> str:
    s3 = backend(place[0], "aws", "s3")
    told = {key.lower(): value for key, value in metadata.items()}
    name = told.get("destinationbucketname", "")
    if told.get("newbucket") == "true":
        if name in s3.buckets:
            raise refused(f"The bucket {name} exists already.")
        s3.create_bucket(name, place[1])
        _encrypt(s3, name, told)
    elif name not in s3.buckets:
        raise refused(f"The bucket {name} does not exist.")
    at = told.get("restoretime")
    until = datetime.fromisoformat(at) if at else None
    for key, versions in content.items():
        then = [version for version in versions if until is None or version[0] <= until]
        if then and then[-1][1] is not None:
            s3.put_object(name, key, then[-1][1])
    return f"arn:aws:s3:::{name}"


def _encrypt(s3: Any, name: str, told: Mapping[str, str]) -> None:
    """Encrypt a new bucket as the metadata say; S3's own keys do it in any case."""
    key = told.get("kmskey", "") if told.get("encryptiontype") == "SSE-KMS" else ""
    rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key} if key else {"SSEAlgorithm": "AES256"}
    s3.put_bucket_encryption(name, {"Rule": {"ApplyServerSideEncryptionByDefault": rule}})


def _bucket_tags(place: Place) -> dict[str, dict[str, str]]:
    s3 = backend(place[0], "aws", "s3")
    ours = [bucket for bucket in s3.buckets.values() if bucket.region_name == place[1]]
    return {f"arn:aws:s3:::{bucket.name}": s3.tagger.get_tag_dict_for_resource(bucket.arn) for bucket in ours}


def _file_system(place: Place, arn: str) -> Any:
    return backend(*place, "efs").file_systems_by_id[arn.rsplit("/", 1)[-1]]


def _take_file_system(place: Place, arn: str) -> Taken:
    found = _file_system(place, arn)
    metadata = {
        "encrypted": _text(found.encrypted),
        "file-system-id": found.file_system_id,
        "performanceMode": found.performance_mode,
    }
    return Taken("", copy.copy(vars(found)), metadata, 0)


def _restore_file_system(place: Place, content: Any, metadata: Mapping[str, str]) -> str:
    del content
    told = {key.lower(): value for key, value in metadata.items()}
    if told.get("newfilesystem") != "true":
        raise wrong("The emulator restores into new file systems only.")
    made = backend(*place, "efs").create_file_system(
        creation_token=told.get("creationtoken") or str(uuid.uuid4()),
        performance_mode=told.get("performancemode", "generalPurpose"),
        encrypted=told.get("encrypted") == "true",
        kms_key_id=told.get("kmskeyid", ""),
        throughput_mode="bursting",
        provisioned_throughput_in_mibps=0,
        availability_zone_name="",
        backup=False,
        tags=[],
    )
    return made.file_system_arn


def _text(flag: object) -> str:
    return "true" if flag else "false"


def _there(find: Callable[[Place, str], Any]) -> Callable[[Place, str], bool]:
    def exists(place: Place, arn: str) -> bool:
        try:
            return find(place, arn) is not None
        except Exception:  # noqa: BLE001  moto has an error of its own for each service
            return False

    return exists


def _pairs(tags: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags or ()}


_KINDS = {
    "rds:db:": Kind(
        "RDS",
        _there(_database),
        _take_database,
        _restore_database,
        lambda place: {
            found.db_instance_arn: _pairs(found.tags)
            for found in backend(*place, "rds").databases.values()
            if not found.engine.startswith("aurora")
        },
        continuous=True,
    ),
    "ec2:volume/": Kind(
        "EBS",
        _there(_volume),
        _take_volume,
        _restore_volume,
        lambda place: {
            f"arn:aws:ec2:{place[1]}:{place[0]}:volume/{volume.id}": _pairs(
                [{"Key": tag["key"], "Value": tag["value"]} for tag in volume.get_tags()]
            )
            for volume in backend(*place, "ec2").volumes.values()
        },
    ),
    "s3:": Kind("S3", _there(_bucket), _take_bucket, _restore_bucket, _bucket_tags, continuous=True),
    "elasticfilesystem:file-system/": Kind(
        "EFS",
        _there(_file_system),
        _take_file_system,
        _restore_file_system,
        lambda place: {
            found.file_system_arn: backend(*place, "efs").tagging_service.get_tag_dict_for_resource(
                found.file_system_id
            )
            for found in backend(*place, "efs").file_systems_by_id.values()
        },
    ),
}
