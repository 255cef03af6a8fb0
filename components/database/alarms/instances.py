"""Alarms on an instance of RDS, primary or replica."""

from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from .checks import threshold
from .telling import Metric, Telling, alarm, of_rds

_GIB = 1024**3
_NEVER = 100000
"""Hours that are left when storage does not fill."""


class Watched(NamedTuple):
    """An instance that is watched over."""

    role: str
    """`primary`, or `replica-` and its key."""
    identifier: pulumi.Input[str]
    connections: int | None
    """Connections that it can have."""
    storage_gib: int | None
    """Storage that it started with; None for Aurora, whose instances have none of their own."""


def instance_alarms(told: Telling, watched: Watched) -> list[aws.cloudwatch.MetricAlarm]:
    """Make the alarms on CPU, connections and storage. Those on lag go with the reader's name."""
    return [*_load(told, watched), *_storage(told, watched)]


def _load(told: Telling, watched: Watched) -> list[aws.cloudwatch.MetricAlarm]:
    who = f"{watched.role} of {told.scope.name}"
    cpu = threshold(told.alarms, "cpu_percent")
    share = threshold(told.alarms, "connections_percent")
    made: list[aws.cloudwatch.MetricAlarm] = []
    if cpu:
        description = f"The {who} needs more than {cpu} % of its CPU for 15 minutes"
        figures = {"cpu": _of(watched, "CPUUtilization", "Average")}
        made.append(alarm(told, f"{watched.role}-cpu", description, "cpu", figures, above=cpu, periods=15))
    if share and watched.connections:
        description = f"The {who} has more than {share} % of the {watched.connections} connections that it can have"
        figures = {"connections": _of(watched, "DatabaseConnections", "Maximum")}
        expression = f"100 * connections / {watched.connections}"
        made.append(
            alarm(told, f"{watched.role}-connections", description, expression, figures, above=share, periods=5)
        )
    return made


def _storage(told: Telling, watched: Watched) -> list[aws.cloudwatch.MetricAlarm]:
    if watched.storage_gib is None:
        return []
    who = f"{watched.role} of {told.scope.name}"
    hours, share = threshold(told.alarms, "storage_hours_left"), threshold(told.alarms, "storage_free_percent")
    made: list[aws.cloudwatch.MetricAlarm] = []
    if hours:
        made.append(
            alarm(
                told,
                f"{watched.role}-storage-time",
                f"The storage of the {who} will be full in less than {hours} hours if it fills as in the last three",
                # RATE is the difference to the hour before, per second: below zero while storage fills. Averages of an
                # hour, and three in a row, so that a log that comes and goes or one import is no alarm. Functions that
                # take several points together (AVG, SLICE) are not for alarms (CloudWatch user guide, "Using metric
                # math"), so a longer trend cannot be followed.
                f"IF(RATE(free) < 0, free / (0 - RATE(free)) / 3600, {_NEVER})",
                {"free": _of(watched, "FreeStorageSpace", "Average", 60)},
                below=hours,
                periods=3,
            )
        )
    if share:
        gib = watched.storage_gib * share / 100
        description = f"The {who} has less than {gib:g} GiB of storage left, and it did not grow by itself"
        figures = {"free": _of(watched, "FreeStorageSpace", "Minimum", 5)}
        made.append(
            alarm(told, f"{watched.role}-storage", description, "free", figures, below=int(gib * _GIB), periods=3)
        )
    return made


def _of(watched: Watched, metric: str, stat: str, minutes: int = 1) -> Metric:
    return of_rds(metric, stat, {"DBInstanceIdentifier": watched.identifier}, minutes)
