"""The rehearsal's provider on plain data: check, diff, create, read, update and delete any resource type."""

import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from . import carrying
from .checking import DEFAULTS, Failure, check, clean
from .context import Context
from .diff import Change, changes, same
from .emulator import Emulator
from .entry import Entry
from .errors import RehearsalError, one_line
from .services import entry as entry_of
from .state import compose, id_of, inputs_of_id, inputs_of_state, planned
from .values import UNKNOWN, Plain, is_unknown

WHOLE = "*"
"""In :attr:`Stage.recorded`: all of the resource."""


def type_of(urn: str) -> str:
    """Return the type token of the resource *urn*."""
    return urn.split("::", maxsplit=3)[2].rpartition("$")[2]


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
        return check(entry_of(type_of(urn)), urn, inputs, old_inputs or {}, self.default_tags, seed=seed)

    def diff(self, urn: str, state: Plain, old_inputs: Plain | None, inputs: Plain) -> list[Change]:
        """List what *inputs* change in *state*.

        Without *old_inputs* nothing counts as taken out of the program.
        """
        entry = entry_of(type_of(urn))
        news = self._with_region(entry, clean(inputs))
        found = changes(entry, clean(state), None if old_inputs is None else clean(old_inputs), news)
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
        with _masked(context, secrets):
            if preview or not context.entry.emulated:
                carrying.rehearse(context)
            if preview:
                self._note(context, set())
                return "", planned(context)
            carrying.guard(context)
            if context.entry.emulated:
                context.answer = carrying.make(context)
            context.id = id_of(context)
            if context.entry.emulated:
                carrying.finish(context)
            return context.id, self._read_back(context)

    def read(self, urn: str, resource_id: str, state: Plain, inputs: Plain) -> tuple[str, Plain, Plain]:
        """Return id, state and inputs as they are now; an empty id says that it is gone. An id is enough."""
        context = self._context(urn, inputs or clean(state))
        entry, imported = context.entry, not inputs
        context.id, context.state = resource_id, clean(state)
        if not entry.emulated:
            return (resource_id, state, inputs) if inputs else ("", {}, {})
        if imported:
            context.inputs = {**inputs_of_id(entry, resource_id), **context.inputs}
        with _masked(context, frozenset()):
            if carrying.answers(context) is None:
                return "", {}, {}
            if imported:
                context.inputs = {}
            now, _ = compose(context, refreshing=True)
        return resource_id, now, inputs_of_state(entry, now, inputs)

    def update(  # noqa: PLR0913
        self,
        urn: str,
        resource_id: str,
        *,
        state: Plain,
        old_inputs: Plain | None,
        inputs: Plain,
        secrets: frozenset[str] = frozenset(),
        preview: bool = False,
        ignore: tuple[str, ...] = (),
    ) -> Plain:
        """Change the resource in place and return its state; a *preview* changes nothing."""
        context = self._context(urn, inputs)
        entry = context.entry
        context.id, context.old = resource_id, clean(state)
        diff = [c for c in self.diff(urn, state, old_inputs, inputs) if c.name not in ignore]
        context.changed = frozenset(change.name for change in diff)
        if preview:
            gone = {name for name in context.changed if name not in context.inputs}
            kept = {k: v for k, v in context.old.items() if k not in gone}
            return {**kept, **context.inputs, **dict.fromkeys(entry.volatile.split(), UNKNOWN)}
        with _masked(context, secrets):
            carrying.guard(context)
            if entry.emulated:
                carrying.change(context)
            else:
                carrying.rehearse(context)
                context.state = {k: v for k, v in context.old.items() if k in entry.outputs}
            return self._read_back(context)

    def delete(self, urn: str, resource_id: str, state: Plain) -> None:
        """Delete the resource; what is gone already is fine."""
        context = self._context(urn, clean(state))
        context.id, context.old = resource_id, context.inputs
        if context.entry.emulated:
            with _masked(context, frozenset()):
                carrying.remove(context)

    def secrets(self, urn: str, given: frozenset[str]) -> frozenset[str]:
        """Return the properties of the state that have to be secret, *given* those that came in so."""
        entry = entry_of(type_of(urn))
        own = {name for name, prop in entry.inputs.items() if prop.secret}
        tags = {"tagsAll"} if "tags" in given else set[str]()
        return given | own | tags | frozenset(entry.secret_outputs.split())

    def _context(self, urn: str, inputs: Plain) -> Context:
        entry = entry_of(type_of(urn))
        values = self._with_region(entry, clean(inputs))
        region = str(entry.region or values["region"])
        if is_unknown(region):
            region = self.region
        return Context(self.emulator, entry, urn, region, self.region, inputs=values, default_tags=self.default_tags)

    def _with_region(self, entry: Entry, inputs: Plain) -> Plain:
        return inputs if entry.region else {**inputs, "region": inputs.get("region") or self.region}

    def _read_back(self, context: Context) -> Plain:
        if context.entry.emulated and carrying.answers(context) is None:
            raise RehearsalError(f"{context.entry.type_name}: {context.id} is not there after the call that made it")
        state, lost = compose(context)
        self._note(context, lost)
        return state

    def _note(self, context: Context, lost: set[str]) -> None:
        entry = context.entry
        declared = {
            name
            for name, prop in entry.inputs.items()
            if prop.recorded and not same(prop, context.inputs.get(name), prop.default)
        }
        if entry.tags and entry.tags.recorded and context.tags_wanted:
            declared.add("tags")
        names = sorted(declared | lost) if entry.emulated else [WHOLE]
        with self._lock:
            if names:
                self.recorded[context.urn] = names
            else:
                self.recorded.pop(context.urn, None)


@contextmanager
def _masked(context: Context, secrets: frozenset[str]) -> Generator[None]:
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
        return [t for v in cast("Mapping[str, Any]", value).values() for t in _texts(v)]
    if isinstance(value, list):
        return [t for v in cast("list[Any]", value) for t in _texts(v)]
    return [value] if isinstance(value, str) and value and not is_unknown(value) else []
