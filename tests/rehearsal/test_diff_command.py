"""The diff of two commits: their programs, configurations and packages, evaluated each for itself."""

import argparse
import base64
import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rehearsal.compare import add_arguments, run
from rehearsal.compare import evaluate as evaluating
from rehearsal.compare.graph import CompareError
from rehearsal.compare.lines import as_text

ROOT = Path(__file__).parents[2]

PROGRAM = """
import pulumi
import pulumi_aws as aws

jobs = aws.ec2.Vpc("jobs", cidr_block="10.0.0.0/16", tags={"delay": str(pulumi.Config().get("delay"))})
bucket = aws.s3.Bucket("files", opts=pulumi.ResourceOptions(protect=True))
pulumi.export("bucket", bucket.bucket)
"""


@dataclass
class Scratch:
    """A git repository with a small program."""

    place: Path
    capsys: pytest.CaptureFixture[str]
    top: Path

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false")
        done = subprocess.run(
            ["git", *identity, *arguments],  # noqa: S607
            cwd=self.top,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
        )
        return done.stdout.strip()

    def write(self, **files: str | None) -> None:
        names = {
            "program": "__main__.py",
            "project": "Pulumi.yaml",
            "dev": "Pulumi.dev.yaml",
            "pins": "requirements.txt",
        }
        for key, text in files.items():
            path = self.place / names.get(key, key)
            if text is None:
                path.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")

    def commit(self, **files: str | None) -> str:
        self.write(**files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "A change")
        return self.git("rev-parse", "HEAD")

    def diff(self, *arguments: str) -> tuple[int, str, str]:
        parser = argparse.ArgumentParser()
        add_arguments(parser)
        status = run(parser.parse_args(["--stack", "dev", *arguments]))
        told = self.capsys.readouterr()
        return status, told.out, told.err

    def json(self, *arguments: str) -> dict[str, Any]:
        status, out, err = self.diff("--format", "json", *arguments)
        assert err == "", err
        report = json.loads(out)
        assert status == report["status"]
        return report

    def refused(self, *arguments: str) -> str:
        status, out, err = self.diff(*arguments)
        assert (status, out) == (1, "")
        assert err.startswith("error: ")
        assert err.count("\n") == 1
        return err.removeprefix("error: ").strip()


