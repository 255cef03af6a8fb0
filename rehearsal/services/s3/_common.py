"""What the settings of buckets share."""

from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.shapes import dig


def setting(operation: str, at: str = "") -> Callable[[Context], Mapping[str, Any] | None]:
    """Return a read of one setting: no answer names the bucket, which is the id."""

    def read(context: Context) -> Mapping[str, Any] | None:
        found = dig(context.call(operation, {"Bucket": context.id}), at)
        return {"Bucket": context.id, **found} if found else None

    return read


def graft(given: Any, found: Any, lost: frozenset[str], path: str) -> set[str]:
    """Put into *found* what the emulator lost of *given*: nested properties called *lost*. Return their paths."""
    paths = set[str]()
    if isinstance(given, Mapping) and isinstance(found, dict):
        for name, value in given.items():  # pyright: ignore[reportUnknownVariableType]
            if name in lost and name not in found and value is not None:
                found[name] = value
                paths.add(f"{path}.{name}")
            else:
                paths |= graft(value, found.get(name), lost, f"{path}.{name}")  # pyright: ignore[reportUnknownMemberType]
    elif isinstance(given, list) and isinstance(found, list) and len(given) == len(found):  # pyright: ignore[reportUnknownArgumentType]
        for one, other in zip(given, found, strict=True):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
            paths |= graft(one, other, lost, path)
    return paths
