"""What a deployment of the head would do to what the base deployed, resource by resource."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from .changes import Change, blank, differences
from .facts import Lookup
from .graph import MASK, Graph, Json, Resource
from .normal import normal
from .pairs import Pair, pair_up
from .paths import Path, contains, reset
from .refs import Ref, Side, leaves, mentions, refs_in
from .steps import Plan, Step, patterns

_OPTIONS = (
    "protect",
    "retainOnDelete",
    "deleteBeforeReplace",
    "ignoreChanges",
    "replaceOnChanges",
    "replacementTrigger",
    "additionalSecretOutputs",
    "deletedWith",
    "provider",
    "import",
    "timeouts",
    "hooks",
)
"""Options that steer what a deployment does; aliases are followed, and versions are the requirements' business."""


def plan(base: Graph, head: Graph, facts: Lookup) -> Plan:
    """Compare what *base* and *head* declare."""
    pairs = pair_up(base, head)
    base_side = Side([pair.base for pair in pairs], facts)
    head_side = Side([pair.head for pair in pairs], facts)
    planner = _Planner(Plan(base, head, [], base_side, head_side), pairs, facts)
    planner.compare()
    planner.spread()
    return planner.plan


class _Planner:
    def __init__(self, plan: Plan, pairs: Sequence[Pair], facts: Lookup) -> None:
        self.plan = plan
        for place, pair in enumerate(pairs):
            step = Step(place, pair.base, pair.head, facts(pair.now.type))
            step.old, step.new = self._inputs(plan.base_side, pair.base), self._inputs(plan.head_side, pair.head)
            plan.steps.append(step)

    def compare(self) -> None:
        """Find what differs in the resources themselves."""
        for step in self.plan.steps:
            if step.base is not None and step.head is not None:
                self._take_effect(step)
                step.changes = self._changes(step)

    def spread(self) -> None:
        """Add what follows from replacements: values that only the new resource will tell."""
        before = -1
        while before != (before := sum(len(step.changes) for step in self.plan.steps)):
            for step in self.plan.steps:
                if step.base is not None and step.head is not None:
                    step.changes += self._unknown(step)

    def _inputs(self, side: Side, resource: Resource | None) -> dict[str, Any]:
        if resource is None:
            return {}
        return {
            name: MASK if name in resource.secret_inputs else normal(value, side, side.sources(resource, name))
            for name, value in resource.inputs.items()
        }

    def _take_effect(self, step: Step) -> None:
        """Undo in the head's inputs what does not take effect."""
        inputs: Any = step.new
        for pattern in patterns(step.head, "ignoreChanges"):
            inputs = reset(pattern, step.old, inputs)
        step.new = inputs
        for name, value in step.old.items():
            if name not in step.new and step.facts.prop(name).computed:
                step.new[name] = value

    def _changes(self, step: Step) -> list[Change]:
        found = list[Change]()
        base, head = cast("Resource", step.base), cast("Resource", step.head)
        for name in sorted({*step.old, *step.new}):
            prop = step.facts.prop(name)
            old, new = step.old.get(name), step.new.get(name)
            if name in base.secret_inputs and name in head.secret_inputs:
                continue  # the graph masks both
            if (name in base.secret_inputs) != (name in head.secret_inputs) and not (old is None or new is None):
                note = "was secret, now plain" if name in base.secret_inputs else "now secret"
                found.append(Change((name,), MASK, MASK, prop.replaces, note))
                continue
            old = self._default(step, name, self.plan.base) if old is None else old
            new = self._default(step, name, self.plan.head) if new is None else new
            found += differences((name,), old, new, prop, lenient=step.facts.known)
        found = [self._replacing(step, change) for change in found]
        if base.type != head.type:
            found.append(Change(("type",), base.type, head.type, note="by an alias"))
        return found + self._moved(head) + self._options(base, head)

    def _moved(self, head: Resource) -> list[Change]:
        """Another region makes another default provider, and that replaces all that is its own (pulumi-aws #4000)."""
        was, now = (graph.provider.get("aws:region") for graph in (self.plan.base, self.plan.head))
        moves = was and now and was != now and head.type.startswith("aws:") and not head.option("provider")
        return [Change(("region",), was, now, replaces=True, note="of the provider")] if moves else []

    def _default(self, step: Step, name: str, graph: Graph) -> Json:
        if name == "region":
            return graph.provider.get("aws:region")
        return step.facts.prop(name).default

    def _replacing(self, step: Step, change: Change) -> Change:
        asked = any(contains(pattern, change.path) for pattern in patterns(step.head, "replaceOnChanges"))
        return replace(change, replaces=change.replaces or asked or step.facts.prop(change.name).replaces)

    def _options(self, base: Resource, head: Resource) -> list[Change]:
        found = list[Change]()
        for name in _OPTIONS:
            old = self._option(self.plan.base_side, base, name)
            new = self._option(self.plan.head_side, head, name)
            if old == new or (blank(old) and blank(new)):
                continue
            # An import that is taken out of the program once it has happened changes nothing.
            if name == "import" and new in (None, base.id):
                continue
            found.append(Change(("options", name), old, new, replaces=name in ("import", "replacementTrigger")))
        return found

    def _option(self, side: Side, resource: Resource, name: str) -> Json:
        value = resource.option(name)
        if name in ("deletedWith", "provider") and isinstance(value, str) and value:
            parts = value.split("::")
            for urn in ("::".join(parts[:4]), value):
                place = side.place(urn)
                if place is not None:
                    return str(Ref(place, "urn"))
        return sorted(cast("list[str]", value)) if isinstance(value, list) else value

    def _unknown(self, step: Step) -> list[Change]:
        """List the places of *step* whose value is not known before the deployment and that do not count as changed."""
        head = cast("Resource", step.head)
        have = [change.path for change in step.changes]
        found = list[Change]()

        def note(path: Path, old: Json, new: Json, why: str, *, replaces: bool = False) -> None:
            have.append(path)
            found.append(self._replacing(step, Change(path, old, new, replaces, why)))

        for name in sorted(step.new):
            value = step.new[name]
            if name not in step.old or name not in head.inputs or step.ignores((name,)):
                continue
            for path, text in _places((name,), value):
                source = next((ref for ref in refs_in(text) if self._untold(ref)), None)
                counted = any(contains(p, path) or contains(path, p) for p in have)
                if source is not None and not counted and not step.ignores(path):
                    action = self.plan.steps[source.pair].action
                    note(path, text, text, f"known after the {action} of {self._name(source.pair)}")
            for place in self.plan.head_side.sources(head, name):
                # No stand-in tells where, so the whole value was made from something of the replaced resource.
                if self._derived(place, value) and not any(p[0] == name for p in have):
                    note((name,), step.old[name], value, f"made from {self._name(place)}, which is replaced")
        for option in ("deletedWith", "provider"):
            urn = "::".join(str(head.option(option) or "").split("::")[:4])  # a provider's id follows its URN
            place = self.plan.head_side.place(urn)
            path = ("options", option)
            if place is not None and self.plan.steps[place].action == "replace" and path not in have:
                ref = str(Ref(place, "urn"))
                note(path, ref, ref, f"{self._name(place)} is replaced", replaces=True)
        return found

    def _untold(self, ref: Ref) -> bool:
        source = self.plan.steps[ref.pair]
        if ref.output == "urn":
            return False
        return source.action == "replace" or (source.action == "update" and ref.top in source.facts.volatile)

    def _derived(self, place: int, value: Json) -> bool:
        source = self.plan.steps[place]
        if source.action != "replace" or any(ref.pair == place for ref in refs_in(value)):
            return False
        return not mentions(value, source.now)

    def _name(self, place: int) -> str:
        return self.plan.steps[place].now.name


def _places(path: Path, value: Json) -> list[tuple[Path, str]]:
    if isinstance(value, Mapping):
        items = cast("Mapping[str, Any]", value).items()
        return [place for key, item in items for place in _places((*path, key), item)]
    if isinstance(value, list):
        return [place for i, item in enumerate(cast("list[Any]", value)) for place in _places((*path, i), item)]
    return [(path, text) for _, text in leaves("", value)]
