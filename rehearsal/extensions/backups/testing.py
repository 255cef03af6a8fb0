"""Restore testing plans and their selections."""

import json
import re
from typing import Any

from .store import Plain, answer, body, missing, now, page, path, refused, store_of, wrong

_NAME = re.compile(r"[A-Za-z0-9_]{1,50}")


def create_restore_testing_plan(self: Any) -> str:
    """Make a plan."""
    asked = body(self)["RestoreTestingPlan"]
    own, name = store_of(self), _named(asked["RestoreTestingPlanName"])
    if name in own.tests:
        raise wrong(f"A restore testing plan {name} exists already.")
    arn = f"arn:aws:backup:{own.region}:{own.account}:restore-testing-plan:{name}"
    own.tests[name] = {
        "StartWindowHours": 24,
        "ScheduleExpressionTimezone": "Etc/UTC",
        **asked,
        "RestoreTestingPlanArn": arn,
        "CreationTime": now(),
        "selections": {},
    }
    self.backup_backend.tag_resource(arn, body(self).get("Tags") or {})
    return answer({"CreationTime": now(), "RestoreTestingPlanArn": arn, "RestoreTestingPlanName": name})


def get_restore_testing_plan(self: Any) -> str:
    """Tell of one."""
    return answer({"RestoreTestingPlan": _told(_plan(self))})


def list_restore_testing_plans(self: Any) -> str:
    """Tell of all."""
    return page(self, [_told(plan) for plan in store_of(self).tests.values()], "RestoreTestingPlans")


def update_restore_testing_plan(self: Any) -> str:
    """Change one."""
    plan = _plan(self)
    plan.update(body(self)["RestoreTestingPlan"], UpdateTime=now())
    return answer(
        {k: plan[k] for k in ("CreationTime", "RestoreTestingPlanArn", "RestoreTestingPlanName", "UpdateTime")}
    )


def delete_restore_testing_plan(self: Any) -> str:
    """Delete one that tests nothing any more."""
    plan = _plan(self)
    if plan["selections"]:
        raise refused("The restore testing plan has selections: delete them first.")
    del store_of(self).tests[plan["RestoreTestingPlanName"]]
    return "{}"


def create_restore_testing_selection(self: Any) -> str:
    """Say what a plan tests."""
    plan, asked = _plan(self), body(self)["RestoreTestingSelection"]
    name = _named(asked["RestoreTestingSelectionName"])
    if name in plan["selections"]:
        raise wrong(f"A restore testing selection {name} exists already.")
    if any(s["ProtectedResourceType"] == asked["ProtectedResourceType"] for s in plan["selections"].values()):
        raise wrong("Each protected resource type can have one selection.")
    plan["selections"][name] = {"ValidationWindowHours": 0, **asked, "CreationTime": now()}
    return answer(_identity(plan, name))


def get_restore_testing_selection(self: Any) -> str:
    """Tell what."""
    plan, name = _selection(self)
    found = {**plan["selections"][name], "RestoreTestingPlanName": plan["RestoreTestingPlanName"]}
    return answer({"RestoreTestingSelection": found})


def list_restore_testing_selections(self: Any) -> str:
    """Tell all that a plan tests."""
    plan = _plan(self)
    found = [
        _told({**s, "RestoreTestingPlanName": plan["RestoreTestingPlanName"]}) for s in plan["selections"].values()
    ]
    return page(self, found, "RestoreTestingSelections")


def update_restore_testing_selection(self: Any) -> str:
    """Change it."""
    plan, name = _selection(self)
    plan["selections"][name].update(body(self)["RestoreTestingSelection"])
    return answer({**_identity(plan, name), "UpdateTime": now()})


def delete_restore_testing_selection(self: Any) -> str:
    """Forget it."""
    plan, name = _selection(self)
    del plan["selections"][name]
    return "{}"


def _identity(plan: Plain, name: str) -> Plain:
    told = {k: plan[k] for k in ("CreationTime", "RestoreTestingPlanArn", "RestoreTestingPlanName")}
    return {**told, "RestoreTestingSelectionName": name}


def _plan(self: Any) -> Plain:
    name = path(self, "RestoreTestingPlanName")
    found = store_of(self).tests.get(name)
    if found is None:
        raise missing(f"Restore testing plan {name} does not exist.")
    return found


def _selection(self: Any) -> tuple[Plain, str]:
    plan, name = _plan(self), path(self, "RestoreTestingSelectionName")
    if name not in plan["selections"]:
        raise missing(f"Restore testing selection {name} does not exist.")
    return plan, name


def _told(plan: Plain) -> Plain:
    return json.loads(answer({k: v for k, v in plan.items() if k != "selections"}))


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise wrong(f"Names have 1 to 50 letters, digits and underscores, got {name}.")
    return name
