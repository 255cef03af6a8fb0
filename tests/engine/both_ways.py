"""Holds the two ways of rehearsing against each other: what the engine has in its state, and what ran in process."""

import base64
import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.engine.site import ROOT

# What marks a secret or an archive in the state (Pulumi's wire protocol).
_MARK = "4dabf18193072939515e22adb298388d"
_SECRET, _ARCHIVE = "1b47061264138c4ac30d75fd1eb44270", "0def7320c3a5731c473e5ecbe6d01bc7"
_PROVIDER = "pulumi:providers:"


def in_process(checkout: Path, stack: str) -> dict[str, dict[str, Any]]:
    """Rehearse the program of *checkout* in a process of its own; resources by URN."""
    script = ROOT / "tests" / "engine" / "in_process.py"
    told = subprocess.run(
        [sys.executable, str(script), str(checkout), stack],
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not told.returncode, told.stderr
    rows = json.loads(told.stdout)
    assert len({row["urn"] for row in rows}) == len(rows)
    return {row["urn"]: _options(row) for row in rows}


def under_the_engine(state: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the resources of an exported *state* in the same form."""
    return {
        r["urn"]: {
            "type": r["type"],
            "custom": r["custom"],
            "parent": r.get("parent", ""),
            "id": r.get("id", ""),
            "inputs": r.get("inputs", {}) if r["custom"] else {},
            "secrets": sorted(k for k, v in r.get("inputs", {}).items() if _has_secret(v)),
            "outputs": r.get("outputs", {}),
            "dependencies": sorted(r.get("dependencies", [])),
            "options": {
                "protect": r.get("protect", False),
                "retainOnDelete": r.get("retainOnDelete", False),
                "ignoreChanges": r.get("ignoreChanges", []),
                "import": r.get("importID", ""),
                "deletedWith": r.get("deletedWith", ""),
            },
        }
        for r in state
        if not r["type"].startswith(_PROVIDER)
    }


def _options(row: dict[str, Any]) -> dict[str, Any]:
    given = row.pop("options")
    row.pop("urn")
    row.pop("secret_outputs")
    # Of the options these are in the engine's state (version 3.260).
    names = {"protect": False, "retainOnDelete": False, "ignoreChanges": [], "import": "", "deletedWith": ""}
    return {**row, "options": {name: given.get(name, usual) for name, usual in names.items()}}


def comparable(
    left: dict[str, dict[str, Any]], right: dict[str, dict[str, Any]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return both with what AWS makes up (ids, ARNs, random names) replaced by where it comes from."""
    names: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for urn in sorted(set(left) & set(right)):
        pairs = (dict(_leaves({"id": side[urn]["id"], **side[urn]["outputs"]}, urn)) for side in (left, right))
        ours, theirs = pairs
        for path in sorted(set(ours) & set(theirs)):
            if ours[path] == theirs[path]:
                continue
            # A device is found by the id of its volume without the hyphen.
            for form in (str, lambda value: value.replace("vol-", "vol")):
                names[0].setdefault(form(ours[path]), f"<{path}>")
                names[1].setdefault(form(theirs[path]), f"<{path}>")
    return _named(left, names[0]), _named(right, names[1])


def _named(resources: dict[str, dict[str, Any]], names: dict[str, str]) -> dict[str, Any]:
    longest = sorted(names, key=len, reverse=True)

    def named(value: Any) -> Any:
        if isinstance(value, dict):
            if value.get(_MARK) == _ARCHIVE:
                files: dict[str, dict[str, str]] = value["assets"]
                return {"archive": {name: file.get("text", file.get("path", "")) for name, file in files.items()}}
            if "archive" in value:
                return value
            return "<secret>" if _MARK in value else {k: named(v) for k, v in value.items()}
        if isinstance(value, list):
            return [named(v) for v in value]
        if not isinstance(value, str):
            return value
        value = _unpacked(value)
        for text in longest:
            value = value.replace(text, names[text])
        return value

    rows = dict[str, Any]()
    for urn, row in resources.items():
        inputs = row["inputs"]
        # What the provider fills in is its business in both; a name that it makes up differs.
        filled = {"__defaults", *inputs.get("__defaults", [])}
        secret = dict.fromkeys(row["secrets"], "<secret>")
        given = {k: named(v) for k, v in inputs.items() if k not in filled} | secret
        rows[urn] = {**row, "inputs": given, "id": "", "outputs": {}, "dependencies": sorted(row["dependencies"])}
    return rows


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{index}]")
    elif isinstance(value, str) and len(value) > 3 and not value.startswith("{"):
        yield path, value


def _unpacked(text: str) -> str:
    """User data as it is before it is packed."""
    try:
        raw = base64.b64decode(text, validate=True)
        return gzip.decompress(raw).decode() if raw[:2] == b"\x1f\x8b" else text
    except ValueError:
        return text


def _has_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return value.get(_MARK) == _SECRET or any(map(_has_secret, value.values()))
    return isinstance(value, list) and any(map(_has_secret, value))
