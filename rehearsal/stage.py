"""The rehearsal's provider on plain data: check, diff, create, read, update and delete any resource type."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from . import shapes
from .checking import DEFAULTS, Failure, check, clean
from .context import Context, template_names
from .diff import Change, blank, changes, same
from .emulator import Emulator
from .entry import Call, Entry, Prop
from .errors import ApiError, RehearsalError, one_line
from .services import entry as entry_of
from .values import UNKNOWN, Plain, has_unknown, is_unknown


def type_of(urn: str) -> str:
    """The type token of the resource *urn*."""
    return urn.split("::")[2].split("$")[-1]


@dataclass
class Stage:
    """Where resources are carried out: an emulator, a region, and the provider's default tags."""

    emulator: Emulator
    region: str
    default_tags: dict[str, str] = field(default_factory=dict[str, str])
    recorded: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """By URN: the properties that are kept in state but that the emulator does not carry; `*` is all of it."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(
        self, urn: str, inputs: Plain, old_inputs: Plain | None = None, seed: bytes = b""
    ) -> tuple[Plain, list[Failure]]:
        """Return the inputs with names, defaults and tags filled in, and what is wrong with them."""
        return check(entry_of(type_of(urn)), urn, inputs, old_inputs or {}, self.default_tags, seed)

    def diff(self, urn: str, state: Plain, old_inputs: Plain | None, inputs: Plain) -> list[Change]:
        """List what *inputs* change in *state*."""
        entry = entry_of(type_of(urn))
        news = self._with_region(entry, inputs)
        found = changes(entry, clean(state), None if old_inputs is None else clean(old_inputs), clean(news))
        if not entry.region and state.get("region") and news["region"] != state["region"]:
            found.append(Change("region", "update", replaces=True))
        return found

    def delete_before_replace(self, urn: str, inputs: Plain, diff: list[Change]) -> bool:
        """Whether the old one has to go before the new one can come: the entry says so, or a name is fixed."""
        entry = entry_of(type_of(urn))
        replaced = {change.name for change in diff if change.replaces}
        name = entry.autoname.property if entry.autoname else None
        fixed = name is not None and name not in replaced and name not in inputs.get(DEFAULTS, [])
        return bool(replaced) and (entry.delete_before_replace or fixed)

    def create(
        self, urn: str, inputs: Plain, secrets: frozenset[str] = frozenset(), *, preview: bool = False
    ) -> tuple[str, Plain]:
        """Make the resource and return its id and state; in a *preview* only what can be known of them."""
        context = self._context(urn, inputs)
        entry = context.entry
        with _masked(context, secrets):
            if preview or not entry.emulated:
                self._rehearse(context)
            if preview:
                return "", self._previewed(context)
            _guard(context)
            if not entry.emulated:
                context.id = _id(context)
                return context.id, self._state(context, [])
            context.answer = self._make(context) or {}
            context.id = _id(context)
            self._after_create(context)
            return context.id, self._read_back(context)

    def read(self, urn: str, resource_id: str, state: Plain, inputs: Plain) -> tuple[str, Plain, Plain]:
        """Return id, state and inputs as they are now; an empty id says that it is gone. An id is enough."""
        context = self._context(urn, inputs or clean(state))
        entry, imported = context.entry, not inputs
        context.id, context.state = resource_id, clean(state)
        if not entry.emulated:
            return resource_id, state, inputs
        if imported:
            context.inputs = {**_inputs_of_id(entry, resource_id), **context.inputs}
        with _masked(context, frozenset()):
            answer = self._answer(context)
        if answer is None:
            return "", {}, {}
        context.answer = answer
        if imported:
            context.inputs = {}
        now = self._state(context, [], refreshing=True)
        return resource_id, now, _inputs_from(entry, now, inputs, self.default_tags)

    def update(  # noqa: PLR0913
        self,
        urn: str,
        resource_id: str,
        state: Plain,
        old_inputs: Plain | None,
        inputs: Plain,
        secrets: frozenset[str] = frozenset(),
        *,
        preview: bool = False,
        ignore: tuple[str, ...] = (),
    ) -> Plain:
        """Change the resource in place and return its state."""
        context = self._context(urn, inputs)
        entry = context.entry
        context.id, context.old = resource_id, clean(state)
        diff = [c for c in self.diff(urn, state, old_inputs, inputs) if c.name not in ignore]
        context.changed = frozenset(change.name for change in diff)
        if preview:
            dropped = {c.name for c in diff if c.name not in context.inputs}
            kept = {k: v for k, v in context.old.items() if k not in dropped}
            return {**kept, **context.inputs, **dict.fromkeys(entry.volatile.split(), UNKNOWN)}
        with _masked(context, secrets):
            _guard(context)
            if not entry.emulated:
                self._rehearse(context)
                context.state = {k: v for k, v in context.old.items() if k in entry.outputs}
                return self._state(context, [])
            self._run_updates(context)
            self._retag(context)
            return self._read_back(context)

    def delete(self, urn: str, resource_id: str, state: Plain) -> None:
        """Delete the resource; what is gone already is fine."""
        context = self._context(urn, clean(state))
        context.id, context.old = resource_id, context.inputs
        if not context.entry.emulated:
            return
        with _masked(context, frozenset()):
            for step in context.entry.delete:
                try:
                    _run(context, step)
                except ApiError as error:
                    if not error.gone:
                        raise

    def secrets(self, urn: str, given: frozenset[str]) -> frozenset[str]:
        """The properties of the state that have to be secret, *given* those that came in so."""
        entry = entry_of(type_of(urn))
        own = {name for name, prop in entry.inputs.items() if prop.secret}
        return given | own | frozenset(entry.secret_outputs.split())

    def _context(self, urn: str, inputs: Plain) -> Context:
        entry = entry_of(type_of(urn))
        values = self._with_region(entry, clean(inputs))
        region = str(entry.region or values["region"])
        if is_unknown(region):
            region = self.region
        return Context(self.emulator, entry, urn, region, inputs=values)

    def _with_region(self, entry: Entry, inputs: Plain) -> Plain:
        return inputs if entry.region else {**inputs, "region": inputs.get("region") or self.region}

    def _rehearse(self, context: Context) -> None:
        """Check the requests that would be sent against the service's model."""
        context.tags = (
            dict(context.inputs.get("tagsAll") or {}) if not has_unknown(context.inputs.get("tagsAll")) else {}
        )
        if isinstance(context.entry.create, Call):
            call = context.entry.create
            names = context.carries(call, creating=True)
            context.verify(call, names, context.entry.tags.create if context.entry.tags else None)

    def _previewed(self, context: Context) -> Plain:
        entry = context.entry
        later = [*entry.outputs, *(name for name, prop in entry.inputs.items() if prop.computed)]
        self._note(context, set())
        return {**dict.fromkeys(later, UNKNOWN), **context.inputs}

    def _make(self, context: Context) -> Any:
        entry = context.entry
        if not isinstance(entry.create, Call):
            return entry.create(context)
        context.tags = dict(context.inputs.get("tagsAll") or {})
        tags = entry.tags.create if entry.tags and context.tags else None
        return context.run(entry.create, context.carries(entry.create, creating=True), params=tags)

    def _after_create(self, context: Context) -> None:
        given = {name for name, value in context.inputs.items() if value is not None}
        for step in context.entry.updates:
            if not step.on_create:
                continue
            if not isinstance(step, Call):
                if given & set(step.when.split()):
                    step.run(context)
            elif given & self._carried(context, step):
                context.run(step, context.carries(step))
        tags = context.entry.tags
        if tags and tags.put and context.tags_wanted and not tags.create:
            context.tags = context.tags_wanted
            context.run(tags.put)

    def _run_updates(self, context: Context) -> None:
        left = set(context.changed) - {"tags", "tagsAll"}
        for name in list(left):
            prop = context.entry.inputs.get(name, Prop())
            if prop.local or prop.recorded:
                left.discard(name)
        for step in context.entry.updates:
            carried = set(step.when.split()) if not isinstance(step, Call) else self._carried(context, step)
            hit = carried & context.changed
            left -= hit
            if not hit:
                continue
            if not isinstance(step, Call):
                step.run(context)
            elif step.unset and all(context.inputs.get(name) is None for name in hit):
                context.run(step.unset)
            else:
                names = context.carries(step)
                context.run(step, names if step.whole else [n for n in names if n in context.changed])
        if left:
            raise RehearsalError(
                f"{context.entry.type_name}: {', '.join(sorted(left))} cannot be changed in place here"
            )

    def _carried(self, context: Context, call: Call) -> set[str]:
        if call.when:
            return set(call.when.split())
        named = template_names(call.params) & set(context.entry.inputs)
        return named.union(context.carries(call))

    def _retag(self, context: Context) -> None:
        tags = context.entry.tags
        if not tags or "tagsAll" not in context.changed:
            return
        wanted, present = context.tags_wanted, dict(context.old.get("tagsAll") or {})
        context.keys = sorted(set(present) - set(wanted))
        context.tags = {k: v for k, v in wanted.items() if present.get(k) != v}
        if context.keys and tags.remove:
            context.run(tags.remove)
        if context.tags and tags.put:
            context.run(tags.put)

    def _answer(self, context: Context) -> Plain | None:
        """Merge what the reads say; None when the resource is gone."""
        merged: Plain = {}
        tags = context.entry.tags
        for index, step in enumerate((*context.entry.read, *([tags.read] if tags and tags.read else []))):
            try:
                found = _run(context, step)
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
            context.answer = merged
        return merged

    def _read_back(self, context: Context) -> Plain:
        answer = self._answer(context)
        if answer is None:
            raise RehearsalError(f"{context.entry.type_name}: {context.id} is not there after the call that made it")
        context.answer = answer
        lost: list[str] = []
        state = self._state(context, lost)
        self._note(context, set(lost))
        return state

    def _state(self, context: Context, lost: list[str], *, refreshing: bool = False) -> Plain:
        """Compose the state from what was read, given inputs that say the same kept as they were written."""
        entry, state = context.entry, context.state
        if not entry.emulated:
            self._note(context, {"*"})
        for name, prop in entry.inputs.items():
            given, found = context.inputs.get(name), _found(prop, name, context.answer)
            if found is None or (blank(found) and not refreshing):
                if not blank(given) and entry.emulated and prop.read is not None and not prop.local:
                    lost.append(name)
                found = given
            elif given is not None and same(prop, given, found):
                found = given
            if found is not None and not (blank(found) and given is None):
                state[name] = found
            elif refreshing:
                state.pop(name, None)
        if not entry.region:
            state["region"] = context.region
        if entry.tags:
            _put_tags(context, self.default_tags)
        for name, spec in entry.outputs.items():
            value = _output(context, spec)
            if value is not None:
                state[name] = value
        return state

    def _note(self, context: Context, lost: set[str]) -> None:
        declared = {
            name
            for name, prop in context.entry.inputs.items()
            if prop.recorded and not same(prop, context.inputs.get(name), prop.default)
        }
        names = ["*"] if not context.entry.emulated or "*" in lost else sorted(declared | lost)
        with self._lock:
            if names:
                self.recorded[context.urn] = names
            else:
                self.recorded.pop(context.urn, None)


