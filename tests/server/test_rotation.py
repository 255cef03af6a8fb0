"""Rotation on a real server: nobody is cut off, and every step may come twice or after one that failed."""

from typing import Any

import pymysql
import pytest

from components.functions.users import rotation
from components.functions.users.refused import Refused
from components.functions.users.vault import Vault
from tests.server.deployment import STEPS, Deployment
from tests.server.mariadb import MASTER

pytestmark = pytest.mark.server


@pytest.fixture
def secret(deployment: Deployment) -> str:
    made = deployment.new_secret("web")
    deployment.declare("web", made)
    return made


def lets_in(deployment: Deployment, value: dict[str, Any]) -> bool:
    try:
        deployment.server.log_in(value["username"], value["password"]).close()
    except pymysql.err.OperationalError as error:
        if error.args[0] != 1045:
            raise
        return False
    return True


def test_open_connections_and_old_passwords_outlive_a_rotation(deployment: Deployment, secret: str) -> None:
    first = deployment.value(secret)
    with deployment.log_in(secret) as connection, connection.cursor() as cursor:
        second = deployment.rotate(secret)
        cursor.execute("SELECT CURRENT_USER()")
        assert cursor.fetchall() == (("web@%",),)
        assert (second["username"], second["password"] != first["password"]) == ("web_clone", True)
        # A server that has not fetched the secret again comes in for one more period ...
        assert lets_in(deployment, first)
        assert lets_in(deployment, second)
        third = deployment.rotate(secret)
        # ... and not after it; but what is open stays open.
        cursor.execute("SELECT 1")
        assert cursor.fetchall() == ((1,),)
    assert third["username"] == "web"
    assert not lets_in(deployment, first)
    assert lets_in(deployment, second)
    assert lets_in(deployment, third)


def test_both_accounts_may_the_same(deployment: Deployment, secret: str) -> None:
    deployment.server.as_root("CREATE TABLE app.t (n INT)")
    for _ in range(2):
        deployment.rotate(secret)
        with deployment.log_in(secret) as connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO t VALUES (1)")
            with pytest.raises(pymysql.err.MySQLError):
                cursor.execute("DROP TABLE t")
    web, clone = (
        [line.replace(account, "x") for line in deployment.grants(account) if "USAGE" not in line]
        for account in ("web", "web_clone")
    )
    assert web == clone


def test_all_but_user_and_password_stays(deployment: Deployment, secret: str) -> None:
    before, after = deployment.value(secret), deployment.rotate(secret)
    assert {key for key in before if before[key] != after[key]} == {"username", "password"}
    assert before.keys() == after.keys()


def test_labels_are_as_secrets_manager_wants_them_in_the_end(deployment: Deployment, secret: str) -> None:
    (first,) = deployment.stages(secret)
    token = deployment.begin(secret)
    deployment.step(secret, token, *STEPS)
    assert deployment.stages(secret) == {first: ["AWSPREVIOUS"], token: ["AWSCURRENT"]}


@pytest.mark.parametrize("which", ["user", "master"])
def test_every_step_may_come_twice(deployment: Deployment, secret: str, which: str) -> None:
    rotated = secret if which == "user" else deployment.master
    token = deployment.begin(rotated)
    for step in STEPS:
        deployment.step(rotated, token, step, step)
    assert lets_in(deployment, deployment.value(rotated))
    after = deployment.value(rotated)
    deployment.step(rotated, token, *STEPS)
    assert deployment.value(rotated) == after


@pytest.mark.parametrize("which", ["user", "master"])
@pytest.mark.parametrize("done", range(len(STEPS)))
def test_after_any_step_the_secret_that_is_current_lets_in(
    deployment: Deployment, secret: str, which: str, done: int
) -> None:
    rotated = secret if which == "user" else deployment.master
    token = deployment.begin(rotated)
    deployment.step(rotated, token, *STEPS[:done])
    # MariaDB keeps one password per account: between the second and the last step the master's old one is gone.
    gap = which == "master" and done in {2, 3}
    assert lets_in(deployment, deployment.value(rotated)) is not gap
    # A step that failed is asked for again, and so are those before it.
    deployment.step(rotated, token, *STEPS)
    assert lets_in(deployment, deployment.value(rotated))


@pytest.mark.parametrize("which", ["user", "master"])
@pytest.mark.parametrize("done", [1, 2, 3])
def test_what_an_earlier_failure_left_pending_is_not_in_the_way(
    deployment: Deployment, secret: str, which: str, done: int
) -> None:
    rotated = secret if which == "user" else deployment.master
    abandoned = deployment.begin(rotated)
    deployment.step(rotated, abandoned, *STEPS[:done])
    deployment.client.update_secret_version_stage(
        SecretId=rotated, VersionStage="AWSPENDING", RemoveFromVersionId=abandoned
    )
    if which == "master" and done >= 2:
        # With one password per account only the lost version has it: MySQL, which keeps two, has no such case.
        with pytest.raises(Refused, match="the server lets app_owner not in"):
            deployment.rotate(rotated)
        return
    deployment.rotate(rotated)
    assert lets_in(deployment, deployment.value(rotated))


