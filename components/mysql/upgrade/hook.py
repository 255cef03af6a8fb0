"""The hooks that the engine calls before it changes the instance that is written to."""

from collections.abc import Mapping
from contextvars import copy_context
from typing import Any, cast

import pulumi
from pulumi.resource import DependencyResource

from ..._args import InvalidArgs
from ..._aws_calls import Api, ApiError, access
from ..._hooks import hook_name
from .rolling import Replica, Upgrade, UpgradeError, described, full_version
from .versions import numbers, reached, series


class Hooks:
    """What happens around the update of the instance that is written to."""

    def __init__(self, component: pulumi.Resource, major: str | None, groups: Mapping[str, pulumi.Input[str]]) -> None:
        self._enters = access(component)
        self._here = copy_context()  # knows the engine; where the engine calls from, the plugin's process does not
        self._major, self._groups = major, groups

    async def refuse(self, args: pulumi.ResourceHookArgs) -> None:
        """Refuse what may not be, in the preview already."""
        before, after = versions(args)
        if before and after:
            check(before, after, self._major)

    async def replicas_first(self, args: pulumi.ResourceHookArgs) -> None:
        """Upgrade the replicas."""
        before, after = versions(args)
        if not before or not after:
            return
        check(before, after, self._major)
        identifier = _outputs(args)["identifier"]
        try:
            entry, call, upgrade = await self._begin(args)
            found = await described(call, identifier) or {}  # The update that follows says that it is gone.
            there = await pulumi.Output.all(**self._groups).future() or {}
            replicas = [
                # Those of other regions are named by their ARNs.
                Replica(named.split(":")[-1], Api(entry, named, "rds"), there.get(named.split(":")[3]))
                if ":" in named
                else Replica(named, call, (args.new_inputs or {}).get("parameterGroupName"))
                for named in found.get("ReadReplicaDBInstanceIdentifiers", ())
            ]
            await upgrade.run(replicas)
        except ApiError as error:
            raise UpgradeError(
                f"the upgrade of the replicas of {identifier} stopped: {error}. `pulumi up` goes on with it"
            ) from None

    async def restart(self, args: pulumi.ResourceHookArgs) -> None:
        """Let the parameters of a new major version take effect."""
        before, after = versions(args)
        if not before or not after or series(before) == series(after):
            return
        identifier = _outputs(args)["identifier"]
        try:
            _, call, upgrade = await self._begin(args)
            await upgrade.restart(Replica(identifier, call, None))
        except ApiError as error:
            raise UpgradeError(
                f"{identifier} is on {after}, but could not be restarted for its new parameters: {error}. "
                f"`aws rds reboot-db-instance --db-instance-identifier {identifier}` does it"
            ) from None

    async def _begin(self, args: pulumi.ResourceHookArgs) -> tuple[dict[str, str | None], Api, Upgrade]:
        instance = DependencyResource(args.urn)  # the real one has no URN before its update is over

        def tell(line: str, *, passing: bool = False) -> None:
            self._here.run(pulumi.log.info, line, instance, ephemeral=passing)

        told = await pulumi.Output.all(*self._enters.values()).future() or []
        entry = dict(zip(self._enters, cast("list[str | None]", told), strict=True))
        call = Api(entry, _outputs(args)["arn"], "rds")
        return entry, call, Upgrade(await full_version(call, (args.new_inputs or {})["engineVersion"]), tell)


def replicas_first(
    component: pulumi.Resource, name: str, major: str | None, groups: Mapping[str, pulumi.Input[str]]
) -> pulumi.ResourceHookBinding:
    """Return what upgrades an instance's replicas before the instance itself; Pulumi's order is the other one.

    RDS refuses the upgrade of an instance before that of its replicas (DBUpgradeDependencyFailure), and the provider
    goes by dependencies (terraform-provider-aws, issue 22107). The replicas are found on RDS, so that those which
    others made come along. *major* is the version to which a major upgrade may go; *groups* are the parameter groups
    in other regions.
    """
    hooks = Hooks(component, major, groups)
    in_previews = pulumi.ResourceHookOptions(on_dry_run=True)
    return pulumi.ResourceHookBinding(
        before_update=[
            pulumi.ResourceHook(hook_name(f"{name}-upgrade-allowed"), hooks.refuse, in_previews),
            pulumi.ResourceHook(hook_name(f"{name}-replicas-first"), hooks.replicas_first),
        ],
        after_update=[pulumi.ResourceHook(hook_name(f"{name}-new-parameters"), hooks.restart)],
    )


def versions(args: pulumi.ResourceHookArgs) -> tuple[str, str] | tuple[None, None]:
    """Return the version that is there and the one that is wanted; nothing when there is nothing to do."""
    inputs, outputs, wanted = (
        args.old_inputs or {},
        args.old_outputs or {},
        (args.new_inputs or {}).get("engineVersion"),
    )
    # A replica that becomes the writer had none among its inputs.
    actual = _text(outputs.get("engineVersionActual") or outputs.get("engineVersion") or inputs.get("engineVersion"))
    if not actual or not isinstance(wanted, str) or wanted in (actual, inputs.get("engineVersion")):
        return None, None
    return actual, wanted


def check(actual: str, wanted: str, major: str | None) -> None:
    """Refuse to go from *actual* to *wanted* when RDS cannot, or when nobody has asked for it by name."""
    if reached(actual, wanted) and not reached(wanted, ".".join(map(str, numbers(actual)[: len(numbers(wanted))]))):
        raise InvalidArgs(
            f"MySQL: database.engine_version must not go back, which RDS cannot: the database runs {actual}, "
            f"got {wanted!r}"
        )
    if series(actual) != series(wanted) and (major is None or series(major) != series(wanted)):
        to = ".".join(map(str, series(wanted)))
        raise InvalidArgs(
            f"MySQL: database.allow_major_upgrade_to must be {to!r} for the upgrade from {actual} to {wanted}, which "
            f"cannot be taken back, got {major!r}"
        )


def _outputs(args: pulumi.ResourceHookArgs) -> Mapping[str, Any]:
    return args.old_outputs or {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
