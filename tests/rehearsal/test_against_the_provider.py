"""Entries know exactly the inputs and outputs that the provider's own SDK has."""

import ast
import keyword
from functools import cache
from pathlib import Path

import pulumi_aws
import pytest

from rehearsal.entry import Entry
from rehearsal.services import known_entries

_SDK = Path(next(iter(pulumi_aws.__path__)))


def _getter(function: ast.stmt) -> str | None:
    """The wire name of a property of the SDK; None for other functions."""
    if not isinstance(function, ast.FunctionDef):
        return None
    for decorator in function.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        if ast.unparse(call.func if call else decorator) == "pulumi.getter":
            names = [k.value for k in call.keywords if k.arg == "name"] if call else []
            return ast.literal_eval(names[0]) if names else function.name
    return None


@cache
def _sdk(token: str) -> tuple[set[str], set[str]]:
    """Inputs and outputs of the class that the SDK registers under *token*."""
    module, _, name = token.removeprefix("aws:").partition(":")
    service = module.split("/")[0]
    folder = _SDK / (f"{service}_" if keyword.iskeyword(service) else service)
    # The constructor names its token right before the resource; other classes may name it as an alias.
    file = next(f for f in sorted(folder.glob("*.py")) if f"'{token}',\n            resource_name" in f.read_text())
    classes = {node.name: node for node in ast.parse(file.read_text()).body if isinstance(node, ast.ClassDef)}
    # InitArgs where a nested type has the name already.
    arguments = f"{name}Args" if f"{name}Args" in classes else f"{name}InitArgs"
    inputs, everything = ({n for f in classes[c].body if (n := _getter(f))} for c in (arguments, name))
    return inputs, everything - inputs


@pytest.mark.parametrize("entry", known_entries(), ids=lambda entry: entry.type_name)
def test_names(entry: Entry) -> None:
    inputs, outputs = _sdk(entry.token)
    tags = {"tags"} if entry.tags else set[str]()
    own = {*entry.inputs, *tags, *([] if entry.region else ["region"])}
    assert own == inputs
    computed = {name for name, prop in entry.inputs.items() if prop.computed}
    missing = outputs - {*entry.outputs, *computed, *(["tagsAll"] if entry.tags else [])}
    assert missing == set()
    assert set(entry.outputs) - outputs - inputs == set()
