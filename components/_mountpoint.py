"""A bucket as a directory through Mountpoint for Amazon S3: what a machine needs to mount it."""

from dataclasses import dataclass

import pulumi

from ._mounting import script_command
from ._mounts import Mount
from ._s3_files_role import SharedBucket


@dataclass(frozen=True)
class Directory:
    """Which directory of the bucket is shared, and as whose its files appear."""

    prefix: pulumi.Input[str]
    user_id: pulumi.Input[int]
    group_id: pulumi.Input[int]


def mountpoint_mount(name: str, path: str, bucket: SharedBucket, directory: Directory, *, read_only: bool) -> Mount:
    """Return the mount of *directory* at *path* (options, permissions: mountpoint-s3, CONFIGURATION.md)."""
    objects = ["s3:GetObject"]
    if not read_only:
        objects += ["s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"]
    # fstab mounts run as root; _netdev, nosuid and nodev are demanded, allow-other lets the web server in.
    mode = "ro" if read_only else "rw,allow-delete,allow-overwrite"
    return {
        "name": name,
        "path": path,
        "type": "mount-s3",
        "source": pulumi.Output.concat("s3://", bucket.name, "/", directory.prefix),
        "options": pulumi.Output.format(
            "_netdev,nofail,nosuid,nodev,{},allow-other,uid={},gid={}",
            mode,
            directory.user_id,
            directory.group_id,
        ),
        "packages": {"al2023": ["mount-s3"], "ubuntu": ["curl", "gpg"]},
        "setup": {"ubuntu": [script_command("mountpoint-client.sh")]},
        "setup_in_image": True,
        "statements": [
            {
                "actions": ["s3:ListBucket"],
                "resources": [bucket.arn],
                "conditions": {"StringLike": {"s3:prefix": pulumi.Output.concat(directory.prefix, "*")}},
            },
            {"actions": objects, "resources": [pulumi.Output.concat(bucket.arn, "/", directory.prefix, "*")]},
            *bucket.key_statements(write=not read_only),
        ],
    }
