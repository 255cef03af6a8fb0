"""Which replicas the reader's name leads to: one definition for those declared and for those of the controller.

Plain values in the words of the APIs and no imports beyond the standard library, because two sides use it: the
component makes resources of it (database/names.py), the controller's function makes calls of it.

What Route 53 allows decides the shape (developer guide, "Values that you specify when you create or update health
checks" and "How Route 53 determines whether a health check is healthy"): a health check follows the metric of an alarm,
not its state; of one metric at standard resolution, with a plain statistic, without metric math over several and
without "M out of N". ReplicaLag has two bad sides, above what is allowed and -1, so each replica has two alarms, a
health check on each, and a calculated one that wants both healthy, which its record carries.
"""

from typing import Any, NamedTuple

TTL_SECONDS = 10
"""A name that moves is followed within seconds; RDS gives its own names 5. Route 53 keeps one TTL for all records of a
weighted name and refuses another beside it, so a change here has to rename the reader."""

WEIGHT = 100
"""Of every replica: all alike, far from 0 and 255."""

PRIMARY_WEIGHT = 0
"""Of the primary, whose record is always there and has no health check: Route 53 considers records of weight zero only
when all others are unhealthy, or there are none (developer guide, "Health checks and weighted routing")."""


class HealthAlarm(NamedTuple):
    """One of a replica's alarms; while it is in alarm, the reader's name leaves the replica out."""

    role: str
    """Short name, the same for every replica."""
    says: str
    """What is wrong; the replica's name goes in front."""
    statistic: str
    comparison: str
    threshold: int
    period_seconds: int
    evaluation_periods: int
    missing: str
    """What no data means."""


SILENCE = "stopped"
"""The alarm that notices silence first."""


def health_alarms(allowed_seconds: int) -> tuple[HealthAlarm, HealthAlarm]:
    """Return the alarms of a replica that may lag *allowed_seconds*.

    *lag* takes the highest value of five minutes: a replica leaves at the first minute above what is allowed, and is
    back when five minutes in a row were within it. A lag that goes to and fro cannot make the name do so, and a young
    replica comes in when it has caught up. *stopped* looks at single minutes, so that silence is noticed soon: alarms
    look further back for data that is missing, in steps of their period (CloudWatch user guide, "How alarm state is
    evaluated when data is missing"). RDS reports -1 when replication is stopped or broken, and nothing when the
    replica is down (RDS user guide, "Monitoring read replication"). Without data an alarm is in neither state, and the
    health check says what that means; as an alarm it would sound for every replica that begins.
    """
    return (
        HealthAlarm(
            "lag",
            f"lags more than {allowed_seconds} seconds behind the primary",
            "Maximum",
            "GreaterThanThreshold",
            allowed_seconds,
            300,
            1,
            "missing",
        ),
        HealthAlarm(
            SILENCE,
            "does not replicate, or says nothing",
            "Minimum",
            "LessThanThreshold",
            0,
            60,
            2,
            "missing",
        ),
    )


NAMESPACE = "AWS/RDS"
METRIC = "ReplicaLag"
DIMENSION = "DBInstanceIdentifier"

WITHOUT_DATA = "Unhealthy"
"""What a health check says when there is no data: a replica that nobody measures is not in the name."""


def alarm_call(alarm: HealthAlarm, identifier: str) -> dict[str, Any]:
    """Return what PutMetricAlarm takes for *alarm* of the replica *identifier*, without name, actions and tags."""
    return {
        "AlarmDescription": f"{identifier} {alarm.says}",
        "Namespace": NAMESPACE,
        "MetricName": METRIC,
        "Dimensions": [{"Name": DIMENSION, "Value": identifier}],
        "Statistic": alarm.statistic,
        "ComparisonOperator": alarm.comparison,
        "Threshold": alarm.threshold,
        "Period": alarm.period_seconds,
        "EvaluationPeriods": alarm.evaluation_periods,
        "TreatMissingData": alarm.missing,
    }


def alarm_check(alarm_name: str, region: str) -> dict[str, Any]:
    """Return the HealthCheckConfig of a check on that alarm.

    It keeps a copy of the alarm's settings: when they change, UpdateHealthCheck has to name the alarm again.
    """
    return {
        "Type": "CLOUDWATCH_METRIC",
        "AlarmIdentifier": {"Name": alarm_name, "Region": region},
        "InsufficientDataHealthStatus": WITHOUT_DATA,
    }


def replica_check(children: list[str]) -> dict[str, Any]:
    """Return the HealthCheckConfig of a replica, healthy when all its *children* are."""
    return {"Type": "CALCULATED", "ChildHealthChecks": children, "HealthThreshold": len(children)}


def reader_record(name: str, key: str, address: str, health_check_id: str) -> dict[str, Any]:
    """Return the ResourceRecordSet by which the reader *name* leads to the replica *key*."""
    return {
        "Name": name,
        "Type": "CNAME",
        "TTL": TTL_SECONDS,
        "SetIdentifier": key,
        "Weight": WEIGHT,
        "HealthCheckId": health_check_id,
        "ResourceRecords": [{"Value": address}],
    }
