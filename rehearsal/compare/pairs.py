"""Which resource of the head is which of the base: by URN, then by aliases, as the engine does.

The rules are those of Pulumi's step generator (pkg/resource/deploy/step_generator.go, generateAliases and
getOldResource, 3.272): the own URN first, then the own aliases in their order, then what the parent's alias implies. A
child inherits the one old URN under which its parent was found; where its name starts with the parent's, the old
parent's name takes that place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from .graph import STACK_TYPE, CompareError, Graph, Resource


@dataclass(frozen=True)
class Pair:
    """One resource on both sides; None where it is not."""

    base: Resource | None
    head: Resource | None

    @property
    def now(self) -> Resource:
        """The head's resource, else the base's."""
        resource = self.head or self.base
        if resource is None:
            raise ValueError("a pair has at least one side")
        return resource

    @property
    def renamed(self) -> bool:
        """Whether an alias leads from the one to the other."""
        return self.base is not None and self.head is not None and self.base.urn != self.head.urn


def pair_up(base: Graph, head: Graph) -> list[Pair]:
    """Return the resources of both sides in pairs, in the order of the head, those that are gone last."""
    olds = base.by_urn
    declared = set(head.by_urn)
    found = dict[str, str]()
    """By the head's URN: the base's URN under which it was found."""
    taken = dict[str, str]()
    for resource in _parents_first(head):
        for urn in (resource.urn, *_aliases(resource, head, base, found)):
            if urn not in olds:
                continue
            if urn != resource.urn and urn in declared:
                # Where the URN itself is still declared, the engine refuses the deployment.
                raise CompareError(f"the alias {urn} of {resource.urn} is a resource that is still declared")
            if urn in taken:
                raise CompareError(f"{resource.urn} and {taken[urn]} both have the alias {urn}")
            found[resource.urn], taken[urn] = urn, resource.urn
            break
    pairs = [Pair(olds.get(found.get(resource.urn, "")), resource) for resource in head.resources]
    return pairs + [Pair(resource, None) for resource in base.resources if resource.urn not in taken]


def _parents_first(graph: Graph) -> list[Resource]:
    known = graph.by_urn

    def depth(resource: Resource) -> int:
        steps, at = 0, resource
        while at.parent in known and steps < len(known):
            steps, at = steps + 1, known[at.parent]
        return steps

    return sorted(graph.resources, key=depth)


def _aliases(resource: Resource, head: Graph, base: Graph, found: Mapping[str, str]) -> list[str]:
    own = [_urn_of(alias, resource, head, base, found) for alias in _given(resource)]
    urns = list(own)
    parent_now, parent_was = resource.parent, found.get(resource.parent, resource.parent)
    if parent_was != parent_now:
        urns.append(_inherited(resource.type, resource.name, parent_now, parent_was))
        urns += [_inherited(_type(urn), _name(urn), parent_now, parent_was) for urn in own]
    return list(dict.fromkeys(urns))


def _given(resource: Resource) -> list[object]:
    aliases = resource.option("aliases")
    return cast("list[object]", aliases) if isinstance(aliases, list) else []


def _urn_of(alias: object, resource: Resource, head: Graph, base: Graph, found: Mapping[str, str]) -> str:
    """Resolve an alias: a URN, or a spec whose parts default to those of the resource."""
    if isinstance(alias, str):
        return alias
    if not isinstance(alias, Mapping):
        raise CompareError(f"{resource.urn} has an alias that is neither a URN nor a spec")
    spec = cast("Mapping[str, Any]", alias)
    if spec.get("urn"):
        return str(spec["urn"])
    parent = str(spec.get("parentUrn") or spec.get("parent") or "")
    parent = found.get(parent, parent) if parent else resource.parent
    if spec.get("noParent") or f"::{STACK_TYPE}::" in parent:
        parent = ""
    stack = str(spec.get("stack") or head.stack or base.stack)
    project = str(spec.get("project") or head.project or base.project)
    name, type_ = str(spec.get("name") or resource.name), str(spec.get("type") or resource.type)
    kinds = f"{_types(parent)}${type_}" if parent else type_
    return f"urn:pulumi:{stack}::{project}::{kinds}::{name}"


def _inherited(type_: str, name: str, parent_now: str, parent_was: str) -> str:
    if name.startswith(_name(parent_now)):
        name = _name(parent_was) + name.removeprefix(_name(parent_now))
    start, project, kinds, _ = parent_was.split("::", 3)
    return f"{start}::{project}::{kinds}${type_}::{name}"


def _types(urn: str) -> str:
    return urn.split("::", 3)[2]


def _type(urn: str) -> str:
    return _types(urn).rsplit("$", 1)[-1]


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]
