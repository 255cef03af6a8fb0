"""EventBridge rules, which the provider has among CloudWatch's resources, after EventBridge's old name."""

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Do, Entry, Tags, props
from rehearsal.services._limits import unlisted
from rehearsal.values import is_unknown

_LONGEST = 64
_STATES = ("ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")


def _put_rule(context: Context) -> Any:
    """Send everything, as the provider does: what is not sent is taken away."""
    enabled = context.inputs.get("isEnabled")
    state = context.inputs.get("state") or ("DISABLED" if enabled is False else "ENABLED")
    names = ("description", "eventBusName", "eventPattern", "name", "roleArn", "scheduleExpression")
    tags = {"Tags": "{tags}"} if context.tags and not context.old else {}
    return context.run(Call("put_rule"), [n for n in names if n in context.inputs], params={"State": state, **tags})


def _create_rule(context: Context) -> Any:
    context.tags = context.tags_wanted
    return _put_rule(context)


def _change_rule(context: Context) -> None:
    _put_rule(context)


def _rule_id(context: Context) -> str:
    """Return the id that the provider gives: the bus stands in it unless it is the default one."""
    bus, name = context.inputs.get("eventBusName", "default"), str(context.inputs["name"])
    return name if bus == "default" else f"{bus}/{name}"


def _rule_of(resource_id: str) -> dict[str, Any]:
    bus, _, name = resource_id.rpartition("/")
    return {"name": name, "eventBusName": bus or "default"}


def _rule(context: Context) -> Any:
    found = context.call(
        "describe_rule", {"Name": context.inputs["name"], "EventBusName": context.inputs.get("eventBusName", "default")}
    )
    return {**found, "IsEnabled": found["State"] == "ENABLED"}


def _patterned(inputs: Mapping[str, Any]) -> str | None:
    pattern = inputs.get("eventPattern")
    if pattern is None and inputs.get("scheduleExpression") is None:
        return "eventPattern must be given, or scheduleExpression, got none"
    if pattern is None or is_unknown(pattern):
        return None
    try:
        read = json.loads(pattern)
    except ValueError:
        return f"eventPattern must be JSON, got {pattern!r}"
    wrong = next((k for k, v in read.items() if not isinstance(v, (list, dict))), None) if read else ""
    if wrong is not None:
        return f"eventPattern must match lists of values, got {read!r}"
    return None


def _named(inputs: Mapping[str, Any]) -> str | None:
    name = inputs.get("name")
    if name is None or is_unknown(name):
        return None
    if not 1 <= len(name) <= _LONGEST or not all(c.isascii() and (c.isalnum() or c in "._-") for c in name):
        return f"name must be 1 to {_LONGEST} letters, digits, dots, hyphens and underscores, got {name!r}"
    return unlisted("state", inputs.get("state"), _STATES)


_RULE_ARN = "arn:{partition}:events:{region}:{account}:rule/{id}"

EVENT_RULE = Entry(
    "aws:cloudwatch/eventRule:EventRule",
    service="events",
    inputs=props(
        "description eventPattern isEnabled roleArn scheduleExpression state",
        replaces="eventBusName name namePrefix",
        computed="isEnabled name namePrefix state",
        json="eventPattern",
        local="forceDestroy namePrefix",
        defaults={"eventBusName": "default", "forceDestroy": False},
    ),
    conflicts=("name namePrefix", "isEnabled state"),
    autoname=Autoname("name", _LONGEST),
    checks=(_named, _patterned),
    create=_create_rule,
    rehearse=lambda context: context.verify(
        Call("put_rule"), [n for n in ("description", "eventPattern", "roleArn") if n in context.inputs]
    ),
    id=_rule_id,
    read=(_rule,),
    updates=(Do(_change_rule, "description eventPattern isEnabled roleArn scheduleExpression state"),),
    delete=(Call("delete_rule", {"Name": "{name}", "EventBusName": "{eventBusName}"}),),
    outputs={"arn": _RULE_ARN},
    tags=Tags(
        {"Tags": "{tags}"},
        put=Call("tag_resource", {"ResourceARN": _RULE_ARN, "Tags": "{tags}"}),
        remove=Call("untag_resource", {"ResourceARN": _RULE_ARN, "TagKeys": "{keys}"}),
        read=Call("list_tags_for_resource", {"ResourceARN": _RULE_ARN}),
    ),
    import_id=_rule_of,
)
