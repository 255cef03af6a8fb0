"""The Pulumi CLI: the user's own, or one that is installed for the rehearsal alone."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from ..errors import RehearsalError
from .places import REPOSITORY, Places

OLDEST = (3, 187, 0)
"""The first that reads settings of type `object` from Pulumi.yaml (Pulumi's changelog)."""

SECONDS_TO_INSTALL = 300
_SECONDS_TO_CONNECT = 15
_HOW = "https://www.pulumi.com/docs/install/"

# Runs in a process of its own, so that it can be given up; a socket that never answers would be waited for forever.
INSTALL = f"""
import socket, sys
socket.setdefaulttimeout({_SECONDS_TO_CONNECT})
from pulumi.automation import PulumiCommand
PulumiCommand.install(root=sys.argv[1], skip_version_check=True)
"""


def pinned() -> str:
    """Return the version that belongs to the installed SDK."""
    from importlib.metadata import version  # noqa: PLC0415  only who installs needs it

    return version("pulumi")


def find(places: Places, path: str | None, *, install: bool = False) -> Path:
    """Return the CLI on *path* or in *places*; where there is none, offer it or, with *install*, install it."""
    found = shutil.which("pulumi", path=path)
    if found is None and (places.cli / "bin" / "pulumi").exists():
        found = str(places.cli / "bin" / "pulumi")
    if found is None:
        if not (install or _agreed(places)):
            raise RehearsalError(
                f"there is no Pulumi CLI on PATH: install it ({_HOW}), or let `python -m rehearsal pulumi --install` "
                f"put {pinned()} into {_short(places.cli)}; without one there is `python -m rehearsal up`"
            )
        found = str(_install(places))
    cli = Path(found)
    check_version(cli)
    return cli


def check_version(cli: Path) -> None:
    """Raise :class:`RehearsalError` when *cli* does not run or is too old."""
    try:
        told = subprocess.run(  # noqa: S603
            [cli, "version"],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            env=os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"},
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise RehearsalError(f"{cli} does not run: {error}") from None
    numbers = re.match(r"v?(\d+)\.(\d+)\.(\d+)", told.strip())
    if numbers is None or tuple(map(int, numbers.groups())) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise RehearsalError(
            f"the Pulumi CLI {cli} is too old: it is {told.strip() or 'of no known version'}, "
            f"and this project needs {oldest} or newer ({_HOW})"
        )


def _agreed(places: Places) -> bool:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    sys.stderr.write(
        f"There is no Pulumi CLI on PATH. Install {pinned()} into {_short(places.cli)}, for the rehearsal only? [y/N] "
    )
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _install(places: Places) -> Path:
    where = _short(places.cli)
    sys.stderr.write(f"Installing Pulumi {pinned()} into {where} ...\n")
    places.user_home.mkdir(parents=True, exist_ok=True)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PULUMI_")}
    reason = ""
    with tempfile.TemporaryFile("w+") as told:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", INSTALL, str(places.cli)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=told,
            env=environment | {"HOME": str(places.user_home)},
            start_new_session=True,  # what it starts itself shall end with it
        )
        try:
            if process.wait(SECONDS_TO_INSTALL):
                told.seek(0)
                reason = (told.read().strip().splitlines() or ["no reason given"])[-1]
        except subprocess.TimeoutExpired:
            reason = f"no end after {SECONDS_TO_INSTALL} seconds"
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    installed = places.cli / "bin" / "pulumi"
    if reason or not installed.exists():
        shutil.rmtree(places.cli, ignore_errors=True)
        raise RehearsalError(
            f"Pulumi {pinned()} cannot be downloaded ({reason or 'nothing was installed'}): install it yourself "
            f"({_HOW}); without one there is `python -m rehearsal up`"
        )
    return installed


def _short(path: Path) -> str:
    return str(path.relative_to(REPOSITORY)) if path.is_relative_to(REPOSITORY) else str(path)
