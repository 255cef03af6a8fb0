"""Resources as a tree under their components."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from rehearsal.recorder import Registered
from rehearsal.values import has_unknown
from rehearsal.wire import UNKNOWN

from .terminal import Terminal

_FEW = 3
"""Resources of one type under one component that are shown one by one; more are folded together."""

_WITH_PARTS = ("acm/Certificate", "ec2/RouteTable", "iam/Role", "s3/Bucket", "secretsmanager/Secret")
"""Types whose settings are resources of their own, which are told with them."""

STACK = "pulumi:pulumi:Stack"


def kind_of(type_: str) -> str:
    """Return the short name of a resource type: ``ec2/Vpc``, ``WebTier``."""
    *modules, name = type_.split(":")
    service = modules[-1].split("/")[0] if len(modules) > 1 else ""
    return name if service in ("", "index", "pulumi") else f"{service}/{name}"


def physical(resource: Registered) -> str:
    """Return how AWS calls *resource*."""
    for key in ("bucket", "name", "identifier"):
        name = resource.outputs.get(key)
        if isinstance(name, str) and not name.startswith("arn:"):
            return name
    return resource.id.rsplit(":", 1)[-1] if resource.id.startswith("arn:") else resource.id


def listing(resources: Sequence[Registered], out: Terminal, mark: str = "") -> list[str]:
    """Return every resource on a line of its own, as ``pulumi preview`` has them; *mark* goes in front."""
    rows: list[tuple[str, str]] = []
    nodes = _Nodes(resources)

    def walk(resource: Registered, lead: str, branch: str) -> None:
        rows.append((f"{lead}{branch}{resource.type}", resource.name))
        children = nodes.children(resource)
        inner = lead + {"": "", _TEE: _BAR, _ELBOW: "   "}[branch]
        for index, child in enumerate(children):
            walk(child, inner, _ELBOW if index == len(children) - 1 else _TEE)

    for root in nodes.roots:
        walk(root, "", "")
    width = max((len(left) for left, _ in rows), default=0)
    return [_drawn(f"{mark}{left:{width}}  {name}", out) for left, name in rows]


def folded(resources: Sequence[Registered], out: Terminal) -> list[str]:
    """Return components as a tree, and under each what it made, with similar resources on one line."""
    nodes = _Nodes(resources)
    lines: list[str] = []

    def walk(resource: Registered, lead: str, branch: str) -> None:
        label = f"  {out.dim(_label(resource))}"
        lines.append(f"{lead}{branch}{out.bold(resource.name)}{label}")
        inner = lead + {"": "", _TEE: _BAR, _ELBOW: "   "}[branch]
        children = nodes.children(resource)
        inside = [c for c in children if not c.custom or nodes.children(c)]
        bar = inner + (_BAR if inside else "   ")
        rows = _leaves([c for c in children if c not in inside], resource.name)
        lines.extend(f"{bar}{line}" for line in _table(rows, len(bar), out))
        for index, child in enumerate(inside):
            walk(child, inner, _ELBOW if index == len(inside) - 1 else _TEE)

    for root in nodes.roots:
        walk(root, "", "")
    return [_drawn(line, out) for line in lines]


def values(outputs: Mapping[str, Any], out: Terminal) -> list[str]:
    """Return the stack's outputs, one per line or more."""
    width = max(map(len, outputs), default=0)
    lines: list[str] = []
    for name, value in outputs.items():
        text = shown(value)
        first, *more = out.wrapped(text, width + 4)
        lines += [f"  {name:{width}}  {first}", *more]
    return lines or ["  (none)"]


def shown(value: Any) -> str:
    """Return an output as people read it."""
    if value == UNKNOWN:
        return "[unknown until it is deployed]"
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(v, str) for v in value):  # pyright: ignore[reportUnknownVariableType]
        return ", ".join("[unknown]" if v == UNKNOWN else v for v in value)  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]
    if has_unknown(cast("object", value)):
        return "[unknown in part until it is deployed]"
    return json.dumps(value)


_TEE, _ELBOW, _BAR = "├─ ", "└─ ", "│  "
_ASCII = str.maketrans({"├": "|", "─": "-", "└": "`", "│": "|"})


def _drawn(line: str, out: Terminal) -> str:
    return line if out.drawn else line.translate(_ASCII)


class _Nodes:
    def __init__(self, resources: Iterable[Registered]) -> None:
        self._children: dict[str, list[Registered]] = {}
        known = {r.urn for r in resources}
        self.roots: list[Registered] = []
        for resource in sorted(resources, key=lambda r: (r.custom, r.type, r.name)):
            if resource.parent in known:
                self._children.setdefault(resource.parent, []).append(resource)
            else:
                self.roots.append(resource)

    def children(self, resource: Registered) -> list[Registered]:
        return self._children.get(resource.urn, [])


def _label(resource: Registered) -> str:
    kind = kind_of(resource.type)
    if resource.type == STACK:
        return "stack"
    return f"{kind}  {physical(resource)}" if resource.custom else kind


@dataclass(frozen=True)
class _Row:
    kind: str
    names: list[str]
    physical: str
    extras: str
    """What belongs to it: the settings of a bucket, the policies of a role."""


def _leaves(resources: Sequence[Registered], parent: str) -> list[_Row]:
    owners = {r.urn: _owner(r, resources) for r in resources}
    extras: dict[str, Counter[str]] = {}
    by_kind: dict[str, list[Registered]] = {}
    for resource in resources:
        owner = owners[resource.urn]
        if owner is None:
            by_kind.setdefault(kind_of(resource.type), []).append(resource)
        else:
            ending = kind_of(resource.type).removeprefix(kind_of(owner.type))
            extras.setdefault(owner.urn, Counter())[ending] += 1
    rows: list[_Row] = []
    for kind, alike in sorted(by_kind.items()):
        for some in [alike] if len(alike) > _FEW else [[r] for r in alike]:
            more = sum((extras.get(r.urn, Counter()) for r in some), Counter[str]())
            told = ", ".join(f"{number} {what}" if number > 1 else what for what, number in sorted(more.items()))
            names = [r.name.removeprefix(f"{parent}-") for r in some]
            rows.append(_Row(kind, names, physical(some[0]) if len(some) == 1 else "", f"with {told}" if told else ""))
    return rows


def _owner(resource: Registered, others: Sequence[Registered]) -> Registered | None:
    """Return the one that *resource* is a part of: its type's name begins with the other's, and it refers to it."""
    kind = kind_of(resource.type)
    for other in others:
        stem = kind_of(other.type)
        if stem in _WITH_PARTS and kind != stem and kind.startswith(stem) and other.urn in resource.dependencies:
            above = _owner(other, others)
            return above or other
    return None


def _table(rows: Sequence[_Row], indent: int, out: Terminal) -> Iterator[str]:
    kinds = max((len(row.kind) for row in rows), default=0)
    names = max((len(row.names[0]) for row in rows if len(row.names) == 1), default=0)
    for row in rows:
        kind = out.dim(f"{row.kind:{kinds}}")
        if len(row.names) > 1:
            start = f"{len(row.names)} x "
            first, *more = out.wrapped(f"{', '.join(row.names)} {row.extras}", indent + kinds + 2 + len(start))
            yield f"{kind}  {start}{first}"
            yield from (line[indent:] for line in more)
            continue
        first, *more = out.wrapped(f"{row.physical} {row.extras}", indent + kinds + names + 4)
        yield f"{kind}  {row.names[0]:{names}}  {out.dim(first)}"
        yield from (f"{line[indent:]}" for line in more)
