"""One rolling change: an instance refresh that is started, or found going on, and waited for."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..._aws_calls import ApiError, Call
from .configuration import holds, template

MIN_HEALTHY = 100
MAX_HEALTHY = 120
"""Percent of the fleet's size: never fewer, and up to a fifth more while servers are replaced. With the upper one said
AWS starts new servers before it ends old ones (RefreshPreferences, MaxHealthyPercentage)."""

_ALWAYS = {
    "MinHealthyPercentage": MIN_HEALTHY,
    "MaxHealthyPercentage": MAX_HEALTHY,
    "SkipMatching": True,
    # Whoever has put a server aside has a reason; AWS's own default would wait for an hour and fail.
    "ScaleInProtectedInstances": "Ignore",
    "StandbyInstances": "Ignore",
}
_GOING_ON = ("Pending", "InProgress", "Baking")
_OVER = ("Successful", "Failed", "Cancelled", "RollbackSuccessful", "RollbackFailed")
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 15.0
_TRIES = 5


class RollingChangeError(Exception):
    """The change did not come about: one line."""


class Tell(Protocol):
    """Shows a line, which the next one may replace when it is *passing*."""

    def __call__(self, line: str, *, passing: bool = False) -> None:
        """Show it."""
        ...


@dataclass
class RollingChange:
    """The replacement of a group's servers by ones that are launched from another configuration."""

    call: Call
    tell: Tell
    group: str
    wanted: Mapping[str, Any]
    """The configuration: `LaunchTemplate` or `MixedInstancesPolicy`, in the API's words."""
    preferences: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Checkpoints, baking, alarms."""
    minutes: float = 120
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic

    async def run(self) -> None:
        """Return when every server is replaced and the group has the configuration, or raise why not."""
        before = await self._group()
        if not before.get("DesiredCapacity") and not before.get("Instances") and "WarmPoolConfiguration" not in before:
            self.tell("no server runs, so none is replaced: the next ones start from the new version")
            return
        deadline = self.clock() + 60 * self.minutes
        refresh = await self._watch(await self._begin(before, deadline), deadline)
        if refresh["Status"] != "Successful":
            raise RollingChangeError(await self._told(refresh, before))
        self.tell("every server is replaced")

    async def _begin(self, before: Mapping[str, Any], deadline: float) -> str:
        """Return the id of the refresh to wait for. There is one at a time: another one has to make room."""
        for _ in range(_TRIES):
            running = await self._running()
            if running is None:
                asked = {**_ALWAYS, **self.preferences, "AutoRollback": await self._reversible(before)}
                try:
                    return await self._start(DesiredConfiguration=self.wanted, Preferences=asked)
                except ApiError as error:
                    if error.code != "InstanceRefreshInProgress":
                        raise
                    continue
            id_ = running["InstanceRefreshId"]
            if running["Status"] in _GOING_ON and holds(running.get("DesiredConfiguration"), self.wanted):
                self.tell(f"the instance refresh {id_}, begun earlier, makes this very change: waiting for it")
                return id_
            if running["Status"] in _GOING_ON:
                self.tell(f"the instance refresh {id_} is for another version: cancelling it")
                await self._cancel()
            await self._watch(id_, deadline)
        raise RollingChangeError(
            f"others keep starting instance refreshes of {self.group}: let one deployment run at a time"
        )

    async def _start(self, **asked: object) -> str:
        answer = await self._ask("start_instance_refresh", **asked)
        id_: str = answer["InstanceRefreshId"]
        self.tell(f"instance refresh {id_} has begun")
        return id_

    async def _cancel(self) -> None:
        try:
            await self._ask("cancel_instance_refresh")
        except ApiError as error:
            if error.code != "ActiveInstanceRefreshNotFound":
                raise

    async def _watch(self, id_: str, deadline: float) -> dict[str, Any]:
        """Show how the refresh gets on until it is over, and return what it came to."""
        shown, pause = ("", ""), _FIRST_PAUSE
        while True:
            found = await self._refreshes(InstanceRefreshIds=[id_])
            refresh = found[0]
            if refresh["Status"] in _OVER:
                return refresh
            step = f"{refresh['Status']}: {refresh.get('PercentageComplete', 0)} % replaced, "
            step += f"{refresh.get('InstancesToUpdate', 'all')} to go"
            if (step, refresh.get("StatusReason", "")) != shown:
                reason = refresh.get("StatusReason", "")
                self.tell(f"{step}. {reason}".removesuffix(". "), passing=step == shown[0])
                shown = (step, reason)
            if self.clock() >= deadline:
                raise RollingChangeError(
                    f"the instance refresh {id_} of {self.group} is not over after {self.minutes:g} minutes and goes "
                    f"on ({step}): `pulumi up` waits for it again, `aws autoscaling cancel-instance-refresh "
                    f"--auto-scaling-group-name {self.group}` ends it"
                )
            await self.pause(pause)
            pause = min(1.5 * pause, _LONGEST_PAUSE)

    async def _told(self, refresh: Mapping[str, Any], before: Mapping[str, Any]) -> str:
        """Say why *refresh* did not succeed, after bringing back the version *before* where AWS did not."""
        rollback: dict[str, str] = refresh.get("RollbackDetails", {})
        reason: str = rollback.get("RollbackReason") or refresh.get("StatusReason", "")
        reason = reason.rstrip(".") or "AWS gives no reason"
        if refresh["Status"] == "Cancelled":
            return (
                f"the rolling change of {self.group} was cancelled: {reason}. What was replaced stays replaced; the "
                "next `pulumi up` goes on"
            )
        activity = await self._failed_activity(refresh)
        told = f"the rolling change of {self.group} failed: {reason}.{activity}"
        if "alarm" in reason.lower():
            told += " (A repair gets through with fleet.refresh.heed_alarms set to false.)"
        if refresh["Status"] == "RollbackSuccessful":
            return f"{told} AWS has brought back the version that worked"
        if refresh["Status"] == "RollbackFailed":
            return f"{told} Bringing back the version that worked failed, too: {refresh.get('StatusReason')}"
        return f"{told} {await self._roll_back(before)}"

    async def _roll_back(self, before: Mapping[str, Any]) -> str:
        """Replace what was replaced by the configuration that the group still has: AWS does it for AMI ids only."""
        if holds(before, self.wanted):
            return "The group had this version already: there is none to go back to"
        self.tell("it failed: bringing back the version that worked")
        try:
            # Without alarms, which may be why.
            over = await self._watch(await self._start(Preferences=_ALWAYS), self.clock() + 60 * self.minutes)
        except (ApiError, RollingChangeError) as error:
            return f"Bringing back the version that worked is not done: {error}"
        if over["Status"] == "Successful":
            return "The version that worked is back on every server"
        return f"Bringing back the version that worked failed, too ({over['Status']}): {over.get('StatusReason')}"

    async def _reversible(self, before: Mapping[str, Any]) -> bool:
        """Whether AWS can roll back: not to where it is, and only between numbered versions that name an AMI."""
        if holds(before, self.wanted):
            return False
        for named in (template(before), template(self.wanted)):
            key = "LaunchTemplateId" if "LaunchTemplateId" in named else "LaunchTemplateName"
            which = {key: named[key]}
            version = named.get("Version", "")
            if not version.isdigit():
                return False
            try:
                answer = await self.call("describe_launch_template_versions", {**which, "Versions": [version]}, "ec2")
            except ApiError:  # who may not look cannot know
                return False
            if not answer["LaunchTemplateVersions"][0]["LaunchTemplateData"].get("ImageId", "").startswith("ami-"):
                return False
        return True

    async def _group(self) -> dict[str, Any]:
        answer = await self.call("describe_auto_scaling_groups", {"AutoScalingGroupNames": [self.group]})
        if not answer["AutoScalingGroups"]:
            raise RollingChangeError(
                f"there is no Auto Scaling group {self.group} for the credentials at hand: where the tier has a "
                "provider of its own that assumes a role, the environment must hold credentials of that account"
            )
        return answer["AutoScalingGroups"][0]

    async def _running(self) -> dict[str, Any] | None:
        found = await self._refreshes()
        return next((refresh for refresh in found if refresh["Status"] not in _OVER), None)

    async def _refreshes(self, **asked: object) -> list[dict[str, Any]]:
        answer = await self._ask("describe_instance_refreshes", **asked)
        return answer["InstanceRefreshes"]

    async def _ask(self, operation: str, **asked: object) -> dict[str, Any]:
        return await self.call(operation, {"AutoScalingGroupName": self.group, **asked})

    async def _failed_activity(self, refresh: Mapping[str, Any]) -> str:
        """Return what went wrong last with a server: the refresh itself says little of that."""
        try:
            answer = await self._ask("describe_scaling_activities", MaxRecords=20)
        except ApiError:  # who may not look goes without
            return ""
        for activity in answer["Activities"]:
            late = "StartTime" not in refresh or activity["StartTime"] >= refresh["StartTime"]
            if late and activity["StatusCode"] == "Failed" and activity.get("StatusMessage"):
                return f" Last failed activity: {activity['StatusMessage'].rstrip('.')}."
        return ""