def _run(context: Context, step: Call | Callable[[Context], Any]) -> Any:
    return context.run(step) if isinstance(step, Call) else step(context)


def _guard(context: Context) -> None:
    """Refuse what AWS would refuse because of other resources."""
    for rule in context.entry.guards:
        line = rule(context)
        if line:
            raise RehearsalError(f"{context.entry.type_name}: {line}")


def _id(context: Context) -> str:
    spec = context.entry.id
    if not isinstance(spec, str):
        return spec(context)
    found = context.render(spec) if "{" in spec else shapes.dig(context.answer, spec)
    if not found:
        raise RehearsalError(f"{context.entry.type_name}: the call that made it gave no {spec}")
    return str(found)


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


def _put_tags(context: Context, defaults: Mapping[str, str]) -> None:
    tags, state, given = context.entry.tags, context.state, context.inputs.get("tags") or {}
    if tags is None:
        return
    listed = shapes.tag_map(shapes.dig(context.answer, tags.at)) if context.entry.emulated else context.tags_wanted
    everything = {k: v for k, v in listed.items() if not k.startswith("aws:")}
    own = {k: v for k, v in everything.items() if k in given or defaults.get(k) != v}
    state.update({"tagsAll": everything})
    if own or given:
        state["tags"] = own
    else:
        state.pop("tags", None)


