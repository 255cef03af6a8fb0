"""KMS keys and their aliases."""

from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Do, Entry, Tags, props
from rehearsal.services import _policies
from rehearsal.values import is_unknown


def _key(context: Context) -> Any:
    """Describe the key; one that waits for its deletion is gone for the provider."""
    key = context.call("describe_key", {"KeyId": context.id})["KeyMetadata"]
    return None if key["KeyState"] == "PendingDeletion" else key


def _switch(context: Context) -> None:
    enabled = context.inputs.get("isEnabled", True)
    if context.old or not enabled:
        context.call("enable_key" if enabled else "disable_key", {"KeyId": context.id})


def _rotate(context: Context) -> None:
    if context.inputs.get("enableKeyRotation"):
        period = context.inputs.get("rotationPeriodInDays")
        days = {"RotationPeriodInDays": int(period)} if period else {}
        context.call("enable_key_rotation", {"KeyId": context.id, **days})
    elif context.old:
        context.call("disable_key_rotation", {"KeyId": context.id})


def _lockout(inputs: Mapping[str, Any]) -> str | None:
    """MalformedPolicyDocumentException: nobody could change the policy again."""
    policy = inputs.get("policy")
    if inputs.get("bypassPolicyLockoutSafetyCheck") is True or policy is None or is_unknown(policy):
        return None
    if not _policies.allows(policy, "kms:PutKeyPolicy"):
        return "policy must let the account or a role do kms:PutKeyPolicy, or nobody can change the key any more"
    return None


KEY = Entry(
    "aws:kms/key:Key",
    service="kms",
    inputs=props(
        "description policy enableKeyRotation",
        replaces="customKeyStoreId customerMasterKeySpec keyUsage multiRegion xksKeyId",
        computed="multiRegion policy",
        json="policy",
        local="deletionWindowInDays",
        recorded="rotationPeriodInDays",
        defaults={
            "bypassPolicyLockoutSafetyCheck": False,
            "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
            "enableKeyRotation": False,
            "isEnabled": True,
            "keyUsage": "ENCRYPT_DECRYPT",
        },
        api={"bypassPolicyLockoutSafetyCheck": "BypassPolicyLockoutSafetyCheck", "customerMasterKeySpec": "KeySpec"},
        reads={
            "bypassPolicyLockoutSafetyCheck": None,
            "enableKeyRotation": "KeyRotationEnabled",
            "isEnabled": "Enabled",
            "xksKeyId": "XksKeyConfiguration.Id",
        },
    ),
    checks=(lambda inputs: _policies.malformed("policy", inputs.get("policy")), _lockout),
    create=Call("create_key"),
    id="KeyMetadata.KeyId",
    read=(
        _key,
        Call("get_key_policy", {"KeyId": "{id}", "PolicyName": "default"}),
        Call("get_key_rotation_status", {"KeyId": "{id}"}, at="KeyRotationEnabled", into="KeyRotationEnabled"),
    ),
    updates=(
        Do(_rotate, "enableKeyRotation rotationPeriodInDays", on_create=True),
        Do(_switch, "isEnabled", on_create=True),
        Call("update_key_description", {"KeyId": "{id}", "Description": "{description}"}, sends=""),
        Call("put_key_policy", {"KeyId": "{id}", "PolicyName": "default", "Policy": "{policy}"}, sends=""),
    ),
    delete=(
        Call(
            "schedule_key_deletion",
            {"KeyId": "{id}", "PendingWindowInDays": "{deletionWindowInDays}"},
            done=("KMSInvalidStateException",),
        ),
    ),
    outputs={"arn": "Arn", "keyId": "KeyId"},
    tags=Tags(
        {"Tags": "{tags}"},
        put=Call("tag_resource", {"KeyId": "{id}", "Tags": "{tags}"}),
        remove=Call("untag_resource", {"KeyId": "{id}", "TagKeys": "{keys}"}),
        read=Call("list_resource_tags", {"KeyId": "{id}"}),
    ),
)


def _alias(context: Context) -> Any:
    aliases = context.call("list_aliases")["Aliases"]
    return next((alias for alias in aliases if alias["AliasName"] == context.id), None)


ALIAS = Entry(
    "aws:kms/alias:Alias",
    service="kms",
    inputs=props(
        required="targetKeyId",
        replaces="name namePrefix",
        computed="name namePrefix",
        local="namePrefix",
        api={"name": "AliasName"},
        # A program gives the key's id or its ARN; the list has the id.
        to_api={"targetKeyId": lambda key: key.rsplit("/", 1)[-1]},
    ),
    conflicts=("name namePrefix",),
    autoname=Autoname("name", 256, prefix="alias/"),
    create=Call("create_alias"),
    id="{name}",
    read=(_alias,),
    updates=(Call("update_alias", {"AliasName": "{id}"}, sends="targetKeyId"),),
    delete=(Call("delete_alias", {"AliasName": "{id}"}),),
    outputs={"arn": "AliasArn", "targetKeyArn": "arn:{partition}:kms:{region}:{account}:key/{targetKeyId}"},
)

ENTRIES = (KEY, ALIAS)
