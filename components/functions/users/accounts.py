"""Accounts of the database: made, given what is declared and nothing else, locked when they are removed."""

import secrets
import string
from collections.abc import Sequence

from .grants import corrections, on_database, present
from .refused import Refused
from .server import Server

_IAM = "AWSAuthenticationPlugin"
_TWIN = "_clone"
_LETTERS = string.ascii_letters + string.digits


def twin(username: str) -> str:
    """Return the other account of the pair: a rotation gives the new password to the one that is not in use."""
    return username.removesuffix(_TWIN) if username.endswith(_TWIN) else username + _TWIN


def password() -> str:
    """Make one up: letters and digits, nothing to escape in addresses, shells and configuration files."""
    return "".join(secrets.choice(_LETTERS) for _ in range(40))


def exists(server: Server, username: str) -> bool:
    """Whether the server knows the account."""
    return _plugin(server, username) is not None


def ensure(server: Server, username: str, *, iam: bool) -> None:
    """Make the account where there is none, locked and with a password that nobody knows; it always needs TLS."""
    plugin = _plugin(server, username)
    if iam and plugin != _IAM:
        # AS 'RDS' is what RDS wants there (RDS user guide, UsingWithRDS.IAMDBAuth.DBAccounts).
        verb = "CREATE" if plugin is None else "ALTER"
        server.ask(f"IAM login of {username}", f"{verb} USER %s@'%%' IDENTIFIED WITH {_IAM} AS 'RDS'", username)
    elif plugin is None:
        server.ask(f"making {username}", "CREATE USER %s@'%%' IDENTIFIED BY %s ACCOUNT LOCK", username, password())
    elif not iam and plugin == _IAM:
        server.ask(
            f"password of {username}",
            "ALTER USER %s@'%%' IDENTIFIED WITH caching_sha2_password BY %s ACCOUNT LOCK",
            username,
            password(),
        )
    server.ask(f"TLS of {username}", "ALTER USER %s@'%%' REQUIRE SSL", username)


def open_with(server: Server, username: str, secret: str) -> None:
    """Let the account in with a password: open connections go on, whatever they came in with."""
    server.ask(
        f"password of {username}",
        "ALTER USER %s@'%%' IDENTIFIED BY %s REQUIRE SSL ACCOUNT UNLOCK",
        username,
        secret,
    )


def unlock(server: Server, username: str) -> None:
    """Let the account in, as it is."""
    server.ask(f"unlocking {username}", "ALTER USER %s@'%%' ACCOUNT UNLOCK", username)


def lock(server: Server, username: str) -> None:
    """Let the account in no more.

    It is not dropped: views, triggers and procedures that were made by it are carried out in its name, and stop working
    without it.
    """
    if exists(server, username):
        server.ask(f"locking {username}", "ALTER USER %s@'%%' ACCOUNT LOCK", username)


def allow(server: Server, username: str, privileges: Sequence[str], databases: Sequence[str]) -> None:
    """Give the account the *privileges* on the *databases*, and take away what else it has."""
    account = f"`{username}`@`%`"
    literal = not server.is_mariadb and server.ask("settings", "SELECT @@GLOBAL.partial_revokes")[0][0]
    wanted = {on_database(database, wildcards=not literal): frozenset(privileges) for database in databases}
    # What the server makes of it is read again: taking a part of everything may leave what only this server knows.
    for _ in range(3):
        lines = [row[0] for row in server.ask(f"grants of {username}", "SHOW GRANTS FOR %s@'%%'", username)]
        statements = corrections(account, present(lines), wanted)
        if not statements:
            return
        for statement in statements:
            server.ask(f"grants of {username}", statement.replace("%", "%%"))
    raise Refused(f"the grants of {username} are not what is declared, whatever is granted and revoked")


def make_databases(server: Server, databases: Sequence[str]) -> None:
    """Make those that are not there: grants on them would mean nothing."""
    there = {row[0] for row in server.ask("databases", "SHOW DATABASES")}
    for database in databases:
        if database not in there:
            server.ask(f"database {database}", f"CREATE DATABASE IF NOT EXISTS `{database}`")


def _plugin(server: Server, username: str) -> str | None:
    rows = server.ask("accounts", "SELECT plugin FROM mysql.user WHERE User = %s AND Host = '%%'", username)
    return rows[0][0] if rows else None
