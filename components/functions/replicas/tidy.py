"""What is left over, or no longer right, of replicas that are gone or were there when the configuration changed."""

from collections.abc import Collection, Mapping
from typing import Any

from botocore.exceptions import ClientError

from . import health
from .errors import code_of
from .model import DELETING, Policy, Replica
from .names import alarm_name, leave, own_checks, reference_of
from .observe import Sight, birth_of, key_of
from .place import Aws, Place

Checks = Mapping[str, Mapping[str, Any]]

_GONE = ("NoSuchHealthCheck",)


def tidy(aws: Aws, place: Place, policy: Policy, sight: Sight) -> list[str]:
    """Bring records, health checks and alarms in step with the replicas that are there; return what was done."""
    living = [
        Replica(key_of(place, i), i["DBInstanceIdentifier"], i["DBInstanceStatus"], birth=birth_of(i))
        for i in sight.own(place)
        if i["DBInstanceStatus"] != DELETING
    ]
    checks = own_checks(aws, place)
    return [
        *_records(aws, place, sight, living),
        *_checks(aws, place, checks, living),
        *_alarms(aws, place, policy, checks, living),
    ]


def _records(aws: Aws, place: Place, sight: Sight, living: list[Replica]) -> list[str]:
    done = list[str]()
    keys = {replica.key for replica in living}
    for record in sight.records:
        key = record.get("SetIdentifier", "")
        if key.startswith("elastic-") and key not in keys:
            leave(aws, place, record)
            done.append(f"took the record {key} away")
    return done


def _checks(aws: Aws, place: Place, checks: Checks, living: list[Replica]) -> list[str]:
    """Delete those of replicas that are gone, the calculated ones first, which stand on the others."""
    roles = [*(alarm.role for alarm in health.health_alarms(0)), "together"]
    kept = {reference_of(place, replica, role) for replica in living for role in roles}
    done = list[str]()
    left = [check for reference, check in checks.items() if reference not in kept]
    for check in sorted(left, key=lambda c: c["HealthCheckConfig"]["Type"] != "CALCULATED"):
        try:
            aws.route53.delete_health_check(HealthCheckId=check["Id"])
        except ClientError as error:
            if code_of(error) not in _GONE:
                raise
        done.append(f"deleted the health check {check['CallerReference']}")
    return done


def _alarms(aws: Aws, place: Place, policy: Policy, checks: Checks, living: list[Replica]) -> list[str]:
    """Delete those of replicas that are gone, and bring the limits of the others up to date."""
    wanted = {
        alarm_name(replica.identifier, alarm): (replica, alarm)
        for replica in living
        for alarm in health.health_alarms(policy.max_lag)
    }
    found, done = delete_alarms(aws, f"{place.prefix}elastic-", wanted)
    there = {alarm["AlarmName"] for alarm in found}
    for name, (replica, right) in wanted.items():
        # Deleted by hand: its health check stands on it.
        if name not in there and reference_of(place, replica, right.role) in checks:
            aws.cloudwatch.put_metric_alarm(AlarmName=name, **health.alarm_call(right, replica.identifier))
            done.append(f"made the alarm {name} anew")
    for alarm in found:
        replica, right = wanted[alarm["AlarmName"]]
        call = health.alarm_call(right, replica.identifier)
        if any(alarm.get(field) != value for field, value in call.items()):
            aws.cloudwatch.put_metric_alarm(AlarmName=alarm["AlarmName"], **call)
            done.append(f"changed the alarm {alarm['AlarmName']}")
        check = checks.get(reference_of(place, replica, right.role))
        copied = (check or {}).get("CloudWatchAlarmConfiguration", {}).get("Threshold", right.threshold)
        if check is not None and copied != right.threshold:
            # It has a copy of the alarm's limit, which is made anew when it is told the alarm again.
            identifier = health.alarm_check(alarm["AlarmName"], place.region)["AlarmIdentifier"]
            aws.route53.update_health_check(HealthCheckId=check["Id"], AlarmIdentifier=identifier)
            done.append(f"changed the health check of {alarm['AlarmName']}")
    return done


def delete_alarms(aws: Aws, prefix: str, kept: Collection[str]) -> tuple[list[Mapping[str, Any]], list[str]]:
    """Delete the alarms that begin with *prefix* but those *kept*, which are returned, and what was done."""
    pages = aws.cloudwatch.get_paginator("describe_alarms").paginate(AlarmNamePrefix=prefix, AlarmTypes=["MetricAlarm"])
    found: list[Mapping[str, Any]] = [alarm for page in pages for alarm in page["MetricAlarms"]]
    left = [alarm["AlarmName"] for alarm in found if alarm["AlarmName"] not in kept]
    if left:
        aws.cloudwatch.delete_alarms(AlarmNames=left)
    done = [f"deleted the alarms {', '.join(left)}"] if left else []
    return [alarm for alarm in found if alarm["AlarmName"] in kept], done
