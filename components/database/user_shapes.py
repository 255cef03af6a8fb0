"""What a user of a database can be told."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NotRequired, TypedDict


class DatabaseAccess(StrEnum):
    """What a user may do in its databases."""

    READ_ONLY = "read_only"
    """Read tables and views, and see how they are defined."""
    READ_WRITE = "read_write"
    """Read, write, delete, call procedures, make temporary tables; no changes of the schema."""
    MIGRATIONS = "migrations"
    """All that, and changes of the schema: tables, indexes, views, routines, triggers."""


class DatabaseUser(TypedDict):
    """A user of the database with fewer rights than the master, and a secret of its own.

    A function makes it, in every deployment that changes it: nothing is done by hand, and its password is in no output,
    log or state. An account of that name that is there already is taken over, with a new password. Who is taken from
    the list is locked, not dropped: views and procedures that it made go on.
    """

    name: str
    """1 to 26 letters, digits and underscores, a letter first. Changing it locks the one and makes another. Rotation alternates between this account and `<name>_clone`."""  # noqa: E501

    access: NotRequired[DatabaseAccess]
    """What it may do in `databases`, made so in every deployment that changes it: what was granted by hand is revoked. Excludes `privileges`. Defaults to `read_write`."""  # noqa: E501

    privileges: NotRequired[Sequence[str]]
    """MySQL's privileges on `databases` one by one, such as `SELECT`, instead of `access`; those that MySQL grants on a database, without the right to grant. Excludes `access`."""  # noqa: E501

    databases: NotRequired[Sequence[str]]
    """Databases that it may use; those that are not there are created, and none is ever dropped. Defaults to `database_name`."""  # noqa: E501

    iam: NotRequired[bool]
    """Whether it logs in with tokens of IAM instead of a password: its secret has none, and there is nothing to rotate. Asks for `iam_authentication`. Defaults to false."""  # noqa: E501
