"""Run the command line as a user does."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]

PROJECT = "name: trial\nruntime: python\n"
STACK = "config:\n  aws:region: eu-central-1\n"


class Answer(NamedTuple):
    status: int
    out: str
    err: str


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **more}


def rehearse(*arguments: str, directory: Path = ROOT, variables: Mapping[str, str] | None = None) -> Answer:
    done = subprocess.run(
        [sys.executable, "-m", "rehearsal", *arguments],
        cwd=directory,
        env=environment(**(variables or {})),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def write_program(directory: Path, program: str, stack: str = STACK) -> Path:
    """Write a Pulumi program with one stack, dev."""
    (directory / "Pulumi.yaml").write_text(PROJECT)
    (directory / "Pulumi.dev.yaml").write_text(stack)
    (directory / "__main__.py").write_text(program)
    return directory
