"""The kinds of shares, each made and then seen in the same way."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import pulumi

from .._args import InvalidArgs
from .._efs_mount import EfsFacts, efs_mount
from .._mountpoint import Directory, mountpoint_mount
from .._mounts import Mount
from .._nfs_mount import NfsFacts, nfs_mount
from .._s3_files import Place, S3Files, s3_files_mount
from .._s3_files_role import SharedBucket
from .._sources import StorageType, source
from ..nfs_server import NfsServer


@dataclass(frozen=True)
class Share(ABC):
    """Files that servers can mount."""

    place: Place

    @abstractmethod
    def mount(self, name: str, path: str, owner: str | None, *, read_only: bool) -> Mount:
        """Return what a machine needs to see the files at *path*."""

    @abstractmethod
    def source(self) -> pulumi.Output[str]:
        """Return the same for programs in other languages."""

    def check_owner(self, path: str, owner: str | None) -> None:
        """Raise :class:`InvalidArgs` for another owner than the one that the share gives all files."""
        ours = f"{self.place.user_id}:{self.place.group_id}"
        if owner not in (None, ours):
            raise InvalidArgs(
                f"SharedStorage: owner of {path} must be left out or {ours}, which storage.user_id and "
                f"storage.group_id set for all servers, got {owner!r}"
            )


@dataclass(frozen=True)
class S3FilesShare(Share):
    """A bucket by NFS."""

    bucket: SharedBucket
    facts: S3Files

    def mount(self, name: str, path: str, owner: str | None, *, read_only: bool) -> Mount:  # noqa: D102
        self.check_owner(path, owner)
        return s3_files_mount(name, path, self.facts, self.bucket, read_only=read_only)

    def source(self) -> pulumi.Output[str]:  # noqa: D102
        return source(StorageType.S3_FILES, {**_of(self.bucket), **vars(self.facts)})


@dataclass(frozen=True)
class MountpointShare(Share):
    """A bucket by its own client."""

    bucket: SharedBucket

    def mount(self, name: str, path: str, owner: str | None, *, read_only: bool) -> Mount:  # noqa: D102
        self.check_owner(path, owner)
        directory = Directory(self.place.prefix, self.place.user_id, self.place.group_id)
        return mountpoint_mount(name, path, self.bucket, directory, read_only=read_only)

    def source(self) -> pulumi.Output[str]:  # noqa: D102
        return source(StorageType.MOUNTPOINT, {**_of(self.bucket), **vars(self.place)})


@dataclass(frozen=True)
class EfsShare(Share):
    """A file system of AWS."""

    facts: EfsFacts

    def mount(self, name: str, path: str, owner: str | None, *, read_only: bool) -> Mount:  # noqa: D102
        self.check_owner(path, owner)
        return efs_mount(name, path, self.facts, read_only=read_only)

    def source(self) -> pulumi.Output[str]:  # noqa: D102
        return source(StorageType.EFS, vars(self.facts))


@dataclass(frozen=True)
class NfsShare(Share):
    """A server of one's own. Machines may check how its user and group are called there."""

    server: NfsServer

    def mount(self, name: str, path: str, owner: str | None, *, read_only: bool) -> Mount:  # noqa: D102
        facts = NfsFacts(self.server.host, self.server.security_group_id)
        return nfs_mount(name, path, facts, owner, read_only=read_only)

    def source(self) -> pulumi.Output[str]:  # noqa: D102
        return self.server.mount_source


def _of(bucket: SharedBucket) -> dict[str, Any]:
    return {
        "bucket_name": bucket.name,
        "bucket_arn": bucket.arn,
        "kms_key_arn": bucket.kms_key_arn,
        "region": bucket.region,
    }
