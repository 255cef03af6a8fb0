"""What keys, paths, names and owners may look like."""

import re
from collections.abc import Sequence

from ..._args import InvalidArgs

_KEY = re.compile(r"[a-z][a-z0-9-]*")
_PATH = re.compile(r"(?:/[A-Za-z0-9._@+-]+)+")
USER = re.compile(r"[a-z_][a-z0-9_-]*")


def check_unique(component: str, named: Sequence[tuple[str, str]]) -> None:
    """Raise `InvalidArgs` when two fields have the same value."""
    seen = dict[str, str]()
    for field, value in named:
        if value in seen:
            raise InvalidArgs(f"{component}: {field} must be unique, but {seen[value]} is {value!r} too")
        seen[value] = field


def check_key(component: str, field: str, name: str) -> None:
    """Raise `InvalidArgs` for a key that is not part of names everywhere."""
    if not _KEY.fullmatch(name):
        raise InvalidArgs(f"{component}: {field} must be lower-case letters, digits and hyphens, got {name!r}")


def check_path(component: str, field: str, path: str) -> None:
    """Raise `InvalidArgs` for a path that is not absolute and plain."""
    if not _PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise InvalidArgs(f"{component}: {field} must be an absolute path of letters, digits and ._@+-, got {path!r}")


def check_user(component: str, field: str, name: str) -> None:
    """Raise `InvalidArgs` for what is no name of a user or group."""
    if not USER.fullmatch(name) or len(name) > 31:  # noqa: PLR2004 - useradd(8): at most 32, with room for nothing
        raise InvalidArgs(f"{component}: {field} must be a name, got {name!r}")


def check_owner(component: str, field: str, owner: str | None) -> None:
    """Raise `InvalidArgs` for what is no user with its group."""
    if owner is not None and not re.fullmatch(f"{USER.pattern}:{USER.pattern}", owner):
        raise InvalidArgs(f"{component}: {field} must be user:group, got {owner!r}")
