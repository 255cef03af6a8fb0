"""What holds for every public component. Each rule returns complaints, so that the tests can show that it complains."""

import inspect
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_aws
from pulumi.provider.experimental.component import ComponentProvider

from components import InvalidArgs
from rehearsal.recorder import Recording, Registered, record
from rehearsal.wire import UNKNOWN
from tests.contract.cases import TAG, making
from tests.recording import _computed, _invoke, recording

_PHYSICAL_NAMES = {"bucket", "clusterIdentifier", "dbName", "fileSystemName", "identifier", "name", "namePrefix"}
"""Inputs by which a resource is called on AWS."""

_NAMED_BY_WHAT_THEY_ARE = {
    "aws:cloudwatch/logGroup:LogGroup": {"namePrefix"},  # by AWS's rules, such as where Image Builder may write
    "aws:backup/restoreTestingSelection:RestoreTestingSelection": {"name"},  # of its plan
    "aws:imagebuilder/imageRecipe:ImageRecipe": {"name"},  # replacements differ by version
    "aws:autoscaling/lifecycleHook:LifecycleHook": {"name"},  # of its group
    "aws:ec2/launchTemplate:LaunchTemplate": set[str](),
    "aws:rds/instance:Instance": {"dbName"},  # the database inside
    "aws:route53/record:Record": {"name"},  # domain names
    "aws:route53/zone:Zone": {"name"},
    "aws:ssm/parameter:Parameter": {"name"},  # what others look it up by
}


def schema_of(component: Any, provider: type[ComponentProvider]) -> dict[str, Any]:
    """Return the schema of one component alone; what Pulumi cannot infer raises."""
    return json.loads(str(provider([component]).schema))  # type: ignore[call-arg]


def undocumented(schema: Mapping[str, Any]) -> list[str]:
    """Every component, input, output, type, field and enum value has a description, without source indentation."""
    found = list[str]()

    def look(path: str, described: Mapping[str, Any]) -> None:
        text = described.get("description") or ""
        if len(text) < 3 or re.search(r"^\s|\n[ \t]", text):
            found.append(f"{path}: {text!r}")

    for token, resource in schema["resources"].items():
        look(token, resource)
        for kind in ("inputProperties", "properties"):
            for name, property_ in resource.get(kind, {}).items():
                look(f"{token} {kind} {name}", property_)
    for token, type_ in schema["types"].items():
        look(token, type_)
        for name, property_ in type_.get("properties", {}).items():
            look(f"{token} {name}", property_)
        for value in type_.get("enum", []):
            look(f"{token} {value['value']}", value)
    return found


def without_default(schema: Mapping[str, Any]) -> list[str]:
    """What may be left out says what happens then."""
    optional = [
        (f"{token} {name}", property_)
        for token, owner in [*schema["resources"].items(), *schema["types"].items()]
        for name, property_ in owner.get("inputProperties", owner.get("properties", {})).items()
        if name not in owner.get("requiredInputs", owner.get("required", []))
    ]
    return [path for path, property_ in optional if not re.search(r"[Dd]efault|Excludes", property_["description"])]


def mistyped(component: Any, recorded: Recording) -> list[str]:
    """The component is registered by its own name in the package."""
    token = f"elasticweb:index:{component.__name__}"
    return [] if [r.name for r in recorded.all(token)] == ["shop"] else [f"no {token} called shop"]


def _children(component: Any, recorded: Recording) -> tuple[Registered, list[Registered]]:
    (own,) = [r for r in recorded.all(f"elasticweb:index:{component.__name__}") if r.name == "shop"]
    stack = [r for r in recorded.resources if r.type == "pulumi:pulumi:Stack"]
    return own, [r for r in recorded.resources if r is not own and r not in stack]


def misnamed(component: Any, recorded: Recording) -> list[str]:
    """Children are called after the component, so that it can be used twice; and each has a name of its own."""
    _, children = _children(component, recorded)
    found = [r.name for r in children if not re.fullmatch(r"shop-[a-z0-9.-]*[a-z0-9]", r.name)]
    names = [(r.type, r.name) for r in children]
    return found + sorted({f"{name} twice" for type_, name in names if names.count((type_, name)) > 1})


def orphans(component: Any, recorded: Recording) -> list[str]:
    """Every child's parent is the component or another child of it."""
    own, children = _children(component, recorded)
    family = {own.urn, *(r.urn for r in children)}
    return [r.name for r in children if r.parent not in family]


