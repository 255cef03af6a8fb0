"""Shared files, and volumes that outlive their server."""

from typing import Annotated, Literal

from pydantic import Field

from .base import Days, Model, Text
from .bucket import Bucket

_Kind = Literal["s3_files", "mountpoint", "efs", "nfs_server"]
_IdleDays = Literal[0, 1, 7, 14, 30, 60, 90, 180, 270, 365]


class Volume(Model):
    """A data volume that survives its server and follows the next one."""

    size_gib: Annotated[int, Field(ge=1, le=65536)] = 20
    """Size in GiB; it can grow, never shrink."""
    iops: int | None = None
    """Operations per second; gp3's baseline when left out."""
    throughput: int | None = None
    """Throughput in MiB/s; gp3's baseline when left out."""
    file_system: Literal["xfs", "ext4"] = "xfs"
    """What the empty volume is formatted with."""
    snapshot_interval_hours: Literal[1, 2, 3, 4, 6, 8, 12, 24] = 24
    """Hours between snapshots."""
    snapshot_time: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "03:00"
    """When the first snapshot of a day starts, in UTC."""
    snapshots_kept: Annotated[int, Field(ge=1, le=1000)] = 14
    """Snapshots that are kept."""


class NfsServer(Model):
    """A small server of one's own in front of a volume that follows it."""

    instance_type: Text | None = None
    """EC2 instance type; t4g.small when left out."""
    volume: Volume = Volume()
    """The volume that holds the files."""
    user_id: Annotated[int, Field(ge=1, le=4294967294)] | None = None
    """Numeric user that owns the files: 48 (apache of Amazon Linux) when left out; www-data of Ubuntu is 33."""
    group_id: Annotated[int, Field(ge=1, le=4294967294)] | None = None
    """Numeric group that owns the files; user_id when left out."""
    failover_minutes: Annotated[int, Field(ge=5, le=1440)] = 10
    """Minutes without a server after which one in another zone takes over."""


class Efs(Model):
    """A file system of Amazon EFS."""

    provisioned_throughput_mibps: Annotated[int, Field(ge=1, le=3414)] | None = None
    """Throughput in MiB/s that is there all the time; elastic when left out."""
    infrequent_access_days: _IdleDays = 30
    """Days without access after which a file moves to Infrequent Access; 0 for never."""
    archive_days: _IdleDays = 0
    """Days without access after which a file moves to Archive; 0 for never."""
    back_on_access: bool = True
    """Whether a file moves back when it is read."""
    automatic_backups: bool = True
    """AWS Backup's own daily backups, beside those of `backups`."""


class Storage(Model):
    """The files that all servers share."""

    mount_with: _Kind = "s3_files"
    """s3_files (a bucket by NFS), mountpoint (a bucket, for data that is written once and mostly read), efs, or
    nfs_server (a small server with a volume)."""
    beside: _Kind | None = None
    """A second place while files move from one to the other, mounted at the same path with -beside."""
    uses: list[
        Literal["read_mostly", "uploads", "generated", "cache", "sessions", "logs", "releases", "database_files"]
    ] = []
    """What the files are used for: what mount_with cannot do is refused."""
    prefix: Annotated[str, Field(pattern=r"^([A-Za-z0-9._-]+/){1,4}$")] | None = None
    """Where in bucket or EFS the shared files live; files/ when left out."""
    user_id: Annotated[int, Field(ge=0, le=65535)] | None = None
    """Numeric user that owns the files: 48 (apache of Amazon Linux) when left out; www-data of Ubuntu is 33."""
    group_id: Annotated[int, Field(ge=0, le=65535)] | None = None
    """Numeric group that owns the files; user_id when left out."""
    noncurrent_version_days: Days = 30
    """Days that overwritten and deleted files can still be brought back."""
    abandoned_upload_days: Days = 7
    """Days after which the parts of an unfinished upload are deleted."""
    intelligent_tiering_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """Days after which a file moves to S3 Intelligent-Tiering; never when left out."""
    access_log_retention_days: Days | None = None
    """Days that a log of every access to the bucket is kept; no log when left out."""
    bucket: Bucket | None = None
    """More about the bucket, where there is one: its key, events, replication, object lock; none when left out."""
    efs: Efs | None = None
    """What EFS is like, where mount_with or beside is efs; its defaults when left out."""
    nfs_server: NfsServer | None = None
    """What the server is like, where mount_with or beside is nfs_server; its defaults when left out."""
