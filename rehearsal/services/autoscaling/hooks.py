"""Lifecycle hooks."""

from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Entry, props


def _read(context: Context) -> Any:
    asked = {
        "AutoScalingGroupName": context.inputs["autoscalingGroupName"],
        "LifecycleHookNames": [context.inputs.get("name") or context.id],
    }
    found = context.call("describe_lifecycle_hooks", asked)["LifecycleHooks"]
    return found[0] if found else None


def group_and_name(separator: str, name: str) -> Any:
    """How imports name what belongs to a group: the group, *separator*, the *name*."""

    def parse(resource_id: str) -> dict[str, Any]:
        group, _, own = resource_id.partition(separator)
        return {"autoscalingGroupName": group, name: own}

    return parse


LIFECYCLE_HOOK = Entry(
    "aws:autoscaling/lifecycleHook:LifecycleHook",
    service="autoscaling",
    inputs=props(
        "defaultResult heartbeatTimeout",
        required="autoscalingGroupName lifecycleTransition",
        replaces="name",
        computed="defaultResult heartbeatTimeout name",
        # The emulator answers with made-up ones.
        recorded="notificationMetadata notificationTargetArn roleArn",
        api={
            "autoscalingGroupName": "AutoScalingGroupName",
            "name": "LifecycleHookName",
            "notificationTargetArn": "NotificationTargetARN",
            "roleArn": "RoleARN",
        },
    ),
    autoname=Autoname("name", 255),
    create=Call("put_lifecycle_hook"),
    id="{name}",
    read=(_read,),
    updates=(
        Call(
            "put_lifecycle_hook",
            {"AutoScalingGroupName": "{autoscalingGroupName}", "LifecycleHookName": "{name}"},
            whole=True,
        ),
    ),
    delete=(
        Call(
            "delete_lifecycle_hook",
            {"AutoScalingGroupName": "{autoscalingGroupName}", "LifecycleHookName": "{name}"},
            done=("ValidationError",),
        ),
    ),
    import_id=group_and_name("/", "name"),
)

ENTRIES = (LIFECYCLE_HOOK,)
