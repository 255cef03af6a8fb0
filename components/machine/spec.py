"""What can be said about a machine."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NotRequired, TypedDict

import pulumi

from .parts import CloudWatchSpec, DataVolumeSpec, FileSpec, UserSpec


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


class MachineSpec(TypedDict):
    """How a machine is made and prepared. A change reaches servers that are launched after it.

    Preparation, at first boot: masked services, swap, packages, the agent, users, files, image commands, volumes and
    mounts, secrets, boot commands, services, commands. At later boots: mounts, secrets, boot commands, services.
    """

    instance_type: NotRequired[str]
    """EC2 instance type; its family decides between arm64 and x86_64. Defaults to `t4g.small`."""

    image: NotRequired[str]
    """`al2023` or `ubuntu-24.04` for the latest of them at launch, a pinned `ami-...`, or `resolve:ssm:...`.
    A change of the latest image alone replaces no server. Defaults to `al2023`."""

    distribution: NotRequired[Distribution]
    """What a pinned or own image holds. Defaults to `al2023`, or what `image` names."""

    root_volume_gib: NotRequired[int]
    """Size of the root volume in GiB, at least the image's 8. Defaults to 20."""

    swap_gib: NotRequired[int]
    """Size of a swap file on the root volume in GiB, 0 to 64; it must leave 8 GiB there. A change reaches new servers.
    Defaults to 0, which is none."""

    data_volumes: NotRequired[Sequence[DataVolumeSpec]]
    """Volumes that each server gets for itself, at most 11. Defaults to none."""

    packages: NotRequired[Sequence[str]]
    """Packages by the distribution's names. Defaults to none."""

    services: NotRequired[Mapping[str, ServiceState]]
    """What becomes of systemd units, by name; `.service` may be left out. Defaults to leaving all as they are."""

    environment: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Variables for login shells, for enabled services and for commands. Never a secret: give the ARN of one and
    let the program fetch it by the machine's role. Defaults to none."""

    users: NotRequired[Sequence[UserSpec]]
    """Users, made after the packages and before the files. Defaults to none."""

    files: NotRequired[Sequence[FileSpec]]
    """Files, written after the packages and users that own them. Defaults to none."""

    secret_group: NotRequired[str]
    """Group that may read the secrets which the machine is given; may come from a package. Defaults to `root`."""

    image_commands: NotRequired[Sequence[str]]
    """Bash scripts that run as root once, after the files and before volumes and mounts: when a `GoldenImage` is built,
    or at first boot of a server whose image they have not run in. In an image they see of `environment` what is known
    before the deployment. The first that fails ends the preparation as failed. Defaults to none."""

    commands: NotRequired[Sequence[str]]
    """Bash scripts that run as root once, at first boot, last of all; each stops at its first error. The first
    that fails ends the preparation as failed. Defaults to none."""

    boot_commands: NotRequired[Sequence[str]]
    """Bash scripts that run as root at every boot, the first one included: with mounts and secrets there, and before
    the enabled services start. The first that fails ends the boot as failed. Defaults to none."""

    farewell_commands: NotRequired[Sequence[str]]
    """Bash scripts that run as root before the server is terminated, when its last requests are answered. Each has an
    equal share of the time that is left; one that fails or takes longer is logged, and the next one runs. Only for
    servers of a web tier. Defaults to none."""

    cloudwatch: NotRequired[CloudWatchSpec]
    """What the CloudWatch agent reports of the machine. Defaults to no agent."""

    security_updates: NotRequired[bool]
    """Whether the distribution's security updates are installed every night, each server at another time, without a
    restart. Defaults to true."""

    time_zone: NotRequired[str]
    """IANA name such as `Europe/Zurich`. Defaults to the image's, which is UTC."""
