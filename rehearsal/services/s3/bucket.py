"""Buckets."""

import hashlib
import ipaddress
import re
from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Entry, Tags, props
from rehearsal.errors import ApiError
from rehearsal.services._plain import items
from rehearsal.values import is_unknown

_NAME = re.compile(r"(?=.{3,63}$)[a-z0-9]([a-z0-9-]|\.(?!\.))*[a-z0-9]")
_STARTS, _ENDS = ("xn--", "sthree-", "amzn-s3-demo-"), ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")


def bucket_name(inputs: Mapping[str, Any]) -> str | None:
    """Apply "General purpose bucket naming rules" of the S3 user guide; the emulator has none."""
    name = inputs.get("bucket")
    if name is None or is_unknown(name):
        return None
    if not _NAME.fullmatch(name) or _is_address(name):
        return (
            "bucket must be 3 to 63 lower-case letters, digits, hyphens and single dots, begin and end with a letter "
            f"or digit and not be an IP address, got {name!r}"
        )
    if name.startswith(_STARTS) or name.endswith(_ENDS):
        return f"bucket must not begin with {', '.join(_STARTS)} or end with {', '.join(_ENDS)}, got {name!r}"
    return None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _create(context: Context) -> None:
    # The region without a name of its own in this call is the one where buckets began.
    elsewhere = context.region != "us-east-1"
    place = {"CreateBucketConfiguration": {"LocationConstraint": context.region}} if elsewhere else {}
    lock = {"ObjectLockEnabledForBucket": True} if context.inputs.get("objectLockEnabled") else {}
    context.call("create_bucket", {"Bucket": context.inputs["bucket"], **place, **lock})


def _bucket(context: Context) -> Any:
    context.call("head_bucket", {"Bucket": context.id})
    found: dict[str, Any] = {"Bucket": context.id}
    try:
        lock = context.call("get_object_lock_configuration", {"Bucket": context.id})["ObjectLockConfiguration"]
        found["ObjectLockEnabled"] = lock.get("ObjectLockEnabled") == "Enabled"
    except ApiError as error:
        if not error.gone:
            raise
    return found


def _empty(context: Context) -> None:
    """Delete every version of every object when the bucket may go with what is in it."""
    if not context.inputs.get("forceDestroy"):
        return
    while True:
        listed = context.call("list_object_versions", {"Bucket": context.id})
        found = [*items(listed.get("Versions")), *items(listed.get("DeleteMarkers"))]
        if not found:
            return
        objects = [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in found]
        context.call(
            "delete_objects",
            {"Bucket": context.id, "Delete": {"Objects": objects, "Quiet": True}, "BypassGovernanceRetention": True},
        )


def _zone(context: Context) -> str:
    """Make up the hosted zone of the region's endpoints: the emulator tells none."""
    return f"Z{hashlib.sha256(f's3.{context.region}'.encode()).hexdigest()[:13].upper()}"


def _domain(context: Context, place: str) -> str:
    return f"{context.id}.s3.{place}{context.emulator.partition(context.region)['outputs']['dnsSuffix']}"


BUCKET = Entry(
    "aws:s3/bucket:Bucket",
    service="s3",
    inputs=props(
        replaces="bucket bucketNamespace bucketPrefix objectLockEnabled",
        computed="accelerationStatus acl bucket bucketNamespace bucketPrefix corsRules grants lifecycleRules logging"
        " objectLockConfiguration objectLockEnabled policy replicationConfiguration requestPayer"
        " serverSideEncryptionConfiguration versioning website",
        local="bucketPrefix forceDestroy",
        # Each of them is a resource of its own nowadays: the provider keeps these for old programs only.
        recorded="accelerationStatus acl bucketNamespace corsRules grants lifecycleRules logging"
        " objectLockConfiguration policy replicationConfiguration requestPayer serverSideEncryptionConfiguration"
        " versioning website",
        defaults={"forceDestroy": False},
    ),
    conflicts=("bucket bucketPrefix",),
    checks=(bucket_name,),
    autoname=Autoname("bucket", 63, lower=True),
    create=_create,
    id="{bucket}",
    read=(_bucket,),
    delete=(_empty, Call("delete_bucket", {"Bucket": "{id}"})),
    outputs={
        "arn": "arn:{partition}:s3:::{id}",
        "bucketDomainName": lambda context: _domain(context, ""),
        "bucketRegion": "{region}",
        "bucketRegionalDomainName": lambda context: _domain(context, f"{context.region}."),
        "hostedZoneId": _zone,
        "websiteDomain": lambda _: None,
        "websiteEndpoint": lambda _: None,
    },
    tags=Tags(
        put=Call("put_bucket_tagging", {"Bucket": "{id}", "Tagging": {"TagSet": "{tags}"}}),
        remove=Call("delete_bucket_tagging", {"Bucket": "{id}"}),
        read=Call("get_bucket_tagging", {"Bucket": "{id}"}),
        at="TagSet",
        whole=True,
    ),
)

ENTRIES = (BUCKET,)
