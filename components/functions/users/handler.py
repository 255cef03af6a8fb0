"""Called by the deployment, for what it declares, and by Secrets Manager, to rotate a secret."""

import logging
from collections.abc import Mapping
from typing import Any

import boto3

from .declared import User, ensure_user, point, remove_user
from .refused import Refused, in_few_words
from .rotation import rotate
from .vault import Vault

_log = logging.getLogger(__name__)
_log.setLevel(logging.INFO)


def handle(event: Mapping[str, Any], _context: object = None) -> dict[str, str]:
    """Do what the *event* asks for, or fail with one line that holds no secret."""
    try:
        done = _do(Vault(boto3.client("secretsmanager")), event)  # pyright: ignore[reportUnknownMemberType]
    except Exception as error:  # noqa: BLE001  whatever it is: what the runtime would print of it is not known
        said = in_few_words(error)
    else:
        _log.info(done)
        return {"done": done}
    _log.error(said)
    # Outside the except clause: nothing of the first error travels along.
    raise Refused(said)


def _do(vault: Vault, event: Mapping[str, Any]) -> str:
    if "Step" in event:  # from Secrets Manager
        rotate(vault, event["SecretId"], event["ClientRequestToken"], event["Step"])
        return f"{event['Step']} of {event['SecretId']}"
    if "remove" in event:  # kept for the moment when the deployment deletes it
        name = event["remove"]
        if event["tf"]["action"] != "delete":
            return f"{name} will be locked when it is removed"
        return _removed(vault, name, disposable=event["disposable"])
    if "user" in event:
        user = User(**event["user"])
        ensure_user(vault, user, event["connection"])
        return f"{user.name} is as declared"
    point(vault, vault.master, event["connection"])
    return "the master's secret is as declared"


def _removed(vault: Vault, name: str, *, disposable: bool) -> str:
    try:
        remove_user(vault, name)
    except Exception as error:
        if not disposable:
            raise
        # It goes with its database; a database that does not answer must not keep a deployment from removing it.
        _log.warning("%s is left as it is: %s", name, in_few_words(error))
    return f"{name} is locked"
