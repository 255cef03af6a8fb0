"""Instance refreshes, which moto (5.2) lacks: the calls, in AWS's words and with its refusals.

A refresh gets on by one step whenever it is asked about, so it takes as long as somebody watches. What a step does is
in ``replacing``.
"""

import importlib
from itertools import pairwise
from typing import Any

from .launching import configuration
from .replacing import ACTIVE, InstanceRefresh

_AT_ONCE = 100
"""Most percent between the healthy percentages, and AWS's limit of records in one answer."""


def install() -> None:
    """Add the operations to moto's service."""
    service: Any = importlib.import_module("moto.autoscaling.responses").AutoScalingResponse
    for operation in (
        start_instance_refresh,
        describe_instance_refreshes,
        cancel_instance_refresh,
        rollback_instance_refresh,
        describe_scaling_activities,
    ):
        setattr(service, operation.__name__, operation)


def start_instance_refresh(self: Any) -> Any:
    """Begin one."""
    group = _group(self)
    if _active(group):
        raise _error(
            "InstanceRefreshInProgress",
            "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.",
        )
    strategy = self._get_param("Strategy") or "Rolling"
    if strategy != "Rolling":
        raise NotImplementedError(f"the emulator refreshes instances by Rolling, not by {strategy}")
    desired = self._get_param("DesiredConfiguration") or None
    preferences: dict[str, Any] = self._get_param("Preferences") or {}
    _check_preferences(preferences)
    if desired is not None and ("LaunchTemplate" in desired) == ("MixedInstancesPolicy" in desired):
        raise _invalid("DesiredConfiguration must have either LaunchTemplate or MixedInstancesPolicy.")
    for wanted in (desired or {}, configuration(group)):
        _check_template(group, wanted, reversible=bool(preferences.get("AutoRollback")))
    if preferences.get("AutoRollback") and desired is None:
        raise _invalid("AutoRollback needs a desired configuration.")
    refresh = InstanceRefresh(group, desired, preferences)
    _refreshes(group).append(refresh)
    return _answer({"InstanceRefreshId": refresh.id})


def describe_instance_refreshes(self: Any) -> Any:
    """Tell of them, the newest first, and let the one that is under way get on."""
    group = _group(self)
    running = _active(group)
    if running:
        running.step()
    ids = self._get_param("InstanceRefreshIds") or []
    found = [refresh for refresh in reversed(_refreshes(group)) if not ids or refresh.id in ids]
    start = int(self._get_param("NextToken") or 0)
    end = start + int(self._get_param("MaxRecords") or 50)
    more = {"NextToken": str(end)} if end < len(found) else {}
    return _answer({"InstanceRefreshes": [refresh.described() for refresh in found[start:end]], **more})


def cancel_instance_refresh(self: Any) -> Any:
    """End the one that is under way; what it has replaced stays."""
    running = _needed(_active(_group(self)))
    running.cancel()
    return _answer({"InstanceRefreshId": running.id})


def rollback_instance_refresh(self: Any) -> Any:
    """Let the one that is under way go back."""
    group = _group(self)
    running = _needed(_active(group))
    if running.desired is None:
        raise _error("IrreversibleInstanceRefresh", "The instance refresh has no desired configuration.")
    try:
        _check_template(group, running.before, reversible=True)
    except _exception() as error:
        raise _error("IrreversibleInstanceRefresh", str(error.message)) from None
    running.roll_back("Manual rollback initiated.")
    return _answer({"InstanceRefreshId": running.id})


def describe_scaling_activities(self: Any) -> Any:
    """Tell which servers refreshes have launched and ended, the newest first; other activities are not recorded."""
    done = [activity for refresh in _refreshes(_group(self)) for activity in refresh.activities]
    limit = int(self._get_param("MaxRecords") or _AT_ONCE)
    return _answer({"Activities": done[::-1][:limit]})


def _group(response: Any) -> Any:
    name = response._get_param("AutoScalingGroupName")  # noqa: SLF001
    found = response.autoscaling_backend.autoscaling_groups.get(name)
    if found is None:
        raise _invalid(f"AutoScalingGroup name not found - AutoScalingGroup: '{name}' not found")
    return found


def _refreshes(group: Any) -> list[InstanceRefresh]:
    return vars(group).setdefault("rehearsal_refreshes", [])


def _active(group: Any) -> InstanceRefresh | None:
    return next((refresh for refresh in _refreshes(group) if refresh.status in ACTIVE), None)


def _needed(refresh: InstanceRefresh | None) -> InstanceRefresh:
    if refresh is None or refresh.status == "Cancelling":
        raise _error("ActiveInstanceRefreshNotFound", "No in progress or pending Instance Refresh found.")
    return refresh


def _check_preferences(given: dict[str, Any]) -> None:
    """EC2 Auto Scaling API, RefreshPreferences."""
    low, high = given.get("MinHealthyPercentage"), given.get("MaxHealthyPercentage")
    if high is not None and (low is None or int(high) - int(low) > _AT_ONCE):
        raise _invalid("MaxHealthyPercentage needs a MinHealthyPercentage that is at most 100 below it.")
    shares = [int(share) for share in given.get("CheckpointPercentages") or []]
    if any(later <= share for share, later in pairwise(shares)):
        raise _invalid("CheckpointPercentages must be unique and ascending.")
    if "CheckpointDelay" in given and not shares:
        raise _invalid("CheckpointDelay needs CheckpointPercentages.")
    if len((given.get("AlarmSpecification") or {}).get("Alarms") or []) > 10:  # noqa: PLR2004
        raise _invalid("AlarmSpecification must name at most 10 alarms.")


def _check_template(group: Any, wanted: dict[str, Any], *, reversible: bool) -> None:
    """Refuse a version that is not there and, to roll back, one that is not fixed or whose image is a parameter."""
    mixed = (wanted.get("MixedInstancesPolicy") or {}).get("LaunchTemplate") or {}
    named = wanted.get("LaunchTemplate") or mixed.get("LaunchTemplateSpecification")
    if not named:
        return
    ec2, number = group.ec2_backend, str(named.get("Version") or "$Default")
    try:
        template = (
            ec2.get_launch_template(named["LaunchTemplateId"])
            if named.get("LaunchTemplateId")
            else ec2.get_launch_template_by_name(named["LaunchTemplateName"])
        )
        version = template.get_version(number)
    except importlib.import_module("moto.core.exceptions").ServiceException as error:
        raise _invalid(str(error.message)) from None
    if reversible and not number.isdigit():
        raise _invalid(f"A rollback is not possible with the launch template version {number}.")
    if reversible and str(version.image_id).startswith("resolve:ssm:"):
        raise _invalid("A rollback is not possible with a launch template whose ImageId is an SSM parameter.")


def _exception() -> Any:
    return importlib.import_module("moto.autoscaling.exceptions").AutoscalingClientError


def _error(code: str, message: str) -> Exception:
    return _exception()(code, message)


def _invalid(message: str) -> Exception:
    return _error("ValidationError", message)


def _answer(found: dict[str, Any]) -> Any:
    return importlib.import_module("moto.core.responses").ActionResult(found)
