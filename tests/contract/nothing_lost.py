"""What a change of an argument does to what a component keeps, by the provider's own rules of replacement.

The program is evaluated before and after the change, and both are compared as a pull request's diff compares them:
the rehearsal's entries say which input makes another resource (held against the provider by
tests/rehearsal/test_against_the_provider.py), aliases and ignored changes count, and so does what is only known after
a replacement. Nothing here knows databases: KEPT says which resources hold what cannot be made again.
"""

import copy
import json
import re
import typing
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NotRequired, Required, get_args, get_origin

import pulumi

from components import InvalidArgs
from components.mysql.failover import STANDING
from rehearsal.compare.facts import Lookup, from_entries
from rehearsal.compare.graph import Graph, Resource, parse_graph
from rehearsal.compare.plan import plan
from rehearsal.compare.steps import Step
from rehearsal.graph import as_data
from rehearsal.recorder import record
from rehearsal.services import entry
from rehearsal.standins import StandIns

ROOT = Path(__file__).parents[2]

KEPT: Mapping[str, Callable[[Resource], bool]] = {
    # A replica follows another, has nothing of its own, and comes and goes.
    "aws:rds/instance:Instance": lambda resource: not resource.inputs.get("replicateSourceDb"),
    "aws:rds/cluster:Cluster": lambda _: True,
    "aws:rds/globalCluster:GlobalCluster": lambda _: True,
    "aws:rds/snapshot:Snapshot": lambda _: True,
    # That of a topic encrypts messages which have been delivered.
    "aws:kms/key:Key": lambda resource: not resource.name.endswith("-alarms-key"),
    "aws:secretsmanager/secret:Secret": lambda _: True,
    "aws:s3/bucket:Bucket": lambda _: True,
    # What was written in the last minute may not be in the bucket yet.
    "aws:s3/filesFileSystem:FilesFileSystem": lambda _: True,
    "aws:efs/fileSystem:FileSystem": lambda _: True,
    "aws:ebs/volume:Volume": lambda _: True,
    "aws:backup/vault:Vault": lambda _: True,
}
"""Types of which a resource may hold what cannot be made again, and which of them do."""

IMPOSSIBLE = {("aws:rds/instance:Instance", "replicateSourceDb")}
"""Inputs that the provider does not give to a resource that was made without (aws_db_instance, update)."""

_FACTS: Lookup = from_entries(entry)


@dataclass(frozen=True)
class Outcome:
    """What a change does."""

    refusal: str = ""
    """What the component says; then nothing else happens."""
    impossible: frozenset[str] = frozenset()
    """Inputs that the provider refuses to change; then nothing happens to their resource."""
    changed: tuple[str, ...] = ()
    """Names of the resources of which anything changes."""
    gone: tuple[Step, ...] = ()
    """Resources that hold something and would be deleted or replaced."""
    weaker: tuple[str, ...] = ()
    """Resources that hold something and would lose a protection."""
    held: frozenset[str] = frozenset()
    """Names of resources for whose sake a hook of their component ends the deployment before anything happens."""


def argument_paths(shape: Any, prefix: str = "") -> Iterator[str]:
    """Yield everything that *shape* can be told, nested shapes too: `database.replicas[].name`."""
    # pulumi.Input[...] holds forward references of Pulumi's own modules.
    forward = {"Output": pulumi.Output, "T": typing.TypeVar("T")}
    for name, declared in typing.get_type_hints(shape, localns=forward).items():
        hint: Any = declared
        while get_origin(hint) in (NotRequired, Required):
            hint = get_args(hint)[0]
        yield f"{prefix}{name}"
        origin: Any = get_origin(hint)
        if typing.is_typeddict(hint):
            yield from argument_paths(hint, f"{prefix}{name}.")
        elif isinstance(origin, type) and issubclass(origin, Sequence) and typing.is_typeddict(get_args(hint)[0]):
            yield from argument_paths(get_args(hint)[0], f"{prefix}{name}[].")


