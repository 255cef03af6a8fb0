"""The workflows are valid, and grant no stranger anything."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = ROOT / ".github" / "workflows"
FILES = sorted(WORKFLOWS.glob("*.yml"))
OURS = ("preview", "preview-comment", "deploy")

_UNTRUSTED = re.compile(r"\$\{\{.*(github\.(event|head_ref|ref_name|actor)|inputs\.).*\}\}")
"""Expressions that hold what somebody outside can choose."""


def workflow(name: str) -> dict[str, Any]:
    text = (WORKFLOWS / f"{name}.yml").read_text()
    # YAML 1.1 reads the key `on` as true.
    return yaml.safe_load(re.sub(r"^on:", '"on":', text, flags=re.MULTILINE))


def jobs(name: str) -> dict[str, dict[str, Any]]:
    return workflow(name)["jobs"]


def steps(name: str) -> Iterator[dict[str, Any]]:
    for job in jobs(name).values():
        yield from job["steps"]


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_workflow_is_what_github_takes_for_one(file: Path) -> None:
    check = ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(file)]
    done = subprocess.run([sys.executable, "-m", *_module(check)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_check_finds_what_github_does_not_take(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text((WORKFLOWS / "deploy.yml").read_text().replace("runs-on:", "run-on:"))
    check = ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(broken)]
    done = subprocess.run([sys.executable, "-m", *_module(check)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "run-on" in done.stdout


def _module(command: list[str]) -> list[str]:
    return [command[0].replace("-", "_"), *command[1:]]


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_no_shell_reads_what_somebody_else_can_choose(name: str) -> None:
    """A branch called `$(curl ...)` runs where its name is pasted into a script."""
    for step in steps(name):
        assert "${{" not in step.get("run", "")
        assert not [text for text in strings(step.get("env", {})) if _UNTRUSTED.search(text)]
    assert not [text for job in jobs(name).values() for text in strings(job.get("env", {})) if _UNTRUSTED.search(text)]


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_nothing_leaves_its_token_behind_and_everything_ends(name: str) -> None:
    checkouts = [step for step in steps(name) if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)
    assert all(job["timeout-minutes"] <= 120 for job in jobs(name).values())


@pytest.mark.parametrize("name", OURS)
def test_actions_are_pinned_to_a_commit_that_a_comment_names(name: str) -> None:
    lines = [line for line in (WORKFLOWS / f"{name}.yml").read_text().splitlines() if "uses:" in line]
    assert lines
    assert all(re.search(r"uses: [a-z-]+/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line) for line in lines)


@pytest.mark.parametrize("name", OURS)
def test_every_shell_step_is_a_make_target_that_anybody_can_run(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    commands = [step["run"] for step in steps(name) if "run" in step]
    assert commands
    assert {command.removeprefix("make ") for command in commands} <= targets


@pytest.mark.parametrize("name", OURS)
def test_permissions_are_none_but_those_that_a_job_names(name: str) -> None:
    assert workflow(name)["permissions"] == {}
    needed = {
        ("preview", "diff"): {"contents": "read"},
        ("preview", "pulumi"): {"contents": "read", "id-token": "write"},
        ("preview-comment", "comment"): {"actions": "read", "contents": "read", "pull-requests": "write"},
        ("deploy", "dev"): {"contents": "read", "id-token": "write"},
        ("deploy", "prod"): {"contents": "read", "id-token": "write"},
    }
    assert {job: value["permissions"] for job, value in jobs(name).items()} == {
        job: value for (file, job), value in needed.items() if file == name
    }


def test_code_of_a_fork_runs_without_secrets_and_without_the_right_to_write() -> None:
    assert list(workflow("preview")["on"]) == ["pull_request"]
    diff = jobs("preview")["diff"]
    assert "if" not in diff
    assert not [text for text in strings(diff) if "secrets." in text or "vars." in text]


def test_credentials_are_for_branches_of_this_repository_only() -> None:
    preview = jobs("preview")["pulumi"]
    assert "github.event.pull_request.head.repo.full_name == github.repository" in preview["if"]
    assert "vars.AWS_ROLE_ARN != ''" in preview["if"]
    assert "||" not in preview["if"]
    for file in FILES:
        assert "pull_request_target" not in file.read_text()
    holders = {
        (name, job)
        for name in (file.stem for file in FILES)
        for job, value in jobs(name).items()
        if [text for text in strings(value) if "secrets." in text or "AWS_ROLE_ARN" in text]
    }
    assert holders == {("preview", "pulumi"), ("deploy", "dev"), ("deploy", "prod")}


def test_who_may_comment_runs_nothing_of_the_pull_request() -> None:
    trusted = workflow("preview-comment")
    assert trusted["on"] == {"workflow_run": {"workflows": ["preview"], "types": ["completed"]}}
    used = [step["uses"].split("@")[0] for step in steps("preview-comment") if "uses" in step]
    assert used == ["actions/checkout"]
    (checkout,) = [step for step in steps("preview-comment") if "uses" in step]
    assert checkout["with"] == {"persist-credentials": False}  # no ref: the default branch
    assert [step["run"] for step in steps("preview-comment") if "run" in step] == ["make diff-post"]
    recipe = re.search(r"^diff-post:(.*)\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert recipe
    assert "$(SET_UP)" not in recipe[1], "nothing is installed"
    assert recipe[2] == "\t@python3 .github/scripts/post_diff.py\n"


def test_both_stacks_are_previewed_and_there_are_no_others() -> None:
    stacks = sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml"))
    for job in jobs("preview").values():
        assert job["strategy"]["matrix"] == {"stack": stacks}
        assert job["strategy"]["fail-fast"] is False
    assert sorted(job["env"]["STACK"] for job in jobs("deploy").values()) == stacks


def test_dev_is_deployed_on_merge_and_prod_after_it_behind_an_approval() -> None:
    assert workflow("deploy")["on"] == {"push": {"branches": ["main"]}}
    dev, prod = jobs("deploy")["dev"], jobs("deploy")["prod"]
    assert (dev["environment"], prod["environment"]) == ("dev", "prod")
    assert "needs" not in dev
    assert prod["needs"] == "dev"
    assert "if" not in prod  # a condition could run it although dev failed or was skipped
    for job in (dev, prod):
        assert job["concurrency"] == {"group": f"deploy-{job['environment']}", "cancel-in-progress": False}


def test_a_newer_push_stops_the_evaluation_of_the_older() -> None:
    assert workflow("preview")["concurrency"]["cancel-in-progress"] is True
    assert "cancel-in-progress" not in workflow("preview-comment")["concurrency"]
