"""What changed between the state of a resource and its new inputs, property by property."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import pulumi

from .assets import alike
from .entry import Entry, Prop
from .values import Plain, has_unknown

_FILES = (pulumi.Asset, pulumi.Archive)


@dataclass(frozen=True)
class Change:
    """One property, or a part of one."""

    path: str
    """As Pulumi spells it: `tags.Name`, `ingress[0].cidrBlocks[1]`."""
    kind: str
    """`add`, `delete` or `update`."""
    replaces: bool

    @property
    def name(self) -> str:
        """The input that it belongs to."""
        return self.path.split(".", 1)[0].split("[", 1)[0]


def changes(entry: Entry, state: Plain, old_inputs: Plain | None, new_inputs: Plain) -> list[Change]:
    """List what has to change in *state* so that it is what *new_inputs* ask for.

    What the program never said is AWS's business: a value in *state* that *old_inputs* did not ask for is no
    change. Without *old_inputs* nothing counts as taken out of the program.
    """
    asked = old_inputs or {}
    found: list[Change] = []
    also = entry.replaces_if(state, new_inputs) if entry.replaces_if else set[str]()
    ignored = entry.ignores_if(state, new_inputs) if entry.ignores_if else set[str]()
    properties = {**entry.inputs, **({"tags": Prop(), "tagsAll": Prop()} if entry.tags else {})}
    for name, prop in properties.items():
        new, old, was = new_inputs.get(name), state.get(name), asked.get(name)
        if name in ignored or (new is None and (was is None or prop.computed)):
            continue
        if old is None and new is not None and prop.read is None and same(prop, new, was):
            continue  # an import does not learn what AWS never tells
        for path, kind in _walk(prop, name, new, old, was):
            found.append(Change(path, kind, prop.replaces or name in also))
    return found


def same(prop: Prop, left: Any, right: Any) -> bool:
    """Whether two values of *prop* mean the same; what *right* has beyond *left* does not count."""
    if has_unknown(left) or has_unknown(right):
        return False
    if prop.is_json and isinstance(left, str) and isinstance(right, str):
        return canonical(left) == canonical(right)
    if prop.is_set and isinstance(left, list) and isinstance(right, list):
        return not _unmatched(cast("list[Any]", left), cast("list[Any]", right)) and len(left) == len(right)  # pyright: ignore[reportUnknownArgumentType]
    return equivalent(left, right)


def equivalent(left: Any, right: Any) -> bool:
    """Whether *left* is contained in *right*: APIs add keys, turn numbers into text, and leave out zeros."""
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        mine, other = cast("Plain", left), cast("Plain", right)
        return not _chosen_otherwise(mine, other) and all(equivalent(v, other.get(k)) for k, v in mine.items())
    if isinstance(left, list) and isinstance(right, list):
        pair = cast("tuple[list[Any], list[Any]]", (left, right))
        return len(pair[0]) == len(pair[1]) and all(map(equivalent, *pair))
    if isinstance(left, _FILES) and isinstance(right, _FILES):
        return alike(left, right)
    if blank(left) and blank(right):
        return True
    if isinstance(left, (str, int, float)) and isinstance(right, (str, int, float)):
        return _text(left) == _text(right)
    return left == right


def _chosen_otherwise(left: Plain, right: Plain) -> bool:
    """Whether both say by an empty block which of several is meant, and not the same: `allow` or `block`."""
    return bool(right) and not {*left} & {*right} and any(value == {} for value in left.values())


def blank(value: Any) -> bool:
    """Whether *value* is what an API leaves out."""
    return value in (None, "", [], {}, False, 0)


def canonical(document: str) -> Any:
    """Return the JSON *document* in the one form that all documents of its meaning share."""
    try:
        return _canonical(json.loads(document))
    except ValueError:
        return document


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _canonical(v) for k, v in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        items = [_canonical(v) for v in cast("list[Any]", value)]
        # IAM takes one value for a list of one, and no list of a policy has an order.
        return items[0] if len(items) == 1 else sorted(items, key=lambda v: json.dumps(v, sort_keys=True))
    return str(value).lower() if isinstance(value, bool) else value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _unmatched(wanted: list[Any], present: list[Any]) -> list[int]:
    """Return the indices of *wanted* that have no partner of their own in *present*."""
    left = list(present)
    missing: list[int] = []
    for index, item in enumerate(wanted):
        partner = next((p for p in left if not has_unknown(item) and equivalent(item, p)), None)
        if partner is None and item not in left:
            missing.append(index)
        else:
            left.remove(partner if partner is not None else item)
    return missing


def _walk(prop: Prop, path: str, new: Any, old: Any, was: Any) -> Iterator[tuple[str, str]]:
    if new is None:
        if not blank(old) and not blank(was):
            yield path, "delete"
    elif isinstance(new, Mapping) and isinstance(old, Mapping):
        if _chosen_otherwise(cast("Plain", new), cast("Plain", old)):
            yield path, "update"
        else:
            yield from _walk_map(prop, path, cast("Plain", new), cast("Plain", old), was)
    elif isinstance(new, list) and isinstance(old, list):
        walk = _walk_set if prop.is_set else _walk_list
        yield from walk(prop, path, cast("list[Any]", new), cast("list[Any]", old), was)
    elif not same(prop, new, old):
        yield path, "add" if old is None else "update"


def _walk_map(prop: Prop, path: str, new: Plain, old: Plain, was: Any) -> Iterator[tuple[str, str]]:
    asked = cast("Plain", was) if isinstance(was, Mapping) else {}
    for key in sorted({*new, *asked}):
        step = f'{path}["{key}"]' if "." in key or '"' in key else f"{path}.{key}"
        yield from _walk(prop, step, new.get(key), old.get(key), asked.get(key))


def _walk_list(prop: Prop, path: str, new: list[Any], old: list[Any], was: Any) -> Iterator[tuple[str, str]]:
    asked = cast("list[Any]", was) if isinstance(was, list) else []
    for index in range(max(len(new), len(old))):
        if index >= len(new):
            yield f"{path}[{index}]", "delete"
            continue
        before, wanted = (items[index] if index < len(items) else None for items in (old, asked))
        yield from _walk(prop, f"{path}[{index}]", new[index], before, wanted)


def _walk_set(_prop: Prop, path: str, new: list[Any], old: list[Any], _was: Any) -> Iterator[tuple[str, str]]:
    for index in _unmatched(new, old):
        yield f"{path}[{index}]", "update" if index < len(old) else "add"
    for index in range(len(new), len(old)):
        yield f"{path}[{index}]", "delete"
