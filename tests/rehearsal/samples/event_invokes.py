from typing import Any

from . import Sample

FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {}

SAMPLES = [
    Sample(
        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        {"functionName": "{function.name}", "maximumEventAgeInSeconds": 60, "maximumRetryAttempts": 0},
        updated={"maximumEventAgeInSeconds": 120, "maximumRetryAttempts": 1},
        replaced={"functionName": "{other-function.name}"},
    ),
]
