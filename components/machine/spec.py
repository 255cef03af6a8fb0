"""What can be said about a machine."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NotRequired, TypedDict

import pulumi


class Distribution(StrEnum):
    """A Linux distribution that machines can be prepared on."""

    AL2023 = "al2023"
    """Amazon Linux 2023."""

    UBUNTU = "ubuntu"
    """Ubuntu 24.04 LTS."""


class ServiceState(StrEnum):
    """What becomes of a systemd unit."""

    ENABLED = "enabled"
    """Runs now and after every boot, with the machine's environment and never before its mounts."""

    DISABLED = "disabled"
    """Stopped, and not started at boot; others may still start it. A unit that is not there is fine."""

    MASKED = "masked"
    """Stopped, and cannot be started by anybody. Masked before packages are installed, so it never runs."""


class VolumeType(StrEnum):
    """A kind of EBS volume."""

    GP3 = "gp3"
    """General purpose SSD."""


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


class DataVolumeSpec(TypedDict):
    """An encrypted EBS volume that every server gets for itself and that goes with it: caches, scratch space.

    It is formatted with XFS while it is empty, mounted by its label and grown to its size at every boot.
    """

    name: str
    """Short key, unique per machine; also the file system's label, so at most 12 characters."""

    path: str
    """Absolute path at which it is mounted."""

    size_gib: int
    """Size in GiB, 1 to 65536."""

    type: NotRequired[VolumeType]
    """Kind of volume. Defaults to `gp3`."""

    iops: NotRequired[int]
    """I/O operations per second, 3000 to 80000 and at most 500 per GiB. Defaults to 3000, which cost nothing."""

    throughput: NotRequired[int]
    """MiB per second, 125 to 2000 and at most a quarter of the IOPS. Defaults to 125, which cost nothing."""

    owner: NotRequired[str]
    """`user:group` that the mounted directory is given. Defaults to leaving it to root."""


class MachineSpec(TypedDict):
    """How a machine is made and prepared. A change reaches servers that are launched after it."""

    instance_type: NotRequired[str]
    """EC2 instance type; its family decides between arm64 and x86_64. Defaults to `t4g.small`."""

    image: NotRequired[str]
    """`al2023` or `ubuntu-24.04` for the latest of them at launch, a pinned `ami-...`, or `resolve:ssm:...`.
    A change of the latest image alone replaces no server. Defaults to `al2023`."""

    distribution: NotRequired[Distribution]
    """What a pinned or own image holds. Defaults to `al2023`, or what `image` names."""

    root_volume_gib: NotRequired[int]
    """Size of the root volume in GiB, at least the image's 8. Defaults to 20."""

    data_volumes: NotRequired[Sequence[DataVolumeSpec]]
    """Volumes that each server gets for itself, at most 11. Defaults to none."""

    packages: NotRequired[Sequence[str]]
    """Packages by the distribution's names. Defaults to none."""

    services: NotRequired[Mapping[str, ServiceState]]
    """What becomes of systemd units, by name; `.service` may be left out. Defaults to leaving all as they are."""

    environment: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Variables for login shells, for enabled services and for commands. Never a secret: give the ARN of one and
    let the program fetch it by the machine's role. Defaults to none."""

    files: NotRequired[Sequence[FileSpec]]
    """Files, written after the packages that bring their owners. Defaults to none."""

    commands: NotRequired[Sequence[str]]
    """Bash scripts that run as root once, at first boot, last of all; each stops at its first error. The first
    that fails ends the preparation as failed. Defaults to none."""

    time_zone: NotRequired[str]
    """IANA name such as `Europe/Zurich`. Defaults to the image's, which is UTC."""