def _inputs_of_id(entry: Entry, resource_id: str) -> Plain:
    if entry.import_id:
        return entry.import_id(resource_id)
    template = entry.id if isinstance(entry.id, str) else ""
    names = sorted(template_names(template), key=template.index)
    parts = resource_id.split(":" if ":" in template else "/", len(names) - 1) if len(names) > 1 else [resource_id]
    return dict(zip(names, parts, strict=False))


def _inputs_from(entry: Entry, state: Plain, inputs: Plain, defaults: Mapping[str, str]) -> Plain:
    """The inputs that describe *state*: all that it tells after an import, only what was asked for otherwise."""
    del defaults
    read: Plain = {k: v for k, v in inputs.items() if k.startswith("__")}
    names = {*entry.inputs, *(["tags", "tagsAll"] if entry.tags else []), *([] if entry.region else ["region"])}
    for name in sorted(names):
        prop, now = entry.inputs.get(name, Prop()), state.get(name)
        asked = name in inputs or (name == "tags" and not blank(now))
        if inputs and not asked:
            continue
        if name in inputs and same(prop, inputs[name], now):
            read[name] = inputs[name]
        elif now is not None and (inputs or not (blank(now) or now == prop.default)):
            read[name] = now
    return read


@contextmanager
def _masked(context: Context, secrets: frozenset[str]) -> Iterator[None]:
    """Turn whatever goes wrong into one line, without the values of *secrets*."""
    try:
        yield
    except Exception as error:
        message = str(one_line(error, context.entry.type_name))
        for text in _texts([context.inputs.get(name) for name in secrets]):
            message = message.replace(text, "[secret]")
        raise RehearsalError(message) from error


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [t for v in value.values() for t in _texts(v)]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [t for v in value for t in _texts(v)]  # pyright: ignore[reportUnknownVariableType]
    return [value] if isinstance(value, str) and value and not is_unknown(value) else []
