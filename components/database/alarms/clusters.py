"""Alarms on an Aurora cluster."""

from collections.abc import Sequence
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from .checks import threshold
from .instances import Watched, instance_alarms
from .telling import Metric, Telling, alarm, of_rds


class Cluster(NamedTuple):
    """A cluster that is watched over."""

    identifier: pulumi.Input[str]
    instances: Sequence[Watched]
    """Its declared instances. Those that Application Auto Scaling adds are in the cluster's own figures."""
    max_lag_seconds: int
    serverless: bool


def cluster_alarms(told: Telling, cluster: Cluster) -> list[aws.cloudwatch.MetricAlarm]:
    """Make the alarms on the cluster and its declared instances."""
    name = told.scope.name
    made = [made for watched in cluster.instances for made in instance_alarms(told, watched)]
    made.append(
        alarm(
            told,
            "lag",
            f"A reader of {name} lags more than {cluster.max_lag_seconds} seconds behind the writer",
            # In milliseconds, and from the writer, which knows of all readers; without one there is no figure.
            "lag / 1000",
            {"lag": _of(cluster, "AuroraReplicaLagMaximum", "Maximum")},
            above=cluster.max_lag_seconds,
            periods=3,
        )
    )
    hours = threshold(told.alarms, "storage_hours_left")
    if hours:
        made.append(
            alarm(
                told,
                "storage-time",
                f"The volume of {name} will be full in less than {hours} hours if it fills as in the last three",
                # See instances.py. Aurora grows by itself to 128 TiB and more, and says how much is left.
                "IF(RATE(left) < 0, left / (0 - RATE(left)) / 3600, 100000)",
                {"left": _of(cluster, "AuroraVolumeBytesLeftTotal", "Average", 60)},
                below=hours,
                periods=3,
            )
        )
    share = threshold(told.alarms, "acu_percent")
    if cluster.serverless and share:
        made.append(
            alarm(
                told,
                "capacity",
                f"{name} needs more than {share} % of its highest capacity for 15 minutes",
                "capacity",
                {"capacity": _of(cluster, "ACUUtilization", "Average")},
                above=share,
                periods=15,
            )
        )
    return made


def _of(cluster: Cluster, metric: str, stat: str, minutes: int = 1) -> Metric:
    return of_rds(metric, stat, {"DBClusterIdentifier": cluster.identifier}, minutes)
