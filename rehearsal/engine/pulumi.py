"""``python -m rehearsal pulumi ARGS...``: the Pulumi CLI, with an emulator in place of AWS."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from ..errors import RehearsalError
from . import cli, project, server
from .arguments import read
from .places import REPOSITORY, Places, places
from .surroundings import surroundings

_PLUGIN = "pulumi-resource-aws"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take everything: what begins with a hyphen is the CLI's, too."""
    parser.prefix_chars = "\0"
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="ARGS", help="see `pulumi --help`")


def run(arguments: argparse.Namespace) -> int:
    """Run the CLI and return its exit status."""
    return run_pulumi(arguments.arguments)


def run_pulumi(given: Sequence[str]) -> int:
    """Run the CLI with the arguments *given* and return its exit status."""
    if os.name != "posix":
        raise RehearsalError("the engine's rehearsal needs Linux, macOS or WSL; `python -m rehearsal up` runs anywhere")
    arguments = read(given)
    here = places()
    command = cli.find(here, os.environ.get("PATH"), install=arguments.install)
    for directory in (here.pulumi_home, here.user_home, here.state):
        directory.mkdir(parents=True, exist_ok=True)
    mirror = project.mirror(project.find(arguments.directory), here)
    for note in mirror.notes:
        sys.stderr.write(f"{note}\n")
    environment = surroundings(os.environ, here, None)
    if arguments.touches_resources:
        environment = surroundings(os.environ, here, server.ensure(here).url)
        _install_plugin(command, here, environment)
        stack = arguments.stack
        if stack in mirror.stacks and not here.has_stack(mirror.name, stack):
            _quietly([command, "--cwd", mirror.directory, "stack", "init", "--no-select", stack], environment)
    report = here.root / f"recorded.{os.getpid()}"
    try:
        return _run([command, "--cwd", mirror.directory, *arguments.rest], environment | {"REHEARSAL_RECORDED": report})
    finally:
        _tell_recorded(report)


def _run(command: Sequence[object], environment: dict[str, Any]) -> int:
    with subprocess.Popen([str(c) for c in command], env={k: str(v) for k, v in environment.items()}) as process:  # noqa: S603
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue  # the CLI has got it, too, and ends in its own way


def _quietly(command: Sequence[object], environment: dict[str, str]) -> None:
    done = subprocess.run([str(c) for c in command], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RehearsalError(f"{Path(str(command[0])).name} {command[3]} failed: {done.stderr or done.stdout}")


def _install_plugin(command: Path, here: Places, environment: dict[str, str]) -> None:
    """Install this rehearsal as the plugin `aws` of the version that pulumi_aws asks for."""
    version = _asked_version()
    script = (
        "#!/bin/sh\n"
        f"export PYTHONPATH={_quoted(REPOSITORY)} REHEARSAL_PLUGIN_VERSION={version}\n"
        f'exec {_quoted(sys.executable)} -P -m rehearsal.plugin "$@"\n'
    )
    installed = here.pulumi_home / "plugins" / f"resource-aws-v{version}" / _PLUGIN
    if installed.exists() and installed.read_text() == script:
        return
    source = here.root / "plugin"
    source.mkdir(exist_ok=True)
    (source / _PLUGIN).write_text(script)
    (source / _PLUGIN).chmod(0o755)
    arguments = ["plugin", "install", "resource", "aws", version, "--file", source, "--reinstall"]
    _quietly([command, "--cwd", here.root, *arguments], environment)


def _asked_version() -> str:
    from importlib.resources import files  # noqa: PLC0415

    told = json.loads(files("pulumi_aws").joinpath("pulumi-plugin.json").read_text())
    return str(told["version"])


def _quoted(path: object) -> str:
    return "'" + str(path).replace("'", "'\\''") + "'"


def _tell_recorded(report: Path) -> None:
    """Name what is in the state but not in the emulator."""
    try:
        lines = report.read_text().splitlines()
    except FileNotFoundError:
        return
    report.unlink()
    found = dict(cast("list[tuple[str, list[str]]]", [json.loads(line) for line in lines]))
    told = list[str]()
    for urn, names in sorted(found.items()):
        *_, kind, name = urn.split("::")
        kind = kind.rsplit("$", 1)[-1]
        told.append(f"  {name} ({kind}){'' if names == ['*'] else ': ' + ', '.join(names)}\n")
    sys.stderr.write("Recorded, not emulated (in the state, but the emulator does not carry it):\n" + "".join(told))
