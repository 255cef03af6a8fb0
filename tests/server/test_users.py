"""Users of the database, on a real server: made by the function, with what is declared and nothing else."""

import json
import ssl
from typing import Any

import pymysql
import pytest

from components.functions.users import server as connecting
from components.functions.users.refused import Refused
from tests.server.deployment import READ_ONLY, READ_WRITE, Deployment
from tests.server.mariadb import MASTER, MASTER_PASSWORD

pytestmark = pytest.mark.server


def refused(number: int, connection: "pymysql.Connection[pymysql.cursors.Cursor]", statement: str) -> None:
    with connection.cursor() as cursor, pytest.raises(pymysql.err.MySQLError) as error:
        cursor.execute(statement)
    assert error.value.args[0] == number, error.value


def run(connection: "pymysql.Connection[pymysql.cursors.Cursor]", *statements: str) -> tuple[tuple[object, ...], ...]:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return tuple(cursor.fetchall())


def test_a_user_logs_in_with_what_its_secret_says(deployment: Deployment) -> None:
    secret = deployment.new_secret("web")
    deployment.declare("web", secret)
    value = deployment.value(secret)
    assert {key: value[key] for key in deployment.connection} == deployment.connection
    assert value["username"] == "web"
    assert len(value["password"]) == 40
    with deployment.log_in(secret) as connection:
        assert run(connection, "SELECT CURRENT_USER()") == (("web@%",),)
        assert run(connection, "SHOW STATUS LIKE 'Ssl_cipher'")[0][1]


def test_a_user_reads_and_writes_its_database_and_does_nothing_else(deployment: Deployment) -> None:
    deployment.server.as_root("CREATE TABLE app.t (n INT)", "CREATE DATABASE other", "CREATE TABLE other.t (n INT)")
    secret = deployment.new_secret("web")
    deployment.declare("web", secret)
    with deployment.log_in(secret) as connection:
        assert run(connection, "INSERT INTO t VALUES (1)", "UPDATE t SET n = 2", "SELECT n FROM t") == ((2,),)
        refused(1142, connection, "CREATE TABLE u (n INT)")
        refused(1142, connection, "DROP TABLE t")
        refused(1142, connection, "ALTER TABLE t ADD m INT")
        refused(1142, connection, "SELECT * FROM other.t")
        refused(1142, connection, "SELECT * FROM mysql.global_priv")
        refused(1227, connection, "CREATE USER intruder")
        refused(1044, connection, "GRANT SELECT ON app.* TO web@'%'")
        refused(1227, connection, "SET GLOBAL read_only = 1")


def test_a_reader_writes_nothing(deployment: Deployment) -> None:
    deployment.server.as_root("CREATE TABLE app.t (n INT)")
    secret = deployment.new_secret("reports")
    deployment.declare("reports", secret, privileges=READ_ONLY)
    with deployment.log_in(secret) as connection:
        run(connection, "SELECT * FROM t", "SHOW CREATE TABLE t")
        refused(1142, connection, "INSERT INTO t VALUES (1)")
        refused(1142, connection, "DELETE FROM t")


def test_an_underscore_in_the_name_of_a_database_is_no_wildcard(deployment: Deployment) -> None:
    deployment.server.as_root("CREATE DATABASE shopXprod", "CREATE TABLE shopXprod.t (n INT)")
    secret = deployment.new_secret("web")
    deployment.declare("web", secret, databases=["shop_prod"])
    with deployment.log_in(secret, "shop_prod") as connection:
        refused(1142, connection, "SELECT * FROM shopXprod.t")


def test_a_database_that_is_not_there_is_made_and_one_that_is_there_is_left_alone(deployment: Deployment) -> None:
    deployment.server.as_root("CREATE TABLE app.t (n INT)", "INSERT INTO app.t VALUES (1)")
    secret = deployment.new_secret("web")
    deployment.declare("web", secret, databases=["app", "archive"])
    with deployment.log_in(secret, "archive") as connection:
        assert run(connection, "SELECT n FROM app.t") == ((1,),)


