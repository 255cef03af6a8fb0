"""As whom the servers of an environment log in to its database."""

import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any

import pytest

from components import Environment, InvalidArgs
from rehearsal.recorder import Recording
from tests.recording import recording

NETWORK: dict[str, Any] = {"availability_zones": ["eu-central-1a", "eu-central-1b"]}
USERS = [{"name": "web"}, {"name": "migrate", "access": "migrations"}, {"name": "batch", "iam": True}]


def made(key: str = "database", **more: Any) -> Recording:
    args: Any = {"network": NETWORK, key: {"users": USERS}, "worker": {}, **more}
    return recording(lambda: Environment("shop", args))


def allowed(result: Recording, role_policy: str, action: str) -> list[Any]:
    policy = json.loads(result.named(role_policy).inputs["policy"])
    return [r for s in policy["Statement"] if action in s["Action"] for r in s["Resource"]]


def told(result: Recording, template: str) -> str:
    raw = base64.b64decode(result.named(template).inputs["userData"])
    return (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode()


def readers(result: Recording) -> Mapping[str, list[Any]]:
    return {
        who: allowed(result, f"shop-{who}-policy", "secretsmanager:GetSecretValue")
        for who in ("web-server", "worker-machine")
    }


@pytest.mark.parametrize("key", ["database", "aurora"])
def test_servers_log_in_as_the_first_user_and_never_as_the_master(key: str) -> None:
    result = made(key)
    web = result.named("shop-db-user-web").outputs["arn"]
    assert readers(result) == {"web-server": [web], "worker-machine": [web]}
    master = result.named("shop-db-credentials").outputs["arn"]
    for template in ("shop-web-server-launch-template", "shop-worker-machine-launch-template"):
        assert web in told(result, template)
        assert master not in told(result, template)


def test_servers_and_worker_log_in_as_whom_they_are_told_to() -> None:
    result = made(database_user="batch", worker={"database_user": "migrate"})
    batch, migrate = (result.named(f"shop-db-user-{name}").outputs["arn"] for name in ("batch", "migrate"))
    assert readers(result) == {"web-server": [batch], "worker-machine": [migrate]}


def test_a_login_by_token_is_allowed_to_those_who_use_it() -> None:
    result = made(database_user="batch", worker={"database_user": "migrate"})
    (resource,) = allowed(result, "shop-web-server-policy", "rds-db:connect")
    id_ = result.named("shop-db-primary").outputs["resourceId"]
    assert resource == f"arn:aws:rds-db:eu-central-1:123456789012:dbuser:{id_}/batch"
    assert allowed(result, "shop-worker-machine-policy", "rds-db:connect") == []


def test_without_users_servers_have_the_masters_secret_as_before() -> None:
    result = recording(lambda: Environment("shop", {"network": NETWORK}))  # pyright: ignore[reportArgumentType]
    master = result.named("shop-db-credentials").outputs["arn"]
    assert allowed(result, "shop-web-server-policy", "secretsmanager:GetSecretValue") == [master]


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ({"database_user": "wep"}, "database_user must be one of database.users (web, migrate, batch), got 'wep'"),
        (
            {"worker": {"database_user": "x"}},
            "worker.database_user must be one of database.users (web, migrate, batch)",
        ),
        ({"database": {}, "database_user": "web"}, "database_user must be one of database.users (none), got 'web'"),
    ],
)
def test_who_is_not_declared_is_refused(more: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidArgs) as error:
        made(**more)
    assert str(error.value).startswith(f"Environment: {complaint}")
