"""A primary and its replica, as the component sets them up: writes go to one, reads to the other, lag is seen."""

from typing import Any

import pymysql
import pytest

from tests.server import mariadb
from tests.server.deployment import READ_ONLY, STEPS, Deployment
from tests.server.mariadb import MASTER, MASTER_PASSWORD, Running
from tests.server.parameters import UNKNOWN, of_the_component

pytestmark = pytest.mark.server

OPTION_PREVENTS_STATEMENT = 1290


def lag(replica: Running) -> int:
    """What RDS reports as ReplicaLag: Seconds_Behind_Master, and -1 where that is NULL.

    RDS user guide, USER_MySQL.Replication.ReadReplicas.Monitor.
    """
    (status,) = replica.as_root("SHOW SLAVE STATUS")
    behind = status["Seconds_Behind_Master"]
    return -1 if behind is None else int(behind)


def test_writes_go_to_the_primary_and_reads_to_the_replica(deployment: Deployment, replica: Running) -> None:
    deployment.server.as_root("CREATE TABLE app.t (n INT)")
    secret = deployment.new_secret("web")
    deployment.declare("web", secret)
    value = deployment.value(secret)
    with deployment.log_in(secret) as writer, writer.cursor() as cursor:
        cursor.execute("INSERT INTO t VALUES (1)")
    mariadb.caught_up(replica, deployment.server)
    # Accounts, passwords and grants came along: the reader's name takes the same secret.
    with replica.log_in(value["username"], value["password"], "app") as reader, reader.cursor() as cursor:
        cursor.execute("SELECT n FROM t")
        assert cursor.fetchall() == ((1,),)
        with pytest.raises(pymysql.err.MySQLError) as error:
            cursor.execute("INSERT INTO t VALUES (2)")
        assert error.value.args[0] == OPTION_PREVENTS_STATEMENT
    with replica.log_in(MASTER, MASTER_PASSWORD) as master, master.cursor() as cursor:
        with pytest.raises(pymysql.err.MySQLError) as error:
            cursor.execute("CREATE DATABASE lost")
        assert error.value.args[0] == OPTION_PREVENTS_STATEMENT


def test_a_rotation_arrives_at_the_replica_without_cutting_its_connections(
    deployment: Deployment, replica: Running
) -> None:
    deployment.server.as_root("CREATE TABLE app.t (n INT)")
    secret = deployment.new_secret("reports")
    deployment.declare("reports", secret, privileges=READ_ONLY)
    mariadb.caught_up(replica, deployment.server)
    before = deployment.value(secret)
    with replica.log_in(before["username"], before["password"], "app") as reader, reader.cursor() as cursor:
        after = deployment.rotate(secret)
        mariadb.caught_up(replica, deployment.server)
        cursor.execute("SELECT COUNT(*) FROM t")
        assert cursor.fetchall() == ((0,),)
    for value in (before, after):
        replica.log_in(value["username"], value["password"], "app").close()


def test_while_a_replica_lags_a_new_password_is_not_current_there(deployment: Deployment, replica: Running) -> None:
    secret = deployment.new_secret("reports")
    deployment.declare("reports", secret, privileges=READ_ONLY)
    mariadb.caught_up(replica, deployment.server)
    before = deployment.value(secret)
    replica.as_root("STOP SLAVE SQL_THREAD")
    after = deployment.rotate(secret)
    # Whoever still has the old version, or fetched the new one and comes to the primary, is let in.
    replica.log_in(before["username"], before["password"], "app").close()
    deployment.server.log_in(after["username"], after["password"], "app").close()
    with pytest.raises(pymysql.err.OperationalError):
        replica.log_in(after["username"], after["password"], "app")
    replica.as_root("START SLAVE SQL_THREAD")
    mariadb.caught_up(replica, deployment.server)
    replica.log_in(after["username"], after["password"], "app").close()
    assert len(STEPS) == 4


@pytest.mark.parametrize("stopped", ["STOP SLAVE", "STOP SLAVE SQL_THREAD", "STOP SLAVE IO_THREAD"])
def test_replication_that_stopped_is_a_lag_of_minus_one(replica: Running, stopped: str) -> None:
    mariadb.eventually(lambda: lag(replica) == 0, "a replica without lag")
    replica.as_root(stopped)
    assert lag(replica) == -1
    replica.as_root("START SLAVE")
    mariadb.eventually(lambda: lag(replica) == 0, "a replica without lag")


def test_replication_that_broke_is_a_lag_of_minus_one(database: Running, replica: Running) -> None:
    database.as_root("CREATE TABLE app.t (n INT PRIMARY KEY)")
    mariadb.caught_up(replica, database)
    replica.as_root("INSERT INTO app.t VALUES (1)")  # the administrator may, and has to answer for it
    database.as_root("INSERT INTO app.t VALUES (1)")
    mariadb.eventually(lambda: lag(replica) == -1, "a broken replication")
    replica.as_root("DELETE FROM app.t", "START SLAVE")
    mariadb.caught_up(replica, database)


def test_a_replica_that_is_behind_says_by_how_much(database: Running, replica: Running) -> None:
    database.as_root("CREATE TABLE app.t (n INT)")
    mariadb.caught_up(replica, database)
    with replica.root() as blocking, blocking.cursor() as cursor:
        cursor.execute("LOCK TABLES app.t READ")
        # Written five minutes ago, as far as the replica can know.
        database.as_root("SET TIMESTAMP = UNIX_TIMESTAMP() - 300", "INSERT INTO app.t VALUES (1)")
        measured = mariadb.eventually(lambda: max(lag(replica), 0), "a lag")
        assert 300 <= measured < 300 + mariadb.WAIT_SECONDS
        cursor.execute("UNLOCK TABLES")
    mariadb.caught_up(replica, database)
    mariadb.eventually(lambda: lag(replica) == 0, "a replica without lag")


def test_the_parameters_of_the_component_are_in_force(database: Running) -> None:
    for name, value in of_the_component().items():
        if "{" in value or UNKNOWN.get(name) == value:
            continue
        (row,) = database.as_root(f"SELECT @@GLOBAL.{name} AS value")
        assert meant(row["value"]) == meant(value), name


def meant(value: Any) -> Any:
    """Return what a value of a parameter means, however it is written."""
    text = str(value).upper()
    try:
        return float(text)
    except ValueError:
        return {"ON": 1.0, "OFF": 0.0}.get(text, text)
