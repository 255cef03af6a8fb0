"""How each kind of share is made."""

from collections.abc import Mapping
from typing import Any

import pulumi

from .._s3_files import Place, make_s3_files
from .._s3_files_role import SharedBucket
from ..nfs_server import NfsServer, NfsServerArgs
from .bucket import shared_bucket
from .efs import make_efs
from .kinds import EfsShare, MountpointShare, NfsShare, S3FilesShare, Share
from .shapes import APACHE, MountWith, SharedStorageArgs, StorageSpec, has_bucket, kept_in


def make_shares(
    name: str, parent: pulumi.Resource, args: SharedStorageArgs, spec: StorageSpec
) -> tuple[SharedBucket | None, Mapping[MountWith, Share]]:
    """Make all that *spec* names as children of *parent*."""
    kinds = kept_in(spec)
    user = spec.get("user_id", APACHE)
    place = Place(spec.get("prefix", "files/"), user, spec.get("group_id", user))
    key, tags, disposable = args.get("kms_key_arn"), args.get("tags", {}), args.get("disposable", False)
    shared: dict[str, Any] = {"disposable": disposable, "tags": tags}
    where: dict[str, Any] = {"vpc_id": args["vpc_id"], "subnet_ids": args["subnet_ids"]}
    bucket: SharedBucket | None = None
    made: dict[MountWith, Share] = {}
    if has_bucket(spec):
        bucket = shared_bucket(name, parent, spec, kms_key_arn=key, **shared)
        if MountWith.S3_FILES in kinds:
            made[MountWith.S3_FILES] = S3FilesShare(
                place, bucket, make_s3_files(name, parent, bucket, place, **where, **shared)
            )
        if MountWith.MOUNTPOINT in kinds:
            made[MountWith.MOUNTPOINT] = MountpointShare(place, bucket)
    if MountWith.EFS in kinds:
        facts = make_efs(name, parent, spec.get("efs", {}), place, kms_key_arn=key, **where, **shared)
        made[MountWith.EFS] = EfsShare(place, facts)
    if MountWith.NFS_SERVER in kinds:
        made[MountWith.NFS_SERVER] = NfsShare(place, _server(name, parent, args, spec))
    return bucket, made


def _server(name: str, parent: pulumi.Resource, args: SharedStorageArgs, spec: StorageSpec) -> NfsServer:
    # Handed on as they are: which of them are there decides what is registered.
    same: dict[str, Any] = {
        field: value
        for field, value in args.items()
        if field in NfsServerArgs.__annotations__ and field != "nfs_server"
    }
    owners: dict[str, Any] = {field: value for field, value in spec.items() if field in {"user_id", "group_id"}}
    return NfsServer(
        f"{name}-nfs",
        {**same, "nfs_server": {**owners, **spec.get("nfs_server", {})}},  # pyright: ignore[reportArgumentType]
        pulumi.ResourceOptions(parent=parent),
    )
