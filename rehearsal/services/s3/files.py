"""S3 Files: a bucket as an NFS file system. The emulator has no such service: requests are checked, not sent."""

from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Entry, Tags, props
from rehearsal.services._plain import fields, items

_ARN = "arn:{partition}:s3files:{region}:{account}:file-system/"
_TAGS = Tags({"tags": "{tags}"})


def _versioned(context: Context) -> str | None:
    """S3 Files keeps file system and bucket in step by versions of objects, and refuses a bucket without."""
    bucket = str(context.inputs["bucket"]).split(":::")[-1]
    if context.old:
        return None
    if context.call("get_bucket_versioning", {"Bucket": bucket}, service="s3").get("Status") != "Enabled":
        return f"bucket must be one with versioning enabled, got {bucket}"
    return None


FILE_SYSTEM = Entry(
    "aws:s3/filesFileSystem:FilesFileSystem",
    service="s3files",
    emulated=False,
    inputs=props(
        "acceptBucketWarning",
        required="bucket roleArn",
        replaces="acceptBucketWarning bucket kmsKeyId prefix roleArn",
        computed="kmsKeyId",
        local="timeouts",
    ),
    guards=(_versioned,),
    create=Call("create_file_system"),
    id="fs-{hash}",
    outputs={
        "arn": _ARN + "{id}",
        "creationTime": lambda _: "2026-01-01T00:00:00Z",
        "name": lambda context: context.tags_wanted.get("Name"),
        "ownerId": "{account}",
        "status": lambda _: "available",
        "statusMessage": lambda _: None,
    },
    tags=_TAGS,
)


def _subnet(context: Context) -> dict[str, Any]:
    found = context.call("describe_subnets", {"SubnetIds": [context.inputs["subnetId"]]}, service="ec2")
    return found["Subnets"][0]


MOUNT_TARGET = Entry(
    "aws:s3/filesMountTarget:FilesMountTarget",
    service="s3files",
    emulated=False,
    inputs=props(
        "securityGroups",
        required="fileSystemId subnetId",
        replaces="fileSystemId ipAddressType ipv4Address ipv6Address subnetId",
        computed="ipAddressType ipv4Address ipv6Address securityGroups",
        sets="securityGroups",
        local="timeouts",
    ),
    create=Call("create_mount_target"),
    id="fsmt-{hash}",
    outputs={
        "availabilityZoneId": lambda context: _subnet(context)["AvailabilityZoneId"],
        "networkInterfaceId": "eni-{hash}",
        "ownerId": "{account}",
        "status": lambda _: "available",
        "statusMessage": lambda _: None,
        "vpcId": lambda context: _subnet(context)["VpcId"],
    },
)

ACCESS_POINT = Entry(
    "aws:s3/filesAccessPoint:FilesAccessPoint",
    service="s3files",
    emulated=False,
    inputs=props(
        required="fileSystemId",
        replaces="fileSystemId posixUsers rootDirectories",
        computed="posixUsers rootDirectories",
        local="timeouts",
        api={"posixUsers": "posixUser", "rootDirectories": "rootDirectory"},
    ),
    create=Call("create_access_point"),
    id="fsap-{hash}",
    outputs={
        "arn": _ARN + "{fileSystemId}/access-point/{id}",
        "name": lambda context: context.tags_wanted.get("Name"),
        "ownerId": "{account}",
        "status": lambda _: "available",
    },
    tags=_TAGS,
)

FILE_SYSTEM_POLICY = Entry(
    "aws:s3/filesFileSystemPolicy:FilesFileSystemPolicy",
    service="s3files",
    emulated=False,
    inputs=props(required="fileSystemId policy", replaces="fileSystemId", json="policy"),
    create=Call("put_file_system_policy"),
    id="{fileSystemId}",
)


def _import_sizes(state: dict[str, Any], news: dict[str, Any]) -> set[str]:
    """Another size limit makes a new configuration; other parts of the rules change in place."""
    before, after = ([fields(r).get("sizeLessThan") for r in items(v.get("importDataRules"))] for v in (state, news))
    return {"importDataRules"} if before != after else set()


SYNCHRONIZATION = Entry(
    "aws:s3/filesSynchronizationConfiguration:FilesSynchronizationConfiguration",
    service="s3files",
    emulated=False,
    inputs=props(
        "expirationDataRules importDataRules",
        required="fileSystemId",
        replaces="fileSystemId",
        computed="latestVersionNumber",
        sets="expirationDataRules importDataRules",
    ),
    replaces_if=_import_sizes,
    create=Call("put_synchronization_configuration"),
    id="{fileSystemId}",
)

ENTRIES = (FILE_SYSTEM, MOUNT_TARGET, ACCESS_POINT, FILE_SYSTEM_POLICY, SYNCHRONIZATION)
