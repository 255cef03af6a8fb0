"""What happens to each resource: the steps that a plan consists of."""

from dataclasses import dataclass, field
from typing import Any, cast

from .changes import Change
from .facts import Facts
from .graph import Graph, Json, Resource
from .paths import Path, contains, parse_path
from .refs import Side, refs_in

ACTIONS = ("create", "update", "replace", "delete", "rename", "unchanged")


@dataclass(eq=False)
class Step:
    """What happens to one resource."""

    place: int
    base: Resource | None
    head: Resource | None
    facts: Facts
    old: dict[str, Any] = field(default_factory=dict[str, Any])
    """The base's inputs in their normal form."""
    new: dict[str, Any] = field(default_factory=dict[str, Any])
    """The head's inputs as they take effect: what is ignored, or filled in by AWS, stays as it was."""
    changes: list[Change] = field(default_factory=list[Change])

    @property
    def now(self) -> Resource:
        """The head's resource, else the base's."""
        return cast("Resource", self.head or self.base)

    @property
    def action(self) -> str:
        """One of :data:`ACTIONS`."""
        if self.base is None or self.head is None:
            return "create" if self.base is None else "delete"
        if any(change.replaces for change in self.changes):
            return "replace"
        if self.changes:
            return "update"
        return "rename" if self.base.urn != self.head.urn else "unchanged"

    @property
    def goes(self) -> bool:
        """Whether what stands now is taken away."""
        return self.action in ("delete", "replace")

    @property
    def renamed_from(self) -> str:
        """The base's URN when it is another one."""
        return self.base.urn if self.base and self.head and self.base.urn != self.head.urn else ""

    def was(self, option: str) -> Json:
        """Return the option as it was."""
        return self.base.option(option) if self.base else None

    def ignores(self, path: Path) -> bool:
        """Whether the head ignores changes at *path*."""
        return any(contains(pattern, path) for pattern in patterns(self.head, "ignoreChanges"))


@dataclass(frozen=True)
class Plan:
    """Everything that differs."""

    base: Graph
    head: Graph
    steps: list[Step]
    base_side: Side
    head_side: Side

    def counts(self) -> dict[str, int]:
        """How many resources each action happens to."""
        actions = [step.action for step in self.steps]
        return {action: actions.count(action) for action in ACTIONS}

    def referred(self, value: Json) -> list[Step]:
        """Return the steps of the resources that *value* refers to."""
        return [self.steps[place] for place in dict.fromkeys(ref.pair for ref in refs_in(value))]


def patterns(resource: Resource | None, option: str) -> list[Path]:
    """Return the paths in the *option* of *resource*."""
    texts = resource.option(option) if resource else None
    paths = [parse_path(str(text)) for text in cast("list[object]", texts)] if isinstance(texts, list) else []
    return [path for path in paths if path is not None]
