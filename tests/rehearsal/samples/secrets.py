import json
from typing import Any

from . import Sample


def _policy(action: str) -> str:
    principal = {"AWS": "arn:aws:iam::123456789012:root"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {
    "secret": ("aws:secretsmanager/secret:Secret", {"recoveryWindowInDays": 0}),
    "other-secret": ("aws:secretsmanager/secret:Secret", {"recoveryWindowInDays": 0}),
}

SAMPLES = [
    Sample(
        "aws:secretsmanager/secret:Secret",
        {
            "description": "How to connect",
            "kmsKeyId": "{key.arn}",
            "policy": _policy("secretsmanager:GetSecretValue"),
            "recoveryWindowInDays": 7,
            "tags": {"Kind": "credentials"},
        },
        updated={
            "description": None,
            "kmsKeyId": "{other-key.arn}",
            "policy": _policy("secretsmanager:DescribeSecret"),
            "recoveryWindowInDays": 0,
            "replicas": [{"region": "eu-west-1"}],
        },
        replaced={"name": "other"},
    ),
    Sample(
        "aws:secretsmanager/secretVersion:SecretVersion",
        {"secretId": "{secret.id}", "secretString": '{"password": "correct-horse"}'},
        updated={"versionStages": ["AWSCURRENT", "tried"]},
        replaced={"secretString": "other", "secretId": "{other-secret.id}"},
        stays=True,
    ),
    Sample(
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        {"secretArn": "{secret.arn}", "policy": _policy("secretsmanager:GetSecretValue"), "blockPublicPolicy": True},
        updated={"policy": _policy("secretsmanager:DescribeSecret")},
        replaced={"secretArn": "{other-secret.arn}"},
    ),
    Sample(
        "aws:secretsmanager/secretRotation:SecretRotation",
        {
            "secretId": "{secret.id}",
            "rotationLambdaArn": "arn:aws:lambda:eu-central-1:123456789012:function:rotate",
            "rotationRules": {"scheduleExpression": "rate(30 days)", "duration": "3h"},
        },
        updated={"rotationRules": {"automaticallyAfterDays": 14}},
        replaced={"secretId": "{other-secret.id}"},
        recorded=("*",),
    ),
    Sample(
        "aws:ssm/parameter:Parameter",
        {
            "name": "/app/log-level",
            "type": "String",
            "value": "info",
            "description": "How much is told",
            "allowedPattern": "^[a-z]+$",
            "tags": {"Kind": "setting"},
        },
        updated={"value": "debug", "description": "How much is told, all told"},
        replaced={"name": "/app/other"},
    ),
    Sample(
        "aws:ssm/parameter:Parameter",
        {"type": "SecureString", "value": "correct-horse", "keyId": "{key.id}", "tier": "Standard"},
        updated={"value": "another-horse"},
        note="secure",
    ),
]
