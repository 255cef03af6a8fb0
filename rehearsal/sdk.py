"""What the classes of a package's SDK say about its resources and functions."""

import importlib
import inspect
import typing
from functools import cache
from typing import Any, cast

import pulumi
from pulumi import _types  # pyright: ignore[reportPrivateUsage]
from pulumi.runtime import rpc

Property = tuple[str, Any]
"""Name as on the wire, and the type's hint without `Output`."""


@cache
def outputs_of(token: str) -> list[tuple[str, Any, bool]]:
    """List the outputs of the resource type *token* that always have a value.

    With their types, and whether the program may give them. There are none of a type that no imported SDK knows.
    """
    package, module, _ = token.split(":")
    found: Any = rpc.get_resource_module(package, module, "")
    info: dict[str, Any] = getattr(found, "mod_info", {})
    if token not in info.get("classes", {}):
        return []
    resource: Any = getattr(importlib.import_module(info["fqn"]), info["classes"][token])
    given = {_camel(name) for name in inspect.signature(getattr(resource, "_internal_init", resource)).parameters}
    return [(name, hint, name in given) for name, hint in properties(resource)]


@cache
def results_of(token: str) -> list[Property]:
    """List what the provider's function *token* always returns; nothing when no SDK that is installed knows it."""
    package, module, name = token.split(":")
    service = module.split("/")[0]
    fqn = f"pulumi_{package}" if service in ("", "index") else f"pulumi_{package}.{service}"
    try:
        result = getattr(importlib.import_module(fqn), f"{name[0].upper()}{name[1:]}Result", None)
    except ModuleNotFoundError:
        return []
    return properties(result) if isinstance(result, type) else []


@cache
def properties(cls: type, *, optional: bool = False) -> list[Property]:
    """List the properties of an SDK's class that always have a value; with *optional* the others as well."""
    found: list[Property] = []
    hints = cast("dict[str, Any]", cast("Any", _types)._raw_return_hints(cls))  # noqa: SLF001
    for name, hint in hints.items():
        inside = typing.get_args(hint)[0] if typing.get_origin(hint) is pulumi.Output else hint
        members = [member for member in typing.get_args(inside) if member is not type(None)]
        if type(None) not in typing.get_args(inside):
            found.append((name, inside))
        elif optional and len(members) == 1:
            found.append((name, members[0]))
    return found


def is_output_type(hint: object) -> bool:
    """Whether *hint* is a structure that a resource or function returns."""
    return isinstance(hint, type) and _types.is_output_type(hint)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
