"""What an instance refresh does to a group in moto: it replaces servers, a batch at a time."""

import copy
import math
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from .launching import configuration, configure

ACTIVE = ("Pending", "InProgress", "Baking", "Cancelling", "RollbackInProgress")
_WHOLE = 100


class InstanceRefresh:
    """One refresh: AWS's statuses, without its hours; a pause, a warm-up or baking is a single step."""

    def __init__(self, group: Any, desired: dict[str, Any] | None, preferences: dict[str, Any]) -> None:
        self.id = str(uuid.uuid4())
        self.group = group
        self.before = copy.deepcopy(configuration(group))
        self.desired = desired
        self.preferences = preferences
        self.status = "Pending"
        self.reason = ""
        self.activities = list[dict[str, Any]]()
        self._started, self._ended = datetime.now(UTC), None
        self._old = [state.instance_id for state in group.instance_states if not self._fits(state)]
        self._total = len(self._old)
        shares = [int(share) for share in preferences.get("CheckpointPercentages") or [_WHOLE]]
        self._stops = [math.ceil(self._total * share / _WHOLE) for share in shares]
        self._rollback = dict[str, Any]()

    def step(self) -> None:
        """Get on."""
        alarm = self._alarm()
        if self.status == "Pending":
            self.status = "InProgress"
        elif self.status == "Cancelling":
            self._end("Cancelled", "Cancelled by user.")
        elif self.status == "RollbackInProgress":
            self._back()
        elif alarm:
            self._fail(f"CloudWatch alarm {alarm} is in ALARM state.")
        elif self.status == "Baking":
            self._succeed()
        else:
            self._replace_some()

    def cancel(self) -> None:
        """End it soon."""
        self.status = "Cancelling"

    def roll_back(self, reason: str) -> None:
        """Go back to the configuration before."""
        self._rollback = {
            "RollbackReason": reason,
            "RollbackStartTime": datetime.now(UTC),
            "PercentageCompleteOnRollback": self._percentage(),
            "InstancesToUpdateOnRollback": len(self._left()),
        }
        self.status, self.reason = "RollbackInProgress", ""

    def described(self) -> dict[str, Any]:
        """Return what AWS tells of it."""
        told = {
            "InstanceRefreshId": self.id,
            "AutoScalingGroupName": self.group.name,
            "Status": self.status,
            "StatusReason": self.reason or None,
            "StartTime": self._started,
            "EndTime": self._ended,
            "PercentageComplete": self._percentage(),
            "InstancesToUpdate": len(self._left()),
            "Preferences": self.preferences,
            "DesiredConfiguration": self.desired,
            "RollbackDetails": self._rollback or None,
            "Strategy": "Rolling",
        }
        return {name: value for name, value in told.items() if value is not None}

    def _replace_some(self) -> None:
        left, done = self._left(), self._total - len(self._left())
        if self._stops and done >= self._stops[0]:
            self._stops.pop(0)
            if self._stops:
                self.reason = f"Waiting at the checkpoint of {self._percentage()} percent."
                return
            if int(self.preferences.get("BakeTime") or 0):
                self.status, self.reason = "Baking", ""
                return
            self._succeed()
            return
        self.reason = ""
        batch = min(self._batch(), self._stops[0] - done)
        try:
            self._swap(left[:batch], self.desired or self.before)
        except Exception as error:  # noqa: BLE001  whatever moto refuses, a launch has failed
            self._record("Launching a new EC2 instance.", failure=str(error) or type(error).__name__)
            self._fail("An instance could not be launched.")

    def _back(self) -> None:
        """Replace, at once, every server that is not as before."""
        wanted = configuration(self.group)
        changed = [s.instance_id for s in self.group.instance_states if not _launched_by(s, wanted)]
        self._swap(changed, wanted)
        self._old = [state.instance_id for state in self.group.instance_states]
        self._end("RollbackSuccessful", "Rolled back to the configuration before the instance refresh.")

    def _swap(self, ids: Iterable[str], wanted: dict[str, Any]) -> None:
        """Launch new ones from *wanted*, and only then end those of *ids*."""
        group, gone = self.group, set(ids)
        if not gone:
            return
        kept, present = copy.deepcopy(configuration(group)), len(group.instance_states)
        configure(group, copy.deepcopy(wanted))
        try:
            group.replace_autoscaling_group_instances(len(gone), group.get_propagated_tags())
        finally:
            configure(group, kept)
        for state in group.instance_states[present:]:
            self._record(f"Launching a new EC2 instance: {state.instance_id}")
        group.instance_states = [s for s in group.instance_states if s.instance_id not in gone]
        backend = group.autoscaling_backend
        for arn in group.target_group_arns:
            backend.elbv2_backend.deregister_targets(arn, [{"Id": instance} for instance in sorted(gone)])
        group.ec2_backend.terminate_instances(sorted(gone))
        for instance in sorted(gone):
            self._record(f"Terminating EC2 instance: {instance}")
        backend.update_attached_elbs(group.name)
        backend.update_attached_target_groups(group.name)

    def _succeed(self) -> None:
        if self.desired is not None:
            configure(self.group, copy.deepcopy(self.desired))
        self._end("Successful", "")

    def _fail(self, reason: str) -> None:
        if self.preferences.get("AutoRollback"):
            self.roll_back(reason)
        else:
            self._end("Failed", reason)

    def _end(self, status: str, reason: str) -> None:
        self.status, self.reason, self._ended = status, reason, datetime.now(UTC)

    def _fits(self, state: Any) -> bool:
        return bool(self.preferences.get("SkipMatching")) and _launched_by(state, self.desired or self.before)

    def _left(self) -> list[str]:
        """Return the servers that are still to be replaced; one that has gone by itself is none of them."""
        present = {state.instance_id for state in self.group.instance_states}
        return [instance for instance in self._old if instance in present]

    def _percentage(self) -> int:
        return _WHOLE if not self._total else _WHOLE * (self._total - len(self._left())) // self._total

    def _batch(self) -> int:
        size = self.group.desired_capacity or 0
        low = int(self.preferences.get("MinHealthyPercentage", 90))
        high = int(self.preferences.get("MaxHealthyPercentage", _WHOLE))
        return max(1, size * (high - low) // _WHOLE)

    def _alarm(self) -> str | None:
        from moto.backends import get_backend  # noqa: PLC0415

        watched = (self.preferences.get("AlarmSpecification") or {}).get("Alarms") or []
        alarms: Any = get_backend("cloudwatch")[self.group.account_id][self.group.region].alarms
        return next((name for name in watched if name in alarms and alarms[name].state_value == "ALARM"), None)

    def _record(self, description: str, failure: str = "") -> None:
        now = datetime.now(UTC)
        self.activities.append(
            {
                "ActivityId": str(uuid.uuid4()),
                "AutoScalingGroupName": self.group.name,
                "Description": description,
                "Cause": f"Instance refresh {self.id}.",
                "StartTime": now,
                "EndTime": now,
                "StatusCode": "Failed" if failure else "Successful",
                "Progress": _WHOLE,
                **({"StatusMessage": failure} if failure else {}),
            }
        )


def _launched_by(state: Any, wanted: dict[str, Any]) -> bool:
    """Whether a server is as *wanted*: from the same version of the template, and of a type among those named."""
    mixed = (wanted.get("MixedInstancesPolicy") or {}).get("LaunchTemplate") or {}
    named = wanted.get("LaunchTemplate") or mixed.get("LaunchTemplateSpecification") or {}
    own = state.launch_template or {}
    types = [override["InstanceType"] for override in mixed.get("Overrides") or [] if override.get("InstanceType")]
    same = named.get("LaunchTemplateId", own.get("LaunchTemplateId")) == own.get("LaunchTemplateId")
    same = same and named.get("LaunchTemplateName", own.get("LaunchTemplateName")) == own.get("LaunchTemplateName")
    return same and str(named.get("Version")) == own.get("Version") and (not types or state.instance_type in types)
