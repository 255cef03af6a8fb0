"""What one side declares: the JSON that ``python -m rehearsal graph --stack S --json`` prints, as objects."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

Json = Any
"""Plain data, as it comes out of JSON."""

MASK = "[secret]"
"""How the graph spells a value that is secret."""

STACK_TYPE = "pulumi:pulumi:Stack"


class CompareError(Exception):
    """What keeps two sides from being compared, in one line."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


@dataclass(frozen=True)
class Resource:
    """One declared resource."""

    urn: str
    type: str
    name: str
    parent: str
    custom: bool
    inputs: Mapping[str, Any]
    secret_inputs: frozenset[str]
    outputs: Mapping[str, Any]
    dependencies: tuple[str, ...]
    property_dependencies: Mapping[str, tuple[str, ...]]
    options: Mapping[str, Any]
    id: str

    @property
    def kind(self) -> str:
        """Short type for people: `rds/Instance`, `WebTier`."""
        parts = self.type.split(":")
        module = parts[1].split("/")[0] if len(parts) > 1 else ""
        return f"{module}/{parts[-1]}" if self.custom and module and module != "index" else parts[-1]

    @property
    def label(self) -> str:
        """Name and short type."""
        return f"{self.name} ({self.kind})"

    def option(self, name: str) -> Json:
        """Return the option *name*; None when it is not set."""
        return self.options.get(name)


@dataclass(frozen=True)
class Graph:
    """All that one side declares."""

    project: str = ""
    stack: str = ""
    resources: tuple[Resource, ...] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    provider: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The providers' configuration (`aws:region`): it shapes every resource without being an input of any."""
    exists: bool = True
    """False for a side that has no such stack."""

    @property
    def by_urn(self) -> dict[str, Resource]:
        """The resources by their URNs."""
        return {resource.urn: resource for resource in self.resources}


def parse_graph(data: object, provider: Mapping[str, Any] | None = None) -> Graph:
    """Return the graph in *data*, the parsed JSON; what is no graph raises :class:`CompareError`."""
    if not isinstance(data, Mapping):
        raise CompareError("the graph is no JSON object")
    try:
        top = cast("Mapping[str, Any]", _harmless(data))
    except RecursionError:
        raise CompareError("the graph is nested too deeply") from None
    raw = top.get("resources")
    if not isinstance(raw, list):
        raise CompareError("the graph has no list of resources")
    resources = [_resource(item) for item in cast("list[object]", raw)]
    seen = set[str]()
    for resource in resources:
        if resource.urn in seen:
            raise CompareError(f"the graph has two resources {resource.urn}")
        seen.add(resource.urn)
    return Graph(
        project=str(top.get("project", "")),
        stack=str(top.get("stack", "")),
        resources=_with_whole_urns([r for r in resources if _is_deployed(r)]),
        outputs=_mapping(top.get("outputs"), "outputs"),
        provider=provider or {},
    )


def _is_deployed(resource: Resource) -> bool:
    """Whether a deployment makes, changes and deletes the resource; what is read only (``get``) is others' business."""
    return resource.type != STACK_TYPE and not resource.option("read")


def _with_whole_urns(resources: list[Resource]) -> tuple[Resource, ...]:
    """Return *resources* with URNs as the engine makes them, which say the types of all ancestors.

    The SDK's mocks, under which a graph is made, leave out all but the parent's (pulumi 3.272, MockMonitor.make_urn);
    with those no alias would lead from one resource to another.
    """
    known, whole = {resource.urn: resource for resource in resources}, dict[str, str]()

    def urn_of(resource: Resource, below: int) -> str:
        if resource.urn not in whole:
            parts = resource.urn.split("::", 3)
            parent = known.get(resource.parent)
            if parent is not None and len(parts) == _URN_PARTS and below:
                parts[2] = f"{urn_of(parent, below - 1).split('::', 3)[2]}${resource.type}"
            whole[resource.urn] = "::".join(parts)
        return whole[resource.urn]

    for resource in resources:
        urn_of(resource, _DEEPEST)
    return tuple(_renamed(resource, whole) for resource in resources)


_URN_PARTS = 4
_DEEPEST = 50
"""Ancestors that are followed; a graph whose parents go round in circles shall not either."""


def _renamed(resource: Resource, whole: Mapping[str, str]) -> Resource:
    links = {key: tuple(whole.get(urn, urn) for urn in urns) for key, urns in resource.property_dependencies.items()}
    return replace(
        resource,
        urn=whole[resource.urn],
        parent=whole.get(resource.parent, resource.parent),
        dependencies=tuple(whole.get(urn, urn) for urn in resource.dependencies),
        property_dependencies=links,
        options={key: _option(value, whole) for key, value in resource.options.items()},
    )


def _option(value: Json, whole: Mapping[str, str]) -> Json:
    """Return an option with whole URNs: in `deletedWith`, in `provider` (URN and id), and in the specs of aliases."""
    if isinstance(value, Mapping):
        return {key: _option(item, whole) for key, item in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [_option(item, whole) for item in cast("list[Any]", value)]
    if not isinstance(value, str) or not value.startswith("urn:pulumi:"):
        return value
    urn = "::".join(value.split("::")[:_URN_PARTS])
    return whole.get(urn, urn) + value.removeprefix(urn)


def _resource(item: object) -> Resource:
    raw = _mapping(item, "a resource")
    for key in ("urn", "type", "name"):
        if not isinstance(raw.get(key), str) or not raw[key]:
            raise CompareError(f"the graph has a resource without {key}: {raw.get('urn') or raw.get('name') or '?'}")
    parent = str(raw.get("parent") or "")
    links = _mapping(raw.get("propertyDependencies"), "propertyDependencies")
    inputs = _mapping(raw.get("inputs"), "inputs")
    return Resource(
        urn=raw["urn"],
        type=raw["type"],
        name=raw["name"],
        parent="" if f"::{STACK_TYPE}::" in parent else parent,
        custom=bool(raw.get("custom", True)),
        inputs={key: value for key, value in inputs.items() if value is not None and not key.startswith("__")},
        secret_inputs=frozenset(map(str, raw.get("secretInputs") or ())),
        outputs=_mapping(raw.get("outputs"), "outputs"),
        dependencies=tuple(map(str, raw.get("dependencies") or ())),
        property_dependencies={key: tuple(map(str, urns)) for key, urns in links.items()},
        options=_mapping(raw.get("options"), "options"),
        id=str(raw.get("id") or ""),
    )


def _harmless(value: Json) -> Json:
    """Return *value* without the characters that mark references here (refs.py)."""
    if isinstance(value, Mapping):
        return {_harmless(key): _harmless(item) for key, item in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [_harmless(item) for item in cast("list[Any]", value)]
    return value.translate(_MARKS) if isinstance(value, str) else value


_MARKS = dict.fromkeys(range(0xE000, 0xE003), "?")


def _mapping(value: object, what: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise CompareError(f"the graph's {what} must be an object")
    return cast("Mapping[str, Any]", value)
