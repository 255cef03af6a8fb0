"""What is refused before anything is registered."""

import re

from .._args import InvalidArgs, check_name, check_range
from ..bucket import Around, check_bucket
from ..nfs_server import check_nfs_server
from ..nfs_server.shapes import check_places
from .efs import check_efs
from .shapes import APACHE, MountWith, SharedStorageArgs, StorageSpec, has_bucket, kept_in
from .uses import check_uses

_COMPONENT = "SharedStorage"

# What the root of an access point may be, at most (s3files API model, Path; EFS allows as many directories): four
# directories, 100 characters with the leading slash. And keys that need no escaping anywhere.
_PREFIX = re.compile(r"(?=.{2,100}$)([A-Za-z0-9_][A-Za-z0-9._-]*/){1,4}")
_LARGEST_ID = 4294967294  # the kernel reads 2^32 - 1 as "nobody in particular"


def check_storage(name: str, args: SharedStorageArgs, spec: StorageSpec) -> None:
    """Raise :class:`InvalidArgs` for what cannot be made."""
    kinds = kept_in(spec)
    if has_bucket(spec):
        check_name(_COMPONENT, f"{name}-access-log", 63, "a bucket")
        check_name(_COMPONENT, f"{name}-files-role", 64, "an IAM role")
    _check_bucket(name, args, spec)
    if not args["subnet_ids"]:
        raise InvalidArgs(f"{_COMPONENT}: subnet_ids must name at least one subnet, got none")
    _check_place(spec)
    for field in ("noncurrent_version_days", "abandoned_upload_days", "access_log_retention_days"):
        check_range(_COMPONENT, f"storage.{field}", spec.get(field, 1), 1, unit="days")
    check_range(_COMPONENT, "storage.intelligent_tiering_days", spec.get("intelligent_tiering_days", 0), 0, unit="days")
    first = spec.get("mount_with", MountWith.S3_FILES)
    if spec.get("beside") is first:
        raise InvalidArgs(f"{_COMPONENT}: storage.beside must be another kind than mount_with, got {first.value} twice")
    check_uses(_COMPONENT, first.value, spec.get("uses", ()))
    for kind in (MountWith.EFS, MountWith.NFS_SERVER):
        if kind.value in spec and kind not in kinds:
            raise InvalidArgs(
                f"{_COMPONENT}: storage.{kind.value} must be left out unless mount_with or beside is {kind.value}"
            )
    check_efs(_COMPONENT, "storage.efs", spec.get("efs", {}))
    if MountWith.NFS_SERVER in kinds:
        _check_server(name, args, spec)


def _check_bucket(name: str, args: SharedStorageArgs, spec: StorageSpec) -> None:
    bucket = spec.get("bucket")
    if bucket is None:
        return
    if not has_bucket(spec):
        raise InvalidArgs(
            f"{_COMPONENT}: storage.bucket must be left out unless mount_with or beside is s3_files or mountpoint, "
            "which keep files in one"
        )
    if "replication" in bucket:
        check_name(_COMPONENT, f"{name}-replica-log", 63, "a bucket")
        check_name(_COMPONENT, f"{name}-replica-behind-role", 64, "an IAM role")
    around = Around(
        spec.get("noncurrent_version_days", 30),
        spec.get("intelligent_tiering_days"),
        "kms_key_arn" in args,
        args.get("disposable", False),
    )
    check_bucket(bucket, around)


def _check_place(spec: StorageSpec) -> None:
    prefix = spec.get("prefix", "files/")
    if not _PREFIX.fullmatch(prefix):
        raise InvalidArgs(
            f"{_COMPONENT}: storage.prefix must be one to four directories of letters, digits, '.', '_' and '-', "
            f"each with its slash and at most 100 characters, such as files/, got {prefix!r}"
        )
    for field in ("user_id", "group_id"):
        check_range(_COMPONENT, f"storage.{field}", spec.get(field, APACHE), 1, _LARGEST_ID)


def _check_server(name: str, args: SharedStorageArgs, spec: StorageSpec) -> None:
    check_name(_COMPONENT, f"{name}-nfs-data-snapshots-role", 64, "an IAM role")
    zones = args.get("availability_zones")
    if zones is None:
        raise InvalidArgs(f"{_COMPONENT}: availability_zones must name the zones of subnet_ids for an nfs_server")
    check_places(_COMPONENT, args["subnet_ids"], zones)
    check_nfs_server(_COMPONENT, "storage.nfs_server", spec.get("nfs_server", {}))
