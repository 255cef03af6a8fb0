"""What can be said about shared files."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NotRequired, TypedDict

import pulumi

from ..bucket import BucketSpec
from ..nfs_server import NfsServerSpec
from .efs import EfsSpec
from .uses import StorageUse

APACHE = 48


class MountWith(StrEnum):
    """What the files are kept in, and how they become a directory."""

    S3_FILES = "s3_files"
    """Amazon S3 Files: NFS 4 in front of the bucket. Reads, writes, renames, appends, locks; the other servers see
    a file when it is closed, the bucket has it about a minute later. For uploads."""

    MOUNTPOINT = "mountpoint"
    """Mountpoint for Amazon S3: a client on each server. For data that is read, or written once from start to end:
    it cannot rename, append, change a file in place, lock, link, or change owners and modes (mountpoint-s3,
    doc/SEMANTICS.md), so the uploads of a CMS fail on it."""

    EFS = "efs"
    """Amazon EFS: an NFS 4 file system of AWS, without a bucket. For many small files that change often."""

    NFS_SERVER = "nfs_server"
    """A small NFS server of one's own, in front of a volume that follows it: see `NfsServer`."""


class StorageSpec(TypedDict):
    """What the shared files are like."""

    mount_with: NotRequired[MountWith]
    """What the files are kept in. Defaults to S3 Files. A change moves no file: `beside` is for that. What is no longer
    named would be deleted, and is protected unless disposable."""

    beside: NotRequired[MountWith]
    """A second place, while files move from one to the other: it stays, or comes, and `mounts()` has it at
    `<path>-beside`. Defaults to none."""

    uses: NotRequired[Sequence[StorageUse]]
    """What the files are used for; what `mount_with` cannot do is refused. Defaults to nothing that is known."""

    prefix: NotRequired[str]
    """Where in bucket or EFS the shared files live: one to four directories, ending with a slash. Defaults to `files/`.
    A change shows another, at first empty, directory; nothing is moved or deleted. An NFS server shares all it has."""

    user_id: NotRequired[int]
    """Numeric user to whom the files belong and as whom every server reads and writes them. Defaults to 48, `apache`
    of Amazon Linux; `www-data` of Ubuntu is 33. Files that are there keep the owner that they have."""

    group_id: NotRequired[int]
    """Numeric group to which the files belong. Defaults to the value of `user_id`."""

    noncurrent_version_days: NotRequired[int]
    """Days for which overwritten and deleted files can be brought back as versions of the object. Defaults to 30. This
    and the days below are about the bucket, if there is one."""

    abandoned_upload_days: NotRequired[int]
    """Days after which the parts of an upload that was never finished are deleted. Defaults to 7."""

    intelligent_tiering_days: NotRequired[int]
    """Days after which an object moves to S3 Intelligent-Tiering, which makes rarely read files cheaper and keeps
    all of them readable at once. Defaults to never."""

    access_log_retention_days: NotRequired[int]
    """Days for which a log of every access to the bucket is kept, in a bucket of its own (FSBP S3.9). Costs the storage
    of the log. Defaults to no log."""

    bucket: NotRequired[BucketSpec]
    """More about the bucket, if there is one: its key, events, replication, object lock. Defaults to none of them."""

    efs: NotRequired[EfsSpec]
    """What the EFS file system is like, where there is one. Defaults to its defaults."""

    nfs_server: NotRequired[NfsServerSpec]
    """What the NFS server is like, where there is one. Its `user_id` and `group_id` default to those above. Defaults to
    its defaults."""


class SharedStorageArgs(TypedDict):
    """What shared files need to know."""

    vpc_id: pulumi.Input[str]
    """The network of the servers. A change replaces security group and mount targets, not what the files are in."""

    subnet_ids: Sequence[pulumi.Input[str]]
    """Private subnets, one per zone in which servers run: each gets a mount target, and AWS has room for one per
    zone. Add further zones at the end: mount targets are numbered in this order. An NFS server begins in the first
    one, and its volume is there."""

    availability_zones: NotRequired[Sequence[str]]
    """Zones of those subnets, in their order, for an NFS server. A change of the first one replaces its volume, and is
    refused unless it is disposable. Defaults to none, which an NFS server does not take."""

    storage: NotRequired[StorageSpec]
    """What the shared files are like. Defaults to its defaults."""

    kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key that encrypts bucket, file system and volume. Defaults to keys that S3, EFS and EBS manage. A change replaces
    file system and volume, and is refused unless they are disposable; a bucket encrypts with it from then on."""

    alarm_topic_arn: NotRequired[pulumi.Input[str]]
    """SNS topic that is told when no NFS server serves, and when one does again; when files cannot be copied to the
    bucket in the other region, or that is behind. Its policy and key must let CloudWatch and EventBridge in. Defaults
    to none, and no alarms."""

    instance_connect_security_group_id: NotRequired[pulumi.Input[str]]
    """Security group of an EC2 Instance Connect endpoint that may reach an NFS server by SSH. Defaults to none."""

    disposable: NotRequired[bool]
    """Whether the files may be deleted with the stack. Defaults to false: bucket, file system and volume are protected,
    and outlive the stack."""

    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything that can be tagged. Defaults to none."""


def kept_in(spec: StorageSpec) -> frozenset[MountWith]:
    """Return all that the files are kept in."""
    first = spec.get("mount_with", MountWith.S3_FILES)
    return frozenset({first, spec.get("beside", first)})


def has_bucket(spec: StorageSpec) -> bool:
    """Whether there is a bucket: two kinds have one, and share it."""
    return bool(kept_in(spec) & {MountWith.S3_FILES, MountWith.MOUNTPOINT})
