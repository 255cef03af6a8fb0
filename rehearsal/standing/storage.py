"""Buckets: who may read them, how they are encrypted, what becomes of old objects."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from rehearsal.recorder import Registered

from .scene import Row, Scene, Section, count, listed

_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def sections(scene: Scene) -> Iterator[Section]:
    """One for every bucket."""
    for bucket in scene.all("s3/bucket:Bucket", "s3/bucketV2:BucketV2"):
        yield Section("Bucket", bucket.id, list(_rows(scene, bucket)))


def _rows(scene: Scene, bucket: Registered) -> Iterator[Row]:
    mine = {"Bucket": bucket.id}
    versioning = scene.ask(bucket, "s3", "get_bucket_versioning", **mine).get("Status", "off")
    yield "versioning", versioning.lower()
    encryption = scene.ask_if_set(bucket, "s3", "get_bucket_encryption", **mine) or {}
    rules = encryption.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    ways = [r.get("ApplyServerSideEncryptionByDefault", {}) for r in rules]
    keys = (f"{w.get('SSEAlgorithm')}{' with ' + w['KMSMasterKeyID'] if w.get('KMSMasterKeyID') else ''}" for w in ways)
    yield "encryption", listed(keys, "off")
    blocked = (scene.ask_if_set(bucket, "s3", "get_public_access_block", **mine) or {}).get(
        "PublicAccessBlockConfiguration", {}
    )
    open_ = [name for name in _BLOCKS if not blocked.get(name)]
    yield "public access", "blocked in all four ways" if not open_ else f"not blocked: {listed(open_)}"
    policy = scene.ask_if_set(bucket, "s3", "get_bucket_policy", **mine)
    statements: list[dict[str, Any]] = json.loads(policy["Policy"])["Statement"] if policy else []
    secure = any(map(_refuses_plain_http, statements))
    allowed = [_principal(s) for s in statements if s["Effect"] == "Allow"]
    others = f", lets in {listed(allowed)}" if allowed else ""
    yield "policy", f"{'TLS only' if secure else 'plain HTTP is not refused'}{others}"
    cycle = scene.ask_if_set(bucket, "s3", "get_bucket_lifecycle_configuration", **mine) or {}
    lines = [_rule(rule) for rule in cycle.get("Rules", []) if rule.get("Status") == "Enabled"]
    for index, line in enumerate(lines or ["no rules"]):
        yield "" if index else "life cycle", line


def _refuses_plain_http(statement: Mapping[str, Any]) -> bool:
    told = json.dumps(statement.get("Condition", {})).lower().replace(" ", "")
    return statement["Effect"] == "Deny" and '"aws:securetransport":"false"' in told


def _principal(statement: Mapping[str, Any]) -> str:
    principal = statement.get("Principal", "*")
    who = principal if isinstance(principal, str) else listed(principal.values())
    return f"{who} for {_text(statement.get('Action'))}"


def _text(value: Any) -> str:
    return listed(cast("list[str]", value)) if isinstance(value, list) else str(value)


def _rule(rule: Mapping[str, Any]) -> str:
    done: list[str] = []
    if "Days" in rule.get("Expiration", {}):
        done.append(f"objects go after {count(rule['Expiration']['Days'], 'day')}")
    if rule.get("Expiration", {}).get("ExpiredObjectDeleteMarker"):
        done.append("delete markers without versions go")
    if rule.get("NoncurrentVersionExpiration"):
        done.append(f"old versions go after {count(rule['NoncurrentVersionExpiration']['NoncurrentDays'], 'day')}")
    if rule.get("AbortIncompleteMultipartUpload"):
        days = rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
        done.append(f"unfinished uploads go after {count(days, 'day')}")
    moves = [*rule.get("Transitions", []), *rule.get("NoncurrentVersionTransitions", [])]
    for move in moves:
        days = move.get("Days", move.get("NoncurrentDays"))
        done.append(f"moves to {move['StorageClass']} after {count(int(days or 0), 'day')}")
    return f"{rule.get('ID', 'rule')}: {listed(done, 'nothing')}"