def test_a_deployment_in_the_middle_of_a_rotation_brings_its_hosts_into_what_follows(
    deployment: Deployment, secret: str
) -> None:
    abandoned = deployment.begin(secret)
    deployment.step(secret, abandoned, "createSecret", "setSecret")
    deployment.connection["reader_host"] = "db-ro.other.internal"
    deployment.declare("web", secret)
    assert deployment.value(secret)["reader_host"] == "db-ro.other.internal"
    with pytest.raises(Refused, match="is not pending"):
        deployment.step(secret, abandoned, "testSecret")
    assert deployment.rotate(secret)["reader_host"] == "db-ro.other.internal"


def test_steps_out_of_order_are_refused_or_wait(deployment: Deployment, secret: str) -> None:
    token = deployment.begin(secret)
    for step in ("setSecret", "testSecret"):
        with pytest.raises(Refused, match="has no version AWSPENDING"):
            deployment.step(secret, token, step)
    deployment.step(secret, token, "createSecret")
    with pytest.raises(Refused, match="the server lets web_clone not in"):
        deployment.step(secret, token, "testSecret")
    with pytest.raises(Refused, match="the server lets web_clone not in"):
        deployment.step(secret, token, "finishSecret")  # what nobody can log in with never becomes current
    assert deployment.value(secret)["username"] == "web"
    deployment.step(secret, token, *STEPS)


def test_what_is_no_rotation_is_refused(deployment: Deployment, secret: str) -> None:
    token = deployment.begin(secret)
    with pytest.raises(Refused, match="there is no step explodeSecret"):
        deployment.step(secret, token, "explodeSecret")
    with pytest.raises(Refused, match="has no version 0000"):
        deployment.step(secret, "0000", "createSecret")
    (first,) = [version for version, labels in deployment.stages(secret).items() if "AWSCURRENT" in labels]
    deployment.step(secret, token, *STEPS)
    with pytest.raises(Refused, match="is not pending"):
        deployment.step(secret, first, "createSecret")


def test_a_pending_version_of_another_account_is_not_set(deployment: Deployment, secret: str) -> None:
    token = deployment.begin(secret)
    stolen = {**deployment.value(secret), "username": MASTER, "password": "a" * 40}
    vault = Vault(deployment.client)
    vault.put(secret, stolen, "AWSPENDING", token)
    with pytest.raises(Refused, match="the pending version is for app_owner, not for web_clone"):
        deployment.step(secret, token, "setSecret")


def test_the_test_of_a_schedule_leaves_all_as_it_is(deployment: Deployment, secret: str) -> None:
    # When a rotation is set up without an immediate one, Secrets Manager runs this step on a copy.
    token = deployment.begin(secret)
    Vault(deployment.client).put(secret, deployment.value(secret), "AWSPENDING", token)
    deployment.step(secret, token, "testSecret")


def test_the_master_is_rotated_while_its_connections_stay(deployment: Deployment, secret: str) -> None:
    before = deployment.value(deployment.master)
    with deployment.log_in(deployment.master) as connection, connection.cursor() as cursor:
        after = deployment.rotate(deployment.master)
        cursor.execute("SELECT CURRENT_USER()")
        assert cursor.fetchall() == ((f"{MASTER}@%",),)
    assert {key for key in before if before[key] != after[key]} == {"password"}
    # What the function does as the master goes on.
    deployment.declare("web", secret)
    deployment.rotate(secret)
    deployment.rotate(deployment.master)


def test_users_are_rotated_while_the_masters_rotation_is_half_done(deployment: Deployment, secret: str) -> None:
    token = deployment.begin(deployment.master)
    deployment.step(deployment.master, token, "createSecret", "setSecret")
    deployment.rotate(secret)
    deployment.step(deployment.master, token, "testSecret", "finishSecret")
    deployment.rotate(secret)


def test_mysql_keeps_the_masters_old_password_beside_the_new_one() -> None:
    """MariaDB has no second password: the statements are MySQL's, which a recorder stands in for."""
    asked: list[tuple[str, tuple[object, ...]]] = []

    class MySQL:
        is_mariadb = False

        def ask(self, _what: str, statement: str, *values: object) -> list[object]:
            asked.append((statement, values))
            return []

    rotation.set_master(MySQL(), {"username": "m", "password": "old"}, {"password": "new"})  # pyright: ignore[reportArgumentType]
    assert asked == [
        ("ALTER USER %s@'%%' IDENTIFIED BY %s", ("m", "old")),
        ("ALTER USER %s@'%%' IDENTIFIED BY %s RETAIN CURRENT PASSWORD", ("m", "new")),
    ]