def scratch_at(top: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> Scratch:
    made = Scratch(place, capsys, top)
    place.mkdir(parents=True, exist_ok=True)
    made.git("init", "--quiet", "--initial-branch", "main")
    made.commit(
        program=PROGRAM,
        project="name: scratch\nruntime: python\n",
        dev="config:\n  aws:region: eu-central-1\n",
        **{".gitignore": ".rehearsal/\n__pycache__/\n"},
    )
    return made


@pytest.fixture
def scratch(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Scratch]:
    made = scratch_at(tmp_path / "repository", tmp_path / "repository", capsys)
    monkeypatch.chdir(made.place)
    yield made
    assert made.git("worktree", "list").count("\n") == 0, "no worktree is left"
    sides = made.place / ".rehearsal" / "sides"
    assert not sides.exists() or not list(sides.iterdir())


def changed(report: dict[str, Any]) -> dict[str, str]:
    return {c["name"]: c["action"] for component in report["components"] for c in component["changes"]}


def test_two_commits_each_with_its_own_program(scratch: Scratch) -> None:
    base = scratch.git("rev-parse", "HEAD")
    head = scratch.commit(program=PROGRAM.replace('"delay"', '"other"').replace("str(", "'x' + str("))
    scratch.commit(program="this is no Python")
    report = scratch.json("--base", base, "--head", head)
    assert (report["status"], changed(report)) == (2, {"jobs": "update"})
    assert report["sides"] == {"base": base[:12], "head": head[:12]}
    assert scratch.json("--base", base[:8], "--head", "main^") == report
    assert scratch.json("--base", head, "--head", head)["status"] == 0


def test_the_directory_as_it_is_dirty_or_not(scratch: Scratch) -> None:
    base = scratch.git("rev-parse", "HEAD")
    clean = scratch.json("--base", "HEAD")
    assert (clean["status"], clean["sides"]) == (0, {"base": base[:12], "head": base[:12]})
    scratch.write(program=PROGRAM.replace('"files", opts=pulumi.ResourceOptions(protect=True)', '"files"'))
    dirty = scratch.json("--base", "HEAD")
    assert dirty["sides"]["head"] == f"{base[:12]} with uncommitted changes"
    assert dirty["status"] == 3
    assert [danger["kind"] for danger in dirty["dangers"]] == ["protection"]
    scratch.write(program=PROGRAM + "import more\n", **{"more.py": "import pulumi_aws as a\na.ec2.Eip('more')\n"})
    assert changed(scratch.json("--base", "HEAD")) == {"more": "create"}


def test_each_side_has_its_own_configuration_and_modules(scratch: Scratch) -> None:
    module = "import pulumi_aws as aws\n\n\nclass Part:\n    def __init__(self):\n        aws.ec2.Eip('part-{}')\n"
    base = scratch.commit(
        program=PROGRAM + "from components import Part\nPart()\n", **{"components/__init__.py": module.format("old")}
    )
    head = scratch.commit(
        dev="config:\n  aws:region: eu-west-1\n  scratch:delay: 7\n", **{"components/__init__.py": module.format("new")}
    )
    report = scratch.json("--base", base, "--head", head)
    assert changed(report) == {"jobs": "replace", "files": "replace", "part-old": "delete", "part-new": "create"}
    assert [entry["name"] for entry in report["configuration"]] == ["aws:region"]


def test_a_side_with_another_rehearsal_is_evaluated_by_this_one(scratch: Scratch) -> None:
    broken = {"rehearsal/__init__.py": "raise SystemExit('not this one')\n", "rehearsal/__main__.py": "1 / 0\n"}
    base = scratch.commit(**broken)
    assert scratch.json("--base", base)["status"] == 0
    assert scratch.json("--base", base, "--head", "HEAD^")["status"] == 0


def test_a_project_in_a_folder_of_the_repository(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = scratch_at(tmp_path / "all", tmp_path / "all" / "deep" / "project", capsys)
    base = scratch.commit()
    head = scratch.commit(program=PROGRAM.replace("jobs", "work"))
    monkeypatch.chdir(scratch.place)
    assert changed(scratch.json("--base", base, "--head", head)) == {"jobs": "delete", "work": "create"}
    assert scratch.json("--base", head)["status"] == 0


def test_a_stack_that_is_new_or_gone_on_one_side(scratch: Scratch) -> None:
    base = scratch.git("rev-parse", "HEAD")
    gone = scratch.commit(dev=None, **{"Pulumi.prod.yaml": "config:\n  aws:region: eu-central-1\n"})
    new = scratch.json("--base", gone, "--head", base)
    assert (new["new"], changed(new)) == (True, {"jobs": "create", "files": "create"})
    deleted = scratch.json("--base", base, "--head", gone)
    assert (deleted["gone"], changed(deleted)) == (True, {"jobs": "delete", "files": "delete"})
    assert scratch.refused("--base", gone, "--head", gone) == "unknown stack 'dev' on both sides; known are prod"


def test_a_program_that_fails_is_told_with_its_side(scratch: Scratch) -> None:
    good = scratch.git("rev-parse", "HEAD")
    bad = scratch.commit(program="import pulumi\nraise pulumi.RunError('elasticweb:zones must be a list')\n")
    assert scratch.refused("--base", bad, "--head", good) == f"base ({bad[:12]}): elasticweb:zones must be a list"
    assert scratch.refused("--base", good) == f"head ({bad[:12]}): elasticweb:zones must be a list"


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("def f():\n    return {}['missing']\n\n\nf()\n", "KeyError: 'missing' (__main__.py, line 2)"),
        ("this is no Python\n", "SyntaxError: invalid syntax"),
        ("import os\nos._exit(7)\n", "its program failed and said nothing"),
        (None, "there is no __main__.py in .: the rehearsal runs Pulumi programs in Python"),
    ],
)
def test_a_program_that_fails_is_told_in_a_line(scratch: Scratch, program: str | None, told: str) -> None:
    scratch.write(program=program)
    with pytest.raises(CompareError) as refused:
        evaluating.evaluate(scratch.place, "dev", scratch.place / ".rehearsal")
    assert str(refused.value).startswith(told)


@pytest.mark.parametrize("ref", ["nothing", "--help", "HEAD:Pulumi.yaml", "", "a b", "HEAD~99"])
def test_a_ref_that_is_no_commit(scratch: Scratch, ref: str) -> None:
    assert scratch.refused(f"--base={ref}") == f"there is no commit {ref!r} in this repository"


@pytest.mark.parametrize("stack", ["../x", "a/b", "x-->", "", "a b"])
def test_a_name_that_is_no_stack(scratch: Scratch, stack: str) -> None:
    assert "is no name of a stack" in scratch.refused("--base", "HEAD", f"--stack={stack}")


