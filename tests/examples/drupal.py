"""The Drupal example: its program, and the servers that it prepares."""

import base64
import gzip
import re
import runpy
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import components
from rehearsal.recorder import Recording, record
from rehearsal.stackfile import read_stack
from tests.recording import _computed, _invoke

EXAMPLE = Path(__file__).parents[2] / "examples" / "drupal"
STAGED = "/var/lib/elasticweb/files"


def program(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return the program, which finds its own module and the components by their name in the wheel."""
    monkeypatch.setitem(sys.modules, "elasticweb", components)
    monkeypatch.syspath_prepend(EXAMPLE)
    monkeypatch.delitem(sys.modules, "servers", raising=False)

    def run() -> None:
        runpy.run_path(str(EXAMPLE / "__main__.py"), run_name="__main__")

    return run


@cache
def evaluated(stack: str, **settings: str) -> Recording:
    """Return what the program registers for *stack*."""
    found = read_stack(EXAMPLE, stack)
    values = {**found.values, **{f"{found.project}:{key}": value for key, value in settings.items()}}
    with pytest.MonkeyPatch.context() as monkeypatch:
        run = program(monkeypatch)
        return record(run, _computed, _invoke, project=found.project, stack=stack, settings=values)


@dataclass(frozen=True)
class Server:
    """What cloud-init lays down on one kind of server, by path."""

    user_data: str
    files: dict[str, str]

    @staticmethod
    def launched_by(recorded: Recording, template: str) -> "Server":
        """Return the server of a launch template."""
        text = gzip.decompress(base64.b64decode(recorded.named(template).inputs["userData"])).decode()
        written: list[dict[str, Any]] = yaml.safe_load(text)["write_files"]
        files = {
            file["path"]: base64.b64decode(file["content"]).decode() if "encoding" in file else file["content"]
            for file in written
        }
        return Server(text, files)

    def file(self, path: str) -> str:
        """Return a file of the machine as it will be at *path*."""
        return self.files[STAGED + path]

    @property
    def environment(self) -> dict[str, str]:
        """The variables of its services."""
        lines = self.files["/etc/elasticweb/environment"].splitlines()
        return dict(shlex.split(line)[0].split("=", 1) for line in lines)

    @property
    def prepare(self) -> str:
        """What the machine does at its first boot and, in parts, at every other."""
        return self.files["/usr/local/lib/elasticweb/prepare"]

    def services(self, what: str) -> list[str]:
        """Return the units that are enabled (`enable_unit`) or so."""
        return re.findall(rf"^{what} (\S+)$", self.prepare, re.MULTILINE)


def web_server(recorded: Recording) -> Server:
    return Server.launched_by(recorded, "drupal-web-server-launch-template")


def worker(recorded: Recording) -> Server:
    return Server.launched_by(recorded, "drupal-worker-machine-launch-template")
