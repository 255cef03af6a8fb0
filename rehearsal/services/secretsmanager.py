"""Secrets Manager: secrets, their versions and policies, and their rotation."""

import base64
from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Do, Entry, Tags, props
from rehearsal.errors import ApiError
from rehearsal.services._plain import fields, items
from rehearsal.values import is_unknown

from . import _policies

_OWN = {"SecretId": "{id}"}


def _window(inputs: Mapping[str, Any]) -> str | None:
    days = inputs.get("recoveryWindowInDays")
    if days is None or is_unknown(days) or int(days) == 0 or 7 <= int(days) <= 30:  # noqa: PLR2004
        return None
    return f"recoveryWindowInDays must be 0 (deleted at once) or from 7 to 30, got {days}"


def _secret(context: Context) -> Any:
    """Describe the secret; one that waits for its deletion is gone for the provider."""
    found = context.call("describe_secret", {"SecretId": context.id})
    policy = context.call("get_resource_policy", {"SecretId": context.id}).get("ResourcePolicy")
    return None if found.get("DeletedDate") else {**found, "Policy": policy}


def _set_policy(context: Context) -> None:
    policy = context.inputs.get("policy")
    if policy:
        context.call("put_resource_policy", {"SecretId": context.id, "ResourcePolicy": policy})
    elif context.old:
        context.call("delete_resource_policy", {"SecretId": context.id})


def _set_replicas(context: Context) -> None:
    before = {r["region"] for r in items(context.old.get("replicas"))}
    after = {r["region"]: r for r in items(context.inputs.get("replicas"))}
    if before - after.keys():
        gone = {"SecretId": context.id, "RemoveReplicaRegions": sorted(before - after.keys())}
        context.call("remove_regions_from_replication", gone)
    added = [after[region] for region in after if region not in before]
    if added:
        regions = [{"Region": r["region"], **({"KmsKeyId": r["kmsKeyId"]} if r.get("kmsKeyId") else {})} for r in added]
        force = bool(context.inputs.get("forceOverwriteReplicaSecret"))
        request = {"SecretId": context.id, "AddReplicaRegions": regions, "ForceOverwriteReplicaSecret": force}
        context.call("replicate_secret_to_regions", request)


def _delete_secret(context: Context) -> None:
    regions = [replica["region"] for replica in items(context.inputs.get("replicas"))]
    if regions:
        context.call("remove_regions_from_replication", {"SecretId": context.id, "RemoveReplicaRegions": regions})
    days = int(context.inputs.get("recoveryWindowInDays", 30))
    how = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
    context.run(Call("delete_secret", {"SecretId": context.id, **how}, done=("InvalidRequestException",)))


SECRET = Entry(
    "aws:secretsmanager/secret:Secret",
    service="secretsmanager",
    inputs=props(
        "description kmsKeyId",
        replaces="name namePrefix type",
        computed="name namePrefix policy replicas",
        sets="replicas",
        json="policy",
        local="forceOverwriteReplicaSecret namePrefix recoveryWindowInDays",
        recorded="type",
        defaults={"forceOverwriteReplicaSecret": False, "recoveryWindowInDays": 30},
        reads={"replicas": "ReplicationStatus"},
    ),
    conflicts=("name namePrefix",),
    checks=(_window, lambda inputs: _policies.malformed("policy", inputs.get("policy"))),
    autoname=Autoname("name", 512),
    create=Call("create_secret"),
    id="ARN",
    read=(_secret,),
    updates=(
        Do(_set_policy, "policy", on_create=True),
        Do(_set_replicas, "replicas", on_create=True),
        Do(
            lambda context: context.call(
                "update_secret",
                {
                    "SecretId": context.id,
                    "Description": context.inputs.get("description") or "",
                    **({"KmsKeyId": context.inputs["kmsKeyId"]} if context.inputs.get("kmsKeyId") else {}),
                },
            ),
            "description kmsKeyId",
        ),
    ),
    delete=(_delete_secret,),
    outputs={"arn": "{id}"},
    tags=Tags(
        {"Tags": "{tags}"},
        put=Call("tag_resource", {**_OWN, "Tags": "{tags}"}),
        remove=Call("untag_resource", {**_OWN, "TagKeys": "{keys}"}),
    ),
)

_VALUES = "secretString secretBinary secretStringWo"
_CURRENT = "AWSCURRENT"


def _put_value(context: Context) -> Any:
    inputs = context.inputs
    text = inputs.get("secretString") if inputs.get("secretString") is not None else inputs.get("secretStringWo")
    binary = inputs.get("secretBinary")
    value = {"SecretString": text} if text is not None else {"SecretBinary": base64.b64decode(str(binary))}
    stages = {"VersionStages": list(inputs["versionStages"])} if inputs.get("versionStages") else {}
    return context.call("put_secret_value", {"SecretId": inputs["secretId"], **value, **stages})


