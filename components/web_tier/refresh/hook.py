"""The hook that the engine calls before it changes a group."""

from collections.abc import Sequence
from contextvars import copy_context
from typing import cast

import pulumi
from pulumi.resource import DependencyResource

from ..._aws_calls import Api, ApiError, access
from ..._hooks import hook_name
from ..context import Context
from ..shapes import Refresh
from .configuration import desired, launching
from .rolling import RollingChange, RollingChangeError

MINUTES = 120


def rolling_change(
    context: Context, refresh: Refresh, alarms: Sequence[pulumi.Input[str]]
) -> pulumi.ResourceHookBinding:
    """Return what replaces a group's servers before the group itself is changed, ended by *alarms*.

    When it succeeds AWS has given the group its new configuration, and the update that follows finds it done. When
    it fails the group has the old one, and so has the engine's state: the next `pulumi up` tries again.
    """
    enters = access(context.tier)
    here = copy_context()  # knows the engine; where the engine calls from, the plugin's process does not
    watched = [*alarms, *refresh.get("alarms", ())] if refresh.get("heed_alarms", True) else []

    async def replace_servers(args: pulumi.ResourceHookArgs) -> None:
        if launching(args.new_inputs) == launching(args.old_inputs):
            return
        group = DependencyResource(args.urn)  # the real one has no URN before its update is over

        def tell(line: str, *, passing: bool = False) -> None:
            here.run(pulumi.log.info, line, group, ephemeral=passing)

        told: list[str] = await pulumi.Output.all(*watched).future() or []
        values = cast("list[str | None]", await pulumi.Output.all(*enters.values()).future() or [])
        api = Api(dict(zip(enters, values, strict=True)), (args.old_outputs or {})["arn"], "autoscaling")
        try:
            shape = await api.shape("StartInstanceRefresh", "DesiredConfiguration")
            await RollingChange(
                api,
                tell,
                args.id,
                desired(args.new_inputs or {}, shape),
                preferences(refresh, told),
                minutes(refresh),
            ).run()
        except ApiError as error:
            raise RollingChangeError(
                f"the rolling change of {args.id} stopped: {error}. A refresh that had begun goes on; `pulumi up` "
                "waits for it again"
            ) from None

    hook = pulumi.ResourceHook(hook_name(f"{context.name}-rolling-change"), replace_servers)
    return pulumi.ResourceHookBinding(before_update=[hook])


def preferences(refresh: Refresh, alarms: Sequence[str]) -> dict[str, object]:
    """Return what AWS is asked to pause for and to watch."""
    found: dict[str, object] = {}
    percentages = refresh.get("checkpoint_percentages", ())
    if percentages:
        # Without a last one AWS would replace no more than that (CheckpointPercentages).
        found["CheckpointPercentages"] = [*percentages, 100]
        found["CheckpointDelay"] = 60 * refresh.get("checkpoint_minutes", 60)
    if refresh.get("bake_minutes"):
        found["BakeTime"] = 60 * refresh.get("bake_minutes", 0)
    if alarms:
        found["AlarmSpecification"] = {"Alarms": list(alarms)}
    return found


def minutes(refresh: Refresh) -> int:
    """Return how long to wait."""
    pauses = len(refresh.get("checkpoint_percentages", ())) * refresh.get("checkpoint_minutes", 60)
    return refresh.get("timeout_minutes", MINUTES + pauses + refresh.get("bake_minutes", 0))
