"""A checkout of this project of one's own, with a rehearsal stage of its own, under the real Pulumi engine."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.emulator import Emulator
from rehearsal.engine.server import command_line

ROOT = Path(__file__).parents[2]
PROGRAM = ("__main__.py", "settings.py", "settings_model", "components", ".gitignore", "Pulumi.yaml")

# What a user may have in the shell, and what must not be used.
OF_THE_USER = {
    "AWS_PROFILE": "production",
    "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_REGION": "us-west-2",
    "PULUMI_ACCESS_TOKEN": "pul-0000000000000000000000000000000000000000",
    "PULUMI_BACKEND_URL": "https://api.pulumi.invalid",
    "PULUMI_CONFIG_PASSPHRASE": "of the user",
    "PULUMI_STACK": "production",
}


@dataclass(frozen=True)
class Step:
    """One thing that the engine did."""

    op: str
    name: str
    type: str
    properties: frozenset[str]
    """Paths of what differed."""


class Site:
    """One checkout, its rehearsal stage, and a stack: of this project, or of a *program* given by its files."""

    def __init__(self, directory: Path, stack: str, program: Mapping[str, str] | None = None) -> None:
        self.stack = stack
        self.before = dict[str, list[str]]()
        """What stood in the emulator before anything was deployed."""
        self.checkout = directory / "checkout"
        self.home = directory / "home"
        self.stage = directory / "stage"
        for place in (self.checkout, self.home, self.stage):
            place.mkdir(parents=True)
        for name, text in (program or {}).items():
            (self.checkout / name).write_text(text)
        for name in () if program else (*PROGRAM, f"Pulumi.{stack}.yaml"):
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, self.checkout / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
            else:
                shutil.copy(source, self.checkout / name)
        self._git("init", "--quiet")
        self.commit()

    def run(self, *arguments: str, cwd: Path | None = None, fails: bool = False) -> tuple[str, str]:
        """Run ``python -m rehearsal ARGUMENTS`` and return what it printed, errors apart."""
        done = subprocess.run(
            [sys.executable, "-m", "rehearsal", *arguments],
            cwd=cwd or self.checkout,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert bool(done.returncode) == fails, "".join(complaints(done.stdout)) or done.stdout + done.stderr
        return done.stdout, done.stderr

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Begin the same, as the leader of a process group; what it prints comes in one stream."""
        return subprocess.Popen(
            [sys.executable, "-m", "rehearsal", *arguments],
            cwd=self.checkout,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "PULUMI_", "PYTEST_"))}
        own = {"HOME": str(self.home), "REHEARSAL_DIRECTORY": str(self.stage), "PYTHONPATH": str(ROOT)}
        return kept | OF_THE_USER | own

    def pulumi(self, command: str, *arguments: str, fails: bool = False) -> str:
        """Run a command of the CLI on the stack and return all that it printed."""
        return "".join(self.run("pulumi", *command.split(), "--stack", self.stack, *arguments, fails=fails))

    def deploy(self, command: str, *arguments: str) -> list[Step]:
        """Run ``up``, ``refresh`` or ``destroy`` and return what it did, without what stayed the same."""
        done = self.run("pulumi", command, "--stack", self.stack, "--yes", "--skip-preview", "--json", *arguments)
        return steps(done[0])

    def configure(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Change the stack's settings, as a commit."""
        file = self.checkout / f"Pulumi.{self.stack}.yaml"
        described = yaml.safe_load(file.read_text())
        settings = {k.removeprefix("elasticweb:"): v for k, v in described["config"].items()}
        change(settings)
        described["config"] = {k if ":" in k else f"elasticweb:{k}": v for k, v in settings.items()}
        file.write_text(yaml.safe_dump(described))
        self.commit()

    def resource(self, name: str) -> dict[str, Any]:
        """Return what the state has of the resource with the logical *name*."""
        (found,) = [r for r in self.state() if r["urn"].endswith(f"::{name}")]
        return found

    def state(self) -> list[dict[str, Any]]:
        """Resources as the engine keeps them, secrets encrypted."""
        (file,) = (self.stage / "pulumi" / "state" / ".pulumi" / "stacks").glob(f"*/{self.stack}.json")
        return json.loads(file.read_text())["checkpoint"]["latest"].get("resources", [])

    def api(self, service: str, operation: str, **parameters: Any) -> Any:
        """Ask the emulator itself."""
        return getattr(self.client(service), operation)(**parameters)

    def client(self, service: str, region: str = "eu-central-1") -> Any:
        """boto3 on the emulator."""
        port = json.loads((self.stage / "pulumi" / "emulator.json").read_text())["port"]
        return Emulator(f"http://127.0.0.1:{port}").client(service, region)

    def kill_emulator(self) -> None:
        """End the emulator behind the rehearsal's back."""
        pid = json.loads((self.stage / "pulumi" / "emulator.json").read_text())["pid"]
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while command_line(pid) and time.monotonic() < deadline:
            time.sleep(0.02)

    def untouched(self) -> bool:
        """Whether nothing was written into the checkout and the user's home."""
        return not self._git("status", "--porcelain") and not list(self.home.iterdir())

    def commit(self) -> None:
        """Commit what has changed in the checkout."""
        self._git("add", "--all")
        self._git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "--message", "Change")

    def _git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments],  # noqa: S607
            cwd=self.checkout,
            env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull},
            check=True,
            capture_output=True,
            text=True,
        ).stdout


def steps(told: str) -> list[Step]:
    """Read the engine's events: every step that has been carried out, in order."""
    found = list[Step]()
    for line in told.splitlines():
        event: dict[str, Any] = json.loads(line)
        done: dict[str, Any] | None = event.get("resOutputsEvent") or event.get("resOpFailedEvent")
        # `replace` only says that two others belong together.
        if done and done["metadata"]["op"] not in ("same", "refresh", "read", "replace"):
            metadata = done["metadata"]
            changed = frozenset(metadata.get("detailedDiff") or {})
            found.append(Step(metadata["op"], metadata["urn"].rsplit("::", 1)[1], metadata["type"], changed))
    return found


def complaints(told: str) -> list[str]:
    """Return what the engine's events say of errors."""
    events = [json.loads(line) for line in told.splitlines() if line.startswith('{"sequence"')]
    found = [e["diagnosticEvent"] for e in events if e.get("diagnosticEvent", {}).get("severity") == "error"]
    return [f"{e.get('urn', '')}: {e['message']}" for e in found]


def by_op(done: list[Step], *, custom: bool = True) -> dict[str, set[str]]:
    """Names of the resources by what was done to them; components left out."""
    found = defaultdict[str, set[str]](set)
    for step in done:
        if not custom or not step.type.startswith(("elasticweb:", "pulumi:")):
            found[step.op].add(step.name)
    return dict(found)


def run_steps(site: Site, subtests: pytest.Subtests, *steps: Callable[[Site], None]) -> None:
    """Take the *steps*, each reported by its name, up to the first that fails: the next ones stand on it."""
    for step in steps:
        taken = False
        with subtests.test(step.__name__.replace("_", " ")):
            step(site)
            taken = True
        if not taken:
            return
