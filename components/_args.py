"""Checks that every component runs over its arguments before it registers anything."""

import types
import typing
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import NotRequired, Required, TypeVar, Union, cast, get_args, get_origin

import pulumi

T = TypeVar("T")

# pulumi.Input[...] holds forward references of Pulumi's own modules, which have to be found from the shapes' modules.
_FORWARD = {"Output": pulumi.Output, "T": TypeVar("T")}

_WORDS = {str: "a string", bool: "true or false", int: "an integer", float: "a number"}


class InvalidArgs(ValueError, pulumi.RunError):  # noqa: N818  what it says, not that it is an error
    """A wrong argument: one line that names component, argument, value and what would be right.

    Pulumi prints a ``RunError`` without a traceback.
    """


def checked(component: str, shape: type[T], args: Mapping[str, object]) -> T:
    """Return *args* as *shape* (a ``TypedDict``), with plain values in their declared types.

    Unknown and missing keys and plain values of a wrong type raise :class:`InvalidArgs`; nested shapes, lists
    and maps are walked. Pulumi's component host hands integers over as floats and enums as strings
    (pulumi.provider.experimental, 3.272); both come back in their declared types. What is declared
    ``pulumi.Input[...]`` only flows through and is left alone.
    """
    return cast("T", _shape(component, "", shape, args))


def check_range(  # noqa: PLR0913, PLR0917
    component: str, field: str, value: float, low: float, high: float | None = None, unit: str = ""
) -> None:
    """Raise :class:`InvalidArgs` unless *low* <= *value* <= *high* (no upper bound when it is None)."""
    if value < low or (high is not None and value > high):
        bounds = f"at least {low}" if high is None else f"between {low} and {high}"
        raise InvalidArgs(f"{component}: {field} must be {bounds}{' ' + unit if unit else ''}, got {value}")


def check_name(component: str, name: str, limit: int, what: str) -> None:
    """Raise :class:`InvalidArgs` when Pulumi's auto-naming (name, hyphen, 7 digits) would pass AWS's *limit*."""
    longest = limit - 8
    if len(name) > longest:
        raise InvalidArgs(
            f"{component}: the name {name!r} is too long for {what}: AWS allows {limit} characters and "
            f"Pulumi adds 8, so use at most {longest}, got {len(name)}"
        )


def _shape(component: str, path: str, shape: type, value: object) -> dict[str, object]:
    if not isinstance(value, Mapping):
        raise InvalidArgs(f"{component}: {path or 'args'} must be a mapping, got {_show(value)}")
    given = cast("Mapping[str, object]", value)
    prefix = f"{path}." if path else ""
    hints = typing.get_type_hints(shape, localns=_FORWARD)
    required: frozenset[str] = getattr(shape, "__required_keys__", frozenset())
    for key in given:
        if key not in hints:
            raise InvalidArgs(f"{component}: unknown {prefix}{key}; known are {', '.join(sorted(hints))}")
    for key in sorted(required):
        if given.get(key) is None:
            raise InvalidArgs(f"{component}: missing {prefix}{key}")
    return {
        key: _value(component, f"{prefix}{key}", hints[key], item)
        for key, item in given.items()
        if item is not None  # an optional argument that is passed as None is an argument left out
    }


def _value(component: str, path: str, hint: object, value: object) -> object:
    origin = get_origin(hint)
    if origin in (NotRequired, Required):
        return _value(component, path, get_args(hint)[0], value)
    if origin in (Union, types.UnionType):
        members = [member for member in get_args(hint) if member is not type(None)]
        return _value(component, path, members[0], value) if len(members) == 1 else value  # Input[...]
    if isinstance(hint, type) and typing.is_typeddict(hint):
        return _shape(component, path, hint, value)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise InvalidArgs(f"{component}: {path} must be a mapping, got {_show(value)}")
        items = cast("Mapping[str, object]", value)
        # In one order, because maps have none: what is rendered from them must not change when they are reordered.
        # Programs in other languages send them in another order each time.
        return {k: _value(component, f"{path}.{k}", get_args(hint)[1], items[k]) for k in sorted(items, key=str)}
    if origin is not None and isinstance(origin, type) and issubclass(origin, Sequence):
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise InvalidArgs(f"{component}: {path} must be a list, got {_show(value)}")
        elements = cast("Sequence[object]", value)
        return [_value(component, f"{path}[{i}]", get_args(hint)[0], v) for i, v in enumerate(elements)]
    return _plain(component, path, hint, value)


def _plain(component: str, path: str, hint: object, value: object) -> object:
    if isinstance(hint, type) and issubclass(hint, Enum):
        try:
            return hint(value)
        except ValueError:
            allowed = ", ".join(str(member.value) for member in hint)
            raise InvalidArgs(f"{component}: {path} must be one of {allowed}, got {_show(value)}") from None
    if hint is int and isinstance(value, float) and value.is_integer():
        return int(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if hint in _WORDS:
        kind = cast("type", hint)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise InvalidArgs(f"{component}: {path} must be {_WORDS[kind]}, got {_show(value)}")
    return value


def _show(value: object) -> str:
    # An output is only known to the engine, and may be a secret.
    return "an output" if isinstance(value, pulumi.Output) else repr(value)
