"""What the state of a resource is, from what was read and what was asked for."""

from collections.abc import Callable, Mapping
from typing import Any

from . import shapes
from .context import Context, template_names
from .diff import blank, same
from .entry import Entry, Prop
from .errors import RehearsalError
from .values import UNKNOWN, Plain


def compose(context: Context, *, refreshing: bool = False) -> tuple[Plain, set[str]]:
    """Return the state, and the given inputs that did not come back.

    A given input that was read back and means the same stays as it was written.
    """
    entry, state, lost = context.entry, context.state, set(context.unsent)
    for name, prop in entry.inputs.items():
        value, missing = _input(context, name, prop, refreshing)
        if missing:
            lost.add(name)
        if value is not None and not (blank(value) and context.inputs.get(name) is None):
            state[name] = value
        elif refreshing:
            state.pop(name, None)
    if not entry.region:
        state["region"] = context.region
    if entry.tags:
        _put_tags(context)
    for name, spec in entry.outputs.items():
        value = _output(context, spec)
        if value is not None:
            state[name] = value
    return state, lost


def planned(context: Context) -> Plain:
    """Return what a preview can know of a resource that is to be made."""
    entry = context.entry
    later = [*entry.outputs, *(name for name, prop in entry.inputs.items() if prop.computed)]
    return {**dict.fromkeys(later, UNKNOWN), **context.inputs}


def id_of(context: Context) -> str:
    """Return the id of the resource that was just made."""
    spec = context.entry.id
    if not isinstance(spec, str):
        return spec(context)
    found = context.render(spec) if "{" in spec else shapes.dig(context.answer, spec)
    if not found:
        raise RehearsalError(f"{context.entry.type_name}: the call that made it gave no {spec}")
    return str(found)


def inputs_of_id(entry: Entry, resource_id: str) -> Plain:
    """Return the inputs that an id says."""
    if entry.import_id:
        return entry.import_id(resource_id)
    template = entry.id if isinstance(entry.id, str) else ""
    names = sorted(template_names(template), key=template.index)
    if len(names) < 2:  # noqa: PLR2004
        return dict.fromkeys(names, resource_id)
    separator = ":" if ":" in template else "/"
    return dict(zip(names, resource_id.split(separator, len(names) - 1), strict=False))


def inputs_of_state(entry: Entry, state: Plain, inputs: Plain) -> Plain:
    """Return the inputs that describe *state*: all that it tells after an import, else those of *inputs*."""
    read: Plain = {k: v for k, v in inputs.items() if k.startswith("__")}
    names = {*entry.inputs, *(["tags", "tagsAll"] if entry.tags else []), *([] if entry.region else ["region"])}
    for name in sorted(names):
        prop, now = entry.inputs.get(name, Prop()), state.get(name)
        if inputs and name not in inputs and (name != "tags" or blank(now)):
            continue
        if name in inputs and same(prop, inputs[name], now):
            read[name] = inputs[name]
        elif now is not None and (inputs or not (blank(now) or now == prop.default)):
            read[name] = now
    return read


def _input(context: Context, name: str, prop: Prop, refreshing: bool) -> tuple[Any, bool]:  # noqa: FBT001
    """Return the value of an input, and whether it was given and did not come back."""
    given = context.inputs.get(name)
    if name in context.unsent:
        return given, False
    found = _found(prop, name, context.answer)
    if found is None or (blank(found) and not refreshing):
        told = context.entry.emulated and prop.read is not None and not (prop.local or prop.recorded)
        return given, told and not blank(given)
    return (given if given is not None and same(prop, given, found) else found), False


def _found(prop: Prop, name: str, answer: Plain) -> Any:
    if prop.read is None or prop.local or prop.recorded:
        return None
    raw = shapes.dig(answer, prop.read or prop.api or name)
    if raw is None:
        return None
    return prop.from_api(raw) if prop.from_api else shapes.from_api(raw, prop.fields)


def _output(context: Context, spec: str | Callable[[Context], Any]) -> Any:
    if not isinstance(spec, str):
        return spec(context)
    return context.render(spec) if "{" in spec else shapes.from_api(shapes.dig(context.answer, spec))


def _put_tags(context: Context) -> None:
    tags, state, given = context.entry.tags, context.state, context.inputs.get("tags") or {}
    if tags is None:
        return
    listed: Mapping[str, str] = context.tags_wanted
    if context.entry.emulated and not tags.recorded:
        listed = shapes.tag_map(shapes.dig(context.answer, tags.at))
    everything = {k: v for k, v in listed.items() if not k.startswith("aws:")}
    own = {k: v for k, v in everything.items() if k in given or context.default_tags.get(k) != v}
    state["tagsAll"] = everything
    if own or given:
        state["tags"] = own
    else:
        state.pop("tags", None)
