"""Scheduled actions."""

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.crontab import next_time
from rehearsal.entry import Call, Do, Entry, props
from rehearsal.values import is_unknown

from ._cron import wrong_with_cron
from .hooks import group_and_name

LEAVE_ALONE = -1
"""How the provider spells a size that is not sent; one that is not given is sent as 0."""

_SIZES = {"minSize": "MinSize", "maxSize": "MaxSize", "desiredCapacity": "DesiredCapacity"}
_TIMES = {"recurrence": "Recurrence", "startTime": "StartTime", "endTime": "EndTime", "timeZone": "TimeZone"}


def _sent(inputs: Mapping[str, Any]) -> dict[str, int]:
    given = {name: inputs.get(name, 0) for name in _SIZES}
    return {name: int(v) for name, v in given.items() if not is_unknown(v) and int(v) != LEAVE_ALONE}


def _sizes(inputs: Mapping[str, Any]) -> str | None:
    if any(is_unknown(inputs.get(name)) for name in _SIZES):
        return None
    sent = _sent(inputs)
    if not sent:
        return "minSize must be given, or maxSize or desiredCapacity: -1 leaves a size alone, got -1 for all"
    for name, value in sent.items():
        if value < 0:
            return f"{name} must be at least 0, or -1 to leave it alone, got {value}"
    low, high, wanted = (sent.get(name) for name in _SIZES)
    for name, least, most in (
        ("minSize", low, high),
        ("minSize", low, wanted),
        ("desiredCapacity", wanted, high),
    ):
        if least is not None and most is not None and least > most:
            other = "maxSize" if most is high else "desiredCapacity"
            unset = "" if other in inputs else ", which is 0 because it is not given: -1 leaves it alone"
            return f"{name} must be at most {other} ({most}{unset}), got {least}"
    return None


def _recurs(inputs: Mapping[str, Any]) -> str | None:
    recurrence, start = inputs.get("recurrence"), inputs.get("startTime")
    if recurrence is None and start is None:
        return "recurrence must be given, or startTime, got neither"
    wrong = None if recurrence is None or is_unknown(recurrence) else wrong_with_cron(recurrence)
    return f"recurrence must have {wrong} in {recurrence!r}" if wrong else None


def _zone(inputs: Mapping[str, Any]) -> str | None:
    zone = inputs.get("timeZone")
    if zone is None or is_unknown(zone):
        return None
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return f"timeZone must be a name of the IANA time zone database, such as Europe/Zurich, got {zone!r}"
    return None


def _times(inputs: Mapping[str, Any]) -> str | None:
    read: dict[str, dt.datetime] = {}
    for name in ("startTime", "endTime"):
        given = inputs.get(name)
        if given is None or is_unknown(given):
            continue
        try:
            read[name] = dt.datetime.strptime(given, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)
        except ValueError:
            return f"{name} must be in UTC and look like 2026-01-31T06:00:00Z, got {given!r}"
    if len(read) > 1 and read["endTime"] <= read["startTime"]:
        return f"endTime must be after startTime ({inputs['startTime']}), got {inputs['endTime']}"
    return None


def _not_past(context: Context) -> str | None:
    start = context.inputs.get("startTime")
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"startTime must be in the future, got {start}" if start and start < now and not context.id else None


def _taken(context: Context) -> str | None:
    """Refuse a name of another group's action: the emulator keeps one per region, AWS one per group."""
    name, group = context.inputs["scheduledActionName"], context.inputs["autoscalingGroupName"]
    if context.id:
        return None
    found = context.call("describe_scheduled_actions", {"ScheduledActionNames": [name]})["ScheduledUpdateGroupActions"]
    if not found or found[0]["AutoScalingGroupName"] == group:
        return None
    return (
        f"scheduledActionName must be unique in the emulator, which would lose the action {name!r} of "
        f"{found[0]['AutoScalingGroupName']}"
    )


def _its_time(context: Context) -> str | None:
    """Refuse a time that another action of the group has: EC2 Auto Scaling user guide, "Scheduled scaling"."""
    inputs = context.inputs
    mine = _due(inputs.get("recurrence"), inputs.get("timeZone"), _utc(inputs.get("startTime")))
    asked = {"AutoScalingGroupName": inputs["autoscalingGroupName"]}
    for other in context.call("describe_scheduled_actions", asked)["ScheduledUpdateGroupActions"]:
        name = other["ScheduledActionName"]
        due = _due(other.get("Recurrence"), other.get("TimeZone"), other.get("StartTime"))
        if mine and due == mine and name != inputs["scheduledActionName"]:
            return f"recurrence must be due next at a time of its own, got {mine:%Y-%m-%dT%H:%MZ}, the time of {name!r}"
    return None


def _due(recurrence: str | None, zone: str | None, start: dt.datetime | None) -> dt.datetime | None:
    now = dt.datetime.now(dt.UTC)
    if start and start > now:
        return start
    due = next_time(recurrence, zone or "UTC", now) if recurrence else None
    return due and due.astimezone(dt.UTC)


def _utc(stamp: str | None) -> dt.datetime | None:
    return None if stamp is None else dt.datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.UTC)


def _put(context: Context) -> Any:
    inputs = context.inputs
    sizes = {_SIZES[name]: value for name, value in _sent(inputs).items()}
    times = {member: inputs[name] for name, member in _TIMES.items() if inputs.get(name)}
    key = {
        "AutoScalingGroupName": inputs["autoscalingGroupName"],
        "ScheduledActionName": inputs["scheduledActionName"],
    }
    return context.call("put_scheduled_update_group_action", {**key, **sizes, **times})


def _update(context: Context) -> None:
    _put(context)


def _read(context: Context) -> Any:
    asked = {
        "AutoScalingGroupName": context.inputs["autoscalingGroupName"],
        "ScheduledActionNames": [context.inputs.get("scheduledActionName") or context.id],
    }
    found = context.call("describe_scheduled_actions", asked)["ScheduledUpdateGroupActions"]
    left_alone = dict.fromkeys(_SIZES.values(), LEAVE_ALONE)
    return {**left_alone, **found[0]} if found else None


def _arn(context: Context) -> str:
    """Make up the ARN, which the emulator's actions have not."""
    made = context.render(
        "arn:{partition}:autoscaling:{region}:{account}:scheduledUpdateGroupAction:{hash}"
        ":autoScalingGroupName/{autoscalingGroupName}:scheduledActionName/{scheduledActionName}"
    )
    return context.answer.get("ScheduledActionARN") or made


SCHEDULE = Entry(
    "aws:autoscaling/schedule:Schedule",
    service="autoscaling",
    inputs=props(
        "desiredCapacity endTime maxSize minSize recurrence startTime timeZone",
        required="autoscalingGroupName scheduledActionName",
        replaces="autoscalingGroupName scheduledActionName",
        computed="desiredCapacity endTime maxSize minSize recurrence startTime timeZone",
    ),
    checks=(_sizes, _recurs, _zone, _times),
    guards=(_taken, _not_past, _its_time),
    create=_put,
    id="{scheduledActionName}",
    read=(_read,),
    updates=(Do(_update, f"{' '.join(_SIZES)} {' '.join(_TIMES)}"),),
    delete=(
        Call(
            "delete_scheduled_action",
            {"AutoScalingGroupName": "{autoscalingGroupName}", "ScheduledActionName": "{scheduledActionName}"},
            done=("ValidationError",),
        ),
    ),
    outputs={"arn": _arn},
    import_id=group_and_name("/", "scheduledActionName"),
)

ENTRIES = (SCHEDULE,)
