"""A Pulumi home of its own, in which stacks of other teams use the components as a plugin."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pulumi_aws

ROOT = Path(__file__).parents[2]

_LEFT_OUT = shutil.ignore_patterns("__pycache__", ".venv", "node_modules", "sdks", "package-lock.json")
_SECRET = "4dabf18193072939515e22adb298388d"  # noqa: S105 (how state marks one: sdk/go/common/resource/sig)


class Workspace:
    """Everything that the CLI needs, in one directory: home, state, stand-in for AWS, and a copy of the components."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.checkout = directory / "elasticweb"
        shutil.copytree(ROOT / "components", self.checkout / "components", ignore=_LEFT_OUT)
        shutil.copytree(ROOT / "examples", self.checkout / "examples", ignore=_LEFT_OUT)
        (directory / "state").mkdir()
        (directory / "user").mkdir()
        python = _script(directory / "python", ROOT / "tests/engine/python_shim.py")
        plugin = json.loads((Path(pulumi_aws.__file__).parent / "pulumi-plugin.json").read_text())
        _script(
            directory / "home" / "plugins" / f"resource-aws-v{plugin['version']}" / "pulumi-resource-aws",
            ROOT / "tests/engine/standin_aws.py",
        )
        dropped = ("AWS_", "PULUMI_", "XDG_", "NPM_", "npm_")
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(dropped)},
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "HOME": str(directory / "user"),
            "PULUMI_BACKEND_URL": f"file://{directory / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_HOME": str(directory / "home"),
            "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
            "PULUMI_PYTHON_CMD": str(python),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

    def run(self, directory: Path, *command: str, fails: bool = False) -> str:
        """Run *command* in *directory*; return what it printed, which is the error when it *fails* otherwise."""
        done = subprocess.run(
            command, cwd=directory, env=self._environment, capture_output=True, text=True, check=False, timeout=580
        )
        printed = done.stdout + done.stderr
        assert (done.returncode != 0) is fails, printed
        return done.stdout if not fails else printed

    def resources(self, directory: Path) -> dict[str, dict[str, Any]]:
        """Return what the stack of the project in *directory* has, by URN, without providers and the stack itself."""
        state = json.loads(self.run(directory, "pulumi", "stack", "export", "--show-secrets"))
        found = {r["urn"]: r for r in state["deployment"].get("resources", [])}
        return {
            urn: {**r, "inputs": _plain(r.get("inputs", {})), "outputs": _plain(r.get("outputs", {}))}
            for urn, r in found.items()
            if not r["type"].startswith("pulumi:")
        }


def _script(path: Path, program: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" "{program}" "$@"\n')
    path.chmod(0o755)
    return path


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if _SECRET in value:
            return json.loads(value["plaintext"])
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
