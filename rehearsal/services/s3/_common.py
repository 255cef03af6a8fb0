"""What the settings of buckets share."""

from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.services._plain import fields, items
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
    if isinstance(given, Mapping):
        kept = fields(found)
        for name, value in fields(given).items():
            if name in lost and name not in kept and value is not None:
                kept[name] = value
                paths.add(f"{path}.{name}")
            else:
                paths |= graft(value, kept.get(name), lost, f"{path}.{name}")
    elif len(items(given)) == len(items(found)):
        for one, other in zip(items(given), items(found), strict=True):
            paths |= graft(one, other, lost, path)
    return paths
