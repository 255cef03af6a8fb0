"""Log groups of a database, made before RDS makes them itself and keeps them for ever."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from .checks import Who
from .scope import Scope

LOGS = ("error", "slowquery")
"""What is exported."""

_KEPT = (0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""Days that log groups may be kept (CloudWatch Logs API reference, PutRetentionPolicy); 0 is for ever."""

_DIGITS = 7  # that Pulumi adds to names


def log_retention(who: Who, spec: Mapping[str, Any]) -> int:
    """Return the days that logs are kept."""
    days: int = spec.get("log_retention_days", 90)
    if days not in _KEPT:
        raise who.refuse("log_retention_days", f"must be one of {', '.join(map(str, _KEPT))}, got {days}")
    return days


def identifier(scope: Scope, role: str, named: pulumi.Output[str]) -> pulumi.Output[str]:
    """Return what the instance or cluster in the *role* will be called, before it is there.

    Log groups are named after it. It ends with the random digits of *named*, the subnet group: another database of
    this name gets others. Databases that are there already keep theirs (`ignore_changes`).
    """
    return named.apply(lambda name: f"{scope.name}-{role}-{name[-_DIGITS:]}")


def log_groups(  # noqa: PLR0913
    scope: Scope, role: str, path: pulumi.Input[str], days: int, *, kept: bool, logs: Sequence[str] = LOGS
) -> list[aws.cloudwatch.LogGroup]:
    """Make the groups of all *logs* below *path*, such as `/aws/rds/instance/<identifier>`.

    RDS writes into groups that it finds, so the instance has to depend on them. *kept*, they stay on AWS like the
    database that they belong to; those of a replica go with it, or one of the same name could not come back.
    """
    return [
        aws.cloudwatch.LogGroup(
            f"{scope.name}-{role}-{log}",
            region=scope.region,
            name=pulumi.Output.concat(path, "/", log),
            retention_in_days=days,
            tags=scope.tags,
            opts=pulumi.ResourceOptions(
                parent=scope.parent, retain_on_delete=True if kept and not scope.disposable else None
            ),
        )
        for log in logs
    ]
