"""A stack that is deployed again and again in this process: what changed is changed, what is left out goes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rehearsal.emulator import Emulator
from rehearsal.errors import RehearsalError
from rehearsal.invokes import invoke
from rehearsal.recorder import Recording, Registered, record
from rehearsal.stage import Stage

from .conftest import REGION

Plain = dict[str, Any]


@dataclass
class Made:
    """A resource in the state."""

    id: str
    outputs: Plain
    inputs: Plain
    options: Plain


@dataclass
class Stack:
    """The state of a stack, and what the last deployment did, by logical names."""

    emulator: Emulator
    state: dict[str, Made] = field(default_factory=dict[str, Made])
    created: set[str] = field(default_factory=set[str])
    updated: set[str] = field(default_factory=set[str])
    deleted: set[str] = field(default_factory=set[str])

    def __post_init__(self) -> None:
        self.stage = Stage(self.emulator, REGION, {})

    def refresh(self) -> None:
        """See what has become of everything: what is gone leaves the state."""
        for urn, made in list(self.state.items()):
            found, outputs, inputs = self.stage.read(urn, made.id, made.outputs, made.inputs)
            if found:
                made.outputs, made.inputs = outputs, inputs
            else:
                del self.state[urn]

    def up(self, program: Callable[[], object]) -> Recording:
        """Deploy *program*; hooks are the engine's and not called."""
        self.created, self.updated, self.deleted = set(), set(), set()
        seen = set[str]()
        replaced = list[tuple[str, Made]]()

        def resolve(resource: Registered) -> tuple[str, Plain]:
            seen.add(resource.urn)
            old = self.state.get(resource.urn)
            resource.secret_outputs = self.stage.secrets(resource.urn, resource.secret_inputs)
            inputs = dict(resource.inputs)
            if old:
                for name in resource.options.get("ignoreChanges", ()):
                    inputs[name] = old.inputs.get(name)
                inputs = {name: value for name, value in inputs.items() if value is not None}
            inputs, failures = self.stage.check(resource.urn, inputs, old.inputs if old else None)
            if failures:
                raise RehearsalError(f"{resource.name}: {failures}")
            made = self._carry_out(resource, old, inputs, replaced)
            self.state[resource.urn] = Made(*made, inputs, resource.options)
            return made

        recording = record(program, resolve, lambda token, arguments: invoke(self.stage, token, arguments))
        for urn, made in reversed([*((u, m) for u, m in self.state.items() if u not in seen), *replaced]):
            name = urn.rsplit("::", 1)[1]
            if made.options.get("protect"):
                raise RehearsalError(f"{name} is protected and must not be deleted")
            if not made.options.get("retainOnDelete"):
                self.stage.delete(urn, made.id, made.outputs)
            self.deleted.add(name)
            if urn not in seen:
                del self.state[urn]
        return recording

    def _carry_out(
        self, resource: Registered, old: Made | None, inputs: Plain, replaced: list[tuple[str, Made]]
    ) -> tuple[str, Plain]:
        urn = resource.urn
        diff = self.stage.diff(urn, old.outputs, old.inputs, inputs) if old else []
        if old and not diff:
            return old.id, old.outputs
        if old and not any(change.replaces for change in diff):
            self.updated.add(resource.name)
            return old.id, self.stage.update(urn, old.id, state=old.outputs, old_inputs=old.inputs, inputs=inputs)
        if old:
            replaced.append((urn, old))
        self.created.add(resource.name)
        return self.stage.create(urn, inputs, resource.secret_inputs)
