"""Everything that a program declares, as plain data: the same bytes in every evaluation of the same program."""

import json
from collections.abc import Mapping
from typing import Any, cast

import pulumi

from .errors import RehearsalError
from .program import Program
from .recorder import Recording, Registered, record
from .standins import StandIns

MASK = "[secret]"
"""What stands for a secret."""

_SHORTEST = 8
"""Characters of a secret that is looked for in other texts too; what is shorter is in too many."""


def evaluate(program: Program) -> Recording:
    """Run *program* without an emulator: ids and outputs of its resources are stand-ins."""
    values = program.stack.values
    region = values.get("aws:region")
    if not region:
        raise RehearsalError("aws:region is not set: say in which region, such as eu-central-1, in the stack's file")
    standins = StandIns(region, _default_tags(values))
    try:
        return record(
            program.run,
            standins.resolve,
            standins.invoke,
            project=program.stack.project,
            stack=program.stack.stack,
            settings=values,
        )
    except Exception as error:
        raise program.error(error) from error


def as_data(program: Program, recording: Recording) -> dict[str, Any]:
    """Return *recording* as data, without secrets and in an order that does not depend on who was first."""
    mask = _Mask(recording)
    return {
        "project": program.stack.project,
        "stack": program.stack.stack,
        "resources": [_resource(r, mask) for r in sorted(recording.resources, key=lambda r: (r.urn, r.id))],
        "outputs": mask.values(recording.stack_outputs, recording.secret_stack_outputs),
    }


def masked_outputs(recording: Recording) -> dict[str, Any]:
    """Return the stack's outputs without secrets."""
    return _Mask(recording).values(recording.stack_outputs, recording.secret_stack_outputs)


def _default_tags(values: Mapping[str, str]) -> dict[str, str]:
    told = values.get("aws:defaultTags", "{}")
    try:
        given = cast("dict[str, dict[str, str]]", json.loads(told))
        return {str(k): str(v) for k, v in given.get("tags", {}).items()}
    except (ValueError, AttributeError):
        raise RehearsalError(f"aws:defaultTags must be an object with tags, got {told}") from None


def _resource(resource: Registered, mask: "_Mask") -> dict[str, Any]:
    return {
        "urn": resource.urn,
        "type": resource.type,
        "name": resource.name,
        "parent": resource.parent,
        "custom": resource.custom,
        "id": mask.value(resource.id),
        "inputs": mask.values(resource.inputs, resource.secret_inputs),
        "secretInputs": sorted(resource.secret_inputs),
        "outputs": mask.values(resource.outputs, resource.secret_outputs),
        "dependencies": resource.dependencies,
        "propertyDependencies": dict(sorted(resource.property_dependencies.items())),
        "options": mask.value(resource.options),
    }


class _Mask:
    """Takes the secrets out, wherever they turn up."""

    def __init__(self, recording: Recording) -> None:
        secrets = {
            value
            for resource in recording.resources
            for name in resource.secret_inputs
            if isinstance(value := resource.inputs.get(name), str) and len(value) >= _SHORTEST
        }
        self._secrets = sorted(secrets, key=lambda text: (-len(text), text))

    def values(self, values: Mapping[str, Any], secret: frozenset[str]) -> dict[str, Any]:
        """Return *values*, of which those named in *secret* are secret."""
        return {name: MASK if name in secret else self.value(values[name]) for name in sorted(values)}

    def value(self, value: Any) -> Any:
        """Return *value* without secrets; what JSON cannot hold is described."""
        if isinstance(value, Mapping):
            return {str(k): self.value(v) for k, v in sorted(cast("Mapping[str, Any]", value).items())}
        if isinstance(value, (list, tuple)):
            return [self.value(v) for v in cast("list[Any]", value)]
        if isinstance(value, (pulumi.Asset, pulumi.Archive)):
            return self.value({"kind": type(value).__name__, **vars(value)})
        if isinstance(value, str):
            for secret in self._secrets:
                value = value.replace(secret, MASK)
        return value
