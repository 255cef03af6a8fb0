import json
from typing import Any

import pulumi

from . import Sample


def _code(text: str) -> pulumi.AssetArchive:
    return pulumi.AssetArchive({"handler.py": pulumi.StringAsset(text)})


_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)

_FUNCTION: dict[str, Any] = {
    "code": _code("def handle(event, context): pass"),
    "handler": "handler.handle",
    "role": "{function-role.arn}",
    "runtime": "python3.13",
}

FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {
    "function-role": ("aws:iam/role:Role", {"assumeRolePolicy": _TRUST}),
    "other-function-role": ("aws:iam/role:Role", {"assumeRolePolicy": _TRUST}),
    "function": ("aws:lambda/function:Function", _FUNCTION),
    "other-function": ("aws:lambda/function:Function", _FUNCTION),
}

SAMPLES = [
    Sample(
        "aws:lambda/function:Function",
        {
            **_FUNCTION,
            "architectures": ["arm64"],
            "description": "Keeps things",
            "environment": {"variables": {"KEPT": "things"}},
            "loggingConfig": {"logFormat": "JSON", "logGroup": "/aws/lambda/keeper"},
            "memorySize": 256,
            "reservedConcurrentExecutions": 1,
            "timeout": 60,
            "vpcConfig": {"subnetIds": ["{subnet.id}"], "securityGroupIds": ["{group.id}"]},
            "tags": {"Kind": "keeper"},
        },
        updated={
            "code": _code("def handle(event, context): return 1"),
            "description": "Keeps other things",
            "environment": {"variables": {"KEPT": "others"}},
            "memorySize": 512,
            "reservedConcurrentExecutions": None,
            "role": "{other-function-role.arn}",
            "timeout": 30,
        },
        replaced={"name": "other"},
        recorded=("architectures", "loggingConfig", "vpcConfig"),
    ),
    Sample(
        "aws:lambda/permission:Permission",
        {
            "action": "lambda:InvokeFunction",
            "function": "{function.name}",
            "principal": "secretsmanager.amazonaws.com",
            "sourceAccount": "123456789012",
            "sourceArn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:app",
        },
        replaced={
            "function": "{other-function.name}",
            "principal": "events.amazonaws.com",
            "sourceArn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:other",
        },
    ),
    Sample(
        "aws:lambda/invocation:Invocation",
        {"functionName": "{function.name}", "input": '{"user": "app"}', "triggers": {"address": "1"}},
        replaced={"functionName": "{other-function.name}", "input": '{"user": "web"}', "triggers": {"address": "2"}},
        recorded=("*",),
    ),
    Sample(
        "aws:lambda/invocation:Invocation",
        {"functionName": "{function.name}", "input": '{"remove": "app"}', "lifecycleScope": "CRUD"},
        updated={"input": '{"remove": "web"}'},
        replaced={"functionName": "{other-function.name}"},
        recorded=("*",),
        note="with a life cycle",
    ),
]
