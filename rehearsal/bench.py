"""``python -m rehearsal bench``: how long evaluating and rehearsing takes, and how both grow.

Every run is a fresh process, as a user has it; the table has the median.
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .errors import RehearsalError

COPIES = Path("tests") / "copies"
"""The program that makes several environments."""

_COUNTS = (1, 4, 16)
_UNIX = os.name == "posix"


@dataclass(frozen=True)
class Timing:
    """One command, run several times."""

    what: str
    seconds: list[float]
    processor: list[float]
    """Seconds of processor time, children included: they say more than the clock where others use the machine too."""

    @property
    def median(self) -> float:
        """The median by the clock."""
        return statistics.median(self.seconds)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="runs of each command (default: 3)")
    parser.add_argument("--stack", default="prod", metavar="NAME", help="stack to measure (default: prod)")
    parser.add_argument("--quick", action="store_true", help="leave out growth and the Pulumi CLI")


def run(arguments: argparse.Namespace) -> int:
    """Measure, and print a table in Markdown."""
    if arguments.runs < 1:
        raise RehearsalError(f"--runs must be at least 1, got {arguments.runs}")
    if not COPIES.is_dir():
        raise RehearsalError(f"bench runs in the repository's directory: there is no {COPIES} here")
    stack, runs = str(arguments.stack), int(arguments.runs)
    out = sys.stdout
    out.write(f"{_machine()}\n\n| what | median | of {runs} | processor |\n| --- | ---: | --- | ---: |\n")

    def timed(what: str, *command: str, runs: int = 0, environment: Mapping[str, str] | None = None) -> Timing:
        timing = measure(what, command, runs or arguments.runs, environment)
        spread = ", ".join(f"{s:.2f}" for s in timing.seconds)
        processor = f"{statistics.median(timing.processor):.2f} s" if timing.processor else ""
        out.write(f"| {what} | {timing.median:.2f} s | {spread} | {processor} |\n")
        out.flush()
        return timing

    timed(f"evaluate {stack} (`graph --json`)", "graph", "--stack", stack, "--json")
    timed(f"rehearse {stack} (`up`)", "up", "--stack", stack)
    if arguments.quick:
        return 0
    many = {
        name: [
            timed(
                f"{name} {count} {'copy' if count == 1 else 'copies'} of it",
                *(*command, "--program", str(COPIES), "--stack", stack, "-c", f"copies:count={count}"),
                runs=1 if count == _COUNTS[-1] else 0,
            )
            for count in _COUNTS
        ]
        for name, command in (("evaluate", ("graph", "--json")), ("rehearse", ("up",)))
    }
    if shutil.which("pulumi"):
        _pulumi(timed, stack)
    out.write("\n| processor time of one more copy | 1 to 4 | 4 to 16 | ratio |\n| --- | ---: | ---: | ---: |\n")
    for name, timings in many.items():
        first, second = _per_copy(timings)
        out.write(f"| {name} | {first:.2f} s | {second:.2f} s | {second / first:.2f} |\n")
    return 0


def measure(what: str, command: Sequence[str], runs: int, environment: Mapping[str, str] | None = None) -> Timing:
    """Run ``python -m rehearsal`` with the arguments *command* several times."""
    seconds, processor = list[float](), list[float]()
    for _ in range(runs):
        started, used = time.perf_counter(), _children() if _UNIX else 0
        done = subprocess.run(  # noqa: S603  our own command
            [sys.executable, "-m", "rehearsal", *command],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path.cwd()), **(environment or {})},
            text=True,
            check=False,
        )
        seconds.append(time.perf_counter() - started)
        if _UNIX:
            processor.append(_children() - used)
        if done.returncode:
            told = (done.stderr.strip().splitlines() or ["it failed"])[-1]
            raise RehearsalError(f"{' '.join(command)}: {told.removeprefix('error: ')}")
    return Timing(what, seconds, processor)


def _pulumi(timed: "_Timed", stack: str) -> None:
    """Measure the Pulumi CLI on the rehearsal stage, beside whatever the user has on it."""
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        there = {"REHEARSAL_DIRECTORY": place}
        try:
            # The first command of all installs the plugin and starts the emulator.
            timed("start the stage (`pulumi stack ls`)", "pulumi", "stack", "ls", runs=1, environment=there)
            timed(f"`pulumi preview` of {stack}", "pulumi", "preview", "--stack", stack, environment=there)
            options = ("--stack", stack, "--yes", "--skip-preview")
            timed(f"`pulumi up` of {stack}", "pulumi", "up", *options, runs=1, environment=there)
            timed(f"`pulumi up` of {stack} without a change", "pulumi", "up", *options, environment=there)
        finally:
            measure("stop", ["stop"], 1, there)


class _Timed(Protocol):
    """What :func:`run` measures with."""

    def __call__(
        self, what: str, *command: str, runs: int = 0, environment: Mapping[str, str] | None = None
    ) -> Timing: ...


def _per_copy(timings: Sequence[Timing]) -> list[float]:
    found: list[float] = []
    for index in (1, 2):
        before, after = (statistics.median(t.processor or t.seconds) for t in timings[index - 1 : index + 1])
        more = after - before
        found.append(more / (_COUNTS[index] - _COUNTS[index - 1]))
    return found


def _children() -> float:
    import resource  # noqa: PLC0415  only Unix has it

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _machine() -> str:
    system = f"{platform.system()} {platform.machine()}"
    return f"{os.cpu_count()} cores, {system}, Python {platform.python_version()}"
