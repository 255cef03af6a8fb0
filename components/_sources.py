"""Storage as one string that any language can pass on: what ``mount()`` and ``attach()`` are in Python.

Structure has to be plain where it is used, because it decides what is registered; so a :class:`StorageMount` says what
kind of storage it is, and only the values travel in the string.
"""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

import pulumi

from ._args import InvalidArgs
from ._efs_mount import EfsFacts, efs_mount
from ._mounting import check_mount_path
from ._mountpoint import Directory, mountpoint_mount
from ._mounts import Mount
from ._nfs_mount import NfsFacts, nfs_mount
from ._s3_files import S3Files, s3_files_mount
from ._s3_files_role import SharedBucket
from ._volume_mount import VolumeFacts, check_owner, volume_mount


class StorageType(StrEnum):
    """A kind of storage that can be mounted."""

    S3_FILES = "s3_files"
    """Shared storage through Amazon S3 Files, its default."""

    MOUNTPOINT = "mountpoint"
    """Shared storage whose `mount_with` is `mountpoint`."""

    EFS = "efs"
    """Shared storage whose `mount_with` is `efs`."""

    XFS = "xfs"
    """A data volume with XFS, its default."""

    EXT4 = "ext4"
    """A data volume whose `file_system` is `ext4`."""

    NFS_SERVER = "nfs_server"
    """The files of an NFS server of one's own."""


class StorageMount(TypedDict):
    """Storage that a machine mounts, by an output that any language can pass on."""

    name: str
    """Short stable key, unique per machine, such as `files`; part of the logical names of security-group rules."""

    path: str
    """Absolute path at which the directory appears, such as `/var/www/files`."""

    source: pulumi.Input[str]
    """The output `mount_source` of a SharedStorage, an NfsServer or a DataVolume."""

    type: NotRequired[StorageType]
    """What kind of storage it is; another than that of the source is refused. Defaults to `s3_files`."""

    kms_key_arn: NotRequired[pulumi.Input[str]]
    """The key that the shared storage was given, if it is a bucket and was given one: the machine's role must be
    allowed to use it. Leaving it out then is refused. Defaults to none."""

    read_only: NotRequired[bool]
    """Whether the machine may only read. For shared storage. Defaults to false."""

    owner: NotRequired[str]
    """`user:group` that the top directory of a data volume is given. Defaults to leaving it alone. Shared files belong
    to the user and group that the storage names."""


_VOLUMES = (StorageType.XFS, StorageType.EXT4)


def source(kind: StorageType, facts: Mapping[str, Any]) -> pulumi.Output[str]:
    """Return *facts*, which may hold Outputs, as the string that a :class:`StorageMount` takes."""
    return pulumi.Output.json_dumps({"type": kind.value, **facts}, sort_keys=True)


def storage_mounts(component: str, given: Sequence[StorageMount]) -> list[Mount]:
    """Return what *given* say, as ``mount()`` and ``attach()`` of the storage would."""
    return [_mount(component, f"storage_mounts[{i}]", storage) for i, storage in enumerate(given)]


def _mount(component: str, field: str, storage: StorageMount) -> Mount:
    name, path = storage["name"], storage["path"]
    kind = storage.get("type", StorageType.S3_FILES)
    read_only = storage.get("read_only", False)
    _check(component, field, storage, kind)
    facts = pulumi.Output.all(storage["source"], storage.get("kms_key_arn")).apply(
        lambda known: _facts(component, field, kind, known[0], known[1])
    )

    def fact(key: str) -> pulumi.Output[Any]:
        return facts.apply(lambda known: known[key])

    if kind in _VOLUMES:
        volume = VolumeFacts(fact("volume_id"), fact("volume_arn"), fact("identity"))
        return volume_mount(name, path, kind.value, volume, storage.get("owner"))
    if kind is StorageType.NFS_SERVER:
        server = NfsFacts(fact("host"), fact("security_group_id"))
        return nfs_mount(name, path, server, storage.get("owner"), read_only=read_only)
    if kind is StorageType.EFS:
        system = EfsFacts(**{key: fact(key) for key in EfsFacts.__annotations__})
        return efs_mount(name, path, system, read_only=read_only)
    bucket = SharedBucket(fact("bucket_name"), fact("bucket_arn"), [], storage.get("kms_key_arn"), fact("region"))
    if kind is StorageType.MOUNTPOINT:
        directory = Directory(fact("prefix"), fact("user_id"), fact("group_id"))
        return mountpoint_mount(name, path, bucket, directory, read_only=read_only)
    files = S3Files(**{key: fact(key) for key in S3Files.__annotations__})
    return s3_files_mount(name, path, files, bucket, read_only=read_only)


def _check(component: str, field: str, storage: StorageMount, kind: StorageType) -> None:
    check_mount_path(component, storage["path"])
    owner = storage.get("owner")
    if kind is StorageType.NFS_SERVER:
        check_owner(component, storage["path"], owner)
    elif kind in _VOLUMES:
        check_owner(component, storage["path"], owner)
        if storage.get("read_only", False):
            raise InvalidArgs(f"{component}: {field}.read_only must be left out for a data volume, got True")
    elif owner is not None:
        raise InvalidArgs(
            f"{component}: {field}.owner must be left out for shared storage, whose user_id and group_id say it for "
            f"all servers, got {owner!r}"
        )


def _facts(component: str, field: str, kind: StorageType, text: str, kms_key_arn: str | None) -> dict[str, Any]:
    try:
        facts = json.loads(text)
        actual = StorageType(facts["type"])
    except (ValueError, KeyError, TypeError):
        right = "the output mount_source of a SharedStorage, an NfsServer or a DataVolume"
        raise InvalidArgs(f"{component}: {field}.source must be {right}, got {text!r}") from None
    if actual is not kind:
        raise InvalidArgs(f"{component}: {field}.type must be {actual.value}, as its source is, got {kind.value}")
    if facts.get("kms_key_arn") != kms_key_arn:
        raise InvalidArgs(
            f"{component}: {field}.kms_key_arn must be the one of its source ({facts.get('kms_key_arn')}), "
            f"got {kms_key_arn}"
        )
    return facts
