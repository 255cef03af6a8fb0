"""The example in TypeScript: the generated SDK is what another language has instead of our docstrings and types."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.engine.workspace import Workspace

pytestmark = [pytest.mark.engine, pytest.mark.slow]


def _missing() -> str:
    for program in ("node", "npm"):
        if not shutil.which(program):
            return f"{program} is not on PATH: see https://nodejs.org"
    asked = subprocess.run(["npm", "ping"], capture_output=True, text=True, check=False)  # noqa: S607
    return "" if asked.returncode == 0 else "npm's registry does not answer: packages cannot be installed"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    missing = _missing()
    if missing:
        pytest.skip(missing)
    return Workspace(tmp_path_factory.mktemp("workspace"))


@pytest.fixture(scope="module")
def project(workspace: Workspace) -> Path:
    """Return the example as `pulumi install` leaves it, in a stack that nobody has deployed yet."""
    directory = workspace.checkout / "examples" / "typescript"
    workspace.run(directory, "pulumi", "install")
    workspace.run(directory, "pulumi", "stack", "init", "dev")
    return directory


def test_a_stack_in_typescript_uses_database_and_shared_files(workspace: Workspace, project: Path) -> None:
    workspace.run(project, "pulumi", "preview", "--non-interactive")
    workspace.run(project, "pulumi", "up", "--yes", "--non-interactive", "--skip-preview")
    outputs = json.loads(workspace.run(project, "pulumi", "stack", "output", "--json"))
    assert outputs["url"].startswith("http://shop-alb-")
    assert outputs["readerHost"] == "db-ro.shop-db.internal"

    made = {urn.rsplit("::", 1)[1]: resource for urn, resource in workspace.resources(project).items()}
    assert made["shop-db-replica-1"]["type"] == "aws:rds/instance:Instance"
    for name, group in (("database", "shop-db-security-group"), ("files", "shop-files-mount-targets")):
        rule = made[f"shop-server-ingress-{name}"]["inputs"]
        assert rule["securityGroupId"] == made[group]["id"]
        assert rule["referencedSecurityGroupId"] == made["shop-server-sg"]["id"]
    policy = made["shop-server-policy"]["inputs"]["policy"]
    assert "s3files:ClientWrite" in policy
    assert "secretsmanager:GetSecretValue" in policy


def test_a_second_update_changes_nothing_and_installing_leaves_the_example_as_it_was(
    workspace: Workspace, project: Path
) -> None:
    workspace.run(project, "pulumi", "preview", "--non-interactive", "--expect-no-changes")
    for name in ("Pulumi.yaml", "package.json", "tsconfig.json"):
        original = Path(__file__).parents[2] / "examples" / "typescript" / name
        assert (project / name).read_text() == original.read_text(), name


def test_a_wrong_argument_is_one_line(workspace: Workspace, project: Path) -> None:
    program = project / "index.ts"
    right = program.read_text()
    program.write_text(right.replace("minSize: 2", "minSize: 50"))
    try:
        printed = workspace.run(project, "pulumi", "preview", "--non-interactive", fails=True)
    finally:
        program.write_text(right)
    (said,) = {line.split("has a problem: ")[1] for line in printed.splitlines() if "has a problem: " in line}
    assert said == "WebTier: fleet.max_size must be at least fleet.min_size (50), got 8"


def test_what_can_be_destroyed_is_destroyed(workspace: Workspace, project: Path) -> None:
    workspace.run(project, "pulumi", "destroy", "--yes", "--non-interactive", "--skip-preview")
    assert workspace.resources(project) == {}
