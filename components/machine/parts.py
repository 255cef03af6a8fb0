"""The parts of what can be said about a machine."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NotRequired, TypedDict

import pulumi


class VolumeType(StrEnum):
    """A kind of EBS volume."""

    GP3 = "gp3"
    """General purpose SSD."""

    IO2 = "io2"
    """SSD for databases: the IOPS that are asked for, and ten times gp3's durability."""

    ST1 = "st1"
    """Disk for large files that are read and written from start to end."""

    SC1 = "sc1"
    """The cheapest disk, for what is rarely read."""


class FileSystem(StrEnum):
    """A file system of a data volume. Both grow while in use, neither shrinks."""

    XFS = "xfs"
    """XFS."""

    EXT4 = "ext4"
    """ext4."""


class FileSpec(TypedDict):
    """A file of the machine. Its directories are made as needed, for root to write."""

    path: str
    """Absolute path. Not below a mount: servers would overwrite each other's."""

    content: pulumi.Input[str]
    """What is in it. Never a secret: user data can be read by every process of the machine."""

    owner: NotRequired[str]
    """User that owns it; may come from a package. Defaults to `root`."""

    group: NotRequired[str]
    """Group of the file; may come from a package. Defaults to `root`."""

    mode: NotRequired[str]
    """Permissions as four octal digits. Defaults to `0644`."""

    template: NotRequired[bool]
    """Whether `{{ NAME }}` in the content stands for the variable NAME of the machine's environment, which holds no
    secrets, and `{{ "{{" }}` for two braces. It is filled in before it reaches the machine. Defaults to false."""


class DataVolumeSpec(TypedDict):
    """An encrypted EBS volume that every server gets for itself: caches, scratch space.

    It is formatted while it is empty, mounted by its label and grown to its size at every boot. A change reaches
    servers that are launched after it, so a volume may well become smaller: nothing is carried over.
    """

    name: str
    """Short key, unique per machine; also the file system's label, so at most 12 characters."""

    path: str
    """Absolute path at which it is mounted."""

    size_gib: int
    """Size in GiB: 1 to 65536 (gp3), 4 to 65536 (io2), 125 to 16384 (st1, sc1)."""

    type: NotRequired[VolumeType]
    """Kind of volume. Defaults to `gp3`."""

    iops: NotRequired[int]
    """I/O operations per second. gp3: 3000 to 80000 and at most 500 per GiB; defaults to 3000, which cost nothing. io2:
    100 to 256000 and at most 1000 per GiB, and required. The others take none."""

    throughput: NotRequired[int]
    """MiB per second of a gp3 volume, 125 to 2000 and at most a quarter of the IOPS. Defaults to 125, which cost
    nothing. The others take none."""

    file_system: NotRequired[FileSystem]
    """What the volume is formatted with. Defaults to `xfs`."""

    kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key that encrypts it; its policy must let EC2 Auto Scaling's service-linked role use it. Defaults to the
    account's default key for EBS."""

    disposable: NotRequired[bool]
    """Whether it is deleted with its server. Defaults to true. A volume that is not stays, detached and paid for, for
    somebody to look at: no other server takes it over, which is what a DataVolume is for."""

    owner: NotRequired[str]
    """`user:group` that the mounted directory is given. Defaults to leaving it to root."""


class UserSpec(TypedDict):
    """A user of the machine, without password and keys: Session Manager is the way in."""

    name: str
    """Name, also of the group that the user is given."""

    groups: NotRequired[Sequence[str]]
    """More groups that the user is in; those that are missing are made. Defaults to none."""

    shell: NotRequired[str]
    """Login shell. Defaults to `/usr/sbin/nologin`."""

    home: NotRequired[str]
    """Absolute path of a home directory, made for the user. Defaults to none being made."""

    system: NotRequired[bool]
    """Whether it is a user for a program rather than for a person (useradd(8), --system). Defaults to true."""


class LogFileSpec(TypedDict):
    """A log file that is sent to CloudWatch Logs."""

    path: str
    """Absolute path. `*` stands for any part of a name: of the files that match, the one written last is sent, which
    suits logs with the date in their names."""

    name: NotRequired[str]
    """What its stream is called, after the id of the server. Defaults to the path with hyphens for slashes."""


class CloudWatchSpec(TypedDict):
    """What the CloudWatch agent reports of a machine. The logs of boot and system are always among them."""

    metrics: NotRequired[bool]
    """Whether use of memory, swap and disks is reported every minute, per server and for the group. Defaults to
    true."""

    log_files: NotRequired[Sequence[LogFileSpec]]
    """More log files, such as the web server's. Defaults to none."""

    log_retention_days: NotRequired[int]
    """Days that logs are kept: one of the numbers that CloudWatch Logs knows. Defaults to 30."""


class SecretFile(TypedDict):
    """A secret of Secrets Manager that the machine fetches by its own role, at every boot and every hour."""

    name: str
    """Short key, unique per machine: the secret appears as `/run/elasticweb/secrets/<name>.json`, in memory only."""

    arn: pulumi.Input[str]
    """ARN of the secret. One that is encrypted with a key of its own needs `kms:Decrypt` in `statements` too."""


class Lifecycle(TypedDict):
    """How the machine takes part in the life of its Auto Scaling group.

    It says itself when it is ready, and has time to finish before it goes.
    """

    launch_hook: str
    """Name of the group's hook that holds new servers back."""

    terminate_hook: str
    """Name of the group's hook that holds servers which go."""

    group_pattern: str
    """Name of the group, with `*` for what is not known of it: what the machine may complete hooks of."""

    port: int
    """TCP port on which the site answers on the machine."""

    path: NotRequired[str]
    """Path of the health check. Defaults to `/`."""

    matcher: NotRequired[str]
    """Status codes of a healthy answer, as load balancers write them. Defaults to `200-399`."""

    host: NotRequired[str]
    """Name of the site, sent as the header Host. Defaults to `localhost`."""

    launch_timeout_seconds: NotRequired[int]
    """Seconds after which a server that is not ready is given up. Defaults to 900."""

    farewell_timeout_seconds: NotRequired[int]
    """Seconds that a server has for its farewell. Defaults to 300."""
