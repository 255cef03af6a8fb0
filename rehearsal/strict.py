"""Check every request against the service's own API model, harder than boto3 does.

boto3 checks names, types and lower bounds. The model that it ships also knows the allowed values, patterns
and lengths that AWS enforces on arrival; here they are enforced before the request leaves.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from .errors import RehearsalError
from .values import is_unknown

_UNICODE = {
    "L": "A-Za-z\u00aa-\ufffd",
    "Z": " \u00a0\u2000-\u200a\u3000",
    "N": "0-9",
    "P": "!-/:-@\\[-`{-~\u00a1-\u00bf\u2010-\u2027",
    "S": "$+<->^`|~\u00a2-\u00b4",
    "M": "\u0300-\u036f",
    "Zs": " \u00a0",
    "ASCII": "\x00-\x7f",
    "Print": " -~",
    "all": "\\s\\S",
}
"""Java's character classes, as nearly as Python's ``re`` has them; what they allow too much AWS still refuses."""

_JSON_TYPES = {"integer": int, "long": int, "float": (int, float), "double": (int, float), "boolean": bool}


def install(client: Any) -> None:
    """Check every later request of the boto3 *client*."""

    def check(params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.input_shape is not None:
            check_request(client.meta.service_model.service_name, model, params)

    client.meta.events.register_first("provide-client-params", check)


def check_request(service: str, operation: Any, params: Mapping[str, Any], *, partial: bool = False) -> None:
    """Raise :class:`RehearsalError` when AWS would refuse *params* for the botocore *operation* model.

    *partial* allows for what is not known yet: unknown values pass and required members may be missing.
    """
    for path, problem in _problems(operation.input_shape, params, "", partial):
        raise RehearsalError(f"{service} {operation.name}: {path or 'the request'} {problem}")


def _problems(shape: Any, value: Any, path: str, partial: bool) -> Any:  # noqa: FBT001
    if is_unknown(value) and partial:
        return
    kind = shape.type_name
    if kind == "structure":
        yield from _structure(shape, value, path, partial)
    elif kind == "list":
        if not isinstance(value, (list, tuple)):
            yield path, f"must be a list, got {_show(shape, value)}"
            return
        items = cast("list[Any]", value)
        yield from _size(shape, len(items), path, "items")
        for index, item in enumerate(items):
            yield from _problems(shape.member, item, f"{path}[{index}]", partial)
    elif kind == "map":
        if not isinstance(value, Mapping):
            yield path, f"must be a map, got {_show(shape, value)}"
            return
        entries = cast("Mapping[str, Any]", value)
        yield from _size(shape, len(entries), path, "entries")
        for key, item in entries.items():
            yield from _problems(shape.key, key, f"{path} key", partial)
            yield from _problems(shape.value, item, f"{path}.{key}", partial)
    else:
        yield from _scalar(shape, kind, value, path)


def _structure(shape: Any, value: Any, path: str, partial: bool) -> Any:  # noqa: FBT001
    if shape.metadata.get("document"):
        return
    if not isinstance(value, Mapping):
        yield path, f"must be an object, got {_show(shape, value)}"
        return
    given = cast("Mapping[str, Any]", value)
    prefix = f"{path}." if path else ""
    for name in given:
        if name not in shape.members:
            yield f"{prefix}{name}", f"is not known; known are {', '.join(sorted(shape.members))}"
    for name in shape.required_members:
        filled_in = shape.members[name].metadata.get("idempotencyToken")  # boto3 makes those up
        if name not in given and not partial and not filled_in:
            yield f"{prefix}{name}", "is required"
    for name, item in given.items():
        if name in shape.members:
            yield from _problems(shape.members[name], item, f"{prefix}{name}", partial)


def _scalar(shape: Any, kind: str, value: Any, path: str) -> Any:
    if kind in _JSON_TYPES:
        expected = _JSON_TYPES[kind]
        if not isinstance(value, expected) or (isinstance(value, bool) and kind != "boolean"):
            yield path, f"must be {'true or false' if kind == 'boolean' else 'a number'}, got {_show(shape, value)}"
        elif kind != "boolean":
            yield from _size(shape, value, path, "")
    elif kind == "string":
        if not isinstance(value, str):
            yield path, f"must be a string, got {_show(shape, value)}"
            return
        allowed = shape.metadata.get("enum")
        if allowed and value not in allowed:
            yield path, f"must be one of {', '.join(allowed)}, got {_show(shape, value)}"
        yield from _size(shape, len(value), path, "characters", value)
        pattern = shape.metadata.get("pattern")
        if pattern and not _matches(pattern, value):
            yield path, f"must match {pattern}, got {_show(shape, value)}"


def _size(shape: Any, size: float, path: str, unit: str, value: Any = None) -> Any:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    words = f" {unit}" if unit else ""
    shown = f" ({_show(shape, value)})" if value else ""
    if low is not None and size < low:
        yield path, f"must be at least {low}{words}, got {size}{shown}"
    if high is not None and size > high:
        yield path, f"must be at most {high}{words}, got {size}{shown}"


def _matches(pattern: str, value: str) -> bool:
    compiled = compiled_pattern(pattern)
    # Services anchor their patterns at both ends whether or not the model spells it.
    return compiled is None or compiled.fullmatch(value) is not None


@cache
def compiled_pattern(pattern: str) -> re.Pattern[str] | None:
    """Return *pattern*, written for Java, for Python; None where the two cannot agree."""
    translated, in_class = "", False
    for part in re.findall(r"\\p\{\w+\}|\\.|.", pattern, re.DOTALL):
        if part.startswith("\\p"):
            known = _UNICODE.get(part[3:-1])
            if known is None:
                return None
            translated += known if in_class else f"[{known}]"
            continue
        in_class = part == "[" or (in_class and part != "]")
        translated += part
    translated = re.sub(r"(\\[wd])-(?=[^\]])", r"\1\\-", translated)  # [\w-_]: a range in Python, a hyphen in Java
    try:
        return re.compile(translated, re.DOTALL)
    except re.error:
        return None


def _show(shape: Any, value: Any) -> str:
    if shape.metadata.get("sensitive"):
        return "[secret]"
    shown = repr(value)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."  # noqa: PLR2004
