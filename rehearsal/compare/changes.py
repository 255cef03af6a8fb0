"""What differs between two values, place by place."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any, cast

from rehearsal.entry import Prop

from .graph import Json
from .paths import Path, show_path


@dataclass(frozen=True)
class Change:
    """One place of a resource's inputs, or one of its options, that differs."""

    path: Path
    old: Any
    """None where there was nothing."""
    new: Any
    """None where there is nothing any more."""
    replaces: bool = False
    note: str = ""
    """Why it counts as changed where the values do not tell."""

    @property
    def name(self) -> str:
        """The input that the place belongs to."""
        return str(self.path[0])

    @property
    def shown(self) -> str:
        """The place as text."""
        return show_path(self.path)

    @property
    def action(self) -> str:
        """`add`, `remove` or `update`."""
        return "add" if self.old is None else "remove" if self.new is None else "update"


def differences(path: Path, old: Json, new: Json, prop: Prop, *, lenient: bool) -> list[Change]:
    """List what differs between *old* and *new* of the property *prop* at *path*.

    Numbers and the texts that say them are the same. With *lenient* (the type is known) a value that is left out is
    the same as an empty one, as it is for the provider.
    """
    return list(_Walk(prop, lenient).walk(path, old, new))


def blank(value: Json) -> bool:
    """Whether *value* says as much as one that is left out."""
    return value is None or value is False or (isinstance(value, (str, list, dict)) and not value)


def scalar_text(value: Json) -> str:
    """Return a scalar as the provider compares it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


class _Walk:
    def __init__(self, prop: Prop, lenient: bool) -> None:  # noqa: FBT001
        self._sets = prop.is_set
        self._lenient = lenient

    def walk(self, path: Path, old: Json, new: Json) -> Iterator[Change]:
        if self.same(old, new):
            return
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            before, after = cast("Mapping[str, Any]", old), cast("Mapping[str, Any]", new)
            for key in sorted({*before, *after}):
                yield from self.walk((*path, key), before.get(key), after.get(key))
        elif isinstance(old, list) and isinstance(new, list):
            before, after = cast("list[Any]", old), cast("list[Any]", new)
            unordered = self._sets or path[-1] == "Statement"  # of a policy
            yield from self._set(path, before, after) if unordered else self._list(path, before, after)
        else:
            yield Change(path, old, new)

    def same(self, old: Json, new: Json) -> bool:
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            before, after = cast("Mapping[str, Any]", old), cast("Mapping[str, Any]", new)
            return all(self.same(before.get(key), after.get(key)) for key in {*before, *after})
        if isinstance(old, list) and isinstance(new, list):
            before, after = cast("list[Any]", old), cast("list[Any]", new)
            if len(before) != len(after):
                return False
            if self._sets:
                before, after = sorted(before, key=_key), sorted(after, key=_key)
            return all(self.same(*pair) for pair in zip(before, after, strict=True))
        if blank(old) and blank(new):
            return self._lenient or old == new
        scalars = (str, int, float)
        if isinstance(old, scalars) and isinstance(new, scalars):
            return scalar_text(old) == scalar_text(new)
        return old == new

    def _set(self, path: Path, old: list[Any], new: list[Any]) -> Iterator[Change]:
        gone, come = list(range(len(old))), list(range(len(new)))
        for index in list(come):
            twin = next((i for i in gone if self.same(old[i], new[index])), None)
            if twin is not None:
                gone.remove(twin)
                come.remove(index)
        for index in list(come):
            kin = max(gone, key=lambda i: _likeness(old[i], new[index]), default=None)
            if kin is not None and _likeness(old[kin], new[index]) > 0:
                gone.remove(kin)
                come.remove(index)
                yield from self.walk((*path, index), old[kin], new[index])
        yield from (Change((*path, index), old[index], None) for index in gone)
        yield from (Change((*path, index), None, new[index]) for index in come)

    def _list(self, path: Path, old: list[Any], new: list[Any]) -> Iterator[Change]:
        matcher = SequenceMatcher(None, [_key(v) for v in old], [_key(v) for v in new], autojunk=False)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes():
            if tag == "equal":
                continue
            both = min(i2 - i1, j2 - j1)
            for step in range(both):
                yield from self.walk((*path, j1 + step), old[i1 + step], new[j1 + step])
            yield from (Change((*path, index), old[index], None) for index in range(i1 + both, i2))
            yield from (Change((*path, index), None, new[index]) for index in range(j1 + both, j2))


def _key(value: Json) -> str:
    if isinstance(value, Mapping):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    return json.dumps(value, sort_keys=True) if isinstance(value, list) else scalar_text(value)


def _likeness(old: Json, new: Json) -> float:
    """How much of two objects is the same, from 0 to 1; scalars are no kin of each other."""
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        return 0
    before, after = cast("Mapping[str, Any]", old), cast("Mapping[str, Any]", new)
    keys = {*before, *after}
    equal = sum(1 for key in keys if _key(before.get(key)) == _key(after.get(key)))
    return equal / len(keys) if 2 * equal >= len(keys) else 0


def flat(change: Change) -> list[Change]:
    """Return *change* as changes of single values where whole objects or lists come or go."""
    old, new = cast("object", change.old), cast("object", change.new)
    if not isinstance(old, (Mapping, list)) and not isinstance(new, (Mapping, list)):
        return [change]
    before, after = dict(_scalars((), old)), dict(_scalars((), new))
    return [
        replace(change, path=(*change.path, *path), old=before.get(path), new=after.get(path))
        for path in sorted({*before, *after}, key=lambda steps: [str(step) for step in steps])
        if before.get(path) != after.get(path)
    ]


def _scalars(path: Path, value: Json) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[str, Any]", value).items():
            yield from _scalars((*path, key), item)
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from _scalars((*path, index), item)
    elif value is not None:
        yield path, value
