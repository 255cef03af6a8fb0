"""Credentials in Secrets Manager, and logging in with them."""

import json
import os
from collections.abc import Mapping
from typing import Any

from .refused import Refused
from .server import NotLetIn, Server, connect

CURRENT, PENDING, PREVIOUS = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"

Credentials = dict[str, Any]


class Vault:
    """The secrets of one database, and its address."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401  clients of boto3 have no types
        self.client = client
        self.master = os.environ["MASTER_SECRET_ARN"]
        self._address = os.environ["ADDRESS"]
        self._port = int(os.environ["PORT"])

    def stages(self, secret: str) -> dict[str, list[str]]:
        """Return the labels of each version."""
        return self.client.describe_secret(SecretId=secret).get("VersionIdsToStages", {})

    def read(self, secret: str, stage: str, version: str | None = None) -> Credentials | None:
        """Return what a version says, or None when there is none."""
        which = {"VersionId": version} if version else {}
        try:
            found = self.client.get_secret_value(SecretId=secret, VersionStage=stage, **which)
        except self.client.exceptions.ResourceNotFoundException:
            return None
        try:
            return dict(json.loads(found["SecretString"]))
        except (KeyError, ValueError, TypeError):
            # What is wrong with it would be told with a part of it.
            raise Refused(f"the version {stage} of {secret} is no JSON object") from None

    def need(self, secret: str, stage: str, version: str | None = None) -> Credentials:
        """Return what a version says, which must be there."""
        found = self.read(secret, stage, version)
        if found is None:
            raise Refused(f"{secret} has no version {stage}")
        return found

    def put(self, secret: str, value: Mapping[str, Any], stage: str, token: str | None = None) -> None:
        """Keep a new version."""
        which = {"ClientRequestToken": token} if token else {}
        self.client.put_secret_value(SecretId=secret, SecretString=json.dumps(value), VersionStages=[stage], **which)

    def move(self, secret: str, stage: str, *, to: str | None = None, away_from: str | None = None) -> None:
        """Take a label from one version and give it to another."""
        change = {"MoveToVersionId": to, "RemoveFromVersionId": away_from}
        given = {name: version for name, version in change.items() if version}
        self.client.update_secret_version_stage(SecretId=secret, VersionStage=stage, **given)

    def log_in(self, credentials: Mapping[str, Any]) -> Server:
        """Connect as the user of *credentials*: to this database, whatever host they name."""
        return connect(self._address, self._port, credentials["username"], credentials["password"])

    def lets_in(self, credentials: Mapping[str, Any]) -> bool:
        """Whether the server takes the *credentials*."""
        try:
            with self.log_in(credentials):
                return True
        except NotLetIn:
            return False

    def as_master(self) -> Server:
        """Connect as the master: while its own password is being rotated, any of the three may be the one."""
        refused = NotLetIn(f"{self.master} holds no password of the master user")
        for stage in (CURRENT, PENDING, PREVIOUS):
            credentials = self.read(self.master, stage)
            if credentials and "password" in credentials:
                try:
                    return self.log_in(credentials)
                except NotLetIn as error:
                    refused = error
        raise refused
