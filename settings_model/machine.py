"""How a server is made."""

from typing import Annotated, Literal

from pydantic import Field

from .base import AbsolutePath, Model, Name, Text


class DataVolume(Model):
    """A data volume (EBS) of every single server."""

    name: Name
    """What the volume is called."""
    path: AbsolutePath
    """Where it is mounted."""
    size_gib: Annotated[int, Field(ge=1, le=65536)]
    """Size in GiB."""
    type: Literal["gp3", "io2", "st1", "sc1"] = "gp3"
    """Kind of volume."""
    iops: int | None = None
    """Operations per second of gp3 (its baseline when left out) or io2 (required)."""
    throughput: int | None = None
    """Throughput in MiB/s of gp3; its baseline when left out."""
    file_system: Literal["xfs", "ext4"] = "xfs"
    """What the empty volume is formatted with."""
    kms_key_arn: Text | None = None
    """Key that encrypts it; the account's default key for EBS when left out."""
    disposable: bool = True
    """Delete it with its server; otherwise it stays, detached, for somebody to look at."""
    owner: Text | None = None
    """`user:group` that owns the mounted directory; root when left out."""


class File(Model):
    """A file that the machine is given."""

    path: AbsolutePath
    """Where it is written."""
    content: str
    """What it holds. Never a secret: user data can be read by every process of the machine."""
    owner: Text = "root"
    """User that owns it."""
    group: Text = "root"
    """Group that owns it."""
    mode: Annotated[str, Field(pattern="^0[0-7]{3}$")] = "0644"
    """Permissions in octal."""
    template: bool = False
    """Fill in {{ NAME }} from the machine's environment; {{ "{{" }} stands for two braces."""


class User(Model):
    """A user of the machine, without password and keys."""

    name: Text
    """Name, also of its group."""
    groups: list[Text] = []
    """More groups; those that are missing are made."""
    shell: AbsolutePath = "/usr/sbin/nologin"
    """Login shell."""
    home: AbsolutePath | None = None
    """Home directory; none is made when left out."""
    system: bool = True
    """A user for a program rather than for a person."""


class LogFile(Model):
    """A log file that is sent to CloudWatch Logs."""

    path: Text
    """Absolute path; of the files that a * matches, the one written last is sent."""
    name: Text | None = None
    """What its stream is called; the path with hyphens for slashes when left out."""


class CloudWatch(Model):
    """What the CloudWatch agent reports of a machine."""

    metrics: bool = True
    """Report use of memory, swap and disks every minute."""
    log_files: list[LogFile] = []
    """Log files besides those of boot and system."""
    log_retention_days: Annotated[int, Field(ge=1, le=3653)] = 30
    """Days that logs are kept; one of the values that CloudWatch Logs knows."""


class Secret(Model):
    """A secret of Secrets Manager that servers fetch."""

    name: Name
    """What it is called on the servers: /run/elasticweb/secrets/<name>.json."""
    arn: Text
    """ARN of the secret."""


class Machine(Model):
    """How a server is made."""

    instance_type: Annotated[str, Field(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$")] = "t4g.small"
    """EC2 instance type; the processor architecture follows from it."""
    image: Text = "al2023"
    """al2023, ubuntu-24.04, an AMI id (ami-...) or a parameter that holds one (resolve:ssm:...)."""
    distribution: Literal["al2023", "ubuntu"] | None = None
    """Distribution of an image given by id or parameter."""
    root_volume_gib: Annotated[int, Field(ge=8, le=16384)] = 20
    """Size of the root volume in GiB."""
    swap_gib: Annotated[int, Field(ge=0, le=64)] = 0
    """Size of a swap file in GiB; none by default."""
    data_volumes: list[DataVolume] = []
    """Volumes of every server's own, gone with the server."""
    packages: list[Text] = []
    """Packages to install, by the distribution's names."""
    services: dict[str, Literal["enabled", "disabled", "masked"]] = {}
    """systemd services and their state."""
    environment: dict[str, str] = {}
    """Environment of login shells and services. Never a secret."""
    users: list[User] = []
    """Users to make, before the files."""
    files: list[File] = []
    """Files to write."""
    secret_group: Text = "root"  # noqa: S105 - a group
    """Group that may read the secrets below /run/elasticweb/secrets."""
    image_commands: list[Text] = []
    """Shell commands that run once: when an image is built, or at the first start if the image does not hold them."""
    commands: list[Text] = []
    """Shell commands that run once, at the first start."""
    boot_commands: list[Text] = []
    """Shell commands that run at every start, before the enabled services."""
    farewell_commands: list[Text] = []
    """Shell commands that run before a web server is terminated."""
    cloudwatch: CloudWatch | None = None
    """What the CloudWatch agent reports; no agent when left out."""
    security_updates: bool = True
    """Install security updates every night, without a restart."""
    time_zone: Text | None = None
    """Time zone of the machine's clock, UTC when left out."""
