"""EFS: file systems, mount targets, access points and policies."""

from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Do, Entry, Tags, props
from rehearsal.services._plain import fields

_TAGS = Tags(
    {"Tags": "{tags}"},
    put=Call("tag_resource", {"ResourceId": "{id}", "Tags": "{tags}"}),
    remove=Call("untag_resource", {"ResourceId": "{id}", "TagKeys": "{keys}"}),
)


def _create(context: Context) -> Any:
    # The provider makes one up, too: it keeps a repeated request from making a second file system.
    token = context.inputs.get("creationToken") or f"{context.name[:40]}-{context.hash}"
    context.tags = context.tags_wanted
    tags = dict(_TAGS.create) if context.tags else {}
    return context.run(Call("create_file_system", {"CreationToken": token, **tags}), _sent(context))


def _sent(context: Context) -> list[str]:
    return [n for n in context.carries(Call("create_file_system"), creating=True) if n != "creationToken"]


def _file_system(context: Context) -> Any:
    found = context.call("describe_file_systems", {"FileSystemId": context.id})["FileSystems"][0]
    policies = context.call("describe_lifecycle_configuration", {"FileSystemId": context.id})
    size = fields(found.get("SizeInBytes"))
    sizes = [
        {"value": size.get("Value"), "valueInIa": size.get("ValueInIA"), "valueInStandard": size.get("ValueInStandard")}
    ]
    return {**found, **{k: v for k, v in policies.items() if k == "LifecyclePolicies"}, "Sizes": sizes}


def _set_lifecycle(context: Context) -> None:
    call = Call("put_lifecycle_configuration", {"FileSystemId": "{id}"})
    if context.inputs.get("lifecyclePolicies"):
        context.run(call, ["lifecyclePolicies"])
    elif context.old:
        context.call("put_lifecycle_configuration", {"FileSystemId": context.id, "LifecyclePolicies": []})


def _domain(context: Context, name: str) -> str:
    suffix = context.emulator.partition(context.region)["outputs"]["dnsSuffix"]
    return f"{name}.efs.{context.region}.{suffix}"


_FILE_SYSTEM_ARN = "arn:{partition}:elasticfilesystem:{region}:{account}:file-system/"

FILE_SYSTEM = Entry(
    "aws:efs/fileSystem:FileSystem",
    service="efs",
    inputs=props(
        "lifecyclePolicies",
        replaces="availabilityZoneName creationToken encrypted kmsKeyId performanceMode",
        computed="availabilityZoneName creationToken encrypted kmsKeyId performanceMode protection",
        # The emulator has no UpdateFileSystem and no UpdateFileSystemProtection.
        recorded="protection provisionedThroughputInMibps throughputMode",
        defaults={"throughputMode": "bursting"},
        fields={"lifecyclePolicies": {"transitionToIa": "TransitionToIA"}},
    ),
    create=_create,
    rehearse=lambda context: context.verify(Call("create_file_system"), _sent(context)),
    id="FileSystemId",
    read=(_file_system,),
    updates=(Do(_set_lifecycle, "lifecyclePolicies", on_create=True),),
    delete=(Call("delete_file_system", {"FileSystemId": "{id}"}),),
    outputs={
        "arn": _FILE_SYSTEM_ARN + "{id}",
        "availabilityZoneId": "AvailabilityZoneId",
        "dnsName": lambda context: _domain(context, context.id),
        "name": "Name",
        "numberOfMountTargets": "NumberOfMountTargets",
        "ownerId": "OwnerId",
        "sizeInBytes": "Sizes",
    },
    tags=_TAGS,
)


def _mount_target(context: Context) -> Any:
    target = {"MountTargetId": context.id}
    found = context.call("describe_mount_targets", target)["MountTargets"][0]
    return {**found, **context.call("describe_mount_target_security_groups", target)}


MOUNT_TARGET = Entry(
    "aws:efs/mountTarget:MountTarget",
    service="efs",
    inputs=props(
        "securityGroups",
        required="fileSystemId subnetId",
        replaces="fileSystemId ipAddress ipAddressType ipv6Address subnetId",
        computed="ipAddress ipAddressType ipv6Address securityGroups",
        sets="securityGroups",
        recorded="ipAddressType ipv6Address",
    ),
    create=Call("create_mount_target"),
    id="MountTargetId",
    read=(_mount_target,),
    updates=(Call("modify_mount_target_security_groups", {"MountTargetId": "{id}"}, sends="securityGroups"),),
    delete=(Call("delete_mount_target", {"MountTargetId": "{id}"}),),
    outputs={
        "availabilityZoneId": "AvailabilityZoneId",
        "availabilityZoneName": "AvailabilityZoneName",
        "dnsName": lambda context: _domain(context, context.answer["FileSystemId"]),
        "fileSystemArn": lambda context: context.render(_FILE_SYSTEM_ARN) + context.answer["FileSystemId"],
        "mountTargetDnsName": lambda context: _domain(
            context, f"{context.answer['AvailabilityZoneName']}.{context.answer['FileSystemId']}"
        ),
        "networkInterfaceId": "NetworkInterfaceId",
        "ownerId": "OwnerId",
    },
)

ACCESS_POINT = Entry(
    "aws:efs/accessPoint:AccessPoint",
    service="efs",
    inputs=props(
        required="fileSystemId",
        replaces="fileSystemId posixUser rootDirectory",
        computed="rootDirectory",
    ),
    create=Call("create_access_point"),
    id="AccessPointId",
    read=(Call("describe_access_points", {"AccessPointId": "{id}"}, at="AccessPoints.0"),),
    delete=(Call("delete_access_point", {"AccessPointId": "{id}"}),),
    outputs={
        "arn": "AccessPointArn",
        "fileSystemArn": lambda context: context.render(_FILE_SYSTEM_ARN) + context.answer["FileSystemId"],
        "ownerId": "OwnerId",
    },
    tags=_TAGS,
)

_NOTHING = '{"Version": "2012-10-17", "Statement": []}'


def _policy(context: Context) -> Any:
    found = context.call("describe_file_system_policy", {"FileSystemId": context.id})
    return None if found["Policy"] == _NOTHING else found


FILE_SYSTEM_POLICY = Entry(
    "aws:efs/fileSystemPolicy:FileSystemPolicy",
    service="efs",
    inputs=props(
        required="fileSystemId policy",
        replaces="fileSystemId",
        json="policy",
        defaults={"bypassPolicyLockoutSafetyCheck": False},
        reads={"bypassPolicyLockoutSafetyCheck": None},
    ),
    create=Call("put_file_system_policy"),
    id="{fileSystemId}",
    read=(_policy,),
    updates=(
        Call(
            "put_file_system_policy",
            {"FileSystemId": "{id}"},
            sends="bypassPolicyLockoutSafetyCheck policy",
            whole=True,
        ),
    ),
    # The emulator has no DeleteFileSystemPolicy: one that says nothing stands for none.
    delete=(Call("put_file_system_policy", {"FileSystemId": "{id}", "Policy": _NOTHING}),),
)

BACKUP_POLICY = Entry(
    "aws:efs/backupPolicy:BackupPolicy",
    service="efs",
    emulated=False,
    inputs=props(required="backupPolicy fileSystemId", replaces="fileSystemId"),
    create=Call("put_backup_policy"),
    id="{fileSystemId}",
)

ENTRIES = (FILE_SYSTEM, MOUNT_TARGET, ACCESS_POINT, FILE_SYSTEM_POLICY, BACKUP_POLICY)
