import json
from typing import Any

from . import Sample

_PATTERN = {"source": ["aws.autoscaling"], "detail": {"AutoScalingGroupName": ["web"]}}
_RULE = "aws:cloudwatch/eventRule:EventRule"
_TARGET = "aws:cloudwatch/eventTarget:EventTarget"

FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {
    "event-rule": (_RULE, {"name": "events", "eventPattern": json.dumps(_PATTERN)}),
    "other-event-rule": (_RULE, {"name": "others", "eventPattern": json.dumps(_PATTERN)}),
}

SAMPLES = [
    Sample(
        _RULE,
        {"description": "Launches", "eventPattern": json.dumps(_PATTERN), "tags": {"Name": "web"}},
        updated={"description": "Refreshes", "state": "DISABLED", "eventPattern": json.dumps({"source": ["aws.rds"]})},
        replaced={"name": "other"},
        note="of a pattern",
    ),
    Sample(
        _RULE,
        {"name": "nightly", "scheduleExpression": "rate(1 day)", "isEnabled": False},
        updated={"scheduleExpression": "cron(0 3 * * ? *)", "isEnabled": True},
        note="of a schedule",
    ),
    Sample(
        _TARGET,
        {
            "rule": "{event-rule.name}",
            "arn": "{topic.arn}",
            "targetId": "topic",
            "inputTransformer": {
                "inputPaths": {"group": "$.detail.AutoScalingGroupName"},
                "inputTemplate": '"A server of <group>"\n"did not come."',
            },
        },
        updated={"arn": "{other-topic.arn}", "inputTransformer": None, "input": json.dumps({"text": "No"})},
        replaced={"rule": "{other-event-rule.name}", "targetId": "other"},
        import_id="{event-rule.name}/topic",
    ),
]
