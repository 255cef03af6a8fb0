"""EFS: the file system, its ways in, and what can be said about it."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from .._args import InvalidArgs, check_range
from .._data_tag import data_tag
from .._efs_mount import EfsFacts
from .._s3_files import Place

# TransitionToIARules and TransitionToArchiveRules of the EFS API.
_DAYS = (1, 7, 14, 30, 60, 90, 180, 270, 365)


class EfsSpec(TypedDict):
    """What an EFS file system is like."""

    provisioned_throughput_mibps: NotRequired[int]
    """Throughput in MiB/s that is there and paid for all the time, 1 to 3414. Defaults to elastic throughput, which
    follows the load and is paid for by what is read and written."""

    infrequent_access_days: NotRequired[int]
    """Days without access after which a file moves to Infrequent Access, which stores it for less and charges for
    reading it: 1, 7, 14, 30, 60, 90, 180, 270 or 365; 0 for never. Defaults to 30."""

    archive_days: NotRequired[int]
    """Days without access after which a file moves to Archive, for files that hardly anybody reads: as above, and later
    than `infrequent_access_days`. Takes elastic throughput. 0 for never. Defaults to never."""

    back_on_access: NotRequired[bool]
    """Whether a file moves back when it is read. Defaults to true."""

    automatic_backups: NotRequired[bool]
    """Whether AWS Backup also keeps its own daily backups of it, for 35 days, in the account's default vault (FSBP
    EFS.2). Defaults to true; an environment's `backups` do not need it."""


def check_efs(component: str, field: str, spec: EfsSpec) -> None:
    """Raise :class:`InvalidArgs` for what EFS would refuse."""
    throughput = spec.get("provisioned_throughput_mibps", 1)
    check_range(component, f"{field}.provisioned_throughput_mibps", throughput, 1, 3414, "MiB/s")
    infrequent, archive = spec.get("infrequent_access_days", 30), spec.get("archive_days", 0)
    for name, days in (("infrequent_access_days", infrequent), ("archive_days", archive)):
        if days not in (0, *_DAYS):
            allowed = ", ".join(map(str, _DAYS))
            raise InvalidArgs(f"{component}: {field}.{name} must be one of {allowed}, or 0 for never, got {days}")
    if archive and not 0 < infrequent < archive:
        raise InvalidArgs(
            f"{component}: {field}.archive_days must be more than infrequent_access_days ({infrequent}), through which "
            f"files go, got {archive}"
        )
    if archive and "provisioned_throughput_mibps" in spec:
        raise InvalidArgs(
            f"{component}: {field}.archive_days must be left out with provisioned_throughput_mibps: EFS has an archive "
            f"with elastic throughput only, got {archive}"
        )


def make_efs(  # noqa: PLR0913 (each is one fact about the file system)
    name: str,
    parent: pulumi.Resource,
    spec: EfsSpec,
    place: Place,
    *,
    vpc_id: pulumi.Input[str],
    subnet_ids: Sequence[pulumi.Input[str]],
    kms_key_arn: pulumi.Input[str] | None,
    disposable: bool,
    tags: Mapping[str, pulumi.Input[str]],
) -> EfsFacts:
    """Make file system, policy, access point, security group and one mount target per subnet."""
    keep = not disposable
    child = pulumi.ResourceOptions(parent=parent)
    provisioned = spec.get("provisioned_throughput_mibps")
    file_system = aws.efs.FileSystem(
        f"{name}-efs",
        encrypted=True,
        kms_key_id=kms_key_arn,
        performance_mode="generalPurpose",
        throughput_mode="elastic" if provisioned is None else "provisioned",
        provisioned_throughput_in_mibps=provisioned,
        lifecycle_policies=_transitions(spec),
        tags={"Name": name, **tags, **data_tag()},
        opts=pulumi.ResourceOptions(parent=parent, protect=keep, retain_on_delete=keep),
    )
    # A file system that outlives the stack stays as closed, and as well backed up, as it was.
    kept = pulumi.ResourceOptions(parent=parent, retain_on_delete=keep)
    policy = aws.efs.FileSystemPolicy(
        f"{name}-efs-policy",
        file_system_id=file_system.id,
        policy=pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [_tls_only(file_system.arn)]}),
        opts=kept,
    )
    aws.efs.BackupPolicy(
        f"{name}-efs-backups",
        file_system_id=file_system.id,
        backup_policy={"status": "ENABLED" if spec.get("automatic_backups", True) else "DISABLED"},
        opts=kept,
    )
    access_point = aws.efs.AccessPoint(
        f"{name}-efs-access-point",
        file_system_id=file_system.id,
        posix_user={"uid": place.user_id, "gid": place.group_id},
        # The top of the file system belongs to root; this directory is made, and given away, at first use.
        root_directory={
            "path": f"/{place.prefix.rstrip('/')}",
            "creation_info": {"owner_uid": place.user_id, "owner_gid": place.group_id, "permissions": "0755"},
        },
        tags={"Name": name, **tags},
        opts=child,
    )
    group = aws.ec2.SecurityGroup(
        f"{name}-efs-mount-targets",
        description="Mount targets of the shared files",
        vpc_id=vpc_id,
        tags={"Name": f"{name}-efs-mount-targets", **tags},
        opts=child,
    )
    targets = [
        aws.efs.MountTarget(
            f"{name}-efs-mount-target-{number}",
            file_system_id=file_system.id,
            subnet_id=subnet_id,
            security_groups=[group.id],
            # A zone has room for one. And none is there before the policy: without one anybody may mount.
            opts=pulumi.ResourceOptions(parent=parent, delete_before_replace=True, depends_on=[policy]),
        )
        for number, subnet_id in enumerate(subnet_ids)
    ]
    mountable = pulumi.Output.all(file_system.id, *[target.id for target in targets])
    return EfsFacts(mountable.apply(lambda ids: ids[0]), file_system.arn, access_point.id, access_point.arn, group.id)


def _transitions(spec: EfsSpec) -> list[aws.efs.FileSystemLifecyclePolicyArgsDict]:
    def after(days: int) -> str:
        return "AFTER_1_DAY" if days == 1 else f"AFTER_{days}_DAYS"

    # One transition each (EFS API, PutLifecycleConfiguration).
    found: list[aws.efs.FileSystemLifecyclePolicyArgsDict] = []
    if infrequent := spec.get("infrequent_access_days", 30):
        found.append({"transition_to_ia": after(infrequent)})
    if archive := spec.get("archive_days", 0):
        found.append({"transition_to_archive": after(archive)})
    if found and spec.get("back_on_access", True):
        found.append({"transition_to_primary_storage_class": "AFTER_1_ACCESS"})
    return found


def _tls_only(arn: pulumi.Output[str]) -> Mapping[str, object]:
    # With any policy, clients without IAM are no longer let in by default, and this one lets in nobody: what servers
    # may is in their roles (EFS user guide, "Using IAM to control access to file systems").
    return {
        "Sid": "DenyInsecureTransport",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "*",
        "Resource": arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
