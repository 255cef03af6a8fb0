import json
from typing import Any

from . import Sample

FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {
    "key": ("aws:kms/key:Key", {"deletionWindowInDays": 7}),
    "other-key": ("aws:kms/key:Key", {"deletionWindowInDays": 7}),
}

_OWNER = {"Sid": "Owner", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}


def _policy(action: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{**_OWNER, "Action": action, "Resource": "*"}]})


SAMPLES = [
    Sample(
        "aws:kms/key:Key",
        {
            "description": "Backups",
            "deletionWindowInDays": 7,
            "enableKeyRotation": True,
            "rotationPeriodInDays": 180,
            "policy": _policy("kms:*"),
        },
        updated={"description": "Other", "enableKeyRotation": False, "isEnabled": False, "policy": _policy("kms:Put*")},
        replaced={"keyUsage": "SIGN_VERIFY"},
        recorded=("rotationPeriodInDays",),
    ),
    Sample(
        "aws:kms/alias:Alias",
        {"targetKeyId": "{key.id}"},
        updated={"targetKeyId": "{other-key.id}"},
        replaced={"name": "alias/fixed"},
    ),
]
