"""A MariaDB server of the tests' own: in a directory that goes away, on loopback, as a user without rights."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql
import pymysql.cursors

from tests.server.certificates import Certificates

WAIT_SECONDS = 20

MASTER, MASTER_PASSWORD = "app_owner", "Master0password"

# What RDS grants its master user (RDS user guide, UsingWithRDS.MasterAccounts), without what MariaDB has no name for.
_MASTER_RIGHTS = (
    "SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, PROCESS, REFERENCES, INDEX, ALTER, SHOW DATABASES, "
    "CREATE TEMPORARY TABLES, LOCK TABLES, EXECUTE, REPLICATION SLAVE, REPLICATION CLIENT, CREATE VIEW, SHOW VIEW, "
    "CREATE ROUTINE, ALTER ROUTINE, CREATE USER, EVENT, TRIGGER, "
    # Which is a part of everything on MariaDB, and there is none on MySQL.
    "DELETE HISTORY"
)


def missing() -> str:
    """What these tests need and this machine has not."""
    names = ("mariadbd", "mariadb-install-db")
    return ", ".join(name for name in names if _program(name) is None)


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def _unprivileged() -> dict[str, Any]:
    return {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}


def eventually(found: Callable[[], Any], what: str) -> Any:
    """Ask until something is *found*."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not (answer := found()):
        assert time.monotonic() < deadline, f"{what} did not come"
        time.sleep(0.05)
    return answer


@dataclass
class Running:
    """One server."""

    port: int
    socket: Path
    certificates: Certificates
    log: Path

    def root(self) -> "pymysql.Connection[Any]":
        """Connect as the administrator, whom only this machine lets in."""
        return pymysql.connect(unix_socket=str(self.socket), user="root", ssl_disabled=True, autocommit=True)

    def as_root(self, *statements: str) -> list[dict[str, Any]]:
        """Run statements and return the rows of the last."""
        with self.root() as connection, connection.cursor(pymysql.cursors.DictCursor) as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def log_in(self, username: str, password: str, database: str | None = None, **more: Any) -> Any:
        """Connect over TLS, as an application does."""
        tls = {} if "ssl_disabled" in more else {"ssl_ca": str(self.certificates.authority)}
        return pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user=username,
            password=password,
            database=database,
            autocommit=True,
            **tls,
            **more,
        )


@contextlib.contextmanager
def running(certificates: Certificates, settings: Sequence[str] = ()) -> Generator[Running]:
    """Start a server; it is ended by its id."""
    home = Path(tempfile.mkdtemp(prefix="elasticweb-db-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(home, "nobody", "nogroup")
        own = certificates.copied_to(home)
        data = home / "data"
        _run("mariadb-install-db", f"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db")
        port = _free_port()
        socket_path, log = home / "socket", home / "log.err"
        server = _program("mariadbd")
        assert server
        command = [
            server,
            "--no-defaults",
            f"--datadir={data}",
            f"--socket={socket_path}",
            f"--pid-file={home / 'pid'}",
            f"--log-error={log}",
            f"--port={port}",
            "--bind-address=127.0.0.1",
            f"--server-id={port}",
            f"--log-bin={home / 'binlog'}",
            f"--relay-log={home / 'relay'}",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-buffer-pool-size=32M",
            f"--ssl-ca={own.authority}",
            f"--ssl-cert={own.certificate}",
            f"--ssl-key={own.key}",
            *settings,
        ]
        process = subprocess.Popen(
            command, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, **_unprivileged()
        )
        try:
            made = Running(port, socket_path, certificates, log)
            eventually(lambda: _answers(made, process), "the server")
            yield made
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=WAIT_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(home)


def _answers(server: Running, process: "subprocess.Popen[Any]") -> bool:
    assert process.poll() is None, server.log.read_text(errors="replace")
    # Not with PyMySQL, which leaves its socket open when nobody listens.
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", server.port)) == 0


def _run(name: str, *arguments: str) -> None:
    program = _program(name)
    assert program
    done = subprocess.run(
        [program, "--no-defaults", *arguments], capture_output=True, text=True, check=False, **_unprivileged()
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def make_master(server: Running) -> None:
    """Make the user that RDS makes with an instance."""
    server.as_root(
        f"CREATE OR REPLACE USER {MASTER}@'%' IDENTIFIED BY '{MASTER_PASSWORD}'",
        f"GRANT {_MASTER_RIGHTS} ON *.* TO {MASTER}@'%' WITH GRANT OPTION",
        "CREATE DATABASE IF NOT EXISTS app",
    )


def follow(replica: Running, primary: Running) -> None:
    """Let *replica* repeat what *primary* does, as RDS sets it up: by GTID, over TLS, refusing other writes."""
    primary.as_root(
        "CREATE OR REPLACE USER repl@'%' IDENTIFIED BY 'repl' REQUIRE SSL", "GRANT REPLICATION SLAVE ON *.* TO repl@'%'"
    )
    replica.as_root(
        f"CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT={primary.port}, MASTER_USER='repl', "
        f"MASTER_PASSWORD='repl', MASTER_CONNECT_RETRY=1, MASTER_USE_GTID=slave_pos, MASTER_SSL=1, "
        f"MASTER_SSL_CA='{replica.log.parent / replica.certificates.authority.name}', MASTER_SSL_VERIFY_SERVER_CERT=1",
        "START SLAVE",
    )


def caught_up(replica: Running, primary: Running) -> None:
    """Wait until *replica* has done all that *primary* has."""
    done = primary.as_root("SELECT @@gtid_binlog_pos AS position")[0]["position"]
    waited = replica.as_root(f"SELECT MASTER_GTID_WAIT('{done}', {WAIT_SECONDS}) AS outcome")
    (status,) = replica.as_root("SHOW SLAVE STATUS")
    assert waited[0]["outcome"] == 0, (status["Last_IO_Error"], status["Last_SQL_Error"], replica.log.read_text())