def test_doing_it_again_changes_nothing(deployment: Deployment) -> None:
    secret = deployment.new_secret("web")
    deployment.declare("web", secret)
    before = deployment.value(secret), deployment.grants("web"), deployment.grants("web_clone")
    versions = deployment.client.describe_secret(SecretId=secret)["VersionIdsToStages"]
    deployment.declare("web", secret)
    assert (deployment.value(secret), deployment.grants("web"), deployment.grants("web_clone")) == before
    assert deployment.client.describe_secret(SecretId=secret)["VersionIdsToStages"] == versions


@pytest.mark.parametrize(
    "more",
    [
        "GRANT DROP ON app.* TO web@'%'",
        "GRANT ALL PRIVILEGES ON app.* TO web@'%' WITH GRANT OPTION",
        "GRANT ALL PRIVILEGES ON other.* TO web@'%' WITH GRANT OPTION",
        "GRANT SELECT ON app.* TO web@'%' WITH GRANT OPTION",
        "GRANT PROCESS, RELOAD ON *.* TO web@'%'",
        "GRANT SELECT (n), UPDATE (n, m) ON other.t TO web@'%'",
        "GRANT EXECUTE ON PROCEDURE other.p TO web@'%'",
        "GRANT everything TO web@'%'",
        "REVOKE INSERT ON app.* FROM web@'%'",
        "REVOKE ALL PRIVILEGES, GRANT OPTION FROM web@'%'",
    ],
)
def test_whatever_was_granted_by_hand_the_declaration_is_what_holds(deployment: Deployment, more: str) -> None:
    root = deployment.server.as_root
    root("CREATE DATABASE other", "CREATE TABLE other.t (n INT, m INT)", "CREATE PROCEDURE other.p() SELECT 1")
    secret = deployment.new_secret("web")
    deployment.declare("web", secret)
    declared = deployment.grants("web")
    # What the server's administrator can do; the master of RDS has the right to take all of it away.
    root("CREATE OR REPLACE ROLE everything", f"GRANT everything TO {MASTER} WITH ADMIN OPTION", more)
    try:
        assert deployment.grants("web") != declared
        deployment.declare("web", secret)
        assert deployment.grants("web") == declared
    finally:
        root("DROP ROLE everything")


def test_less_in_the_declaration_is_less_on_the_server(deployment: Deployment) -> None:
    secret = deployment.new_secret("web")
    deployment.declare("web", secret, databases=["app", "archive"])
    deployment.declare("web", secret, privileges=READ_ONLY)
    for account in ("web", "web_clone"):
        (line,) = [line for line in deployment.grants(account) if "USAGE" not in line]
        assert line.startswith("GRANT SELECT, SHOW VIEW ON `app`.* TO ")


def test_without_tls_nobody_comes_in(deployment: Deployment) -> None:
    secret = deployment.new_secret("web")
    deployment.declare("web", secret)
    value = deployment.value(secret)
    root = deployment.server.as_root
    root("SET GLOBAL require_secure_transport = 0")
    try:  # the server alone would let it pass
        with pytest.raises(pymysql.err.OperationalError) as error:
            deployment.server.log_in(value["username"], value["password"], ssl_disabled=True)
        assert error.value.args[0] == 1045
    finally:
        root("SET GLOBAL require_secure_transport = 1")
    with pytest.raises(pymysql.err.OperationalError) as error:
        deployment.server.log_in(MASTER, MASTER_PASSWORD, ssl_disabled=True)
    assert error.value.args[0] in {1045, 3159, 4031}


def test_a_removed_user_is_locked_and_what_it_made_goes_on(deployment: Deployment) -> None:
    root = deployment.server.as_root
    root("CREATE TABLE app.t (n INT)", "INSERT INTO app.t VALUES (7)")
    secret = deployment.new_secret("web")
    deployment.declare("web", secret)
    root("CREATE DEFINER=web@'%' SQL SECURITY DEFINER VIEW app.v AS SELECT n FROM app.t")
    assert deployment.remove("web") == "web is locked"
    assert deployment.remove("web") == "web is locked"
    with pytest.raises(pymysql.err.OperationalError) as error:
        deployment.log_in(secret)
    assert error.value.args[0] in {3118, 4151}
    assert root("SELECT n FROM app.v") == [{"n": 7}]
    deployment.declare("web", secret)
    deployment.log_in(secret).close()


