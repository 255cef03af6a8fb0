"""Versions of MySQL."""

import re

from ..shapes import MySQLSpec
from .who import WHO

_MIN_VERSION = (8, 4)

_VERSION = re.compile(r"(\d+)\.(\d+)(\.\d+)?")


def version(given: str) -> tuple[str, str, bool]:
    """Return the version, the family of its parameter groups, and whether RDS installs minor upgrades."""
    match = _VERSION.fullmatch(given)
    if not match or (int(match[1]), int(match[2])) < _MIN_VERSION:
        raise WHO.refuse("engine_version", f"must be 8.4 or later, such as 8.4 or 8.4.6, got {given!r}")
    return given, f"mysql{match[1]}.{match[2]}", match[3] is None


def major(spec: MySQLSpec) -> str | None:
    """Return the version to which a major upgrade may go."""
    given, wanted = spec.get("allow_major_upgrade_to"), spec.get("engine_version", "8.4")
    if given is None:
        return None
    series = ".".join(wanted.split(".")[:2])
    if given != series:
        raise WHO.refuse(
            "allow_major_upgrade_to", f"must be {series!r}, the series of engine_version ({wanted}), got {given!r}"
        )
    if not spec.get("apply_immediately", False):
        raise WHO.refuse(
            "apply_immediately",
            "must be true with allow_major_upgrade_to: the replicas go first, and a primary that waited for its window "
            "would feed replicas of another major version until then",
        )
    return given
