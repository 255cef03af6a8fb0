"""The calls that make, read, change and delete a resource, in the order that its entry says."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .context import Context, template_names
from .diff import blank
from .entry import Call
from .errors import ApiError, RehearsalError
from .values import Plain, has_unknown


def guard(context: Context) -> None:
    """Refuse what AWS would refuse because of other resources."""
    for rule in context.entry.guards:
        line = rule(context)
        if line:
            raise RehearsalError(f"{context.entry.type_name}: {line}")


def make(context: Context) -> Plain:
    """Run `create` and return its answer."""
    entry = context.entry
    if not isinstance(entry.create, Call):
        return entry.create(context) or {}
    context.tags = context.tags_wanted
    tags = entry.tags.create if entry.tags and context.tags else None
    return context.run(entry.create, context.carries(entry.create, creating=True), params=tags) or {}


def finish(context: Context) -> None:
    """Run what follows `create`: the updates that say so, and tags that `create` did not take."""
    given = {name for name, value in context.inputs.items() if value is not None}
    for step in context.entry.updates:
        if not step.on_create or not given & triggers(context, step):
            continue
        if isinstance(step, Call):
            context.run(step, context.carries(step, creating=True))
        else:
            step.run(context)
    tags = context.entry.tags
    if tags and tags.put and context.tags_wanted and not tags.create:
        context.tags = context.tags_wanted
        context.run(tags.put)


def change(context: Context) -> None:
    """Run the updates that carry what has changed; a change that none carries is an error."""
    left = {name for name in context.changed - {"tags", "tagsAll"} if not _at_home(context, name)}
    for step in context.entry.updates:
        hit = triggers(context, step) & context.changed
        left -= hit
        if not hit:
            continue
        if not isinstance(step, Call):
            step.run(context)
        elif step.unset and all(context.inputs.get(name) is None for name in hit):
            context.run(step.unset)
        else:
            names = context.carries(step)
            context.run(step, names if step.whole else [name for name in names if name in context.changed])
    if left:
        raise RehearsalError(
            f"{context.entry.type_name}: the rehearsal cannot change {', '.join(sorted(left))} in place"
        )
    _retag(context)


def answers(context: Context) -> Plain | None:
    """Merge what the reads say; None when the resource is gone."""
    context.answer = merged = dict[str, Any]()
    tags = context.entry.tags
    listing = [tags.read] if tags and tags.read and not tags.recorded else []
    for index, step in enumerate((*context.entry.read, *listing)):
        try:
            found = run(context, step)
        except ApiError as error:
            if not error.gone:
                raise
            found = None
        if found is None or (index == 0 and blank(found)):
            if index == 0:
                return None
            continue
        into = step.into if isinstance(step, Call) else ""
        merged.update({into: found} if into or not isinstance(found, Mapping) else found)
    return merged


def remove(context: Context) -> None:
    """Run the deletes; what is gone already is fine."""
    for step in context.entry.delete:
        try:
            run(context, step)
        except ApiError as error:
            if not error.gone:
                raise


def rehearse(context: Context) -> None:
    """Check the request of `create` against the service's model without sending it."""
    entry = context.entry
    context.tags = {} if has_unknown(context.inputs.get("tagsAll")) else context.tags_wanted
    if isinstance(entry.create, Call):
        tags = entry.tags.create if entry.tags else None
        context.verify(entry.create, context.carries(entry.create, creating=True), tags)
    elif entry.rehearse:
        entry.rehearse(context)


def run(context: Context, step: Call | Callable[[Context], Any]) -> Any:
    """Carry one step out."""
    return context.run(step) if isinstance(step, Call) else step(context)


def triggers(context: Context, step: Any) -> set[str]:
    """Return the properties whose change makes an update run."""
    if step.when or not isinstance(step, Call):
        return set(step.when.split())
    named: Iterable[str] = template_names(step.params) & set(context.entry.inputs)
    return {*named, *context.carries(step, creating=step.on_create)}


def _at_home(context: Context, name: str) -> bool:
    prop = context.entry.inputs.get(name)
    return prop is not None and (prop.local or prop.recorded)


def _retag(context: Context) -> None:
    tags = context.entry.tags
    if not tags or tags.recorded or "tagsAll" not in context.changed:
        return
    wanted, present = context.tags_wanted, dict(context.old.get("tagsAll") or {})
    if tags.whole:
        context.tags = wanted
        call = tags.put if wanted else tags.remove
        if call:
            context.run(call)
        return
    context.keys = sorted(set(present) - set(wanted))
    context.tags = {k: v for k, v in wanted.items() if present.get(k) != v}
    if context.keys and tags.remove:
        context.run(tags.remove)
    if context.tags and tags.put:
        context.run(tags.put)