def test_removing_who_was_never_made_is_fine(deployment: Deployment) -> None:
    deployment.remove("nobody_knows")


def test_a_disposable_database_that_does_not_answer_is_not_in_the_way(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "1")
    deployment.remove("web", disposable=True)
    with pytest.raises(Refused, match="no connection to 127"):
        deployment.remove("web")


def test_after_a_restore_the_secret_is_right(deployment: Deployment) -> None:
    secret = deployment.new_secret("web")
    deployment.declare("web", secret)
    deployment.server.as_root("ALTER USER web@'%' IDENTIFIED BY 'of an old snapshot'", "DROP USER web_clone@'%'")
    deployment.declare("web", secret)
    deployment.log_in(secret).close()
    deployment.rotate(secret)
    deployment.log_in(secret).close()


def test_hosts_follow_and_passwords_stay(deployment: Deployment) -> None:
    secret = deployment.new_secret("web")
    deployment.declare("web", secret)
    before, master = deployment.value(secret), deployment.value(deployment.master)
    deployment.connection["host"] = "db.other.internal"
    deployment.declare("web", secret)
    assert deployment.value(secret) == {**before, "host": "db.other.internal"}
    deployment.point()
    assert deployment.value(deployment.master) == {**master, "host": "db.other.internal"}


def test_a_server_of_another_authority_is_not_talked_to(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = deployment.new_secret("web")
    monkeypatch.setattr(connecting, "ROOTS", connecting.BUNDLED)
    with pytest.raises(Refused, match=r"error 2003, SSLCertVerificationError\)$"):
        deployment.declare("web", secret)


def test_a_server_of_another_name_is_not_talked_to(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADDRESS", "localhost")  # its certificate is for 127.0.0.1
    with pytest.raises(Refused, match="SSLCertVerificationError"):
        deployment.declare("web", deployment.new_secret("web"))


def test_an_iam_login_takes_the_plugin_of_rds(deployment: Deployment) -> None:
    secret = deployment.new_secret("web")
    with pytest.raises(Refused, match=r"^IAM login of web: the server answered with error 1524$"):
        deployment.declare("web", secret, iam=True)  # MariaDB has no such plugin


def test_errors_say_no_password(deployment: Deployment, caplog: pytest.LogCaptureFixture) -> None:
    secret = deployment.new_secret("web")
    deployment.client.put_secret_value(
        SecretId=secret,
        SecretString=json.dumps({**deployment.connection, "username": "web", "password": "known'password"}),
    )
    deployment.server.as_root(f"REVOKE ALL PRIVILEGES, GRANT OPTION FROM {MASTER}@'%'")
    with pytest.raises(Refused) as error:
        deployment.declare("web", secret)
    told = f"{error.value!r} {error.value.__cause__!r} {error.value.__context__!r} {caplog.text}"
    assert "known" not in told
    assert MASTER_PASSWORD not in told


def test_the_bundle_is_of_rds() -> None:
    roots: list[Any] = ssl.create_default_context(cafile=str(connecting.BUNDLED)).get_ca_certs()
    names = {value for root in roots for ((key, value),) in root["subject"] if key == "commonName"}
    assert all(name.startswith("Amazon RDS ") and " Root CA " in name for name in names)
    assert {f"Amazon RDS eu-central-1 Root CA {kind} G1" for kind in ("RSA2048", "RSA4096", "ECC384")} <= names


def test_every_privilege_means_something_to_the_server(deployment: Deployment) -> None:
    from components.functions.users.grants import OF_A_DATABASE  # noqa: PLC0415

    secret = deployment.new_secret("web")
    assert set(READ_WRITE) | set(READ_ONLY) < OF_A_DATABASE
    deployment.declare("web", secret, privileges=sorted(OF_A_DATABASE))
    deployment.declare("web", secret, privileges=sorted(OF_A_DATABASE))
    deployment.declare("web", secret)
