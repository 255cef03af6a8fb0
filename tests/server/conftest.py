"""Servers for a whole run of these tests, and a clean slate for each test."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from components.functions.users import server as connecting
from tests.moto_apart import each_apart, module_apart
from tests.server import mariadb
from tests.server.certificates import Certificates, made_in
from tests.server.deployment import Deployment
from tests.server.mariadb import Running
from tests.server.parameters import as_options

__all__ = ["each_apart", "module_apart"]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return made_in(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def shared_server(certificates: Certificates) -> Iterator[Running]:
    if missing := mariadb.missing():
        pytest.skip(f"no {missing}: install Debian's mariadb-server")
    with mariadb.running(certificates, as_options()) as made:
        yield made


@pytest.fixture
def database(shared_server: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    """A server with its master user and an empty database `app`, whose authority the function trusts."""
    for row in shared_server.as_root("SHOW DATABASES"):
        if row["Database"] not in {"mysql", "information_schema", "performance_schema", "sys"}:
            shared_server.as_root(f"DROP DATABASE `{row['Database']}`")
    for row in shared_server.as_root("SELECT User, Host FROM mysql.user"):
        if row["User"] not in {"root", "mariadb.sys", "repl", "PUBLIC", ""}:
            shared_server.as_root(f"DROP USER `{row['User']}`@`{row['Host']}`")
    mariadb.make_master(shared_server)
    monkeypatch.setattr(connecting, "ROOTS", shared_server.certificates.authority)
    return shared_server


@pytest.fixture
def deployment(
    database: Running,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[Deployment]:
    """What a deployment makes around the server: secrets in the emulator, and the function.

    Whatever a test does, no password is in the function's log, in what it prints or in what it fails with.
    """
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws(config={"lambda": {"use_docker": False}}):
        made = Deployment(database, boto3.client("secretsmanager"))
        monkeypatch.setenv("MASTER_SECRET_ARN", made.master)
        monkeypatch.setenv("ADDRESS", "127.0.0.1")
        monkeypatch.setenv("PORT", str(database.port))
        yield made
        told = "".join([*(r.getMessage() for r in caplog.get_records("call")), *capfd.readouterr(), *made.failures])
        assert [password for password in made.passwords() if password in told] == []


@pytest.fixture(scope="session")
def shared_replica(shared_server: Running, certificates: Certificates) -> Iterator[Running]:
    with mariadb.running(certificates, [*as_options(), "--read-only=1"]) as made:
        mariadb.follow(made, shared_server)
        yield made


@pytest.fixture
def replica(database: Running, shared_replica: Running) -> Running:
    """A replica of the server, which has done all that the server has."""
    shared_replica.as_root("START SLAVE")
    mariadb.caught_up(shared_replica, database)
    return shared_replica
