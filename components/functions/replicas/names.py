"""What belongs to a replica in the reader's name: alarms, health checks and its record, made and taken away."""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from botocore.exceptions import ClientError

from . import health
from .errors import code_of
from .model import Policy, Replica
from .place import Aws, Place

_TOGETHER = "together"
_TRIES = 10
"""How often a health check may have been taken away from a replica that is there, by hand or by mistake."""


class UsedUpError(Exception):
    """Health checks of a replica have been deleted so often that Route 53 takes no other under its reference."""


def enter(aws: Aws, place: Place, policy: Policy, replica: Replica) -> None:
    """Lead the reader's name to *replica*, from the bottom up: each step stands on the one before."""
    checks = own_checks(aws, place)
    children = list[str]()
    for alarm in health.health_alarms(policy.max_lag):
        name = alarm_name(replica.identifier, alarm)
        aws.cloudwatch.put_metric_alarm(AlarmName=name, **health.alarm_call(alarm, replica.identifier))
        reference = reference_of(place, replica, alarm.role)
        children.append(_check(aws, checks, reference, health.alarm_check(name, place.region)))
    reference = reference_of(place, replica, _TOGETHER)
    together = _check(aws, checks, reference, health.replica_check(children))
    record = health.reader_record(place.reader, replica.key, replica.address, together)
    _change(aws, place, "UPSERT", record)


def leave(aws: Aws, place: Place, record: Mapping[str, Any]) -> None:
    """Take the *record* out of the reader's name."""
    try:
        _change(aws, place, "DELETE", record)
    except ClientError as error:
        # Gone already, or another has taken its place since: the next invocation sees which.
        if code_of(error) != "InvalidChangeBatch":
            raise


def alarm_name(identifier: str, alarm: health.HealthAlarm) -> str:
    """Return the name of one of a replica's alarms."""
    return f"{identifier}-{alarm.role}"


def reference_of(place: Place, replica: Replica, role: str) -> str:
    """Return the caller reference of a health check.

    Route 53 takes none a second time, deleted checks included, so it is another for each replica of the same name, and
    gets a number when it has been used up all the same.
    """
    born = sha256(f"{replica.identifier} {replica.birth}".encode()).hexdigest()[:16]
    return f"{place.stem}-{born}-{role}"


def own_checks(aws: Aws, place: Place) -> dict[str, Mapping[str, Any]]:
    """Return the health checks of all of the controller's replicas, by caller reference without its number."""
    pages = aws.route53.get_paginator("list_health_checks").paginate()
    return {
        re.sub(r"-\d+$", "", check["CallerReference"]): check
        for page in pages
        for check in page["HealthChecks"]
        if check["CallerReference"].startswith(place.stem)
    }


def _check(aws: Aws, checks: Mapping[str, Mapping[str, Any]], reference: str, config: dict[str, Any]) -> str:
    there, children = checks.get(reference), "ChildHealthChecks"
    if there is not None and {*there["HealthCheckConfig"].get(children, ())} == {*config.get(children, ())}:
        return there["Id"]
    for number in range(1, _TRIES):
        again = reference if number == 1 else f"{reference}-{number}"
        try:
            return aws.route53.create_health_check(CallerReference=again, HealthCheckConfig=config)["HealthCheck"]["Id"]
        except ClientError as error:
            if code_of(error) != "HealthCheckAlreadyExists":
                raise
    raise UsedUpError(reference)


def _change(aws: Aws, place: Place, action: str, record: Mapping[str, Any]) -> None:
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    aws.route53.change_resource_record_sets(HostedZoneId=place.zone_id, ChangeBatch=batch)
