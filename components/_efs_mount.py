"""An EFS file system as a directory: what a machine needs to mount it."""

from dataclasses import dataclass

import pulumi

from ._mounting import script_command
from ._mounts import Mount

_PORT = 2049


@dataclass(frozen=True)
class EfsFacts:
    """What others need to know of the file system."""

    file_system_id: pulumi.Output[str]
    """Known once every mount target is there: who mounts comes after them and, on destroy, goes before them."""
    file_system_arn: pulumi.Output[str]
    access_point_id: pulumi.Output[str]
    access_point_arn: pulumi.Output[str]
    security_group_id: pulumi.Output[str]


def efs_mount(name: str, path: str, facts: EfsFacts, *, read_only: bool) -> Mount:
    """Return the mount of the file system at *path*: encrypted, as the machine's role, through the access point."""
    return {
        "name": name,
        "path": path,
        "type": "efs",
        "source": facts.file_system_id,
        "options": pulumi.Output.concat(
            "_netdev,nofail,nosuid,nodev,", "ro," if read_only else "", "tls,iam,accesspoint=", facts.access_point_id
        ),
        "packages": {"al2023": ["amazon-efs-utils"], "ubuntu": ["curl", "nfs-common"]},
        "setup": {"ubuntu": [script_command("efs-client.sh")]},
        "setup_in_image": True,
        "statements": [
            {
                "actions": [
                    "elasticfilesystem:ClientMount",
                    *([] if read_only else ["elasticfilesystem:ClientWrite"]),
                ],
                "resources": [facts.file_system_arn],
                # The role may come through the access point only, and so never as root or elsewhere.
                "conditions": {"StringEquals": {"elasticfilesystem:AccessPointArn": facts.access_point_arn}},
            }
        ],
        "connection": {"name": name, "security_group_id": facts.security_group_id, "port": _PORT},
    }