def test_outside_of_a_repository(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert "needs a git repository" in Scratch(tmp_path, capsys, tmp_path).refused("--base", "HEAD")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "needs git" in Scratch(tmp_path, capsys, tmp_path).refused("--base", "HEAD")


SPY = """
import os, pathlib, pulumi
pulumi.export("environment", sorted(os.environ))
pulumi.export("home", sorted(os.listdir(pathlib.Path.home())))
pulumi.export("input", len(__import__("sys").stdin.read()))
print("a line of the program's own")
print("{")
"""


def test_a_program_sees_no_credentials(scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = (
        *(
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_PROFILE",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
        ),
        *("GITHUB_TOKEN", "GH_TOKEN", "GITHUB_ENV", "GITHUB_OUTPUT", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
        *("PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "PIP_INDEX_URL", "SSH_AUTH_SOCK", "SOME_OTHER_SECRET"),
    )
    for name in secrets:
        monkeypatch.setenv(name, "hunter22")
    head = scratch.commit(program=PROGRAM + SPY)
    report = scratch.json("--base", "HEAD^", "--head", head)
    outputs = {output["name"]: output["new"] for output in report["outputs"]}
    assert not set(secrets) & set(outputs["environment"])
    assert outputs["home"] == []
    assert outputs["input"] == 0


def test_hooks_do_not_run_and_git_variables_of_a_hook_do_not_mislead(
    scratch: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = scratch.place / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert scratch.json("--base", "HEAD")["status"] == 0
    assert not (tmp_path / "ran").exists()
    monkeypatch.delenv("GIT_DIR")
    monkeypatch.delenv("GIT_INDEX_FILE")


def test_a_program_that_does_not_end_is_ended_with_what_it_started(
    scratch: Scratch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    child = f"import time, pathlib\ntime.sleep(6)\npathlib.Path({str(tmp_path / 'late')!r}).touch()\n"
    program = f"import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', {child!r}])\ntime.sleep(60)\n"
    bad = scratch.commit(program=program)
    monkeypatch.setattr(evaluating, "_PATIENCE", 4)
    assert "did not end within 4 seconds" in scratch.refused("--base", bad, "--head", "HEAD^")
    assert not (tmp_path / "late").exists()


def wheel(folder: Path, name: str, version: str, text: str) -> None:
    """Write a wheel with one module; pip needs no index for it."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": text,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = []
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).rstrip(b"=").decode()
        rows.append(f"{path},sha256={digest},{len(content)}")
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,"]) + "\n"
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)


@pytest.mark.slow
def test_each_side_has_the_packages_that_it_pins(
    scratch: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheels = tmp_path / "wheels"
    for version in ("1.0", "2.0"):
        wheel(wheels, "tinything", version, f"DELAY = {version}\n")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    program = "import tinything\n" + PROGRAM.replace('pulumi.Config().get("delay")', "tinything.DELAY")
    base = scratch.commit(program=program, pins="# pinned\ntinything==1.0\n")
    head = scratch.commit(pins="tinything==2.0 ; python_version >= '3'\nother==1 ; python_version < '3'\n")
    report = scratch.json("--base", base, "--head", head)
    (change,) = report["components"][0]["changes"]
    assert (change["properties"][0]["old"], change["properties"][0]["new"]) == ("1.0", "2.0")
    assert report["notes"] == ["Pinned packages differ: tinything 1.0 -> 2.0."]
    venvs = scratch.place / ".rehearsal" / "venvs"
    assert len(list(venvs.iterdir())) == 2

    shutil.rmtree(wheels)
    assert scratch.json("--base", base, "--head", head) == report, "made once"
    missing = scratch.commit(pins="tinything==3.0\n")
    told = scratch.refused("--base", missing, "--head", head)
    assert told == (
        f"base ({missing[:12]}): its requirements.txt needs tinything 3.0 (not installed), "
        "which could not be installed: no package index that can be reached has it"
    )
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("PIP_RETRIES", "0")
    assert scratch.refused("--base", missing, "--head", head).endswith("no package index that can be reached has it")
    assert len(list(venvs.iterdir())) == 2, "nothing half-made is left"


def test_pins_that_are_installed_need_no_environment(scratch: Scratch) -> None:
    from importlib.metadata import version  # noqa: PLC0415

    import pulumi_aws  # noqa: PLC0415

    assert pulumi_aws
    head = scratch.commit(pins=f"pulumi=={version('pulumi')}\n")
    assert scratch.json("--base", "HEAD^", "--head", head)["status"] == 0
    assert not (scratch.place / ".rehearsal" / "venvs").exists()


@pytest.mark.slow
def test_this_project_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "copy"
    kept = ("components", "__main__.py", "settings.py", "settings_model", "Pulumi.yaml", "Pulumi.dev.yaml")
    scratch = Scratch(place, capsys, place)
    place.mkdir()
    scratch.git("init", "--quiet", "--initial-branch", "main")
    for name in kept:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, place / name)
    settings = (place / "Pulumi.dev.yaml").read_text()
    more = settings.replace("min_size: 1", "min_size: 2").replace("max_size: 2", "max_size: 3")
    base = scratch.commit(dev=more, **{".gitignore": ".rehearsal/\n__pycache__/\n"})
    head = scratch.commit(dev=settings.replace("          ok\n", "          okay\n"))
    monkeypatch.chdir(place)
    report = scratch.json("--base", base, "--head", head)
    assert [danger["text"].split(": ")[1] for danger in report["dangers"]] == [
        "the floor falls from 2 to 1 at all times",
        "the maximum falls from 3 to 2 at all times",
    ]
    assert changed(report) == {
        "dev-web-base": "replace",  # what gives the sizes back after a night carries them
        "dev-web-fleet": "update",
        "dev-web-server-launch-template": "update",
    }
    assert "-      ok" in as_text(report)
    assert "+      okay" in as_text(report)
