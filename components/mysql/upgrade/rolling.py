"""One upgrade of the replicas of an instance, which is begun, or found under way, and waited for."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ..._aws_calls import ApiError, Call
from .versions import reached, series

_PAUSE = 15.0
_IDLE = 20
"""Looks at a replica with which nothing happens, until that counts as a failure."""

# Nothing that time heals (RDS user guide, "Viewing Amazon RDS DB instance status").
_BROKEN = (
    "failed",
    "inaccessible-encryption-credentials",
    "inaccessible-encryption-credentials-recoverable",
    "incompatible-network",
    "incompatible-option-group",
    "incompatible-parameters",
    "incompatible-restore",
    "insufficient-capacity",
    "restore-error",
    "stopped",
    "stopping",
    "storage-full",
)


class UpgradeError(Exception):
    """The upgrade did not come about: one line."""


class Tell(Protocol):
    """Shows a line, which the next one may replace when it is *passing*."""

    def __call__(self, line: str, *, passing: bool = False) -> None:
        """Show it."""
        ...


@dataclass(frozen=True)
class Replica:
    """A replica to be upgraded."""

    name: str
    """What RDS calls it."""
    call: Call
    """Calls RDS in its region."""
    group: str | None
    """Parameter group for a new major version; None leaves the one that it has."""


@dataclass
class Upgrade:
    """The replicas of one instance on their way to a version."""

    version: str
    """Full number."""
    tell: Tell
    minutes: float = 180
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic

    async def run(self, replicas: Sequence[Replica]) -> None:
        """Return when all *replicas* have the version, or raise why not.

        A third of them at a time, and one at least, so that readers have somewhere to go. Who is there already is
        left alone: after a failure it goes on where it stopped.
        """
        left = [replica for replica in replicas if not await self._done(replica)]
        for number in range(0, len(left), self._together(len(replicas))):
            some = left[number : number + self._together(len(replicas))]
            deadline = self.clock() + 60 * self.minutes
            begun = [replica for replica in some if await self._begin(replica, deadline)]
            for replica in begun:
                await self._wait(replica, deadline)
        if left:
            self.tell(f"{_counted(len(left))} upgraded to {self.version}: their source comes next")

    @staticmethod
    def _together(count: int) -> int:
        return max(1, count // 3)

    async def _begin(self, replica: Replica, deadline: float) -> bool:
        """Begin the upgrade of a *replica*, whatever is done to it at the moment; return whether it is there."""
        found = await self._settled(replica, deadline)
        if found is None or reached(found["EngineVersion"], self.version):
            return False
        major = series(found["EngineVersion"]) != series(self.version)
        asked: dict[str, Any] = {
            "DBInstanceIdentifier": replica.name,
            "EngineVersion": self.version,
            "AllowMajorVersionUpgrade": major,
            # Waiting for the replica's window would keep the source, whose change is being made now, from its own.
            "ApplyImmediately": True,
        }
        if major and replica.group:
            asked["DBParameterGroupName"] = replica.group
        self.tell(f"upgrading the replica {replica.name} from {found['EngineVersion']} to {self.version}")
        try:
            await replica.call("modify_db_instance", asked)
        except ApiError as error:
            raise UpgradeError(f"RDS does not upgrade the replica {replica.name} to {self.version}: {error}") from None
        return True

    async def _wait(self, replica: Replica, deadline: float) -> None:
        """Wait until the *replica* has the version and its parameters."""
        begun, idle = self.clock(), 0
        while True:
            found = await self._settled(replica, deadline)
            if found is None:
                return
            if reached(found["EngineVersion"], self.version):
                break
            # RDS takes a moment until it says that it is upgrading, and says "available" again when that has failed.
            idle = 0 if "EngineVersion" in (found.get("PendingModifiedValues") or {}) else idle + 1
            if idle > _IDLE:
                raise UpgradeError(
                    f"the replica {replica.name} is still on {found['EngineVersion']}: "
                    f"{await self._reason(replica, self.clock() - begun)}. Its log files (PrePatchCompatibility.log, "
                    "mysqlUpgrade) say more"
                )
            await self._patience(replica, deadline, f"the replica {replica.name} is on {found['EngineVersion']}")
        await self.restart(replica)
        self.tell(f"the replica {replica.name} is on {self.version}")

    async def restart(self, instance: Replica) -> None:
        """Restart an *instance* whose parameter group waits for that: RDS does not (API, ModifyDBInstance)."""
        deadline = self.clock() + 60 * self.minutes
        found = await self._settled(instance, deadline) or {}
        groups: Sequence[Mapping[str, str]] = found.get("DBParameterGroups", ())
        if any(group.get("ParameterApplyStatus") == "pending-reboot" for group in groups):
            self.tell(f"restarting {instance.name} for the parameters of its new version")
            await instance.call("reboot_db_instance", {"DBInstanceIdentifier": instance.name})
            await self.pause(_PAUSE)
            await self._settled(instance, deadline)

    async def _settled(self, replica: Replica, deadline: float) -> dict[str, Any] | None:
        """Return the *replica* when nothing is being done to it; None when it is gone."""
        while True:
            found = await self._described(replica)
            if found is None or found["DBInstanceStatus"] in ("available", "storage-optimization"):
                return found
            if found["DBInstanceStatus"] in ("deleting", "deleted"):
                return None
            if found["DBInstanceStatus"] in _BROKEN:
                raise UpgradeError(
                    f"the replica {replica.name} is {found['DBInstanceStatus']} and cannot be upgraded: repair or "
                    "remove it, then deploy again"
                )
            await self._patience(replica, deadline, f"the replica {replica.name} is {found['DBInstanceStatus']}")

    async def _patience(self, replica: Replica, deadline: float, step: str) -> None:
        if self.clock() >= deadline:
            raise UpgradeError(
                f"{step} after {self.minutes:g} minutes: `pulumi up` waits for it again, and leaves {replica.name}'s "
                "source as it is until then"
            )
        self.tell(step, passing=True)
        await self.pause(_PAUSE)

    async def _done(self, replica: Replica) -> bool:
        found = await self._described(replica)
        return found is None or (
            reached(found["EngineVersion"], self.version) and found["DBInstanceStatus"] != "upgrading"
        )

    async def _reason(self, replica: Replica, seconds: float) -> str:
        """Return what RDS said of an upgrade that failed within these *seconds*."""
        asked = {"SourceIdentifier": replica.name, "SourceType": "db-instance", "Duration": int(seconds / 60) + 2}
        answer = await replica.call("describe_events", asked)
        told: list[str] = [event["Message"] for event in answer["Events"]]
        return next((line.rstrip(".") for line in reversed(told) if "upgrad" in line.lower()), "RDS gives no reason")

    async def _described(self, replica: Replica) -> dict[str, Any] | None:
        return await described(replica.call, replica.name)


async def described(call: Call, name: str) -> dict[str, Any] | None:
    """Return what RDS says of the instance *name*; None when there is none."""
    try:
        answer = await call("describe_db_instances", {"DBInstanceIdentifier": name})
    except ApiError as error:
        if error.code in ("DBInstanceNotFound", "DBInstanceNotFoundFault"):
            return None
        raise
    return answer["DBInstances"][0]


async def full_version(call: Call, wanted: str) -> str:
    """Return the version that RDS gives to who asks for *wanted*: the default one of a series, such as 8.4."""
    if len(wanted.split(".")) > 2:  # noqa: PLR2004
        return wanted
    asked: Mapping[str, Any] = {"Engine": "mysql", "EngineVersion": wanted, "DefaultOnly": True}
    found = (await call("describe_db_engine_versions", asked))["DBEngineVersions"]
    if not found:
        raise UpgradeError(f"RDS has no MySQL {wanted} in this region")
    return found[0]["EngineVersion"]


def _counted(number: int) -> str:
    return "1 replica is" if number == 1 else f"{number} replicas are"
