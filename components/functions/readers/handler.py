"""What Lambda calls when the resource `aws.lambda_.Invocation` is made, changed or deleted."""

import time
from collections.abc import Mapping
from typing import Any

import boto3

from .removal import remove

_MARGIN_SECONDS = 20  # to say what is left before Lambda ends the function


def handle(event: Mapping[str, Any], context: Any) -> dict[str, list[str]]:  # noqa: ANN401  Lambda's own
    """Delete the readers that were added to the cluster of *event*, if this is its end."""
    # The provider adds this where `lifecycle_scope` is CRUD (aws.lambda_.Invocation).
    if event.get("tf", {}).get("action") != "delete":
        return {"deleted": []}
    seconds = context.get_remaining_time_in_millis() / 1000 - _MARGIN_SECONDS
    rds = boto3.client("rds")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return {"deleted": remove(rds, event["cluster"], seconds, time.monotonic, time.sleep)}