def outcome(component: Any, before: Mapping[str, Any], after: Mapping[str, Any]) -> Outcome:
    """Return what happens when the arguments of a deployed *component* become others."""
    base = _graph(component, _key(before))
    assert isinstance(base, Graph), f"what is changed is refused itself: {base}"
    head = _graph(component, _key(after))
    if not isinstance(head, Graph):
        return Outcome(refusal=head)
    steps = plan(base, head, _FACTS).steps
    holding = [step for step in steps if step.base is not None and _holds(step.base)]
    unknown = _unknown(head, [step.now for step in holding])
    assert unknown == set(), "the rehearsal has to know the types, or nobody can say what replaces them"
    refused = {step: _impossible(step) for step in steps}
    return Outcome(
        impossible=frozenset[str]().union(*refused.values()),
        changed=tuple(step.now.name for step in steps if step.action not in ("unchanged", "rename")),
        gone=tuple(step for step in holding if step.goes),
        held=_held(base, head),
        weaker=tuple(step.now.name for step in holding if not (step.goes or refused[step]) and _weaker(step)),
    )


def protected(steps: Sequence[Step], held: Collection[str] = ()) -> bool:
    """Whether Pulumi or a hook (*held*) refuses every one of the *steps*, and AWS keeps the resource in any case.

    What the program protects no more the engine replaces at once; what is deleted it asks for the protection it had.
    """
    return all(
        step.was("protect")
        and step.was("retainOnDelete")
        and (step.action == "delete" or step.now.option("protect") or step.now.name in held)
        for step in steps
    )


def headings(page: str) -> set[str]:
    """Return the headings of a *page* below docs."""
    text = (ROOT / "docs" / page).read_text()
    return set(re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE))


def _unknown(graph: Graph, holding: Sequence[Resource]) -> set[str]:
    """Return the types of resources that hold something, and of those that they are made from, that no entry knows."""
    types = {resource.urn: resource.type for resource in graph.resources}
    sources = {urn for resource in holding for urns in resource.property_dependencies.values() for urn in urns}
    looked_at = {resource.type for resource in holding} | {types[urn] for urn in sources if urn in types}
    return {type_ for type_ in looked_at if type_.startswith("aws:") and not _FACTS(type_).known}


def _impossible(step: Step) -> set[str]:
    if step.base is None or step.head is None:
        return set()
    return {
        name for type_, name in IMPOSSIBLE if type_ == step.base.type and step.new.get(name) and not step.old.get(name)
    }


def _held(base: Graph, head: Graph) -> frozenset[str]:
    guarded = {
        resource.name: resource.urn
        for resource in head.resources
        if f"{resource.name}-stays" in (resource.option("hooks") or ())
    }
    stood = {name for old in base.resources if old.name in guarded for name in old.inputs.get(STANDING, ())}
    follows = {
        resource.name
        for resource in head.resources
        if resource.parent in guarded.values() and resource.inputs.get("replicateSourceDb")
    }
    return frozenset(stood & follows)


def _holds(resource: Resource) -> bool:
    return resource.custom and KEPT.get(resource.type, lambda _: False)(resource)


def _weaker(step: Step) -> bool:
    inputs, old = step.new, step.old
    return (
        any(bool(step.was(option)) and not step.now.option(option) for option in ("protect", "retainOnDelete"))
        or bool(old.get("deletionProtection") and not inputs.get("deletionProtection"))
        or bool(inputs.get("skipFinalSnapshot") and not old.get("skipFinalSnapshot"))
        or bool(old.get("finalSnapshotIdentifier") and not inputs.get("finalSnapshotIdentifier"))
    )


def _key(args: Mapping[str, Any]) -> str:
    return json.dumps(args)


@cache
def _graph(component: Any, args: str) -> Graph | str:
    """Evaluate the *component* with *args*; what it says when it refuses them."""
    standins = StandIns("eu-central-1", {})
    said: list[str] = []

    def program() -> None:
        try:
            component("shop", copy.deepcopy(json.loads(args)))
        except InvalidArgs as error:
            said.append(str(error))

    recording = record(program, standins.resolve, standins.invoke, project="elasticweb", stack="prod", settings={})
    if said:
        return said[0]
    stack: Any = SimpleNamespace(stack=SimpleNamespace(project="elasticweb", stack="prod"))
    return parse_graph(as_data(stack, recording), {"aws:region": "eu-central-1"})
