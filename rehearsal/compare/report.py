"""What a comparison found, as plain data: the JSON format, and what text and Markdown are made from."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from .changes import Change, blank
from .dangers import dangers
from .dangers.secret import exposed
from .facts import Lookup
from .graph import MASK, Graph, Json, Resource
from .plan import plan
from .refs import refs_in, spelled
from .steps import Plan, Step

Report = dict[str, Any]

NONE, CHANGES, DANGEROUS = 0, 2, 3
"""Exit statuses."""

_ORDER = ("replace", "delete", "create", "update", "rename")


def compare(base: Graph, head: Graph, facts: Lookup, notes: Iterable[str] = ()) -> Report:
    """Return all that *head* changes about *base*; equal graphs give equal reports, byte by byte."""
    return _Reporter(plan(base, head, facts)).report(list(notes))


class _Reporter:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._names = _unambiguous(plan.steps)
        self._hidden = sorted(exposed(plan), key=lambda text: (-len(text), text))

    def report(self, notes: list[str]) -> Report:
        plan = self.plan
        found = [
            {
                "kind": danger.kind,
                "resource": danger.step.now.name if danger.step else "",
                "type": danger.step.now.type if danger.step else "",
                "urn": danger.step.now.urn if danger.step else "",
                "label": self.show(danger.step.now.label) if danger.step else "",
                "text": self.show(danger.text),
            }
            for danger in dangers(plan)
        ]
        counts = plan.counts()
        outputs, configuration = self._outputs(), self._configuration()
        changed = outputs or configuration or any(counts[action] for action in _ORDER)
        return {
            "project": plan.head.project or plan.base.project,
            "stack": plan.head.stack or plan.base.stack,
            "status": DANGEROUS if found else CHANGES if changed else NONE,
            "new": not plan.base.exists,
            "gone": not plan.head.exists,
            "dangers": found,
            "counts": counts,
            "components": self._components(),
            "outputs": outputs,
            "configuration": configuration,
            "notes": self._notes() + notes,
        }

    def show(self, value: Json) -> Json:
        """Return *value* with references spelled out and exposed secrets masked."""
        if isinstance(value, Mapping):
            shown = {self.show(key): self.show(item) for key, item in cast("Mapping[str, Any]", value).items()}
            return dict(sorted(shown.items()))
        if isinstance(value, list):
            return [self.show(item) for item in cast("list[Any]", value)]
        if not isinstance(value, str):
            return value
        text = spelled(value, self._names)
        for secret in self._hidden:
            text = text.replace(secret, MASK)
        return text

    def _components(self) -> list[Report]:
        groups = dict[str, list[Report]]()
        for step in self.plan.steps:
            if step.action != "unchanged":
                groups.setdefault(self._group(step), []).append(self._change(step))
        for entries in groups.values():
            entries.sort(key=lambda entry: (_ORDER.index(entry["action"]), entry["name"], entry["urn"]))
        return [{"name": group, "changes": entries} for group, entries in sorted(groups.items())]

    def _group(self, step: Step) -> str:
        known = (self.plan.head if step.head else self.plan.base).by_urn
        chain, at = list[Resource](), step.now if not step.now.custom else known.get(step.now.parent)
        while at is not None and at not in chain:
            if not at.custom:
                chain.append(at)
            at = known.get(at.parent)
        if not chain:
            return ""
        return " > ".join([resource.name for resource in reversed(chain[1:])] + [chain[0].label])

    def _change(self, step: Step) -> Report:
        entry: Report = {
            "action": step.action,
            "urn": step.now.urn,
            "name": step.now.name,
            "type": step.now.type,
            "kind": step.now.kind,
        }
        if step.renamed_from:
            entry["renamedFrom"] = step.renamed_from
        if step.action == "replace":
            entry["deletedFirst"] = bool(step.now.option("deleteBeforeReplace")) or step.facts.deletes_first
        changes: Sequence[Change] = step.changes
        if step.action == "create":
            changes = [Change((name,), None, value) for name, value in sorted(step.new.items()) if not blank(value)]
        entry["properties"] = [self._property(step, change) for change in changes]
        return entry

    def _property(self, step: Step, change: Change) -> Report:
        secret = step.facts.sensitive(change.name) or any(
            resource is not None and change.name in resource.secret_inputs for resource in (step.base, step.head)
        )
        old, new = (MASK if secret and v is not None else self.show(v) for v in (change.old, change.new))
        return {
            "path": self.show(change.shown),
            "action": change.action,
            "old": old,
            "new": new,
            "replaces": change.replaces,
            "note": self.show(change.note),
        }

    def _outputs(self) -> list[Report]:
        found = list[Report]()
        before, after = self.plan.base.outputs, self.plan.head.outputs
        for name in sorted({*before, *after}):
            old = self.plan.base_side.mark(before.get(name), None)
            new = self.plan.head_side.mark(after.get(name), None)
            later = "" if old is None or new is None else self._later(new)
            if old == new and not later:
                continue
            action = "add" if name not in before else "remove" if name not in after else "update"
            entry = {"name": name, "action": action, "old": self.show(old), "new": self.show(new), "note": later}
            found.append(entry)
        return found

    def _later(self, value: Json) -> str:
        for ref in refs_in(value):
            source = self.plan.steps[ref.pair]
            if source.action == "replace":
                return f"known after the replace of {source.now.name}"
        return ""

    def _configuration(self) -> list[Report]:
        before, after = self.plan.base.provider, self.plan.head.provider
        if not (self.plan.base.exists and self.plan.head.exists):
            return []
        keys = sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
        return [{"name": key, "old": self.show(before.get(key)), "new": self.show(after.get(key))} for key in keys]

    def _notes(self) -> list[str]:
        notes = list[str]()
        if not self.plan.base.exists:
            notes.append("The stack is new: everything is created.")
        if not self.plan.head.exists:
            notes.append("The stack is gone: everything is deleted.")
        unknown = {s.now.type for s in self.plan.steps if s.action == "update" and s.now.custom and not s.facts.known}
        if unknown:
            notes.append(f"Which changes replace is not known for {', '.join(sorted(unknown))}.")
        if any(entry["name"] == "aws:defaultTags" for entry in self._configuration()):
            notes.append("The default tags change: every resource that can be tagged is updated, beside the counts.")
        return notes


def _unambiguous(steps: Sequence[Step]) -> list[str]:
    """Names by which references call the resources: longer ones where two share a name."""
    names = [step.now.name for step in steps]
    shared = {name for name in names if names.count(name) > 1}
    return [
        step.now.name
        if step.now.name not in shared
        else f"{step.now.name} {step.now.kind}" + ("" if step.head else " (deleted)")
        for step in steps
    ]
