"""Values as they travel on Pulumi's wire, to plain data and back."""

from collections.abc import Mapping
from typing import Any, cast

from google.protobuf import struct_pb2
from pulumi.output import Unknown
from pulumi.runtime import rpc

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How Pulumi's wire protocol spells a value that is not known before the deployment."""


def plain(value: Any) -> Any:
    """Return a single protobuf *value* as plain data, its secrets unwrapped."""
    # The SDK unpacks values in lists and maps, not by themselves.
    return _plain(rpc.deserialize_property(struct_pb2.ListValue(values=[value]), keep_unknowns=True))[0][0]


def plain_map(struct: Any) -> tuple[dict[str, Any], frozenset[str]]:
    """Return a protobuf *struct* as plain data, and the keys that hold secrets."""
    values, secrets = dict[str, Any](), set[str]()
    for key, raw in rpc.deserialize_properties(struct, keep_unknowns=True).items():
        values[key], secret = _plain(raw)
        if secret:
            secrets.add(key)
    return values, frozenset(secrets)


def _plain(value: Any) -> tuple[Any, bool]:
    """Return *value* as plain data and whether a secret was unwrapped on the way."""
    if rpc.is_rpc_secret(value):
        return _plain(rpc.unwrap_rpc_secret(value))[0], True
    if isinstance(value, Unknown):
        return UNKNOWN, False
    if isinstance(value, dict):
        items = {k: _plain(v) for k, v in cast("dict[str, Any]", value).items()}
        return {k: v for k, (v, _) in items.items()}, any(s for _, s in items.values())
    if isinstance(value, list):
        elements = [_plain(v) for v in cast("list[Any]", value)]
        return [v for v, _ in elements], any(s for _, s in elements)
    if isinstance(value, float) and value.is_integer():
        return int(value), False
    return value, False


def struct(values: Mapping[str, Any], secrets: frozenset[str] = frozenset()) -> Any:
    """Return *values* as a protobuf struct in which those of the keys *secrets* are secret."""
    made = struct_pb2.Struct()
    wrapped = {
        key: {rpc._special_sig_key: rpc._special_secret_sig, "value": value} if key in secrets else value  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
        for key, value in values.items()
    }
    made.update(wrapped)
    return made
