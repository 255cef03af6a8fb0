"""Settings of a bucket that are resources of their own: versioning, encryption, ownership, no public access."""

from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Entry, props
from rehearsal.services._plain import fields

from ._common import setting

_OWNER = {"expectedBucketOwner": "ExpectedBucketOwner"}
_SUSPENDED = {"Status": "Suspended"}


def _suspend(context: Context) -> None:
    """Versioning cannot be taken back, only suspended."""
    if fields(context.inputs.get("versioningConfiguration")).get("status") == "Enabled":
        context.call("put_bucket_versioning", {"Bucket": context.id, "VersioningConfiguration": _SUSPENDED})


def _set_versioning(context: Context) -> None:
    call = Call("put_bucket_versioning", {"Bucket": "{bucket}"})
    wanted: dict[str, Any] = context.inputs["versioningConfiguration"]
    # "Disabled" is the provider's word for a bucket that never had versions: there is nothing to send.
    if wanted.get("status") != "Disabled":
        context.run(call, [n for n in context.carries(call, creating=True) if n != "bucket"])


def _check_versioning(context: Context) -> None:
    if fields(context.inputs["versioningConfiguration"]).get("status") != "Disabled":
        context.verify(Call("put_bucket_versioning"), ["bucket", "versioningConfiguration", "expectedBucketOwner"])


def _versioning(context: Context) -> Any:
    found = context.call("get_bucket_versioning", {"Bucket": context.id})
    return {"Bucket": context.id, "VersioningConfiguration": {"Status": "Disabled", **found}}


VERSIONING = Entry(
    "aws:s3/bucketVersioning:BucketVersioning",
    service="s3",
    inputs=props(
        required="bucket versioningConfiguration",
        replaces="bucket expectedBucketOwner",
        computed="expectedBucketOwner",
        api={**_OWNER, "mfa": "MFA"},
        reads={"mfa": None, "expectedBucketOwner": None},
    ),
    create=_set_versioning,
    rehearse=_check_versioning,
    id="{bucket}",
    read=(_versioning,),
    updates=(Call("put_bucket_versioning", {"Bucket": "{id}"}, sends="versioningConfiguration mfa", whole=True),),
    delete=(_suspend,),
)

ENCRYPTION = Entry(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    service="s3",
    inputs=props(
        required="bucket rules",
        replaces="bucket expectedBucketOwner",
        computed="expectedBucketOwner",
        sets="rules",
        api={**_OWNER, "rules": "ServerSideEncryptionConfiguration.Rules"},
        fields={"rules": {"kmsMasterKeyId": "KMSMasterKeyID"}},
        reads={"expectedBucketOwner": None},
    ),
    create=Call("put_bucket_encryption"),
    id="{bucket}",
    read=(setting("get_bucket_encryption"),),
    updates=(Call("put_bucket_encryption", {"Bucket": "{id}"}, sends="rules"),),
    delete=(Call("delete_bucket_encryption", {"Bucket": "{id}"}),),
)

_BLOCKS = "blockPublicAcls blockPublicPolicy ignorePublicAcls restrictPublicBuckets"


def _open(context: Context) -> None:
    if not context.inputs.get("skipDestroy"):
        context.call("delete_public_access_block", {"Bucket": context.id})


PUBLIC_ACCESS_BLOCK = Entry(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    service="s3",
    inputs=props(
        required="bucket",
        replaces="bucket",
        local="skipDestroy",
        defaults=dict.fromkeys(_BLOCKS.split(), False),
        api={name: f"PublicAccessBlockConfiguration.{name[0].upper()}{name[1:]}" for name in _BLOCKS.split()},
    ),
    create=Call("put_public_access_block"),
    id="{bucket}",
    read=(setting("get_public_access_block"),),
    updates=(Call("put_public_access_block", {"Bucket": "{id}"}, sends=_BLOCKS, whole=True),),
    delete=(_open,),
)

OWNERSHIP = Entry(
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    service="s3",
    inputs=props(
        required="bucket rule",
        replaces="bucket",
        api={"rule": "OwnershipControls.Rules"},
        reads={"rule": "OwnershipControls.Rules.0"},
    ),
    create=Call("put_bucket_ownership_controls"),
    id="{bucket}",
    read=(setting("get_bucket_ownership_controls"),),
    updates=(Call("put_bucket_ownership_controls", {"Bucket": "{id}"}, sends="rule"),),
    delete=(Call("delete_bucket_ownership_controls", {"Bucket": "{id}"}),),
)

ENTRIES = (VERSIONING, ENCRYPTION, PUBLIC_ACCESS_BLOCK, OWNERSHIP)
