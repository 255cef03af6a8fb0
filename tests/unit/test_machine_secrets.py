"""What fetches a machine's secrets, run here against the metadata of an instance and a moto server, on loopback."""

import grp
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from components.machine import userdata

from .fake_ec2 import Surroundings, surroundings

SCRIPTS = Path(userdata.__file__).parent / "scripts"
GROUP = grp.getgrgid(os.getgid()).gr_name
TEXT = 'hunter2 "quoted" ünd\n'
Fetch = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="runs what runs on Linux machines")


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def manager(moto: str) -> Any:
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    client = boto3.client("secretsmanager", "eu-central-1", endpoint_url=moto, **keys)
    yield client
    for secret in client.list_secrets()["SecretList"]:
        client.delete_secret(SecretId=secret["ARN"], ForceDeleteWithoutRecovery=True)


@pytest.fixture
def around(moto: str) -> Iterator[Surroundings]:
    with surroundings(moto) as around:
        yield around


def declare(root: Path, **secrets: str) -> Path:
    settings = root / "etc/elasticweb/secrets.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps({"group": GROUP, "secrets": secrets}))
    return root / "run/elasticweb/secrets"


def start(around: Surroundings, root: Path) -> subprocess.Popen[str]:
    environment = {
        "ELASTICWEB_ROOT": str(root),
        "ELASTICWEB_METADATA": around.url,
        "ELASTICWEB_PAUSE_SECONDS": "0.01",
        "AWS_ENDPOINT_URL": around.url,
    }
    command = [sys.executable, "-B", str(SCRIPTS / "fetch_secrets.py")]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def fetch(around: Surroundings, tmp_path: Path) -> Fetch:
    def fetching() -> subprocess.CompletedProcess[str]:
        process = start(around, tmp_path)
        out, err = process.communicate(timeout=30)
        return subprocess.CompletedProcess([], process.returncode, out, err)

    return fetching


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def made(manager: Any, name: str, text: str = TEXT) -> str:
    return manager.create_secret(Name=name, SecretString=text)["ARN"]


def test_a_secret_is_a_file_that_one_group_may_read(manager: Any, fetch: Fetch, tmp_path: Path) -> None:
    directory = declare(tmp_path, database=made(manager, "db"), mail=made(manager, "mail", "{}"))
    done = fetch()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert names(directory) == ["database.json", "mail.json"]
    file = directory / "database.json"
    assert file.read_text("utf-8") == TEXT
    assert (file.stat().st_mode & 0o7777, directory.stat().st_mode & 0o7777) == (0o440, 0o750)
    assert (file.stat().st_uid, file.stat().st_gid, directory.stat().st_gid) == (os.getuid(), os.getgid(), os.getgid())


def test_a_rotated_secret_arrives_and_one_that_is_no_longer_declared_goes(
    manager: Any, fetch: Fetch, tmp_path: Path
) -> None:
    arn = made(manager, "db")
    directory = declare(tmp_path, database=arn, mail=made(manager, "mail"))
    fetch()
    manager.put_secret_value(SecretId=arn, SecretString="new")
    declare(tmp_path, database=arn)
    assert fetch().returncode == 0
    assert names(directory) == ["database.json"]
    assert (directory / "database.json").read_text() == "new"


@pytest.mark.parametrize(
    "trouble",
    [
        (400, '{"__type": "ThrottlingException", "message": "Rate exceeded"}'),
        (400, '{"__type": "com.amazonaws.secretsmanager#AccessDeniedException"}'),
        (429, ""),
        (500, '{"__type": "InternalServiceError"}'),
        (503, "<html>"),
        (0, "the connection breaks"),
    ],
)
def test_passing_trouble_is_sat_out(
    manager: Any, around: Surroundings, fetch: Fetch, tmp_path: Path, trouble: tuple[int, str]
) -> None:
    directory = declare(tmp_path, database=made(manager, "db"))
    around.failures = [trouble] * 3
    done = fetch()
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("secretsmanager did not answer") == 3
    assert (directory / "database.json").read_text("utf-8") == TEXT


def test_trouble_that_does_not_pass_ends_in_one_line(around: Surroundings, fetch: Fetch, tmp_path: Path) -> None:
    declare(tmp_path, database="arn:aws:secretsmanager:eu-central-1:1:secret:db")
    around.failures = [(400, '{"__type": "ThrottlingException"}')] * 8
    done = fetch()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "elasticweb: the secret database could not be fetched: ThrottlingException"
    assert around.failures == []


def test_metadata_that_does_not_answer_at_once_is_asked_again(
    manager: Any, around: Surroundings, fetch: Fetch, tmp_path: Path
) -> None:
    declare(tmp_path, database=made(manager, "db"))
    around.metadata_failures = 5
    assert fetch().returncode == 0
    assert around.metadata_failures == 0


def test_a_machine_without_a_role_says_so(around: Surroundings, fetch: Fetch, tmp_path: Path) -> None:
    declare(tmp_path, database="arn:aws:secretsmanager:eu-central-1:1:secret:db")
    del around.metadata["iam/security-credentials/"]
    done = fetch()
    assert done.returncode == 1
    assert done.stderr == "elasticweb: the secret database could not be fetched: no credentials\n"


def test_a_missing_secret_does_not_keep_the_others_away(manager: Any, fetch: Fetch, tmp_path: Path) -> None:
    gone = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:gone-AbCdEf"
    directory = declare(tmp_path, gone=gone, mail=made(manager, "mail"))
    done = fetch()
    assert done.returncode == 1
    assert done.stderr == "elasticweb: the secret gone could not be fetched: ResourceNotFoundException\n"
    assert (directory / "mail.json").read_text("utf-8") == TEXT


def test_what_was_fetched_stays_when_it_cannot_be_fetched_again(manager: Any, fetch: Fetch, tmp_path: Path) -> None:
    arn = made(manager, "db")
    directory = declare(tmp_path, database=arn)
    fetch()
    manager.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
    assert fetch().returncode == 1
    assert (directory / "database.json").read_text("utf-8") == TEXT


def test_a_fetch_that_is_killed_leaves_nothing_half_and_the_next_one_finishes(
    manager: Any, around: Surroundings, fetch: Fetch, tmp_path: Path
) -> None:
    directory = declare(tmp_path, database=made(manager, "db"), mail=made(manager, "mail"))
    around.delay = 0.2
    process = start(around, tmp_path)
    while not (directory / "database.json").exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    assert names(directory) == ["database.json"]
    (directory / "mail.json.new").write_text("hal")  # as if killed while writing
    assert fetch().returncode == 0
    assert names(directory) == ["database.json", "mail.json"]
    assert (directory / "mail.json").read_text("utf-8") == TEXT


def test_no_secret_is_in_arguments_environment_or_log(manager: Any, around: Surroundings, tmp_path: Path) -> None:
    declare(tmp_path, database=made(manager, "db"), gone="arn:aws:secretsmanager:eu-central-1:1:secret:gone")
    around.delay = 0.3
    process = start(around, tmp_path)
    seen = b""
    while process.poll() is None:
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                if path.read_text().rsplit(")", 1)[1].split()[1] == str(process.pid) or path.parent.name == str(
                    process.pid
                ):
                    seen += (path.parent / "cmdline").read_bytes() + (path.parent / "environ").read_bytes()
            except OSError:
                continue
        time.sleep(0.02)
    out, err = process.communicate()
    assert b"fetch_secrets.py" in seen
    for secret in ("hunter2", "key-of-the-role", "token-of-the-role"):
        assert secret not in out + err
        assert secret.encode() not in seen
    assert around.refused == 0
