"""EventBridge Scheduler."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rehearsal.entry import Autoname, Call, Entry, props
from rehearsal.services._plain import fields
from rehearsal.values import is_unknown

from ._schedules import schedule_problem

_FIELDS = {
    "capacityProviderStrategies": "CapacityProviderStrategy",
    "eventbridgeParameters": "EventBridgeParameters",
    "pipelineParameters": "PipelineParameterList",
    "placementStrategies": "PlacementStrategy",
    "sagemakerPipelineParameters": "SageMakerPipelineParameters",
}


def _when(inputs: Mapping[str, Any]) -> str | None:
    expression, zone = inputs["scheduleExpression"], inputs.get("scheduleExpressionTimezone")
    if not is_unknown(expression):
        problem = None if str(expression).startswith("at(") else schedule_problem(expression)
        if problem:
            return f"scheduleExpression {problem}"
    if zone is None or is_unknown(zone):
        return None
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"scheduleExpressionTimezone must be a name of the IANA time zone database, got {zone!r}"
    return None


def _dates(inputs: Mapping[str, Any]) -> str | None:
    read: list[dt.datetime] = []
    for name in ("startDate", "endDate"):
        given = inputs.get(name)
        if given is None or is_unknown(given):
            continue
        try:
            read.append(dt.datetime.fromisoformat(given))
        except ValueError:
            return f"{name} must look like 2026-01-31T06:00:00Z, got {given!r}"
        if read[-1].tzinfo is None:
            return f"{name} must say its zone, as in 2026-01-31T06:00:00Z, got {given!r}"
    if len(read) > 1 and read[1] <= read[0]:
        return f"endDate must be after startDate ({inputs['startDate']}), got {inputs['endDate']}"
    return None


def _window(inputs: Mapping[str, Any]) -> str | None:
    window = fields(inputs["flexibleTimeWindow"])
    mode, most = window.get("mode"), window.get("maximumWindowInMinutes")
    if mode == "FLEXIBLE" and most is None:
        return "flexibleTimeWindow.maximumWindowInMinutes must be given with FLEXIBLE"
    if mode == "OFF" and most is not None:
        return f"flexibleTimeWindow.maximumWindowInMinutes must not be given with OFF, got {most}"
    return None


def _input(inputs: Mapping[str, Any]) -> str | None:
    """Refuse what is no request of the API that a universal target calls."""
    target = fields(inputs["target"])
    arn, given = target.get("arn"), target.get("input")
    if is_unknown(arn) or is_unknown(given) or ":aws-sdk:" not in str(arn):
        return None
    try:
        json.loads(given or "{}")
    except ValueError:
        return f"target.input must be JSON, the request that {arn} sends, got {given!r}"
    return None


_KEY = {"Name": "{name}", "GroupName": "{groupName}"}

SCHEDULE = Entry(
    "aws:scheduler/schedule:Schedule",
    service="scheduler",
    inputs=props(
        "description endDate kmsKeyArn startDate state",
        required="flexibleTimeWindow scheduleExpression target",
        replaces="groupName name namePrefix",
        computed="actionAfterCompletion groupName name namePrefix",
        local="namePrefix",
        defaults={"scheduleExpressionTimezone": "UTC", "state": "ENABLED"},
        fields={"target": _FIELDS},
    ),
    conflicts=("name namePrefix",),
    autoname=Autoname("name", 64),
    checks=(_when, _dates, _window, _input),
    create=Call("create_schedule"),
    id=lambda context: f"{context.inputs.get('groupName') or 'default'}/{context.inputs['name']}",
    read=(Call("get_schedule", _KEY),),
    updates=(Call("update_schedule", _KEY, whole=True),),
    delete=(Call("delete_schedule", _KEY),),
    outputs={"arn": "Arn"},
    import_id=lambda id_: dict(zip(("groupName", "name"), id_.split("/", 1), strict=True)),
)

ENTRIES = (SCHEDULE,)
