"""A stack's configuration as the engine would hand it to the program: Pulumi.yaml and Pulumi.<stack>.yaml."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from .errors import RehearsalError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
}
_SCHEMA_KEYS = {"type", "default", "value", "description", "items", "secret"}


@dataclass(frozen=True)
class StackFile:
    """The configuration of one stack."""

    project: str
    stack: str
    values: dict[str, str]
    """By full key (``elasticweb:fleet``); what is not a string is JSON, as the engine passes it."""


def read_stack(directory: Path, stack: str) -> StackFile:
    """Read the configuration of *stack* of the project in *directory*, with the project's defaults."""
    project_file = directory / "Pulumi.yaml"
    if not project_file.exists():
        raise RehearsalError(f"there is no Pulumi.yaml in {directory}")
    project = _load(project_file)
    name = str(project.get("name") or "")
    stack_file = directory / f"Pulumi.{stack}.yaml"
    if not stack_file.exists():
        known = sorted(p.name.split(".")[1] for p in directory.glob("Pulumi.*.yaml"))
        raise RehearsalError(f"unknown stack {stack!r}: there is no Pulumi.{stack}.yaml; known are {', '.join(known)}")
    given = {_full(name, k): v for k, v in _mapping(_load(stack_file).get("config"), stack_file).items()}
    values = dict(given)
    for key, declared in _mapping(project.get("config"), project_file).items():
        full = _full(name, key)
        schema = _schema(declared)
        if full not in values:
            default = schema.get("default", schema.get("value"))
            if default is not None:
                values[full] = default
            elif full.startswith(f"{name}:"):
                # As the engine says it (pkg/workspace/config.go): a key without a default has to be set.
                raise RehearsalError(
                    f"Stack {stack!r} is missing configuration value {key!r}: set it in {stack_file.name}, "
                    f"or give it a default in Pulumi.yaml"
                )
        elif "type" in schema:
            _check_type(stack, key, str(schema["type"]), values[full])
    return StackFile(name, stack, {key: _text(key, value, stack_file) for key, value in values.items()})


def _load(path: Path) -> dict[str, Any]:
    try:
        return _mapping(yaml.load(path.read_text(), Loader=_LOADER), path)  # noqa: S506  a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise RehearsalError(f"{path.name} is no YAML{where}: {getattr(error, 'problem', error)}") from None


def _mapping(value: object, path: Path) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise RehearsalError(f"{path.name}: expected keys and values, got {value!r}")
    return {str(k): v for k, v in cast("Mapping[object, Any]", value).items()}


def _full(project: str, key: str) -> str:
    """Write keys as the engine does: ``project:config:key`` is an old spelling, no namespace is the project's."""
    parts = key.split(":")
    return f"{parts[0]}:{parts[-1]}" if len(parts) > 1 else f"{project}:{key}"


def _schema(declared: object) -> dict[str, Any]:
    if isinstance(declared, Mapping):
        keys = cast("Mapping[str, Any]", declared)
        if set(keys) <= _SCHEMA_KEYS:
            return dict(keys)
    return {"value": declared}


def _check_type(stack: str, key: str, kind: str, value: object) -> None:
    expected = _TYPES.get(kind)
    fits = expected is None or isinstance(value, expected)
    if isinstance(value, bool) and kind == "integer":
        fits = False
    if not fits and not (isinstance(value, Mapping) and "secure" in value):
        raise RehearsalError(f"Stack {stack!r} with configuration key {key!r} must be of type {kind!r}, got {value!r}")


def _text(key: str, value: object, path: Path) -> str:
    if isinstance(value, Mapping) and set(cast("Mapping[str, Any]", value)) == {"secure"}:
        raise RehearsalError(f"{key} in {path.name} is encrypted; the rehearsal cannot read it, give it a plain value")
    return value if isinstance(value, str) else json.dumps(value)
