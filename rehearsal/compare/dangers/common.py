"""What every rule about dangers works with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from rehearsal.compare.changes import Change, flat
from rehearsal.compare.graph import Json
from rehearsal.compare.steps import Plan, Step

KINDS = ("data", "protection", "network", "secret", "access", "encryption", "capacity")
"""In the order in which they are told."""


@dataclass(frozen=True)
class Danger:
    """One thing that a reviewer must not miss."""

    kind: str
    step: Step | None
    """None: the stack as a whole."""
    text: str
    """In plain words; may hold references."""


def leaf_changes(step: Step, *, elements: bool = False) -> Iterator[Change]:
    """Every single value that the step changes in a resource that stands afterwards, or brings with a new one.

    What comes along in new elements of a list only with *elements*; what goes with an element goes with what it
    was about, and is not listed.
    """
    if step.action == "create":
        for key, value in sorted(step.new.items()):
            yield from flat(Change((key,), None, value))
    elif step.head is not None:
        for change in step.changes:
            old, new = cast("object", change.old), cast("object", change.new)
            single = isinstance(change.path[-1], int) or isinstance(old, list) or isinstance(new, list)
            if change.name == "options" or (single and new is None):
                continue
            if elements or not (single and old is None):
                yield from flat(change)


def last(change: Change) -> str:
    """Return the last name in the path of *change*: `encrypted` of `blockDeviceMappings[0].ebs.encrypted`."""
    return next((step for step in reversed(change.path) if isinstance(step, str)), "")


def on(value: Json) -> bool:
    """Whether *value* switches something on."""
    return value is True or (isinstance(value, str) and value.lower() in ("true", "on", "1", "enabled", "active"))


def number(value: Json) -> float | None:
    """Return *value* as a number; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def shown(value: Json) -> str:
    """Return a number or a text for a sentence."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def objects(value: Json) -> list[Mapping[str, Any]]:
    """Return the objects in *value*, which is one or a list of them."""
    values = cast("list[Any]", value) if isinstance(value, list) else [value]
    return [cast("Mapping[str, Any]", item) for item in values if isinstance(item, Mapping)]


def texts(value: Json) -> list[str]:
    """Return the texts in *value*, which is one or a list of them."""
    values = cast("list[Any]", value) if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, str)]


def name(step: Step) -> str:
    """How a sentence calls the resource."""
    return step.now.label


def guarded(plan: Plan, step: Step, *inputs: str) -> list[Step]:
    """Return the resources that *inputs* of the base refer to: what a policy, a lock or a plan is about."""
    return plan.referred([step.old.get(key) for key in inputs])


Rules = Iterator[Danger]
