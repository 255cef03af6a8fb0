"""As whom the servers of an environment log in to its database."""

from collections.abc import Sequence
from typing import NamedTuple

import pulumi

from .._args import InvalidArgs
from .._mounts import Connection
from ..database.users import Login
from ..machine import SecretFile
from .databases import Database
from .shapes import EnvironmentArgs


class Connected(NamedTuple):
    """What a server is given to reach the database."""

    connections: Sequence[Connection]
    secrets: Sequence[SecretFile]
    secret_arn: pulumi.Output[str]


def check_database_users(args: EnvironmentArgs) -> None:
    """Raise :class:`InvalidArgs` when servers shall log in as somebody whom nobody declares."""
    named = {"database_user": args.get("database_user")}
    named["worker.database_user"] = args.get("worker", {}).get("database_user")
    key = "aurora" if "aurora" in args else "database"
    users = [user["name"] for user in args.get(key, {}).get("users", ())]
    for field, user in named.items():
        if user is not None and user not in users:
            known = ", ".join(users) or "none"
            raise InvalidArgs(f"Environment: {field} must be one of {key}.users ({known}), got {user!r}")


def connected(args: EnvironmentArgs, database: Database, user: str | None) -> Connected:
    """Connect servers as *user*: by default the environment's, which is the first; the master where there is none."""
    names = list(database.logins)
    user = user or args.get("database_user") or (names[0] if names else None)
    login = Login(database.secret_arn) if user is None else database.logins[user]
    connection = Connection(name="database", security_group_id=database.security_group_id, port=database.tcp_port)
    if login.statements:
        connection["statements"] = login.statements
    secrets = [SecretFile(name="database", arn=login.secret_arn), *args.get("secrets", ())]
    return Connected([connection], secrets, login.secret_arn)
