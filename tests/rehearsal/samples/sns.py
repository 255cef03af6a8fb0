import json
from typing import Any

from . import Sample

FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {
    "topic": ("aws:sns/topic:Topic", {"name": "alerts"}),
    "other-topic": ("aws:sns/topic:Topic", {"name": "others"}),
}


def _policy(service: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sns:Publish",
        "Resource": "arn:aws:sns:eu-central-1:123456789012:alerts",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


SAMPLES = [
    Sample(
        "aws:sns/topic:Topic",
        {
            "displayName": "Alerts",
            "kmsMasterKeyId": "alias/aws/sns",
            "tracingConfig": "Active",
            "tags": {"Name": "web"},
        },
        updated={"displayName": "Alarms", "policy": _policy("events.amazonaws.com")},
        replaced={"name": "other"},
        recorded=("tracingConfig",),
    ),
    Sample(
        "aws:sns/topic:Topic",
        {"name": "orders.fifo", "fifoTopic": True},
        updated={"contentBasedDeduplication": True},
        note="FIFO",
    ),
    Sample(
        "aws:sns/topicPolicy:TopicPolicy",
        {"arn": "{topic.arn}", "policy": _policy("cloudwatch.amazonaws.com")},
        updated={"policy": _policy("events.amazonaws.com")},
        replaced={"arn": "{other-topic.arn}"},
    ),
    Sample(
        "aws:sns/topicSubscription:TopicSubscription",
        {"topic": "{topic.arn}", "protocol": "email", "endpoint": "operators@example.org"},
        updated={"filterPolicy": json.dumps({"level": ["high"]})},
        replaced={"endpoint": "others@example.org", "topic": "{other-topic.arn}"},
        note="mail",
    ),
    Sample(
        "aws:sns/topicSubscription:TopicSubscription",
        {
            "topic": "{topic.arn}",
            "protocol": "https",
            "endpoint": "https://example.org/hook",
            "rawMessageDelivery": True,
            "redrivePolicy": json.dumps({"deadLetterTargetArn": "arn:aws:sqs:eu-central-1:123456789012:dead"}),
        },
        updated={"rawMessageDelivery": False, "filterPolicyScope": "MessageBody"},
        note="hook",
    ),
]
