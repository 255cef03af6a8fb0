"""Checks over the users of a database, and what they may."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from .._args import InvalidArgs, check_name, check_range
from ..functions.users.grants import OF_A_DATABASE
from . import words
from .checks import Who
from .user_shapes import DatabaseAccess, DatabaseUser

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,25}")  # MySQL allows 32, and the other account of the pair has 6 more
_DATABASE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_TWIN = "_clone"

_READ_ONLY = ("SELECT", "SHOW VIEW")
_READ_WRITE = ("CREATE TEMPORARY TABLES", "DELETE", "EXECUTE", "INSERT", "SELECT", "UPDATE")
PRIVILEGES: Mapping[DatabaseAccess, Sequence[str]] = {
    DatabaseAccess.READ_ONLY: _READ_ONLY,
    DatabaseAccess.READ_WRITE: _READ_WRITE,
    # All that MySQL grants on a database but events, which run without anybody who asked for them.
    DatabaseAccess.MIGRATIONS: tuple(sorted(OF_A_DATABASE - {"EVENT"})),
}


@dataclass(frozen=True)
class User:
    """A checked user without gaps."""

    name: str
    privileges: tuple[str, ...]
    databases: tuple[str, ...]
    iam: bool


@dataclass(frozen=True)
class Users:
    """The users of a database, and how long their passwords live."""

    users: tuple[User, ...]
    rotation_days: int
    """0 is for ever."""
    function: bool
    """Whether there is a function that keeps users and secrets."""
    authorities: str | None
    """Certificates (PEM) that sign the server's, instead of those that are shipped."""


class UsersSpec(TypedDict, total=False):
    """What the specifications of both engines have alike."""

    users: Sequence[DatabaseUser]
    rotation_days: int
    ca_certificates: str


class Given(TypedDict):
    """What else it depends on."""

    name: str
    database_name: str
    username: str
    iam_authentication: bool
    function_subnet_ids: bool


def resolve_users(who: Who, spec: UsersSpec, given: Given) -> Users:
    """Check the users and the rotation of a database and fill in the defaults, or raise ``InvalidArgs``."""
    days = spec.get("rotation_days", 0)
    check_range(who.component, f"{who.key}.rotation_days", days, 0, 1000, "days")
    users = tuple(_user(who, f"users[{number}]", user, given) for number, user in enumerate(spec.get("users", ())))
    names = [name.lower() for user in users for name in (user.name, user.name + _TWIN)]
    for number, user in enumerate(users):
        if names.count(user.name.lower()) > 1:
            raise who.refuse(f"users[{number}].name", f"must be another one than those before it, got {user.name!r}")
    function = bool(users) or "rotation_days" in spec
    if function and not given["function_subnet_ids"]:
        raise InvalidArgs(
            f"{who.component}: missing function_subnet_ids, the subnets of the function that makes {who.key}.users and "
            "rotates passwords"
        )
    if function:
        check_name(who.component, f"{given['name']}-users-role", 64, "an IAM role")
    authorities = spec.get("ca_certificates")
    if authorities is not None and "-----BEGIN CERTIFICATE-----" not in authorities:
        raise who.refuse("ca_certificates", "must be certificates in PEM (-----BEGIN CERTIFICATE-----)")
    return Users(users, days, function, authorities)


def _user(who: Who, field: str, user: DatabaseUser, given: Given) -> User:
    name = user["name"]
    if (
        not _NAME.fullmatch(name)
        or name.lower() in words.RESERVED | words.OCCUPIED_USERS
        or name.lower().endswith(_TWIN)
    ):
        raise who.refuse(
            f"{field}.name",
            "must be 1 to 26 letters, digits and underscores, begin with a letter, not end with _clone and not be a "
            f"word of MySQL's own, got {name!r}",
        )
    if given["username"].lower() in {name.lower(), (name + _TWIN).lower()}:
        raise who.refuse(f"{field}.name", f"must be another one than the master user's, got {name!r}")
    databases = user.get("databases", [given["database_name"]])
    if not databases:
        raise who.refuse(f"{field}.databases", "must name at least one database, got none")
    for database in databases:
        if not _DATABASE.fullmatch(database) or database.lower() in words.RESERVED | words.OCCUPIED_DATABASES:
            raise who.refuse(
                f"{field}.databases",
                "must be 1 to 64 letters, digits and underscores each, begin with a letter "
                f"and not be a word of MySQL's own, got {database!r}",
            )
    iam = user.get("iam", False)
    if iam and not given["iam_authentication"]:
        raise who.refuse(f"{field}.iam", "needs iam_authentication, which is false")
    return User(name, _privileges(who, field, user), tuple(sorted(set(databases))), iam)


def _privileges(who: Who, field: str, user: DatabaseUser) -> tuple[str, ...]:
    named = user.get("privileges")
    if named is None:
        return tuple(sorted(PRIVILEGES[user.get("access", DatabaseAccess.READ_WRITE)]))
    if "access" in user:
        raise who.refuse(field, "must have at most one of access and privileges, got both")
    if not named:
        raise who.refuse(f"{field}.privileges", "must name at least one privilege, got none")
    for privilege in named:
        if privilege not in OF_A_DATABASE:
            raise who.refuse(
                f"{field}.privileges", f"must be among {', '.join(sorted(OF_A_DATABASE))}; got {privilege!r}"
            )
    return tuple(sorted(set(named)))
