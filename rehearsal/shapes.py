"""Between Pulumi's camelCase properties and the members of an API's shapes, guided by botocore's models."""

import base64
import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, cast

from .errors import RehearsalError
from .values import is_unknown


def member_of(shape: Any, name: str) -> str | None:
    """Return the member of the structure *shape* that *name* means, whatever the upper and lower case."""
    if name in shape.members:
        return name
    wanted = name.lower()
    return next((member for member in shape.members if member.lower() == wanted), None)


def to_api(shape: Any, value: Any, fields: Mapping[str, str], path: str) -> Any:  # noqa: PLR0911
    """Return *value* as *shape* takes it; *path* says in errors where it stands."""
    if is_unknown(value) or value is None:
        return value
    kind = shape.type_name
    if kind == "structure" and not shape.metadata.get("document"):
        return _structure(shape, value, fields, path)
    if kind == "list":
        if isinstance(value, Mapping) and _pair(shape.member):
            key, item = cast("tuple[str, str]", _pair(shape.member))
            return [{key: k, item: _scalar(shape.member.members[item], v)} for k, v in value.items()]
        items = cast("list[Any]", value if isinstance(value, (list, tuple)) else [value])
        if _pair(shape.member) and all(isinstance(i, str) for i in items):
            return [{cast("tuple[str, str]", _pair(shape.member))[0]: i} for i in items]
        return [to_api(shape.member, item, fields, f"{path}[{i}]") for i, item in enumerate(items)]
    if kind == "map" and isinstance(value, Mapping):
        return {k: to_api(shape.value, v, fields, f"{path}.{k}") for k, v in value.items() if v is not None}
    return _scalar(shape, value)


def _structure(shape: Any, value: Any, fields: Mapping[str, str], path: str) -> Any:
    if isinstance(value, list):
        blocks = cast("list[Any]", value)
        if len(blocks) > 1:
            raise RehearsalError(f"{path}: there can be one only, got {len(blocks)}")
        value = blocks[0] if blocks else None
    if not isinstance(value, Mapping):
        return value
    converted: dict[str, Any] = {}
    for key, item in cast("Mapping[str, Any]", value).items():
        if item is None or key.startswith("__"):
            continue
        member = member_of(shape, fields.get(key, key))
        if member is None:
            raise RehearsalError(f"{path}.{key} is not known; known are {', '.join(map(camel, shape.members))}")
        converted[member] = to_api(shape.members[member], item, fields, f"{path}.{key}")
    return converted


def _pair(shape: Any) -> tuple[str, str] | None:
    """Return the names of key and value when *shape* is how a service lists tags."""
    if shape.type_name != "structure":
        return None
    key = next((m for m in shape.members if m.lower() in ("key", "tagkey")), None)
    value = next((m for m in shape.members if m.lower() in ("value", "tagvalue")), None)
    return (key, value) if key and value else None


def _scalar(shape: Any, value: Any) -> Any:  # noqa: PLR0911
    kind = shape.type_name
    if kind == "string":
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value) if isinstance(value, (int, float)) else value
    if kind in ("integer", "long"):
        if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
            return int(value)
        return int(value) if isinstance(value, float) and value.is_integer() else value
    if kind in ("float", "double") and isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return float(value)
    if kind == "boolean" and isinstance(value, str) and value in ("true", "false"):
        return value == "true"
    if kind == "blob" and isinstance(value, str):
        return value.encode()
    return value


def from_api(value: Any, fields: Mapping[str, str] | None = None) -> Any:
    """Return what an API answered as plain data with camelCase names; *fields* maps nested names back."""
    names = {api: name for name, api in (fields or {}).items()}
    return _from_api(value, names)


def _from_api(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        items = cast("Mapping[str, Any]", value).items()
        return {names.get(k, camel(k)): _from_api(v, names) for k, v in items if v is not None}
    if isinstance(value, (list, tuple)):
        return [_from_api(v, names) for v in cast("list[Any]", value)]
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def camel(name: str) -> str:
    """``DBInstanceArn`` -> ``dbInstanceArn``, ``KMSKeyId`` -> ``kmsKeyId``, ``ARN`` -> ``arn``."""
    if name.isupper():
        return name.lower()
    head = re.match(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]+", name)
    return name[: head.end()].lower() + name[head.end() :] if head else name


def tag_map(value: Any) -> dict[str, str]:
    """Return tags as a map, whichever way the service lists them."""
    if isinstance(value, Mapping):
        return {str(k): str(v) for k, v in cast("Mapping[str, Any]", value).items()}
    tags: dict[str, str] = {}
    for item in cast("list[dict[str, Any]]", value or []):
        lowered = {k.lower().removeprefix("tag"): v for k, v in item.items()}
        tags[str(lowered["key"])] = str(lowered.get("value") or "")
    return tags


def dig(answer: Any, path: str) -> Any:
    """Follow the dotted *path* (``Vpcs.0.VpcId``) through *answer*, whatever the case; None where it ends."""
    for step in path.split(".") if path else []:
        if isinstance(answer, Mapping):
            items = cast("Mapping[str, Any]", answer)
            if step in items:
                answer = items[step]
                continue
            lowered = step.lower()
            answer = next((v for k, v in items.items() if k.lower() == lowered), None)
        elif isinstance(answer, list) and step.lstrip("-").isdigit():
            elements = cast("list[Any]", answer)
            index = int(step)
            answer = elements[index] if -len(elements) <= index < len(elements) else None
        else:
            return None
    return answer
