"""A bucket as an NFS file system: the children of Amazon S3 Files, and what a machine needs to mount it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ._mounting import script_command
from ._mounts import Mount, PolicyStatement
from ._s3_files_role import SharedBucket, files_role

_NFS_PORT = 2049


@dataclass(frozen=True)
class S3Files:
    """What others need to know of the file system."""

    file_system_id: pulumi.Output[str]
    """Known once every mount target is there: who mounts comes after them and, on destroy, goes before them."""
    file_system_arn: pulumi.Output[str]
    access_point_id: pulumi.Output[str]
    access_point_arn: pulumi.Output[str]
    security_group_id: pulumi.Output[str]


@dataclass(frozen=True)
class Place:
    """Which directory of the bucket is shared, and to whom its files belong."""

    prefix: str
    user_id: int
    group_id: int


def make_s3_files(  # noqa: PLR0913 (each is one fact about the file system)
    name: str,
    parent: pulumi.Resource,
    bucket: SharedBucket,
    place: Place,
    *,
    vpc_id: pulumi.Input[str],
    subnet_ids: Sequence[pulumi.Input[str]],
    disposable: bool,
    tags: Mapping[str, pulumi.Input[str]],
) -> S3Files:
    """Make file system, access point, security group and one mount target per subnet as children of *parent*."""
    keep = not disposable
    child = pulumi.ResourceOptions(parent=parent)
    role, permissions = files_role(f"{name}-files", parent, bucket, keep=keep, tags=tags)
    file_system = aws.s3.FilesFileSystem(
        f"{name}-files",
        bucket=bucket.arn,
        role_arn=role.arn,
        kms_key_id=bucket.kms_key_arn,
        tags=tags,
        opts=pulumi.ResourceOptions(
            parent=parent,
            protect=keep,
            retain_on_delete=keep,
            # Versioning must be on before, and while the file system exists S3 lets nobody delete the bucket or
            # touch its versioning (BucketHasS3FileSystemAttached).
            depends_on=[*bucket.settings, permissions],
        ),
    )
    access_point = aws.s3.FilesAccessPoint(
        f"{name}-access-point",
        file_system_id=file_system.id,
        posix_users=[{"uid": place.user_id, "gid": place.group_id}],
        # The top of the bucket belongs to root; this directory is made, and given away, at first use.
        root_directories=[
            {
                "path": f"/{place.prefix.rstrip('/')}",
                "creation_permissions": [
                    {"owner_uid": place.user_id, "owner_gid": place.group_id, "permissions": "0755"}
                ],
            }
        ],
        tags=tags,
        opts=child,
    )
    group = aws.ec2.SecurityGroup(
        f"{name}-mount-targets",
        description="Mount targets of the shared files",
        vpc_id=vpc_id,
        tags={"Name": f"{name}-mount-targets", **tags},
        opts=child,
    )
    targets = [
        aws.s3.FilesMountTarget(
            f"{name}-mount-target-{number}",
            file_system_id=file_system.id,
            subnet_id=subnet_id,
            security_groups=[group.id],
            # A zone has room for one.
            opts=pulumi.ResourceOptions(parent=parent, delete_before_replace=True),
        )
        for number, subnet_id in enumerate(subnet_ids)
    ]
    mountable = pulumi.Output.all(file_system.id, *[target.id for target in targets])
    return S3Files(mountable.apply(lambda ids: ids[0]), file_system.arn, access_point.id, access_point.arn, group.id)


def s3_files_mount(name: str, path: str, files: S3Files, bucket: SharedBucket, *, read_only: bool) -> Mount:
    """Return the mount of *files* at *path*.

    The role may connect through the access point only, and so never as root or elsewhere in the bucket; no file
    system policy is needed, as a permission in either place is enough ("How S3 Files works with IAM").
    """
    client: PolicyStatement = {
        "actions": ["s3files:ClientMount", *([] if read_only else ["s3files:ClientWrite"])],
        "resources": [files.file_system_arn],
        "conditions": {"StringEquals": {"s3files:AccessPointArn": files.access_point_arn}},
    }
    # The client reads large files from the bucket itself, past the file system, and asks first whether it may
    # with a key of its own choice: hence the whole bucket, as AWS documents it.
    direct: list[PolicyStatement] = [
        {
            "actions": ["s3:GetObject", "s3:GetObjectVersion"],
            "resources": [pulumi.Output.concat(bucket.arn, "/*")],
        },
        {"actions": ["s3:ListBucket"], "resources": [bucket.arn]},
    ]
    setup = [script_command("s3files-client.sh")]
    return {
        "name": name,
        "path": path,
        "type": "s3files",
        "source": files.file_system_id,
        "options": pulumi.Output.concat(
            "_netdev,nofail,nosuid,nodev,", "ro," if read_only else "", "accesspoint=", files.access_point_id
        ),
        "packages": {"al2023": ["amazon-efs-utils"], "ubuntu": ["curl", "nfs-common"]},
        "setup": {"al2023": setup, "ubuntu": setup},
        "setup_in_image": True,
        "statements": [client, *direct, *bucket.key_statements(write=False)],
        "connection": {"name": name, "security_group_id": files.security_group_id, "port": _NFS_PORT},
    }
