"""The packages that a side pins, and an interpreter that has them."""

import hashlib
import importlib.util
import os
import re
import shutil
import site
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from .graph import CompareError

_PATIENCE = 900
"""Seconds until an installation counts as stuck."""


def pins(requirements: Path) -> dict[str, str] | None:
    """Return the pinned versions by package; None when the file holds something else than pins of releases."""
    found = dict[str, str]()
    if not requirements.is_file():
        return found
    for raw in requirements.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        line = re.sub(r"(^|\s)#.*$", "", raw).strip()
        line = re.sub(r"\s--hash=\S+", "", line)
        if not line:
            continue
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            return None
        specifiers = list(requirement.specifier)
        if requirement.url or len(specifiers) != 1 or specifiers[0].operator not in ("==", "==="):
            return None
        # What a line is for another system or Python does not concern this one.
        if requirement.marker is None or requirement.marker.evaluate():
            found[re.sub(r"[-_.]+", "-", requirement.name).lower()] = specifiers[0].version
    return found


def missing(wanted: Mapping[str, str]) -> list[str]:
    """Return which of the pins *wanted* this interpreter does not have, in words."""
    found = list[str]()
    for name, version in sorted(wanted.items()):
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            installed = ""
        if installed != version:
            found.append(f"{name} {version} ({f'installed: {installed}' if installed else 'not installed'})")
    return found


def interpreter(program: Path, venvs: Path, environment: Mapping[str, str]) -> tuple[str, str]:
    """Return the Python that has the packages pinned in *program*, and the fallback directories for the rehearsal.

    It is this one where it has them all; else one in a virtual environment below *venvs*, made once per content of
    the requirements. Wheels only are installed: to look at a change must not run what its packages do when built.
    """
    requirements = program / "requirements.txt"
    wanted = pins(requirements)
    lacking = missing(wanted) if wanted is not None else ["packages that are not pinned by version"]
    fallback = os.pathsep.join(dict.fromkeys(_own_packages()))
    if not lacking:
        return sys.executable, fallback
    key = hashlib.sha256(sys.version.encode() + b"\0" + requirements.read_bytes()).hexdigest()[:16]
    place = venvs / key
    if not place.is_dir():
        made = venvs / f"{key}.{os.getpid()}"
        try:
            _make(made, requirements, lacking, environment)
            _settle(made, place)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return str(_python(place)), fallback


def _own_packages() -> list[str]:
    """Return where this interpreter has its packages; those of the user are not found without the user's home."""
    users = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
    return [sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *users]


def _make(place: Path, requirements: Path, lacking: list[str], environment: Mapping[str, str]) -> None:
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    own_pip = importlib.util.find_spec("pip") is not None  # saves ten seconds for a second one
    venv = [sys.executable, "-m", "venv", *(["--without-pip"] if own_pip else []), str(place)]
    pip = [sys.executable, "-m", "pip", "--python"] if own_pip else []
    install = [
        *(*pip, str(_python(place)), *([] if own_pip else ["-m", "pip"])),
        *("install", "--quiet", "--disable-pip-version-check", "--no-input"),
        *("--only-binary", ":all:", "-r", str(requirements)),
    ]
    for command in (venv, install):
        try:
            done = subprocess.run(  # noqa: S603
                command,
                cwd=requirements.parent,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_PATIENCE,
                check=False,
            )
            reason = "" if done.returncode == 0 else _reason(done.stderr + done.stdout)
        except (OSError, subprocess.TimeoutExpired) as error:
            reason = str(error)
        if reason:
            needs = ", ".join(lacking[:3]) + (f" and {len(lacking) - 3} more" if len(lacking) > 3 else "")  # noqa: PLR2004
            raise CompareError(f"its requirements.txt needs {needs}, which could not be installed: {reason}")


def _settle(made: Path, place: Path) -> None:
    try:
        made.rename(place)
    except OSError:
        if not place.is_dir():  # else another run was faster
            raise


def _python(venv: Path) -> Path:
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _reason(output: str) -> str:
    """Return the line of pip's *output* that says why."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if any("from versions: none" in line for line in lines):
        return "no package index that can be reached has it"
    last = next(
        (line for line in reversed(lines) if line.startswith("ERROR")), lines[-1] if lines else "nobody said why"
    )
    return last.removeprefix("ERROR: ")
