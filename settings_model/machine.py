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
    iops: int | None = None
    """Operations per second; gp3's baseline when left out."""
    throughput: int | None = None
    """Throughput in MiB/s; gp3's baseline when left out."""
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
    data_volumes: list[DataVolume] = []
    """Volumes of every server's own, gone with the server."""
    packages: list[Text] = []
    """Packages to install, by the distribution's names."""
    services: dict[str, Literal["enabled", "disabled", "masked"]] = {}
    """systemd services and their state."""
    environment: dict[str, str] = {}
    """Environment of login shells and services. Never a secret."""
    files: list[File] = []
    """Files to write."""
    commands: list[Text] = []
    """Shell commands that run once, at the first start."""
    time_zone: Text | None = None
    """Time zone of the machine's clock, UTC when left out."""
