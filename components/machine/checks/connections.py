"""Which connections are refused."""

from collections.abc import Sequence

from ..._args import InvalidArgs, check_range
from ..._mounts import Connection, Mount
from .words import check_key

_TAKEN = ("http", "https")
"""Names of the rules that every machine has."""


def connections_of(component: str, mounts: Sequence[Mount], connections: Sequence[Connection]) -> list[Connection]:
    """Return every connection once; two mounts of one share have the same."""
    known = dict[str, Connection]()
    named = [(f"connections[{i}]", c) for i, c in enumerate(connections)]
    named += [(f"mounts[{i}].connection", m["connection"]) for i, m in enumerate(mounts) if "connection" in m]
    for field, connection in named:
        key, other = connection["name"], known.get(connection["name"])
        check_key(component, f"{field}.name", key)
        check_range(component, f"{field}.port", connection["port"], 1, 65535)
        same = other is not None and field.startswith("mounts") and _same(connection, other)
        if key in _TAKEN or (other is not None and not same):
            raise InvalidArgs(
                f"{component}: {field}.name must be unique in the machine and not http or https, got {key!r}"
            )
        known[key] = connection
    return list(known.values())


def _same(one: Connection, other: Connection) -> bool:
    groups = one["security_group_id"], other["security_group_id"]
    equal = groups[0] is groups[1] or (isinstance(groups[0], str) and groups[0] == groups[1])
    return equal and one["port"] == other["port"]
