"""MySQL databases, and what is asked of them."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from components._args import InvalidArgs
from components.mysql import MySQL, MySQLArgs, MySQLSpec
from rehearsal.recorder import Recording, Registered
from tests.recording import recording

PASSWORD = "correct-horse-battery-staple-0123456789a"  # noqa: S105 - what the recorder makes up


def args(database: MySQLSpec | Mapping[str, Any] | None = None, **more: Any) -> MySQLArgs:
    given: dict[str, Any] = {"vpc_id": "vpc-1", "subnet_ids": ["subnet-a", "subnet-b"], **more}
    if database is not None:
        given["database"] = database
    return MySQLArgs(**given)


def made(
    database: Mapping[str, Any] | None = None, *, name: str = "db", preview: bool = False, **more: Any
) -> Recording:
    return recording(lambda: MySQL(name, args(database, **more)), preview=preview)


def children(result: Recording) -> set[tuple[str, str]]:
    return {(r.type, r.name) for r in result.resources if r.custom}


def outputs(result: Recording) -> dict[str, Any]:
    return result.one("elasticweb:index:MySQL").outputs


def address(instance: Registered) -> str:
    return f"{instance.id}.rds.amazonaws.com"


def password_of(result: Recording) -> dict[str, Any]:
    return json.loads(result.named("db-credentials-version").inputs["secretString"])


def refusal(database: Mapping[str, Any] | None, **more: Any) -> str:
    """Return what is said, after making sure that nothing was registered before."""
    said: list[str] = []

    def program() -> None:
        with pytest.raises(InvalidArgs) as caught:
            MySQL(more.pop("name", "db"), args(database, **more))
        said.append(str(caught.value))

    assert not [r.name for r in recording(program).resources if r.type != "pulumi:pulumi:Stack"]
    (message,) = said
    assert "\n" not in message
    return message
