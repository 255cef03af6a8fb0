"""Data Lifecycle Manager. The emulator has no such service: requests are checked, not sent."""

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.entry import Call, Entry, Tags, props
from rehearsal.services._plain import fields, items
from rehearsal.values import is_unknown

_INTERVALS = (1, 2, 3, 4, 6, 8, 12, 24)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")

_FIELDS = {
    "action": "Actions",
    "archiveRetainRule": "RetainRule",
    "crossRegionCopies": "CrossRegionCopy",
    "retentionArchiveTier": "RetentionArchiveTier",
    "shareRule": "ShareRules",
    "snapshotOwners": "SnapshotOwner",
}


def _schedules(inputs: Mapping[str, Any]) -> str | None:
    details = inputs["policyDetails"]
    schedules: list[Any] = [] if is_unknown(details) else items(details.get("schedules"))
    for index, schedule in enumerate(schedules):
        rule = schedule if is_unknown(schedule) else schedule.get("createRule")
        path = f"policyDetails.schedules[{index}].createRule"
        if is_unknown(rule):
            continue
        interval, times = fields(rule).get("interval"), fields(rule).get("times")
        if interval is not None and not is_unknown(interval) and int(interval) not in _INTERVALS:
            return f"{path}.interval must be one of {', '.join(map(str, _INTERVALS))} hours, got {interval}"
        if times is not None and not is_unknown(times) and not _TIME.fullmatch(str(times)):
            return f"{path}.times must be a time in UTC such as 03:00, got {times!r}"
        if interval is None and not fields(rule).get("cronExpression"):
            return f"{path}.interval must be given, or cronExpression"
    return None


def _targets(inputs: Mapping[str, Any]) -> str | None:
    details = inputs["policyDetails"]
    if is_unknown(details) or inputs.get("defaultPolicy") or details.get("policyType") == "EVENT_BASED_POLICY":
        return None
    if not details.get("targetTags"):
        return "policyDetails.targetTags must name at least one tag of what is to be snapshot"
    return None


def _copies(state: dict[str, Any], news: dict[str, Any]) -> set[str]:
    """Whether snapshots get the tags of their volumes cannot change in place."""
    before, after = (
        [fields(s).get("copyTags") for s in items(fields(v.get("policyDetails")).get("schedules"))]
        for v in (state, news)
    )
    both = zip(before, after, strict=False)
    return {"policyDetails"} if any(bool(b) != bool(a) for b, a in both) else set()


LIFECYCLE_POLICY = Entry(
    "aws:dlm/lifecyclePolicy:LifecyclePolicy",
    service="dlm",
    emulated=False,
    inputs=props(
        "defaultPolicy",
        required="description executionRoleArn policyDetails",
        defaults={"state": "ENABLED"},
        fields={"policyDetails": _FIELDS},
    ),
    checks=(_schedules, _targets),
    replaces_if=_copies,
    create=Call("create_lifecycle_policy"),
    id="policy-{hash}",
    outputs={"arn": "arn:{partition}:dlm:{region}:{account}:policy/{id}"},
    tags=Tags({"Tags": "{tags}"}),
)

ENTRIES = (LIFECYCLE_POLICY,)
