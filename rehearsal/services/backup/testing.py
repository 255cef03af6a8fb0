"""AWS Backup: restore tests."""

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.entry import Call, Entry, props
from rehearsal.services._limits import outside
from rehearsal.services._schedules import schedule_problem
from rehearsal.values import is_unknown

from ._tags import tags_of

_NAME = re.compile(r"[A-Za-z0-9_]{1,50}")
_WEEK = 168
"""Hours (Backup API reference, RestoreTestingPlanForCreate and RestoreTestingSelectionForCreate)."""


def _named(inputs: Mapping[str, Any]) -> str | None:
    name = inputs.get("name")
    if name is None or is_unknown(name) or _NAME.fullmatch(str(name)):
        return None
    return f"name must be 1 to 50 letters, digits and underscores, got {name!r}"


def _scheduled(inputs: Mapping[str, Any]) -> str | None:
    schedule = inputs["scheduleExpression"]
    problem = None if is_unknown(schedule) else schedule_problem(schedule)
    return (
        f"scheduleExpression {problem}"
        if problem
        else outside("startWindowHours", inputs.get("startWindowHours"), (1, _WEEK))
    )


def _validated(inputs: Mapping[str, Any]) -> str | None:
    return outside("validationWindowHours", inputs.get("validationWindowHours"), (0, _WEEK))


PLAN = Entry(
    "aws:backup/restoreTestingPlan:RestoreTestingPlan",
    service="backup",
    inputs=props(
        required="name recoveryPointSelection scheduleExpression",
        replaces="name",
        computed="scheduleExpressionTimezone startWindowHours",
        api={
            name: f"RestoreTestingPlan.{member}"
            for name, member in {
                "name": "RestoreTestingPlanName",
                "recoveryPointSelection": "RecoveryPointSelection",
                "scheduleExpression": "ScheduleExpression",
                "scheduleExpressionTimezone": "ScheduleExpressionTimezone",
                "startWindowHours": "StartWindowHours",
            }.items()
        },
    ),
    checks=(_named, _scheduled),
    create=Call("create_restore_testing_plan"),
    id="RestoreTestingPlanName",
    read=(Call("get_restore_testing_plan", {"RestoreTestingPlanName": "{id}"}),),
    updates=(Call("update_restore_testing_plan", {"RestoreTestingPlanName": "{id}"}, whole=True),),
    delete=(Call("delete_restore_testing_plan", {"RestoreTestingPlanName": "{id}"}),),
    outputs={"arn": "RestoreTestingPlan.RestoreTestingPlanArn"},
    tags=tags_of("Tags", "restore-testing-plan:{id}"),
)

_OF = {"RestoreTestingPlanName": "{restoreTestingPlanName}", "RestoreTestingSelectionName": "{name}"}


def _identified(selection: str) -> dict[str, Any]:
    """Return what `name:plan` says, which is how one is imported."""
    name, _, plan = selection.partition(":")
    return {"name": name, "restoreTestingPlanName": plan}


SELECTION = Entry(
    "aws:backup/restoreTestingSelection:RestoreTestingSelection",
    service="backup",
    inputs=props(
        required="name iamRoleArn protectedResourceType restoreTestingPlanName",
        replaces="name protectedResourceType restoreTestingPlanName",
        computed="protectedResourceArns protectedResourceConditions restoreMetadataOverrides validationWindowHours",
        sets="protectedResourceArns",
        reads={"restoreTestingPlanName": "RestoreTestingSelection.RestoreTestingPlanName"},
        api={
            name: f"RestoreTestingSelection.{member}"
            for name, member in {
                "name": "RestoreTestingSelectionName",
                "iamRoleArn": "IamRoleArn",
                "protectedResourceArns": "ProtectedResourceArns",
                "protectedResourceConditions": "ProtectedResourceConditions",
                "protectedResourceType": "ProtectedResourceType",
                "restoreMetadataOverrides": "RestoreMetadataOverrides",
                "validationWindowHours": "ValidationWindowHours",
            }.items()
        },
    ),
    checks=(_named, _validated),
    create=Call("create_restore_testing_selection"),
    id="RestoreTestingSelectionName",
    read=(Call("get_restore_testing_selection", _OF),),
    updates=(Call("update_restore_testing_selection", _OF, whole=True),),
    delete=(Call("delete_restore_testing_selection", _OF),),
    import_id=_identified,
)

ENTRIES = (PLAN, SELECTION)