def _split(identifier: str) -> tuple[str, str]:
    secret, _, version = identifier.rpartition("|")
    return secret, version


def _version(context: Context) -> Any:
    secret, version = _split(context.id)
    try:
        found = context.call("get_secret_value", {"SecretId": secret, "VersionId": version})
    except ApiError as error:
        if error.gone or error.code == "InvalidRequestException":  # the secret waits for its deletion
            return None
        raise
    if context.inputs.get("secretStringWo") is not None:
        found.pop("SecretString", None)
    return {**found, "SecretId": secret}


def _move_stages(context: Context, wanted: set[str]) -> None:
    secret, version = _split(context.id)
    holders = fields(context.call("describe_secret", {"SecretId": secret}).get("VersionIdsToStages"))
    present = set(items(holders.get(version)))
    for stage in sorted(wanted - present):
        holder = next((v for v, stages in holders.items() if stage in stages), None)
        moved = {"RemoveFromVersionId": holder} if holder else {}
        request = {"SecretId": secret, "VersionStage": stage, "MoveToVersionId": version, **moved}
        context.call("update_secret_version_stage", request)
    for stage in sorted(present - wanted - {_CURRENT}):
        request = {"SecretId": secret, "VersionStage": stage, "RemoveFromVersionId": version}
        context.call("update_secret_version_stage", request)


def _forget_version(context: Context) -> None:
    """Take its labels away; the current one cannot be, it goes with the secret or with the next version."""
    if _version(context) is not None:
        _move_stages(context, set())


SECRET_VERSION = Entry(
    "aws:secretsmanager/secretVersion:SecretVersion",
    service="secretsmanager",
    inputs=props(
        "versionStages",
        required="secretId",
        replaces="secretBinary secretId secretString secretStringWoVersion",
        computed="versionStages",
        sets="versionStages",
        secret=_VALUES,
        reads={"secretStringWo": None, "secretStringWoVersion": None},
    ),
    exactly_one=(_VALUES,),
    ignores_if=lambda _state, _news: {"secretStringWo"},
    create=_put_value,
    id=lambda context: f"{context.inputs['secretId']}|{context.answer['VersionId']}",
    import_id=lambda identifier: {"secretId": _split(identifier)[0]},
    read=(_version,),
    updates=(
        Do(lambda context: _move_stages(context, set(items(context.inputs.get("versionStages")))), "versionStages"),
    ),
    delete=(_forget_version,),
    outputs={
        "arn": "ARN",
        "hasSecretStringWo": lambda context: context.inputs.get("secretStringWo") is not None,
        "secretArn": "ARN",
        "versionId": "VersionId",
    },
)


def _not_public(inputs: Mapping[str, Any]) -> str | None:
    if inputs.get("blockPublicPolicy") is True and _policies.public(inputs["policy"]):
        return "policy must not let everybody in while blockPublicPolicy is true"
    return None


def _policy_of(context: Context) -> Any:
    found = context.call("get_resource_policy", {"SecretId": context.id})
    return {**found, "SecretArn": context.id} if found.get("ResourcePolicy") else None


SECRET_POLICY = Entry(
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    service="secretsmanager",
    inputs=props(
        "blockPublicPolicy",
        required="policy secretArn",
        replaces="secretArn",
        json="policy",
        api={"policy": "ResourcePolicy", "secretArn": "SecretId"},
        reads={"blockPublicPolicy": None, "secretArn": "SecretArn"},
    ),
    checks=(lambda inputs: _policies.malformed("policy", inputs.get("policy")), _not_public),
    create=Call("put_resource_policy"),
    id="{secretArn}",
    read=(_policy_of,),
    updates=(Call("put_resource_policy", _OWN, sends="blockPublicPolicy policy", whole=True),),
    delete=(Call("delete_resource_policy", _OWN),),
)


def _rules(inputs: Mapping[str, Any]) -> str | None:
    rules = inputs["rotationRules"]
    if is_unknown(rules):
        return None
    given = [name for name in ("automaticallyAfterDays", "scheduleExpression") if rules.get(name) is not None]
    if len(given) != 1:
        return "rotationRules must say either automaticallyAfterDays or scheduleExpression"
    return None


SECRET_ROTATION = Entry(
    "aws:secretsmanager/secretRotation:SecretRotation",
    service="secretsmanager",
    # The emulator rotates without ever calling the function, and leaves an empty version behind.
    emulated=False,
    inputs=props(
        "externalSecretRotationMetadatas externalSecretRotationRoleArn rotationLambdaArn",
        required="rotationRules secretId",
        replaces="secretId",
        computed="rotationEnabled",
        local="rotationEnabled",
        defaults={"rotateImmediately": True},
        api={"externalSecretRotationMetadatas": "ExternalSecretRotationMetadata"},
    ),
    checks=(_rules,),
    create=Call("rotate_secret"),
    id="{secretId}",
)

ENTRIES = (SECRET, SECRET_VERSION, SECRET_POLICY, SECRET_ROTATION)
