"""The function that makes users says no password: not in its log, not in what it fails with, whatever goes wrong."""

import json
import traceback
from collections.abc import Iterator
from typing import Any, Self

import boto3
import pymysql
import pytest
from moto import mock_aws

from components.functions.users import server
from components.functions.users.handler import handle
from components.functions.users.refused import Refused

PASSWORD = "Known0password"  # noqa: S105

CONNECTION = {"engine": "mysql", "host": "db.app.internal", "port": 3307, "dbname": "app"}


class Quoting:
    """A server that answers everything with an error that quotes the statement, as MySQL does."""

    server_version = "8.4.6"

    def __init__(self, error: type[Exception]) -> None:
        self._error = error

    def cursor(self) -> "Quoting":
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def close(self) -> None:
        pass

    def execute(self, statement: str, values: tuple[object, ...]) -> None:
        raise self._error(1064, f"You have an error in your SQL syntax near '{statement} {values} {PASSWORD}'")


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        client = boto3.client("secretsmanager")
        value = json.dumps({**CONNECTION, "username": "app_owner", "password": PASSWORD})
        arn = client.create_secret(Name="master", SecretString=value)["ARN"]
        monkeypatch.setenv("MASTER_SECRET_ARN", arn)
        monkeypatch.setenv("ADDRESS", "127.0.0.1")
        monkeypatch.setenv("PORT", "1")
        yield arn


def told(event: dict[str, Any], log: pytest.LogCaptureFixture) -> str:
    with pytest.raises(Refused) as error:
        handle(event)
    shown = "".join(traceback.format_exception(error.value))
    assert error.value.__cause__ is None
    assert error.value.__context__ is None, "nothing that another runtime could print"
    return shown + log.text


def event(secret: str) -> dict[str, Any]:
    user = {"name": "web", "iam": False, "privileges": ["SELECT"], "databases": ["app"], "secret": secret}
    return {"user": user, "connection": CONNECTION}


@pytest.mark.parametrize("kind", [pymysql.err.ProgrammingError, pymysql.err.OperationalError, ValueError, KeyError])
def test_an_error_of_the_server_is_its_number(
    secret: str, kind: type[Exception], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(server.pymysql, "connect", lambda **_: Quoting(kind))
    said = told(event(secret), caplog)
    assert PASSWORD not in said
    assert ("error 1064" if issubclass(kind, pymysql.err.Error) else kind.__name__) in said


def test_a_connection_that_fails_says_who_and_where_only(secret: str, caplog: pytest.LogCaptureFixture) -> None:
    said = told(event(secret), caplog)
    assert "no connection to 127.0.0.1:1 as app_owner (error 2003, ConnectionRefusedError)" in said
    assert PASSWORD not in said


@pytest.mark.parametrize("text", [f'{{"password": "{PASSWORD}"', f'"{PASSWORD}"', f'["{PASSWORD}"]'])
def test_a_secret_that_is_no_json_object_is_not_quoted(
    secret: str, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    boto3.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=text)
    said = told(event(secret), caplog)
    assert "is no JSON object" in said
    assert PASSWORD not in said


def test_what_aws_refuses_is_told_without_what_was_sent(secret: str, caplog: pytest.LogCaptureFixture) -> None:
    said = told(event(secret.replace("master", "gone")), caplog)
    assert "GetSecretValue" in said or "no connection" in said
    assert PASSWORD not in said


def test_an_event_that_nobody_knows_is_told_by_its_place(secret: str, caplog: pytest.LogCaptureFixture) -> None:
    assert secret
    said = told({"remove": "web", "disposable": False}, caplog)
    assert "KeyError in handler.py, line" in said
