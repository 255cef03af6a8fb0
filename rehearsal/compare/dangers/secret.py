"""Secrets that a deployment would show."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from rehearsal.compare.graph import MASK, Json, Resource
from rehearsal.compare.paths import show_path
from rehearsal.compare.steps import Plan, Step

from .common import Danger, Rules, name


def rules(plan: Plan) -> Rules:
    """Tell what was secret and would be in plain text."""
    for step in plan.steps:
        if step.base is not None and step.head is not None:
            for text in _shown(step, step.base, step.head):
                yield Danger("secret", step, f"{name(step)}{text}")
    for key in sorted({*plan.base.outputs} & {*plan.head.outputs}):
        for path in _uncovered((key,), plan.base.outputs[key], plan.head.outputs[key]):
            yield Danger("secret", None, f"the stack's output {show_path(path)} was secret and is in plain text now")


def _shown(step: Step, base: Resource, head: Resource) -> Iterator[str]:
    for key in sorted(base.secret_inputs & set(head.inputs) - head.secret_inputs):
        yield f": {key} was secret and is in plain text now"
    if step.now.type == _PARAMETER:
        old, new = step.old.get("type"), step.new.get("type")
        if old == "SecureString" and new != old:
            yield f" was a SecureString and is a {new} now"
    for change in step.changes:
        if _revealed(change.old, change.new):
            yield f": {change.shown} had a secret in it that is in plain text now"
    lost = set(base.option("additionalSecretOutputs") or ()) - set(head.option("additionalSecretOutputs") or ())
    for key in sorted(map(str, lost)):
        yield f": the output {key} is no longer secret"


_PARAMETER = "aws:ssm/parameter:Parameter"


def _uncovered(path: tuple[str | int, ...], old: Json, new: Json) -> list[tuple[str | int, ...]]:
    if old == MASK:
        return [path] if new is not None and not _masked(new) else []
    if _revealed(old, new):
        return [path]
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        before, after = cast("Mapping[str, Any]", old), cast("Mapping[str, Any]", new)
        shared = sorted(set(before) & set(after))
        return [found for key in shared for found in _uncovered((*path, key), before[key], after[key])]
    if isinstance(old, list) and isinstance(new, list):
        pairs = zip(cast("list[Any]", old), cast("list[Any]", new), strict=False)
        return [found for index, pair in enumerate(pairs) for found in _uncovered((*path, index), *pair)]
    return []


def _revealed(old: Json, new: Json) -> list[str]:
    """Return what stands in the text *new* where there are masks in *old*; nothing where the rest differs, too."""
    if not isinstance(old, str) or not isinstance(new, str) or old == MASK or not 0 < old.count(MASK) <= _MASKS:
        return []
    found = re.fullmatch("(.+)".join(map(re.escape, old.split(MASK))), new, re.DOTALL) if MASK not in new else None
    return list(found.groups()) if found else []


_MASKS = 3
"""In one text; more of them in one pattern take too long."""


def _masked(value: Json) -> bool:
    """Whether nothing of *value* is shown."""
    if isinstance(value, Mapping):
        return all(_masked(item) for item in cast("Mapping[str, Any]", value).values())
    if isinstance(value, list):
        return all(_masked(item) for item in cast("list[Any]", value))
    return value == MASK


def exposed(plan: Plan) -> set[str]:
    """Return the texts that are secret on one side and in plain text on the other: a report never shows them."""
    found = set[str]()
    for step in plan.steps:
        if step.base is not None and step.head is not None:
            once = step.base.secret_inputs ^ step.head.secret_inputs
            for key in once:
                found |= _texts(step.base.inputs.get(key)) | _texts(step.head.inputs.get(key))
            for change in step.changes:
                found |= {*_revealed(change.old, change.new), *_revealed(change.new, change.old)}
            if step.now.type == _PARAMETER and "SecureString" in (
                step.old.get("type"),
                step.new.get("type"),
            ):
                found |= _texts(step.old.get("value")) | _texts(step.new.get("value"))
        for inputs in (step.old, step.new):
            for key, value in inputs.items():
                found |= _texts(value) if step.facts.sensitive(key) else set()
    for key in {*plan.base.outputs} & {*plan.head.outputs}:
        found |= _beside_masks(plan.base.outputs[key], plan.head.outputs[key])
    return {text for text in found if len(text) >= _LONG_ENOUGH}


_LONG_ENOUGH = 4
"""Characters; blotting out shorter texts everywhere would blot out half of the report."""


def _beside_masks(one: Json, other: Json) -> set[str]:
    if MASK in (one, other):
        return _texts(one) | _texts(other)
    if isinstance(one, str):
        return {*_revealed(one, other), *_revealed(other, one)}
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        left, right = cast("Mapping[str, Any]", one), cast("Mapping[str, Any]", other)
        return set[str]().union(*(_beside_masks(left[key], right[key]) for key in set(left) & set(right)))
    if isinstance(one, list) and isinstance(other, list):
        pairs = zip(cast("list[Any]", one), cast("list[Any]", other), strict=False)
        return set[str]().union(*(_beside_masks(*pair) for pair in pairs))
    return set()


def _texts(value: Json) -> set[str]:
    if isinstance(value, Mapping):
        return set[str]().union(*(_texts(item) for item in cast("Mapping[str, Any]", value).values()))
    if isinstance(value, list):
        return set[str]().union(*(_texts(item) for item in cast("list[Any]", value)))
    return {value} - {MASK, ""} if isinstance(value, str) else set()
