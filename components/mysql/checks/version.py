"""Versions of MySQL."""

import re

from .who import WHO

_MIN_VERSION = (8, 4)

_VERSION = re.compile(r"(\d+)\.(\d+)(\.\d+)?")


def version(given: str) -> tuple[str, str, bool]:
    """Return the version, the family of its parameter groups, and whether RDS installs minor upgrades."""
    match = _VERSION.fullmatch(given)
    if not match or (int(match[1]), int(match[2])) < _MIN_VERSION:
        raise WHO.refuse("engine_version", f"must be 8.4 or later, such as 8.4 or 8.4.6, got {given!r}")
    return given, f"mysql{match[1]}.{match[2]}", match[3] is None
