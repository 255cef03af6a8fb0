"""Listener rules."""

from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Do, Entry, props
from rehearsal.services._limits import elements, outside, plain

from ._actions import actions_from_api, actions_to_api, conditions_from_api, conditions_to_api, wrong_actions
from ._attributes import TAGS

_LAST = 50000
_MOST_VALUES = 5
_OWN = ("actions", "conditions", "listenerArn")


def _create(context: Context) -> Any:
    """Make it, behind all others when no priority is given."""
    listed = context.call("describe_rules", {"ListenerArn": context.inputs["listenerArn"]})["Rules"]
    taken = [int(rule["Priority"]) for rule in listed if rule["Priority"].isdigit()]
    priority = context.inputs.get("priority") or max(taken, default=0) + 1
    context.tags = context.tags_wanted
    extra = {"Priority": int(priority), **({"Tags": "{tags}"} if context.tags else {})}
    return context.run(Call("create_rule"), _OWN, params=extra)


def _verify(context: Context) -> None:
    context.verify(Call("create_rule"), [name for name in _OWN if name in context.inputs])


def _move(context: Context) -> None:
    moved = {"RuleArn": context.id, "Priority": int(context.inputs["priority"])}
    context.call("set_rule_priorities", {"RulePriorities": [moved]})


def _read(context: Context) -> Any:
    rule = context.call("describe_rules", {"RuleArns": [context.id]})["Rules"][0]
    listener = context.id.replace(":listener-rule/", ":listener/").rpartition("/")[0]
    return {**rule, "ListenerArn": listener, "Priority": int(rule["Priority"])}


def _placed(inputs: Mapping[str, Any]) -> str | None:
    return outside("priority", inputs.get("priority"), (1, _LAST))


def _within_quotas(inputs: Mapping[str, Any]) -> str | None:
    """Refuse more values than a rule may match (Elastic Load Balancing user guide, "Quotas")."""
    values = [value for condition in elements(inputs.get("conditions")) for value in _values(plain(condition))]
    return (
        f"conditions must have at most {_MOST_VALUES} values, got {len(values)}" if len(values) > _MOST_VALUES else None
    )


def _values(condition: Mapping[str, Any]) -> list[Any]:
    return [v for block in condition.values() for v in elements(plain(block).get("values", block))]


def _conditional(inputs: Mapping[str, Any]) -> str | None:
    if inputs.get("conditions") == []:
        return "conditions must have at least one, got none"
    for index, condition in enumerate(elements(inputs.get("conditions"))):
        given = [name for name, value in condition.items() if value] if isinstance(condition, dict) else [""]  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
        if len(given) != 1:  # pyright: ignore[reportUnknownArgumentType]
            return f"conditions[{index}] must be one condition, got {', '.join(given) or 'none'}"  # pyright: ignore[reportUnknownArgumentType]
    return None


LISTENER_RULE = Entry(
    "aws:lb/listenerRule:ListenerRule",
    service="elbv2",
    inputs=props(
        required="actions conditions listenerArn",
        replaces="listenerArn",
        computed="priority",
        sets="conditions",
        recorded="transforms",
        to_api={"actions": actions_to_api, "conditions": conditions_to_api},
        from_api={"actions": actions_from_api, "conditions": conditions_from_api},
    ),
    checks=(_placed, _conditional, _within_quotas, lambda inputs: wrong_actions("actions", inputs.get("actions"))),
    create=_create,
    rehearse=_verify,
    id="Rules.0.RuleArn",
    read=(_read,),
    updates=(
        Call("modify_rule", {"RuleArn": "{id}"}, sends="actions conditions"),
        Do(_move, "priority"),
    ),
    delete=(Call("delete_rule", {"RuleArn": "{id}"}),),
    outputs={"arn": "{id}"},
    tags=TAGS,
)

ENTRIES = (LISTENER_RULE,)
