"""Files that all servers share: one S3 bucket, mounted into the file system of every server."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ._access_log import access_log
from ._args import InvalidArgs, check_name, check_range, checked
from ._bucket import private_bucket, tidy
from ._data_tag import data_tag
from ._mounting import check_mount_path
from ._mountpoint import Directory, mountpoint_mount
from ._mounts import Mount
from ._s3_files import Place, S3Files, make_s3_files, s3_files_mount
from ._s3_files_role import SharedBucket
from ._sources import StorageType, source

# What the root of an access point may be, at most (s3files API model, Path): four directories, 100 characters
# with the leading slash. And keys that need no escaping anywhere.
_PREFIX = re.compile(r"(?=.{2,100}$)([A-Za-z0-9_][A-Za-z0-9._-]*/){1,4}")
_LARGEST_ID = 4294967294  # the kernel reads 2^32 - 1 as "nobody in particular"
_APACHE = 48


class MountWith(StrEnum):
    """How the bucket becomes a directory."""

    S3_FILES = "s3_files"
    """Amazon S3 Files: NFS 4 in front of the bucket. Reads, writes, renames, appends, locks; the other servers see
    a file when it is closed, the bucket has it about a minute later. For uploads."""

    MOUNTPOINT = "mountpoint"
    """Mountpoint for Amazon S3: a client on each server. For data that is read, or written once from start to end:
    it cannot rename, append, change a file in place, lock, link, or change owners and modes (mountpoint-s3,
    doc/SEMANTICS.md), so the uploads of a CMS fail on it."""


class StorageSpec(TypedDict):
    """What the shared files are like."""

    mount_with: NotRequired[MountWith]
    """How the bucket becomes a directory. Defaults to S3 Files. A change away from S3 Files deletes the file system
    (not the bucket), which is protected unless disposable: unprotect it first."""

    prefix: NotRequired[str]
    """Where in the bucket the shared files live: one to four directories, ending with a slash. Defaults to `files/`.
    A change shows another, at first empty, directory; nothing is moved or deleted."""

    user_id: NotRequired[int]
    """Numeric user to whom the files belong and as whom every server reads and writes them. Defaults to 48, `apache`
    of Amazon Linux; `www-data` of Ubuntu is 33. Files that are there keep the owner that they have."""

    group_id: NotRequired[int]
    """Numeric group to which the files belong. Defaults to the value of `user_id`."""

    noncurrent_version_days: NotRequired[int]
    """Days for which overwritten and deleted files can be brought back as versions of the object. Defaults to 30."""

    abandoned_upload_days: NotRequired[int]
    """Days after which the parts of an upload that was never finished are deleted. Defaults to 7."""

    intelligent_tiering_days: NotRequired[int]
    """Days after which an object moves to S3 Intelligent-Tiering, which makes rarely read files cheaper and keeps
    all of them readable at once. Defaults to never."""

    access_log_retention_days: NotRequired[int]
    """Days for which a log of every access to the bucket is kept, in a bucket of its own (FSBP S3.9). Costs the storage
    of the log. Defaults to no log."""


class SharedStorageArgs(TypedDict):
    """What shared files need to know."""

    vpc_id: pulumi.Input[str]
    """The network of the servers. A change replaces security group and mount targets."""

    subnet_ids: Sequence[pulumi.Input[str]]
    """Private subnets, one per zone in which servers run: each gets a mount target, and AWS has room for one per
    zone. Add further zones at the end: mount targets are numbered in this order."""

    storage: NotRequired[StorageSpec]
    """What the shared files are like. Defaults to its defaults."""

    kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key that encrypts bucket and file system. Defaults to keys that S3 manages. A change replaces the file
    system, not the bucket."""

    disposable: NotRequired[bool]
    """Whether the files may be deleted with the stack. Defaults to false: bucket and file system are protected, and
    outlive the stack."""

    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything that can be tagged. Defaults to none."""


class SharedStorage(pulumi.ComponentResource):
    """One private, versioned, encrypted S3 bucket that every server sees as a directory.

    Stateful: bucket and file system are kept unless `disposable`. AWS refuses to delete a file system while it
    has changes to write to the bucket (for about a minute after the last one): destroy again then.
    """

    bucket_name: pulumi.Output[str]
    """The bucket."""

    bucket_arn: pulumi.Output[str]
    """ARN of the bucket."""

    file_system_id: pulumi.Output[str] | None
    """The S3 Files file system, once it can be mounted. None with Mountpoint."""

    file_system_arn: pulumi.Output[str] | None
    """ARN of the file system. None with Mountpoint."""

    access_point_id: pulumi.Output[str] | None
    """The access point that servers mount. None with Mountpoint."""

    access_point_arn: pulumi.Output[str] | None
    """ARN of the access point. None with Mountpoint."""

    security_group_id: pulumi.Output[str] | None
    """Security group of the mount targets; servers add their own rule for port 2049. None with Mountpoint."""

    mount_source: pulumi.Output[str]
    """What a machine needs to know to mount the files, as JSON: the `source` in `storage_mounts` of WebTier,
    SingleServer and Machine. In Python `mount()` says the same in one word."""

    def __init__(self, name: str, args: SharedStorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked("SharedStorage", SharedStorageArgs, args)
        spec = args.get("storage", StorageSpec())
        _check(name, args, spec)
        user = spec.get("user_id", _APACHE)
        self._key = name
        self._place = Place(spec.get("prefix", "files/"), user, spec.get("group_id", user))
        disposable = args.get("disposable", False)
        tags = args.get("tags", {})
        super().__init__("elasticweb:index:SharedStorage", name, {}, opts)

        private = private_bucket(
            f"{name}-bucket",
            self,
            disposable=disposable,
            rules=_rules(spec),
            kms_key_arn=args.get("kms_key_arn"),
            tags={**tags, **data_tag()},
        )
        if "access_log_retention_days" in spec:
            access_log(
                f"{name}-access-log",
                self,
                private,
                retention_days=spec["access_log_retention_days"],
                disposable=disposable,
                tags=tags,
            )
        self._bucket = SharedBucket(
            private.bucket.bucket,
            private.bucket.arn,
            private.settings,
            args.get("kms_key_arn"),
            aws.get_region_output(opts=pulumi.InvokeOptions(parent=self)).region,
        )
        self._files: S3Files | None = None
        if spec.get("mount_with", MountWith.S3_FILES) is MountWith.S3_FILES:
            self._files = make_s3_files(
                name,
                self,
                self._bucket,
                self._place,
                vpc_id=args["vpc_id"],
                subnet_ids=args["subnet_ids"],
                disposable=disposable,
                tags=tags,
            )

        files = self._files
        self.bucket_name = self._bucket.name
        self.bucket_arn = self._bucket.arn
        self.file_system_id = files and files.file_system_id
        self.file_system_arn = files and files.file_system_arn
        self.access_point_id = files and files.access_point_id
        self.access_point_arn = files and files.access_point_arn
        self.security_group_id = files and files.security_group_id
        self.mount_source = self._source()
        self.register_outputs(
            {
                "bucket_name": self.bucket_name,
                "bucket_arn": self.bucket_arn,
                "file_system_id": self.file_system_id,
                "file_system_arn": self.file_system_arn,
                "access_point_id": self.access_point_id,
                "access_point_arn": self.access_point_arn,
                "security_group_id": self.security_group_id,
                "mount_source": self.mount_source,
            }
        )

    def mount(self, path: str, owner: str | None = None, *, read_only: bool = False) -> Mount:
        """Return what a machine needs to see the shared files at *path*.

        *owner* is there because every kind of storage has it. Here the files belong to `user_id` and `group_id`
        wherever they are mounted, so it is either left out or those two (`48:48`).
        """
        check_mount_path("SharedStorage", path)
        ours = f"{self._place.user_id}:{self._place.group_id}"
        if owner not in (None, ours):
            raise InvalidArgs(
                f"SharedStorage: owner of {path} must be left out or {ours}, which storage.user_id and "
                f"storage.group_id set for all servers, got {owner!r}"
            )
        if self._files is None:
            directory = Directory(self._place.prefix, self._place.user_id, self._place.group_id)
            return mountpoint_mount(self._key, path, self._bucket, directory, read_only=read_only)
        return s3_files_mount(self._key, path, self._files, self._bucket, read_only=read_only)

    def _source(self) -> pulumi.Output[str]:
        bucket = {
            "bucket_name": self._bucket.name,
            "bucket_arn": self._bucket.arn,
            "kms_key_arn": self._bucket.kms_key_arn,
            "region": self._bucket.region,
        }
        if self._files is None:
            place = self._place
            directory = {"prefix": place.prefix, "user_id": place.user_id, "group_id": place.group_id}
            return source(StorageType.MOUNTPOINT, {**bucket, **directory})
        return source(StorageType.S3_FILES, {**bucket, **vars(self._files)})


def _check(name: str, args: SharedStorageArgs, spec: StorageSpec) -> None:
    component = "SharedStorage"
    check_name(component, f"{name}-access-log", 63, "a bucket")
    check_name(component, f"{name}-files-role", 64, "an IAM role")
    if not args["subnet_ids"]:
        raise InvalidArgs(f"{component}: subnet_ids must name at least one subnet, got none")
    prefix = spec.get("prefix", "files/")
    if not _PREFIX.fullmatch(prefix):
        raise InvalidArgs(
            f"{component}: storage.prefix must be one to four directories of letters, digits, '.', '_' and '-', "
            f"each with its slash and at most 100 characters, such as files/, got {prefix!r}"
        )
    for field in ("user_id", "group_id"):
        check_range(component, f"storage.{field}", spec.get(field, _APACHE), 1, _LARGEST_ID)
    for field in ("noncurrent_version_days", "abandoned_upload_days", "access_log_retention_days"):
        check_range(component, f"storage.{field}", spec.get(field, 1), 1, unit="days")
    check_range(component, "storage.intelligent_tiering_days", spec.get("intelligent_tiering_days", 0), 0, unit="days")


def _rules(spec: StorageSpec) -> list[aws.s3.BucketLifecycleConfigurationRuleArgsDict]:
    rules = tidy(
        noncurrent_version_days=spec.get("noncurrent_version_days", 30),
        abandoned_upload_days=spec.get("abandoned_upload_days", 7),
    )
    if "intelligent_tiering_days" in spec:
        rules.append(
            {
                "id": "intelligent-tiering",
                "status": "Enabled",
                "filter": {},
                "transitions": [{"days": spec["intelligent_tiering_days"], "storage_class": "INTELLIGENT_TIERING"}],
            }
        )
    return rules
