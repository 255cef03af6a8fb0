"""The components as a plugin of the real engine, used by a stack of another team."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components import Environment, Machine, SharedStorage
from rehearsal.recorder import Registered
from tests.contract.cases import ARGS
from tests.engine.workspace import ROOT, Workspace
from tests.recording import recording

pytestmark = [pytest.mark.engine, pytest.mark.slow]

_PROJECT = """\
name: elasticweb
runtime:
  name: python
  options: {toolchain: pip, virtualenv: .venv}
"""

_PROGRAM = """\
import json, pathlib
import pulumi, pulumi_elasticweb as elasticweb

args = json.loads(pathlib.Path("args.json").read_text())
shop = elasticweb.Environment("shop", **args)
files = elasticweb.SharedStorage("files", vpc_id=shop.vpc_id, subnet_ids=[shop.private_subnet_ids[i] for i in range(2)])
mount = {"name": "files", "path": "/srv/files", "source": files.mount_source}
elasticweb.Machine("batch", vpc_id=shop.vpc_id, storage_mounts=[mount], secret_arns=[shop.database_secret_arn])
pulumi.export("url", shop.url)
pulumi.export("subnets", shop.private_subnet_ids)
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("workspace"))


@pytest.fixture(scope="module")
def project(workspace: Workspace) -> Path:
    """Return a Python project to which the plugin was added as other teams add it."""
    directory = workspace.directory / "shop"
    directory.mkdir()
    (directory / "Pulumi.yaml").write_text(_PROJECT)
    (directory / "requirements.txt").touch()
    (directory / "__main__.py").write_text(_PROGRAM)
    (directory / "args.json").write_text(json.dumps(ARGS["Environment"]))
    workspace.run(directory, "pulumi", "stack", "init", "test")
    workspace.run(directory, "pulumi", "config", "set", "aws:region", "eu-central-1")
    workspace.run(directory, "pulumi", "package", "add", str(workspace.checkout / "components"))
    return directory


def in_process() -> None:
    shop = Environment("shop", ARGS["Environment"])  # pyright: ignore[reportArgumentType]  plain strings for enums
    files = SharedStorage("files", {"vpc_id": shop.vpc_id, "subnet_ids": shop.private_subnet_ids[:2]})
    Machine(
        "batch",
        {
            "vpc_id": shop.vpc_id,
            "storage_mounts": [{"name": "files", "path": "/srv/files", "source": files.mount_source}],
            "secret_arns": [shop.database_secret_arn],
        },
    )


def test_the_schema_that_the_cli_reads_is_the_reviewed_one(workspace: Workspace) -> None:
    schema = json.loads(
        workspace.run(workspace.directory, "pulumi", "package", "get-schema", "./elasticweb/components")
    )
    reviewed = json.loads((ROOT / "tests/golden/schema.json").read_text())
    assert schema["resources"].keys() == reviewed["resources"].keys()
    assert schema["types"].keys() == reviewed["types"].keys()
    assert descriptions(schema) == descriptions(reviewed)


def descriptions(schema: Any, path: str = "") -> dict[str, str]:
    found = {path: schema["description"]} if isinstance(schema.get("description"), str) else {}
    for key, value in schema.items():
        if isinstance(value, dict):
            found.update(descriptions(value, f"{path}/{key}"))
    return found


def test_a_remote_component_makes_what_one_in_process_makes(workspace: Workspace, project: Path) -> None:
    workspace.run(project, "pulumi", "preview", "--non-interactive")
    workspace.run(project, "pulumi", "up", "--yes", "--non-interactive", "--skip-preview")
    made = workspace.resources(project)
    expected = {r.urn: r for r in recording(in_process).resources if r.type != "pulumi:pulumi:Stack"}
    assert made.keys() == expected.keys()
    stack = next(r.urn for r in recording(in_process).resources if r.type == "pulumi:pulumi:Stack")
    for urn, resource in made.items():
        same(resource, expected[urn], stack)
    outputs = json.loads(workspace.run(project, "pulumi", "stack", "output", "--json"))
    assert outputs["url"] == "https://example.org"
    assert len(outputs["subnets"]) == 3


def same(made: dict[str, Any], expected: Registered, stack: str) -> None:
    if made["custom"]:
        assert made["inputs"] == expected.inputs, made["urn"]
    options = expected.options
    assert made.get("protect", False) == options.get("protect", False), made["urn"]
    assert made.get("retainOnDelete", False) == options.get("retainOnDelete", False), made["urn"]
    assert made.get("ignoreChanges", []) == options.get("ignoreChanges", []), made["urn"]
    assert made["parent"].rsplit("::", 1)[-1] == (expected.parent or stack).rsplit("::", 1)[-1]


def test_a_second_update_changes_nothing(workspace: Workspace, project: Path) -> None:
    printed = workspace.run(project, "pulumi", "preview", "--non-interactive", "--expect-no-changes", "--json")
    assert set(json.loads(printed)["changeSummary"]) == {"same"}


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (
            lambda args: args["fleet"].update(min_size=50),
            "WebTier: fleet.max_size must be at least fleet.min_size (50), got 40",
        ),
        (lambda args: args["fleet"].update(min_sise=5), "Environment: unknown fleet.min_sise; known are "),
    ],
)
def test_a_wrong_argument_is_one_line(
    workspace: Workspace, project: Path, wrong: Callable[[Any], object], complaint: str
) -> None:
    args = json.loads(json.dumps(ARGS["Environment"]))
    wrong(args)
    (project / "args.json").write_text(json.dumps(args))
    printed = workspace.run(project, "pulumi", "preview", "--non-interactive", fails=True)
    (said,) = {line.split("has a problem: ")[1] for line in printed.splitlines() if "has a problem: " in line}
    assert said.startswith(complaint)
    assert str(workspace.checkout / "components") not in printed, "a traceback through the components"
