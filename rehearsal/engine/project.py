"""A mirror of the user's Pulumi project, so that the CLI writes nothing into the checkout.

``pulumi stack init`` and ``up`` write the salt of the stack's encryption into Pulumi.<stack>.yaml, and ``config set``
writes settings. The mirror has copies of these files and of Pulumi.yaml, whose ``main`` leads to the program where it
is, so that what is edited there counts at once.
"""

import hashlib
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from ..errors import RehearsalError
from .places import Places

_SOURCES = "configurations.json"
_ENCRYPTION = re.compile(r"^(?:encryptionsalt|secretsprovider|encryptedkey):.*\n?(?:[ \t]+.*\n?)*", re.MULTILINE)


@dataclass(frozen=True)
class Mirror:
    """The mirrored project."""

    name: str
    source: Path
    """The user's project."""
    directory: Path
    stacks: frozenset[str]
    """Stacks that have a file in the user's project."""
    notes: tuple[str, ...]
    """What the user should know."""


def find(directory: Path) -> Path:
    """Return the project that *directory* is in, as Pulumi looks for it."""
    for candidate in (directory, *directory.parents):
        if (candidate / "Pulumi.yaml").exists():
            return candidate
    raise RehearsalError(f"there is no Pulumi.yaml in {directory}, nor in a directory above it")


def mirror(source: Path, places: Places) -> Mirror:
    """Bring the mirror of the project *source* up to date."""
    project = _load(source / "Pulumi.yaml")
    name = str(project.get("name") or "")
    directory = places.projects / f"{name}-{hashlib.sha256(str(source).encode()).hexdigest()[:8]}"
    directory.mkdir(parents=True, exist_ok=True)
    configs = source / str(project.get("stackConfigDir") or ".")
    (directory / "Pulumi.yaml").write_text(yaml.safe_dump(_redirected(project, source), sort_keys=False))
    known = _known(directory)
    stacks, notes = set[str](), list[str]()
    for file in sorted(configs.glob("Pulumi.*.yaml")):
        stacks.add(file.name.split(".", 1)[1].removesuffix(".yaml"))
        given, copy = _without_encryption(file.read_text()), directory / file.name
        present = copy.read_text() if copy.exists() else ""
        before = known.get(file.name, "")
        if present and before == given:
            continue  # with what `pulumi config set` did to it
        _refuse_encrypted(given, file)
        salt = re.search(r"^encryptionsalt:.*$", present, re.MULTILINE)
        if present and _settings(present, copy) != _settings(before, file):
            notes.append(f"{file.name} has changed: what `pulumi config` had set for the rehearsal only is gone")
        copy.write_text(f"{salt[0]}\n{given}" if salt else given)
        known[file.name] = given
    (directory / _SOURCES).write_text(json.dumps(known))
    return Mirror(name, source, directory, frozenset(stacks), tuple(notes))


def _known(directory: Path) -> dict[str, str]:
    try:
        return cast("dict[str, str]", json.loads((directory / _SOURCES).read_text()))
    except (OSError, ValueError):
        return {}


def _without_encryption(text: str) -> str:
    """Leave out how the user's own backend encrypts: with keys that are not here."""
    return _ENCRYPTION.sub("", text)


def _settings(text: str, path: Path) -> object:
    return _parsed(text, path).get("config")


def _load(path: Path) -> dict[str, Any]:
    return _parsed(path.read_text(), path)


def _parsed(text: str, path: Path) -> dict[str, Any]:
    try:
        found = yaml.load(text, Loader=_Core)  # noqa: S506  a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise RehearsalError(f"{path} is no YAML{where}: {getattr(error, 'problem', error)}") from None
    if not isinstance(found, dict | None):
        raise RehearsalError(f"{path}: expected keys and values, got {found!r}")
    return cast("dict[str, Any]", found or {})


class _Core(yaml.SafeLoader):
    """Reads what YAML 1.2 calls text as text, as Pulumi does: `07:00`, `on`, dates."""


def _resolve_as_in_yaml_1_2() -> None:
    loader: Any = _Core
    loader.yaml_implicit_resolvers = {}
    for kind, pattern, first in (
        ("null", r"^(?:~|null|)$", ["~", "n", ""]),
        ("bool", r"^(?:true|false)$", ["t", "f"]),
        ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
        ("float", r"^[-+]?[0-9]+\.[0-9]+$", list("-+0123456789")),
    ):
        loader.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(pattern), first)


_resolve_as_in_yaml_1_2()


def _redirected(project: Mapping[str, Any], source: Path) -> dict[str, Any]:
    """Return the project's description as it is right from another directory."""
    redirected = {k: v for k, v in project.items() if k not in ("stackConfigDir", "backend")}
    redirected["main"] = str((source / str(project.get("main") or ".")).resolve())
    given: Any = redirected.get("runtime")
    runtime: dict[str, Any] = {"name": given} if isinstance(given, str) else {**(given or {})}
    if runtime.get("name") == "python":
        options: dict[str, Any] = {**(runtime.get("options") or {})}
        wanted = source / str(options.pop("virtualenv", ".venv"))
        if (wanted / "pyvenv.cfg").exists():
            options["virtualenv"] = str(wanted)
        elif sys.prefix != sys.base_prefix:  # the interpreter that runs the rehearsal has what the program needs
            options["virtualenv"] = sys.prefix
        runtime["options"] = options
    redirected["runtime"] = runtime
    packages: dict[str, Any] = redirected.get("packages") or {}
    redirected["packages"] = {name: _absolute(package, source) for name, package in packages.items()}
    plugins: dict[str, list[dict[str, Any]]] = redirected.get("plugins") or {}
    redirected["plugins"] = {
        kind: [{**plugin, "path": str((source / str(plugin.get("path"))).resolve())} for plugin in several]
        for kind, several in plugins.items()
    }
    return redirected


def _absolute(package: object, source: Path) -> object:
    if isinstance(package, str) and package.startswith("."):
        return str((source / package).resolve())
    if isinstance(package, dict):
        described = cast("dict[str, Any]", package)
        return {**described, "source": _absolute(described.get("source"), source)}
    return package


def _refuse_encrypted(text: str, file: Path) -> None:
    found = re.search(r"^\s*([^\s#][^\n]*?):\s*\n\s+secure:", text, re.MULTILINE)
    if found:
        raise RehearsalError(
            f"{found[1]} in {file.name} is encrypted; the rehearsal cannot read it, give it a plain value"
        )
