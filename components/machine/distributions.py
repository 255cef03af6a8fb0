"""What differs from one distribution to the next, and from one processor to the other."""

import re
from dataclasses import dataclass

from .._args import InvalidArgs
from .spec import Distribution, MachineSpec

DEFAULT_INSTANCE_TYPE = "t4g.small"

_INSTANCE_TYPE = re.compile(r"(?P<family>[a-z][a-z0-9-]*)\.[a-z0-9-]+")

# The letters after the generation's digit are attributes, and g is AWS's own processor; before that
# convention there was a1, and the Grace CPUs of NVIDIA's GB systems are Arm too.
_ARM_FAMILY = re.compile(r"a1|[a-z]+\d+[a-z]*g[a-z]*|.*-gb\d+")


@dataclass(frozen=True)
class Download:
    """A package that the distribution's repositories do not have."""

    url: str
    """Where it is, with ARCH for the distribution's name of the architecture; its signature ends in `.sig`."""

    key_url: str
    fingerprint: str
    """Of the key that signed it."""


@dataclass(frozen=True)
class Facts:
    """What the rest of the machine needs to know about a distribution."""

    title: str
    image_parameter: str
    """Public SSM parameter of the latest image, with a place for the architecture."""

    architectures: dict[str, str]
    """How the parameter spells AWS's architectures."""

    root_device: str
    """Device name of the root volume in the image's block device mapping."""

    volume_packages: tuple[str, ...]
    """What formatting a data volume needs."""

    update_packages: tuple[str, ...]
    """What security updates need."""

    agent_packages: tuple[str, ...]
    """The CloudWatch agent, or what its download needs; and rsyslog, because the agent reads files, not the journal."""

    agent_source: Download | None
    """Where the agent is when no repository has it."""

    system_log: str
    """Where rsyslog writes."""

    ssh_unit: str


FACTS = {
    Distribution.AL2023: Facts(
        title="Amazon Linux 2023",
        image_parameter="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{}",
        architectures={"arm64": "arm64", "x86_64": "x86_64"},
        root_device="/dev/xvda",
        volume_packages=("xfsprogs",),
        update_packages=(),
        agent_packages=("amazon-cloudwatch-agent", "rsyslog"),
        agent_source=None,
        system_log="/var/log/messages",
        ssh_unit="sshd.service",
    ),
    Distribution.UBUNTU: Facts(
        title="Ubuntu",
        image_parameter="/aws/service/canonical/ubuntu/server/24.04/stable/current/{}/hvm/ebs-gp3/ami-id",
        architectures={"arm64": "arm64", "x86_64": "amd64"},
        root_device="/dev/sda1",
        # Ubuntu's images have no udev rule that names NVMe disks by their device mapping.
        volume_packages=("xfsprogs", "nvme-cli"),
        update_packages=("unattended-upgrades",),
        agent_packages=("curl", "gpg", "rsyslog"),
        # CloudWatch user guide, "Verifying the signature of the CloudWatch agent package".
        agent_source=Download(
            url="https://amazoncloudwatch-agent.s3.amazonaws.com/ubuntu/ARCH/latest/amazon-cloudwatch-agent.deb",
            key_url="https://amazoncloudwatch-agent.s3.amazonaws.com/assets/amazon-cloudwatch-agent.gpg",
            fingerprint="937616F3450B7D806CBD9725D58167303B789C72",
        ),
        system_log="/var/log/syslog",
        ssh_unit="ssh.service",
    ),
}

_LATEST = {"al2023": Distribution.AL2023, "ubuntu-24.04": Distribution.UBUNTU}


def architecture(component: str, instance_type: str, field: str = "machine.instance_type") -> str:
    """Return `arm64` or `x86_64` for an instance type."""
    match = _INSTANCE_TYPE.fullmatch(instance_type)
    if match is None:
        raise InvalidArgs(f"{component}: {field} must be a family and a size, such as t4g.small, got {instance_type!r}")
    family = match["family"]
    if family.startswith("mac"):
        raise InvalidArgs(f"{component}: {field} must be a type that runs Linux, got {instance_type!r}")
    return "arm64" if _ARM_FAMILY.fullmatch(family) else "x86_64"


def image(component: str, machine: MachineSpec) -> tuple[str, Distribution]:
    """Return the launch template's image id and the distribution that it holds."""
    wanted = machine.get("image", "al2023")
    declared = machine.get("distribution")
    if wanted in _LATEST:
        distribution = _LATEST[wanted]
        if declared not in (None, distribution):
            raise InvalidArgs(
                f"{component}: machine.distribution must be {distribution} or left out "
                f"when machine.image is {wanted}, got {declared}"
            )
        facts = FACTS[distribution]
        spelt = facts.architectures[architecture(component, machine.get("instance_type", DEFAULT_INSTANCE_TYPE))]
        return f"resolve:ssm:{facts.image_parameter.format(spelt)}", distribution
    if not re.fullmatch(r"ami-[0-9a-f]{8}(?:[0-9a-f]{9})?|resolve:ssm:[A-Za-z0-9_./:-]+", wanted):
        raise InvalidArgs(
            f"{component}: machine.image must be al2023, ubuntu-24.04, ami-... or resolve:ssm:..., got {wanted!r}"
        )
    return wanted, declared or Distribution.AL2023