def unregistered(component: Any) -> list[str]:
    """The registered outputs are the annotated ones, all of them; what a component has none of is None."""
    made = list[Any]()
    recorded = record(making(component, _args(component), made), _with_name_servers, _invoke)
    own, _ = _children(component, recorded)
    ours = [cls for cls in component.__mro__ if issubclass(cls, pulumi.ComponentResource)]
    annotated = {n for cls in ours if cls is not pulumi.ComponentResource for n in inspect.get_annotations(cls)}
    annotated = {name for name in annotated if not name.startswith("_")}
    missing = {name for name in annotated - set(own.outputs) if getattr(made[0], name, ...) is not None}
    return sorted(missing) + [f"{name} is not annotated" for name in sorted(set(own.outputs) - annotated)]


def _with_name_servers(resource: Registered) -> tuple[str, dict[str, Any]]:
    id_, outputs = _computed(resource)
    return id_, {**outputs, "nameServers": ["ns-1.example.org"]}


def preview_differs(component: Any) -> list[str]:
    """A first preview registers what the update registers: nothing is made inside `apply`."""

    def registered(*, preview: bool) -> set[tuple[str, str]]:
        recorded = recording(making(component, _args(component)), preview=preview)
        return {(r.type, r.name) for r in recorded.resources}

    return sorted(name for _, name in registered(preview=True) ^ registered(preview=False))


def fixed_names(component: Any) -> list[str]:
    """No child has a physical name that is known beforehand: AWS could not make its replacement beside it."""
    recorded = recording(making(component, _args(component)), preview=True)
    return [
        f"{r.name}: {key}"
        for r in recorded.resources
        if r.custom
        for key in sorted(_PHYSICAL_NAMES & set(r.inputs) - _NAMED_BY_WHAT_THEY_ARE.get(r.type, set()))
        if UNKNOWN not in str(r.inputs[key])
    ]


def untagged(recorded: Recording) -> list[str]:
    """The tags that a component is given are on every child that can be tagged."""
    return [
        r.name
        for r in recorded.resources
        if r.custom and "tags" in _inputs(r.type) and TAG not in str(r.inputs.get("tags"))
    ]


def other_with_floats(component: Any) -> list[str]:
    """Integers may come as floats, as Pulumi's component host sends them."""
    expected = _said(recording(making(component, _args(component))))
    found = _said(recording(making(component, _floats(_args(component)))))
    return sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))


def accepts(component: Any, args: Any, complaint: str) -> list[str]:
    """Wrong arguments are one line that starts with *complaint*, before anything is registered."""
    said = list[str]()

    def program() -> None:
        try:
            component("shop", args)
        except InvalidArgs as error:
            said.append(str(error))

    registered = [r.name for r in recording(program).resources if r.type != "pulumi:pulumi:Stack"]
    if registered or len(said) != 1 or "\n" in said[0] or not said[0].startswith(complaint):
        return [f"{said} after {registered}"]
    return []


def _args(component: Any) -> Any:
    from tests.contract.cases import ARGS  # noqa: PLC0415 (mutants bring their own)

    return getattr(component, "args", None) or ARGS[component.__name__]


def _floats(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_floats(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _said(recorded: Recording) -> dict[str, Any]:
    return {f"{r.type} {r.name}": (_compared(r.inputs), r.options, r.parent) for r in recorded.resources}


def _compared(value: Any) -> Any:
    """Return *value* with assets as what they hold: two of them are never equal."""
    if isinstance(value, (pulumi.Asset, pulumi.Archive)):
        return {name: _compared(held) for name, held in vars(value).items()}
    if isinstance(value, dict):
        return {key: _compared(held) for key, held in cast("dict[str, Any]", value).items()}
    return value


def _inputs(type_: str) -> set[str]:
    """Return what the resource class of pulumi_aws for *type_* takes."""
    classes = _classes()
    module, name = classes[type_]
    cls: Any = getattr(__import__(module, fromlist=[name]), name)
    return set(inspect.signature(cls._internal_init).parameters)


_KNOWN = dict[str, tuple[str, str]]()


def _classes() -> dict[str, tuple[str, str]]:
    if not _KNOWN:
        text = Path(pulumi_aws.__file__).read_text()
        (modules,) = re.findall(r'resource_modules="""(.*?)"""', text, re.DOTALL)
        for module in json.loads(modules):
            _KNOWN.update({token: (module["fqn"], name) for token, name in module["classes"].items()})
    return _KNOWN
