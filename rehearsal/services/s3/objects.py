"""Objects."""

import base64
from pathlib import Path
from typing import Any

import pulumi

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Do, Entry, Tags, props
from rehearsal.errors import RehearsalError
from rehearsal.services._plain import items

_SENT = (
    "acl bucket bucketKeyEnabled cacheControl checksumAlgorithm contentDisposition contentEncoding contentLanguage"
    " contentType key kmsKeyId metadata objectLockLegalHoldStatus objectLockMode objectLockRetainUntilDate"
    " serverSideEncryption storageClass websiteRedirect"
)
_BODY = "content contentBase64 source sourceHash etag"


def _body(context: Context) -> bytes:
    inputs = context.inputs
    if inputs.get("contentBase64") is not None:
        return base64.b64decode(inputs["contentBase64"])
    source = inputs.get("source")
    if source is None:
        return str(inputs.get("content") or "").encode()
    if isinstance(source, pulumi.StringAsset):
        return str(source.text).encode()
    path = Path(str(source.path if isinstance(source, pulumi.FileAsset) else source))
    try:
        return path.read_bytes()
    except OSError as error:
        raise RehearsalError(f"{context.entry.type_name}: source must be a file that can be read: {error}") from None


def _put(context: Context) -> None:
    call = Call("put_object", {"Body": _body(context)})
    context.run(call, _SENT.split(), params={"Tagging": _tagging(context)} if context.tags_wanted else None)


def _tagging(context: Context) -> str:
    from urllib.parse import urlencode  # noqa: PLC0415

    return urlencode(context.tags_wanted)


def _object(context: Context) -> Any:
    bucket, _, key = context.id.partition("/")
    found = context.call("head_object", {"Bucket": bucket, "Key": key})
    etag = str(found.get("ETag", "")).strip('"')
    return {"StorageClass": "STANDARD", **found, "Bucket": bucket, "Key": key, "ETag": etag}


def _same_file(state: dict[str, Any], news: dict[str, Any]) -> set[str]:
    """Assets are other objects at every run: what counts is which file they are, and `sourceHash`."""
    before, after = state.get("source"), news.get("source")
    told = [(type(a).__name__, getattr(a, "path", None) or getattr(a, "text", None)) for a in (before, after)]
    return {"source"} if before is not None and isinstance(after, pulumi.Asset) and told[0] == told[1] else set()


def _delete(context: Context) -> None:
    """Delete the object; where there are versions, all of them."""
    where = {"Bucket": context.inputs["bucket"], "Key": context.inputs["key"]}
    listed = context.call("list_object_versions", {"Bucket": where["Bucket"], "Prefix": where["Key"]})
    for item in [*items(listed.get("Versions")), *items(listed.get("DeleteMarkers"))]:
        if item["Key"] == where["Key"]:
            force = {"BypassGovernanceRetention": True} if context.inputs.get("forceDestroy") else {}
            context.call("delete_object", {**where, "VersionId": item["VersionId"], **force})


OBJECT = Entry(
    "aws:s3/bucketObjectv2:BucketObjectv2",
    service="s3",
    inputs=props(
        f"{_SENT} {_BODY}",
        required="bucket",
        replaces="bucket key",
        computed="acl bucketKeyEnabled contentType etag key kmsKeyId objectLockLegalHoldStatus objectLockMode"
        " objectLockRetainUntilDate serverSideEncryption storageClass",
        local="forceDestroy overrideProvider",
        defaults={"forceDestroy": False},
        api={"acl": "ACL", "kmsKeyId": "SSEKMSKeyId", "websiteRedirect": "WebsiteRedirectLocation"},
        reads={
            "acl": None,
            "checksumAlgorithm": None,
            "content": None,
            "contentBase64": None,
            "etag": "ETag",
            "source": None,
            "sourceHash": None,
        },
    ),
    conflicts=("content contentBase64 source", "etag kmsKeyId"),
    ignores_if=_same_file,
    autoname=Autoname("key", 1024, digits=0),
    create=_put,
    rehearse=lambda context: context.verify(Call("put_object"), _SENT.split()),
    id="{bucket}/{key}",
    import_id=lambda identifier: dict(zip(("bucket", "key"), identifier.split("/", 1), strict=False)),
    read=(_object,),
    updates=(Do(_put, f"{_SENT} {_BODY}"),),
    delete=(_delete,),
    outputs={
        "arn": "arn:{partition}:s3:::{bucket}/{key}",
        "checksumCrc32": "ChecksumCRC32",
        "checksumCrc32c": "ChecksumCRC32C",
        "checksumCrc64nvme": "ChecksumCRC64NVME",
        "checksumSha1": "ChecksumSHA1",
        "checksumSha256": "ChecksumSHA256",
        "versionId": "VersionId",
    },
    volatile="etag versionId",
    tags=Tags(
        {"Tagging": "{tags}"},
        put=Call("put_object_tagging", {"Bucket": "{bucket}", "Key": "{key}", "Tagging": {"TagSet": "{tags}"}}),
        remove=Call("delete_object_tagging", {"Bucket": "{bucket}", "Key": "{key}"}),
        read=Call("get_object_tagging", {"Bucket": "{bucket}", "Key": "{key}"}),
        at="TagSet",
        whole=True,
    ),
)

ENTRIES = (OBJECT,)
