"""What an account may do, compared with what is declared."""

import re
from collections.abc import Iterable, Mapping

OF_A_DATABASE = frozenset(
    {
        "ALTER",
        "ALTER ROUTINE",
        "CREATE",
        "CREATE ROUTINE",
        "CREATE TEMPORARY TABLES",
        "CREATE VIEW",
        "DELETE",
        "DROP",
        "EVENT",
        "EXECUTE",
        "INDEX",
        "INSERT",
        "LOCK TABLES",
        "REFERENCES",
        "SELECT",
        "SHOW VIEW",
        "TRIGGER",
        "UPDATE",
    }
)
"""All that MySQL 8.4 grants on a database, but for the right to grant."""

_ALL = "ALL PRIVILEGES"
_GRANTING = "GRANT OPTION"
_GRANT = re.compile(r"GRANT (?P<what>.+?) ON (?P<where>.+?) TO (?P<rest>.+)", re.DOTALL)
_ROLE = re.compile(r"GRANT (?P<roles>.+?) TO ", re.DOTALL)
_COMMA = re.compile(r",\s*(?![^(]*\))")  # not those between the columns of one privilege

Grants = Mapping[str, frozenset[str]]
"""Privileges by what they are on, both in the server's own words."""


def on_database(database: str, *, wildcards: bool) -> str:
    """Return what a grant on *database* is on.

    An underscore stands for any character there unless it is escaped, or the server revokes partially, where there
    are no wildcards (MySQL manual, GRANT).
    """
    escaped = re.sub(r"([_%])", r"\\\1", database) if wildcards else database
    return f"`{escaped}`.*"


def present(lines: Iterable[str]) -> dict[str, frozenset[str]]:
    """Read what SHOW GRANTS says; roles are on nothing, and the bare right to log in is none."""
    found: dict[str, set[str]] = {}
    for line in lines:
        match = _GRANT.match(line)
        role = None if match else _ROLE.match(line)
        if match:
            held = {privilege.strip() for privilege in _COMMA.split(match["what"])}
            if "WITH GRANT OPTION" in match["rest"]:
                held.add(_GRANTING)
            found.setdefault(match["where"], set()).update(held - {"USAGE"})
        elif role:
            found.setdefault("", set()).update(name.strip() for name in _COMMA.split(role["roles"]))
    return {where: frozenset(held) for where, held in found.items() if held}


def corrections(account: str, held: Grants, declared: Grants) -> list[str]:
    """Return the statements that make what *account* holds into what is declared: what is missing comes first."""
    missing = {where: wanted - held.get(where, frozenset()) for where, wanted in declared.items()}
    surplus = {where: has - declared.get(where, frozenset()) for where, has in held.items()}
    for where, wanted in declared.items():
        if _ALL in held.get(where, ()):
            # Taking a part of everything away leaves the rest in place.
            missing[where] = frozenset()
            surplus[where] = (OF_A_DATABASE - wanted) | (surplus[where] & {_GRANTING})
    given = [f"GRANT {_list(what)} ON {where} TO {account}" for where, what in sorted(missing.items()) if what]
    taken = [
        f"REVOKE {_list(part)}{f' ON {where}' if where else ''} FROM {account}"
        for where, what in sorted(surplus.items())
        # The right to grant goes in a statement of its own: beside ALL PRIVILEGES it would mean the whole server.
        for part in (what & {_GRANTING}, what - {_GRANTING})
        if part
    ]
    return [*given, *taken]


def _list(privileges: Iterable[str]) -> str:
    return ", ".join(sorted(privileges))
