"""Who may take a role on."""

from collections.abc import Mapping
from typing import Any

import pulumi


def trust(service: str, condition: Mapping[str, Any] | None = None) -> pulumi.Output[str]:
    """Return the policy by which *service*, such as `rds.amazonaws.com`, takes a role on under *condition*."""
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    if condition is not None:
        statement["Condition"] = condition
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [statement]})


def on_behalf_of(account: pulumi.Input[str], arn: pulumi.Input[str]) -> dict[str, Any]:
    """Return the condition under which a service acts for resources like *arn* of *account* only.

    Without it the service could be made to use the role by somebody else (IAM user guide, "The confused deputy
    problem"). Which services say for whom they act is in their own guides; under a condition that a service does not
    fill in it is refused.
    """
    return {"StringEquals": {"aws:SourceAccount": account}, "ArnLike": {"aws:SourceArn": arn}}
