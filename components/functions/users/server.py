"""A connection to the database: always encrypted, with the server's certificate verified."""

import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import pymysql
from pymysql.constants import CR, ER

from .refused import Refused

BUNDLED = Path(__file__).parent / "rds-roots.pem"
ROOTS = BUNDLED
"""Whose signatures are trusted: RDS's own authorities, which are in no public store."""

# What a server says to a wrong password and to an account that is locked (MySQL, MariaDB).
_NOT_LET_IN = {ER.ACCESS_DENIED_ERROR, ER.DBACCESS_DENIED_ERROR, 3118, 4151}


class NotLetIn(Refused):
    """The server knows the account with another password, locked or not at all."""


class Server:
    """One connection, and what the server can do."""

    def __init__(self, connection: "pymysql.Connection[Any]") -> None:
        self._connection = connection
        # The differences that matter: MariaDB keeps one password per account, has no partial revokes, and calls its
        # authentication plugins by other names.
        handshake: Any = connection  # whose types do not know it
        self.is_mariadb = "MariaDB" in handshake.server_version

    def __enter__(self) -> Self:
        """Close the connection in the end."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._connection.close()

    def ask(self, what: str, statement: str, *values: object) -> list[Sequence[Any]]:
        """Run a *statement* and return its rows.

        What the server says to a wrong one quotes it, with the password in it: only the number of the error gets out.
        """
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(statement, values)
                return list(cursor.fetchall())
        except pymysql.err.Error as error:
            raise Refused(f"{what}: the server answered with error {_number(error)}") from None


def connect(address: str, port: int, username: str, password: str) -> Server:
    """Log in to the server, whose certificate must be for *address* and signed by one of RDS's authorities."""
    trusted = ssl.create_default_context(cafile=str(ROOTS))
    # Of Python 3.13's further rules for certificates, which RDS's are not made for, PyMySQL switches the same one off.
    trusted.verify_flags &= ~ssl.VERIFY_X509_STRICT
    try:
        connection = pymysql.connect(
            host=address,
            port=port,
            user=username,
            password=password,
            ssl=trusted,
            connect_timeout=10,
            read_timeout=30,
            write_timeout=30,
            autocommit=True,
        )
    except pymysql.err.Error as error:
        number = _number(error)
        if number in _NOT_LET_IN:
            raise NotLetIn(f"the server lets {username} not in (error {number})") from None
        cause = getattr(error, "original_exception", None)
        how = f", {type(cause).__name__}" if number == CR.CR_CONN_HOST_ERROR and cause else ""
        raise Refused(f"no connection to {address}:{port} as {username} (error {number}{how})") from None
    return Server(connection)


def _number(error: Exception) -> object:
    first = error.args[0] if error.args else None
    return first if isinstance(first, int) else type(error).__name__
