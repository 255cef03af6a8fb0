"""What stands around the server in these tests: secrets in an emulator, and calls of the function."""

import json
import traceback
import uuid
from collections.abc import Sequence
from typing import Any

from moto.secretsmanager.models import secretsmanager_backends

from components.functions.users.handler import handle
from tests.server.mariadb import MASTER, MASTER_PASSWORD, Running

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")

READ_WRITE = ("CREATE TEMPORARY TABLES", "DELETE", "EXECUTE", "INSERT", "SELECT", "UPDATE")
READ_ONLY = ("SELECT", "SHOW VIEW")


class Deployment:
    """The secrets of one database."""

    def __init__(self, server: Running, client: Any) -> None:
        self.server = server
        self.client = client
        self.failures: list[str] = []
        """What the runtime would print of the calls that failed."""
        self.connection: dict[str, Any] = {
            "engine": "mysql",
            "host": "db.app.internal",
            "reader_host": "db-ro.app.internal",
            "port": server.port,
            "dbname": "app",
            "dbInstanceIdentifier": "app-primary",
        }
        first = {**self.connection, "username": MASTER, "password": MASTER_PASSWORD}
        self.master = str(client.create_secret(Name="master", SecretString=json.dumps(first))["ARN"])

    def new_secret(self, name: str) -> str:
        """Make a secret without a version, as the deployment does."""
        return str(self.client.create_secret(Name=name)["ARN"])

    def declare(self, name: str, secret: str, **more: Any) -> str:
        """Let the function make a user what is declared; return what it says."""
        user = {"name": name, "iam": False, "privileges": READ_WRITE, "databases": ["app"], "secret": secret, **more}
        return self._call({"user": user, "connection": self.connection})

    def point(self) -> None:
        """Let the function write the hosts into the master's secret."""
        self._call({"connection": self.connection})

    def remove(self, name: str, *, disposable: bool = False) -> str:
        """Let the function do what it does when a user is taken from the list."""
        return self._call({"remove": name, "disposable": disposable, "tf": {"action": "delete", "prev_input": None}})

    def _call(self, event: dict[str, Any]) -> str:
        try:
            return handle(event)["done"]
        except Exception:
            self.failures.append(traceback.format_exc())
            raise

    def passwords(self) -> set[str]:
        """Return every password that any version of any secret has ever held, and the server's first one."""
        held = secretsmanager_backends["123456789012"]["eu-central-1"].secrets.values()
        texts = [version.get("secret_string") for secret in held for version in secret.versions.values()]
        return {json.loads(text)["password"] for text in texts if text and "password" in text} | {MASTER_PASSWORD}

    def value(self, secret: str, stage: str = "AWSCURRENT") -> dict[str, Any]:
        """Return what a secret says."""
        return json.loads(self.client.get_secret_value(SecretId=secret, VersionStage=stage)["SecretString"])

    def begin(self, secret: str) -> str:
        """Begin a rotation as Secrets Manager does, with an empty version that is pending; return its token.

        The emulator's own calls no function and has it done at once.
        """
        versions = secretsmanager_backends["123456789012"]["eu-central-1"].secrets[secret].versions
        for version in versions.values():
            if "AWSPENDING" in version["version_stages"]:
                assert "AWSCURRENT" in version["version_stages"], "a previous rotation is still in progress"
                version["version_stages"].remove("AWSPENDING")
        token = str(uuid.uuid4())
        versions[token] = {"createdate": 0, "version_id": token, "version_stages": ["AWSPENDING"]}
        return token

    def step(self, secret: str, token: str, *steps: str) -> None:
        """Call the function for some steps."""
        for step in steps:
            self._call({"Step": step, "SecretId": secret, "ClientRequestToken": token})

    def rotate(self, secret: str) -> dict[str, Any]:
        """Rotate a secret and return what it says then."""
        self.step(secret, self.begin(secret), *STEPS)
        return self.value(secret)

    def stages(self, secret: str) -> dict[str, list[str]]:
        """Return the labels of the versions that have any."""
        return {
            version: sorted(labels)
            for version, labels in self.client.describe_secret(SecretId=secret)["VersionIdsToStages"].items()
            if labels
        }

    def log_in(self, secret: str, database: str | None = "app") -> Any:
        """Connect with what a secret says."""
        value = self.value(secret)
        return self.server.log_in(value["username"], value["password"], database)

    def grants(self, account: str) -> Sequence[str]:
        """What the server says that an account may."""
        rows = self.server.as_root(f"SHOW GRANTS FOR `{account}`@`%`")
        return sorted(next(iter(row.values())) for row in rows)
