"""CloudWatch, CloudWatch Logs and EventBridge."""

from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Do, Entry, Tags, props
from rehearsal.services._plain import fields
from rehearsal.values import is_unknown

from ._alarms import METRIC_ALARM
from ._event_targets import EVENT_TARGET
from ._events import EVENT_RULE


def _log_group(context: Context) -> Any:
    """Find the group in a list by prefix; the ARN there ends in ``:*``, the provider's does not."""
    groups = context.call("describe_log_groups", {"logGroupNamePrefix": context.id})["logGroups"]
    found = next((group for group in groups if group["logGroupName"] == context.id), None)
    return {**found, "plainArn": found["arn"].removesuffix(":*")} if found else None


def _keep(context: Context) -> None:
    days = int(context.inputs.get("retentionInDays") or 0)
    if days:
        context.call("put_retention_policy", {"logGroupName": context.id, "retentionInDays": days})
    elif context.old.get("retentionInDays"):
        context.call("delete_retention_policy", {"logGroupName": context.id})


def _encrypt(context: Context) -> None:
    """Make the group anew: the emulator has neither AssociateKmsKey nor DisassociateKmsKey, and no logs to lose."""
    context.call("delete_log_group", {"logGroupName": context.id})
    key = context.inputs.get("kmsKeyId")
    encryption = {"kmsKeyId": key} if key else {}
    tags = fields(context.old.get("tagsAll"))
    context.call("create_log_group", {"logGroupName": context.id, "tags": tags, **encryption})
    _keep(context)


_KEPT = (0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""Days that log groups may be kept (Logs API reference, PutRetentionPolicy); 0 is for ever."""


def _retention(inputs: Mapping[str, Any]) -> str | None:
    days = inputs.get("retentionInDays")
    if days is None or is_unknown(days) or int(days) in _KEPT:
        return None
    return f"retentionInDays must be one of {', '.join(map(str, _KEPT))}, got {days}"


_LOG_GROUP_ARN = "arn:{partition}:logs:{region}:{account}:log-group:{id}"

LOG_GROUP = Entry(
    "aws:cloudwatch/logGroup:LogGroup",
    service="logs",
    inputs=props(
        "kmsKeyId",
        replaces="logGroupClass name namePrefix",
        computed="deletionProtectionEnabled logGroupClass name namePrefix",
        local="namePrefix skipDestroy",
        recorded="deletionProtectionEnabled logGroupClass",
        defaults={"retentionInDays": 0},
        api={"name": "logGroupName"},
    ),
    conflicts=("name namePrefix",),
    autoname=Autoname("name", 512),
    checks=(_retention,),
    create=Call("create_log_group"),
    id="{name}",
    read=(_log_group,),
    updates=(
        Do(_encrypt, "kmsKeyId"),
        Do(_keep, "retentionInDays", on_create=True),
    ),
    delete=(Call("delete_log_group", {"logGroupName": "{id}"}),),
    outputs={"arn": "plainArn"},
    tags=Tags(
        {"tags": "{tags}"},
        put=Call("tag_resource", {"resourceArn": _LOG_GROUP_ARN, "tags": "{tags}"}),
        remove=Call("untag_resource", {"resourceArn": _LOG_GROUP_ARN, "tagKeys": "{keys}"}),
        read=Call("list_tags_for_resource", {"resourceArn": _LOG_GROUP_ARN}, at="tags", into="tags"),
        at="tags",
    ),
)

ENTRIES = (LOG_GROUP, METRIC_ALARM, EVENT_RULE, EVENT_TARGET)
