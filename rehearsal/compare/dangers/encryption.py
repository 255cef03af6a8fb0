"""Encryption that a deployment would switch off, at rest or on the way."""

from collections.abc import Mapping
from typing import Any, cast

from rehearsal.compare.changes import Change, blank
from rehearsal.compare.graph import Json
from rehearsal.compare.steps import Plan, Step

from .common import Danger, Rules, guarded, last, leaf_changes, name, objects, on, texts

_SWITCHES = (
    "encrypted",
    "storageEncrypted",
    "atRestEncryptionEnabled",
    "transitEncryptionEnabled",
    "encryptAtRest",
    "encryptInTransit",
    "enforceHttps",
    "requireTls",
    "sqsManagedSseEnabled",
)

_KEYS = ("kmsKeyId", "kmsKeyArn", "kmsMasterKeyId", "masterUserSecretKmsKeyId", "performanceInsightsKmsKeyId")

_NESTED = (("encryptAtRest", "enabled"), ("nodeToNodeEncryption", "enabled"), ("serverSideEncryption", "enabled"))

_TLS_PARAMETERS = ("require_secure_transport", "rds.force_ssl", "ssl_mode", "tls")

_BUCKET_ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
)
_BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
_LISTENER = "aws:lb/listener:Listener"
_SECURE = ("HTTPS", "TLS")


def rules(plan: Plan) -> Rules:
    """Tell what is encrypted now and would not be afterwards."""
    for step in plan.steps:
        if step.base is None:
            continue
        yield from _parameters(step)
        yield from _listener(step)
        yield from _bucket(plan, step)
        for change in leaf_changes(step):
            text = _weaker(change)
            if text:
                yield Danger("encryption", step, f"{name(step)}: {text} ({change.shown})")


def _weaker(change: Change) -> str:  # noqa: PLR0911 - a list of cases
    key = last(change)
    names = tuple(step for step in change.path if isinstance(step, str))
    if isinstance(change.path[-1], int):
        return ""
    # A device that goes takes its encryption along; what stays, and is no longer encrypted, is told.
    if (key in _SWITCHES or names[-2:] in _NESTED) and on(change.old) and not on(change.new):
        return "encryption is switched off"
    if key in _KEYS and not blank(change.old) and blank(change.new):
        return "the key of its own is given up for AWS's default key, or none"
    if key == "sseAlgorithm" and str(change.old).startswith("aws:kms") and not str(change.new).startswith("aws:kms"):
        return "the key of its own is given up for S3's, or none"
    if key == "httpTokens" and change.old == "required" and change.new != "required":
        return "its metadata can be read without a token (IMDSv1)"
    if key == "viewerProtocolPolicy" and change.new == "allow-all":
        return "plain HTTP is served"
    if key == "transitEncryption" and change.old == "ENABLED" and change.new != "ENABLED":
        return "encryption on the way is switched off"
    return ""


def _parameters(step: Step) -> Rules:
    if step.head is None or "ParameterGroup" not in step.now.type:
        return
    old, new = _values(step.old.get("parameters")), _values(step.new.get("parameters"))
    for key in _TLS_PARAMETERS:
        if on(str(old.get(key, ""))) and not on(str(new.get(key, ""))):
            yield Danger("encryption", step, f"{name(step)}: TLS is no longer required ({key})")


def _values(parameters: Json) -> dict[str, Any]:
    return {str(item.get("name")): item.get("value") for item in objects(parameters)}


def _listener(step: Step) -> Rules:
    if step.head is None or step.now.type != _LISTENER:
        return
    old, new = (str(inputs.get("protocol") or "HTTP") for inputs in (step.old, step.new))
    if old in _SECURE and new not in _SECURE:
        yield Danger("encryption", step, f"{name(step)} no longer speaks TLS: {old} so far, {new} from now on")
    elif new not in _SECURE and _redirects(step.old) and not _redirects(step.new):
        yield Danger("encryption", step, f"{name(step)} serves plain HTTP: it no longer redirects to HTTPS")


def _redirects(inputs: Mapping[str, Any]) -> bool:
    actions = objects(inputs.get("defaultActions"))
    return any(redirect.get("protocol") == "HTTPS" for a in actions for redirect in objects(a.get("redirect")))


def _bucket(plan: Plan, step: Step) -> Rules:
    buckets = guarded(plan, step, "bucket")
    if buckets and all(bucket.action == "delete" for bucket in buckets):
        return
    of = f" of {', '.join(map(name, buckets))}" if buckets else ""
    if step.now.type in _BUCKET_ENCRYPTION and step.action == "delete":
        yield Danger("encryption", step, f"the encryption settings{of} are deleted")
    held = step.now.type == _BUCKET_POLICY and _tls_only(step.old.get("policy"))
    if held and (step.head is None or not _tls_only(step.new.get("policy"))):
        yield Danger("encryption", step, f"the policy{of} no longer refuses plain HTTP")


def _tls_only(policy: Json) -> bool:
    if not isinstance(policy, Mapping):
        return False
    for statement in objects(cast("Mapping[str, Any]", policy).get("Statement")):
        if statement.get("Effect") != "Deny":
            continue
        for condition in objects(statement.get("Condition")):
            for keys in objects(list(condition.values())):
                if "false" in [text.lower() for text in texts(keys.get("aws:SecureTransport"))]:
                    return True
    return False
