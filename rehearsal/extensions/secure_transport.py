"""Buckets that refuse what is not TLS take what comes.

moto (5.2) reads a bucket's policy without its conditions, so that a statement against requests without TLS refuses
every object to everybody. What comes here would come by TLS on AWS: boto3 speaks nothing else there.
"""

import importlib
import json
from typing import Any


def install() -> None:
    """Teach moto's buckets."""
    models: Any = importlib.import_module("moto.s3.models")
    bucket = models.FakeBucket
    if hasattr(bucket, "rehearsal_permission"):
        return
    asked = bucket.get_permission
    bucket.rehearsal_permission = asked

    def get_permission(self: Any, action: str, resource: str) -> Any:
        policy = self.policy
        if policy is None:
            return asked(self, action, resource)
        document = json.loads(policy)
        document["Statement"] = [s for s in _listed(document["Statement"]) if not _against_plain(s)]
        self.policy = json.dumps(document).encode()
        try:
            return asked(self, action, resource)
        finally:
            self.policy = policy

    bucket.get_permission = get_permission


def _listed(statements: Any) -> list[dict[str, Any]]:
    return statements if isinstance(statements, list) else [statements]


def _against_plain(statement: dict[str, Any]) -> bool:
    condition = statement.get("Condition") or {}
    return statement.get("Effect") == "Deny" and condition == {"Bool": {"aws:SecureTransport": "false"}}
