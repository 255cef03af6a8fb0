from typing import Any

from . import Sample

FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {
    "log-group": ("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 30}),
}

SAMPLES = [
    Sample(
        "aws:cloudwatch/logGroup:LogGroup",
        {"retentionInDays": 30, "tags": {"Kind": "flow"}},
        updated={"retentionInDays": 0, "kmsKeyId": "{key.arn}"},
        replaced={"name": "other"},
    ),
    Sample(
        "aws:cloudwatch/logGroup:LogGroup",
        {"name": "infrequent", "logGroupClass": "INFREQUENT_ACCESS"},
        updated={"retentionInDays": 7},
        recorded=("logGroupClass",),
        note="infrequent",
    ),
]
