"""References between resources, recovered from the stand-ins of ids and computed outputs.

A graph knows no real ids: it has stand-ins that follow from the URN, so that a renamed resource has others than
before, and so has all that refers to it. A reference is therefore compared, and shown, as `${name.output}`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from .facts import Lookup
from .graph import MASK, Json, Resource

_OPEN, _MIDDLE, _CLOSE = "\ue000", "\ue001", "\ue002"
_REF = re.compile(f"{_OPEN}([0-9]+){_MIDDLE}([^{_CLOSE}]*){_CLOSE}")
_SHORTEST = 6
"""Characters of a stand-in that is looked for inside of texts; what is shorter is too common."""


@dataclass(frozen=True, order=True)
class Ref:
    """An output of a resource, by its place in the list of pairs."""

    pair: int
    output: str

    @property
    def top(self) -> str:
        """The output as a whole: `endpoints` of `endpoints.0.host`."""
        return self.output.split(".", 1)[0]

    def __str__(self) -> str:
        """Spell the reference as it stands in values."""
        return f"{_OPEN}{self.pair}{_MIDDLE}{self.output}{_CLOSE}"


def refs_in(value: Json) -> Iterator[Ref]:
    """Find the references anywhere inside *value*."""
    for _, text in leaves("", value):
        yield from (Ref(int(found[1]), found[2]) for found in _REF.finditer(text))


def spelled(text: str, names: Sequence[str]) -> str:
    """Return *text* with its references as people read them; *names* are the names of the pairs."""
    return _REF.sub(lambda found: "${" + f"{names[int(found[1])]}.{found[2]}" + "}", text)


class Side:
    """The stand-ins of one side, whose *resources* stand at the places of their pairs (None: not on this side)."""

    def __init__(self, resources: Sequence[Resource | None], facts: Lookup) -> None:
        self._resources = resources
        self._facts = facts
        self._place = {r.urn: i for i, r in enumerate(resources) if r is not None}
        self._tables = dict[tuple[int, ...] | None, _Table]()

    def place(self, urn: str) -> int | None:
        """Return the place in the list of pairs of the resource *urn*."""
        return self._place.get(urn)

    def sources(self, resource: Resource, name: str) -> tuple[int, ...]:
        """Places of the resources that the input *name* of *resource* depends on."""
        links = resource.property_dependencies
        urns = links.get(name, ()) if links else resource.dependencies
        return tuple(sorted({self._place[urn] for urn in urns if urn in self._place}))

    def mark(self, value: Json, sources: tuple[int, ...] | None) -> Json:
        """Return *value* with references in place of the stand-ins of *sources* (None: of all resources)."""
        if sources not in self._tables:
            self._tables[sources] = self._table(sources)
        return self._tables[sources].mark(value)

    def _table(self, sources: tuple[int, ...] | None) -> "_Table":
        texts, wholes = dict[str, Ref](), dict[str, Ref]()
        for place in range(len(self._resources)) if sources is None else sources:
            for output, text in self._standins(place):
                if len(text) >= _SHORTEST:
                    texts.setdefault(text, Ref(place, output))
                elif sources is not None:
                    wholes.setdefault(text, Ref(place, output))
        return _Table(texts, wholes)

    def _standins(self, place: int) -> Iterator[tuple[str, str]]:
        resource = self._resources[place]
        if resource is None or not resource.custom:
            return
        if resource.id and self._id_owner[resource.id] == place:
            yield "id", resource.id
        volatile = self._facts(resource.type).volatile
        given = _given(resource)
        for output, text in _computed(resource):
            if len(text) < _SHORTEST:
                # A version number is the same everywhere; who depends on whom tells whose it is.
                if output.split(".", 1)[0] in volatile:
                    yield output, text
            elif text not in given and self._owners[text] == {place}:
                yield output, text

    @cached_property
    def _id_owner(self) -> dict[str, int]:
        """By id: who was first to have it (the id of an attachment is often that of what it attaches to)."""
        first = dict[str, int]()
        for place, resource in enumerate(self._resources):
            if resource is not None and resource.custom and resource.id:
                first.setdefault(resource.id, place)
        return first

    @cached_property
    def _owners(self) -> dict[str, set[int]]:
        """By computed text: who computes it. What several compute (a region, an account) is no stand-in."""
        owners = dict[str, set[int]]()
        for place, resource in enumerate(self._resources):
            if resource is not None and resource.custom:
                for _, text in _computed(resource):
                    owners.setdefault(text, set()).add(place)
        return owners


class _Table:
    def __init__(self, texts: Mapping[str, Ref], wholes: Mapping[str, Ref]) -> None:
        self._texts, self._wholes = texts, wholes
        longest_first = sorted(texts, key=lambda text: (-len(text), text))
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if texts else None

    def mark(self, value: Json) -> Json:
        if isinstance(value, Mapping):
            return {self._text(key): self.mark(item) for key, item in cast("Mapping[str, Any]", value).items()}
        if isinstance(value, list):
            return [self.mark(item) for item in cast("list[Any]", value)]
        if isinstance(value, (int, float)) and not isinstance(value, bool) and str(value) in self._wholes:
            return str(self._wholes[str(value)])
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        if text in self._wholes:
            return str(self._wholes[text])
        return self._pattern.sub(lambda found: str(self._texts[found[0]]), text) if self._pattern else text


def _computed(resource: Resource) -> Iterator[tuple[str, str]]:
    for name in sorted(resource.outputs):
        if name not in resource.inputs:
            for path, text in leaves(name, resource.outputs[name]):
                if text not in ("", MASK, resource.id):
                    yield path, text


def _given(resource: Resource) -> set[str]:
    """Return the texts that the program itself gave: where they come back, they are no stand-ins."""
    return {text for value in resource.inputs.values() for _, text in leaves("", value)}


def leaves(path: str, value: Json) -> Iterator[tuple[str, str]]:
    """Texts and numbers anywhere inside *value*, with their paths."""
    if isinstance(value, Mapping):
        for key, item in sorted(cast("Mapping[str, Any]", value).items()):
            yield from leaves(f"{path}.{key}", item)
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from leaves(f"{path}.{index}", item)
    elif isinstance(value, str):
        yield path, value
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield path, str(value)


def mentions(value: Json, resource: Resource) -> bool:
    """Whether *value* holds a text that the program itself gave to *resource*, so that it is known beforehand."""
    given = {
        text
        for name, item in resource.inputs.items()
        if name != "tags"
        for _, text in leaves("", item)
        if len(text) > 3 and text != MASK  # noqa: PLR2004 - shorter ones are in everything
    }
    return any(known in text for _, text in leaves("", value) for known in given)
