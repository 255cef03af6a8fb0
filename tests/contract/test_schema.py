"""The public interface as other languages see it, kept as a file so that a review sees every change of it."""

import json
import os
from pathlib import Path
from typing import Any

import components
from components._plugin import PACKAGE, Provider, public_components
from components._version import __version__

GOLDEN = Path(__file__).parents[1] / "golden" / "schema.json"

_HOW_TO_CHANGE_IT = """\
the public interface of the components is not the one in tests/golden/schema.json.
If that is meant: UPDATE_GOLDEN=1 python -m pytest tests/contract/test_schema.py, and say in CHANGELOG.md what changed \
and what existing stacks see in their next preview. A reviewer refuses a change of this file without such a line."""


def served() -> dict[str, Any]:
    return json.loads(str(Provider(public_components(components)).schema))


def test_the_public_interface_is_the_one_that_was_reviewed() -> None:
    text = json.dumps(served(), indent=2, sort_keys=True) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text)
    assert GOLDEN.read_text() == text, _HOW_TO_CHANGE_IT


def test_the_schema_names_package_version_and_every_component() -> None:
    schema = served()
    assert (schema["name"], schema["version"]) == (PACKAGE, __version__)
    names = [component.__name__ for component in public_components(components)]
    assert sorted(schema["resources"]) == sorted(f"{PACKAGE}:index:{name}" for name in names)
    assert all(resource["isComponent"] for resource in schema["resources"].values())


def test_numbers_and_nested_shapes_are_plain_because_they_decide_what_exists() -> None:
    schema = served()
    types = {token.rsplit(":", 1)[1]: type_ for token, type_ in schema["types"].items()}
    tier = schema["resources"]["elasticweb:index:WebTier"]["inputProperties"]
    assert types["Fleet"]["properties"]["minSize"]["plain"]
    assert tier["fleet"]["plain"]
    assert tier["privateSubnetIds"]["plain"]
    assert "plain" not in tier["privateSubnetIds"]["items"]
    assert "plain" not in tier["vpcId"]


def test_everything_that_public_shapes_consist_of_can_be_imported() -> None:
    named = {token.rsplit(":", 1)[1] for token in served()["types"]}
    assert named - set(components.__all__) == set()
