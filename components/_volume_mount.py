"""A data volume as a directory: what a machine needs to attach and mount it."""

import re
from dataclasses import dataclass

import pulumi

from ._args import InvalidArgs
from ._mounting import script_command
from ._mounts import Mount, PolicyStatement

INSTANCE_TAG = "elasticweb:attaches"
"""Tag by which a role knows the instances that it may attach the volume to."""

_DEVICES = "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_"
_OWNER = re.compile(r"[a-z0-9_][a-z0-9_-]*:[a-z0-9_][a-z0-9_-]*")
_TOOLS = {"xfs": ["xfsprogs"], "ext4": ["e2fsprogs"]}


@dataclass(frozen=True)
class VolumeFacts:
    """What others need to know of the volume."""

    volume_id: pulumi.Output[str]
    volume_arn: pulumi.Output[str]
    identity: pulumi.Input[str]
    """Value of ``INSTANCE_TAG``."""


def volume_mount(name: str, path: str, file_system: str, volume: VolumeFacts, owner: str | None) -> Mount:
    """Return the mount of *volume* at *path*, its top directory given to *owner* (`user:group`)."""
    setup = [script_command("attach-volume.sh", volume.volume_id, file_system, parts=["file-system.sh"])]
    mount: Mount = {
        "name": name,
        "path": path,
        "type": file_system,
        "source": volume.volume_id.apply(lambda volume_id: _DEVICES + volume_id.replace("-", "")),
        # Without nofail a server whose volume is elsewhere would not boot far enough to be looked at.
        "options": "defaults,nofail,nosuid,nodev,x-systemd.growfs",
        "packages": {
            "al2023": ["awscli-2", *_TOOLS[file_system]],
            "ubuntu": ["curl", *_TOOLS[file_system]],  # its AWS CLI is a snap
        },
        "setup": {"al2023": setup, "ubuntu": setup},
        "statements": _statements(volume),
    }
    if owner is not None:
        mount["owner"] = owner
    return mount


def check_owner(component: str, path: str, owner: str | None) -> None:
    """Raise :class:`InvalidArgs` unless *owner* is left out or names user and group."""
    if owner is not None and not _OWNER.fullmatch(owner):
        raise InvalidArgs(f"{component}: owner of {path} must be user:group, such as apache:apache, got {owner!r}")


def _statements(volume: VolumeFacts) -> list[PolicyStatement]:
    instances = volume.volume_arn.apply(lambda arn: arn.rsplit(":", 1)[0] + ":instance/*")
    return [
        {"actions": ["ec2:AttachVolume"], "resources": [volume.volume_arn]},
        {
            "actions": ["ec2:AttachVolume"],
            "resources": [instances],
            "conditions": {"StringEquals": {f"ec2:ResourceTag/{INSTANCE_TAG}": volume.identity}},
        },
        {"actions": ["ec2:DescribeVolumes"], "resources": ["*"]},  # EC2 knows no narrower one
    ]
