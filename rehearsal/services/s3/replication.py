"""Replication of buckets: the emulator keeps the configuration, and copies nothing."""

from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Entry, props
from rehearsal.errors import ApiError
from rehearsal.services._plain import fields, items
from rehearsal.shapes import from_api
from rehearsal.values import is_unknown

from ._common import graft

_LOST = frozenset({"deleteMarkerReplication", "existingObjectReplication", "filter", "sourceSelectionCriteria"})
"""What moto 5.2 answers the same of for every rule, or not at all."""

_NAMES = {"id": "ID", "replicaKmsKeyId": "ReplicaKmsKeyID"}


def _rules(inputs: Mapping[str, Any]) -> str | None:
    """Apply what PutBucketReplication refuses (S3 API reference, ReplicationRule and Destination)."""
    for index, rule in enumerate(items(inputs.get("rules"))):
        line = None if is_unknown(rule) else _rule(rule)
        if line:
            return f"rules[{index}].{line}"
    return None


def _rule(rule: Mapping[str, Any]) -> str | None:
    destination = fields(rule.get("destination"))
    metrics, timed = fields(destination.get("metrics")), fields(destination.get("replicationTime"))
    encrypted = fields(rule.get("sourceSelectionCriteria")).get("sseKmsEncryptedObjects")
    if rule.get("filter") is not None and rule.get("deleteMarkerReplication") is None:
        return "deleteMarkerReplication must be given with a filter"
    if timed.get("status") == "Enabled" and not (metrics.get("status") == "Enabled" and metrics.get("eventThreshold")):
        return "destination.metrics must be enabled, with an eventThreshold, for a replicationTime"
    if fields(encrypted).get("status") == "Enabled" and destination.get("encryptionConfiguration") is None:
        return "destination.encryptionConfiguration must name a key for objects that a key encrypts"
    return None


def _versioned(context: Context) -> str | None:
    """InvalidRequest: "Versioning must be 'Enabled' on the bucket"; the emulator looks at the source only."""
    for rule in items(context.inputs["rules"]):
        name = rule["destination"]["bucket"].rpartition(":")[2]
        try:
            found = context.call("get_bucket_versioning", {"Bucket": name})
        except ApiError as error:
            if not error.gone:
                raise
            return f"rules must name buckets that are there, got {name}"
        if found.get("Status") != "Enabled":
            return f"rules must name buckets with versioning, which {name} does not have"
    return None


def _replication(context: Context) -> Any:
    found = context.call("get_bucket_replication", {"Bucket": context.id})["ReplicationConfiguration"]
    rules = [{k: v for k, v in rule.items() if k not in _LOST} for rule in from_api(found["Rules"], _NAMES)]
    context.unsent |= graft(context.inputs.get("rules"), rules, _LOST, "rules")
    return {"Bucket": context.id, "ReplicationConfiguration": {"Role": found["Role"], "Rules": rules}}


REPLICATION = Entry(
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    service="s3",
    inputs=props(
        "token",
        required="bucket role rules",
        replaces="bucket",
        secret="token",  # noqa: S106 (its name)
        api={"role": "ReplicationConfiguration.Role", "rules": "ReplicationConfiguration.Rules", "token": "Token"},
        fields={"rules": _NAMES},
        reads={"token": None},
        from_api={"rules": lambda rules: rules},
    ),
    checks=(_rules,),
    guards=(_versioned,),
    create=Call("put_bucket_replication"),
    id="{bucket}",
    read=(_replication,),
    updates=(Call("put_bucket_replication", {"Bucket": "{id}"}, sends="role rules token", whole=True),),
    delete=(Call("delete_bucket_replication", {"Bucket": "{id}"}),),
)

ENTRIES = (REPLICATION,)
