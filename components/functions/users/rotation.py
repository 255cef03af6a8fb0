"""The four steps in which Secrets Manager rotates a secret; each may come twice, or after one that failed.

Secrets Manager user guide, "Rotation by Lambda function". Users alternate between two accounts: the one that is not in
use gets the new password, and whoever came in with the other goes on, and can come back, until the next rotation. The
master has one account, which keeps the old password beside the new one until then.
"""

from collections.abc import Callable

from . import accounts
from .refused import Refused
from .server import Server
from .vault import CURRENT, PENDING, Credentials, Vault


def rotate(vault: Vault, secret: str, token: str, step: str) -> None:
    """Carry out one *step* for the version *token* of the *secret*."""
    if step not in _STEPS:
        raise Refused(f"there is no step {step}")
    stages = vault.stages(secret)
    if token not in stages:
        raise Refused(f"{secret} has no version {token}")
    if CURRENT in stages[token]:
        return  # done already
    if PENDING not in stages[token]:
        raise Refused(f"the version {token} of {secret} is not pending")
    _STEPS[step](vault, secret, token)


def _create(vault: Vault, secret: str, token: str) -> None:
    current = vault.need(secret, CURRENT)
    if vault.read(secret, PENDING, token) is not None:
        return
    if "password" not in current:
        raise Refused(f"{secret} holds no password to rotate")
    username = current["username"]
    following = username if secret == vault.master else accounts.twin(username)
    vault.put(secret, {**current, "username": following, "password": accounts.password()}, PENDING, token)


def _set(vault: Vault, secret: str, token: str) -> None:
    current, pending = vault.need(secret, CURRENT), vault.need(secret, PENDING, token)
    if vault.lets_in(pending):
        return
    if secret == vault.master:
        _check_same(current["username"], pending)
        with vault.as_master() as server:
            set_master(server, current, pending)
        return
    _check_same(accounts.twin(current["username"]), pending)
    with vault.as_master() as server:
        if not accounts.exists(server, pending["username"]):
            raise Refused(f"there is no account {pending['username']}: the deployment makes it")
        accounts.open_with(server, pending["username"], pending["password"])


def set_master(server: Server, current: Credentials, pending: Credentials) -> None:
    """Give the master the pending password, and keep the current one beside it where the server can."""
    what, username = "password of the master", current["username"]
    if server.is_mariadb:  # which keeps one password per account: whoever has the old one needs the new one at once
        server.ask(what, "ALTER USER %s@'%%' IDENTIFIED BY %s", username, pending["password"])
        return
    # The one that RETAIN keeps is the one that was set last. After a rotation that stopped halfway this is not the one
    # that everybody has.
    server.ask(what, "ALTER USER %s@'%%' IDENTIFIED BY %s", username, current["password"])
    server.ask(what, "ALTER USER %s@'%%' IDENTIFIED BY %s RETAIN CURRENT PASSWORD", username, pending["password"])


def _check_same(username: str, pending: Credentials) -> None:
    if pending["username"] != username:
        raise Refused(f"the pending version is for {pending['username']}, not for {username}: rotate again")


def _test(vault: Vault, secret: str, token: str) -> None:
    with vault.log_in(vault.need(secret, PENDING, token)) as server:
        server.ask("test", "SELECT 1")


def _finish(vault: Vault, secret: str, token: str) -> None:
    _test(vault, secret, token)  # what nobody can log in with never becomes current
    holder = next((version for version, stages in vault.stages(secret).items() if CURRENT in stages), None)
    vault.move(secret, CURRENT, to=token, away_from=holder)
    if PENDING in vault.stages(secret).get(token, []):
        vault.move(secret, PENDING, away_from=token)


_STEPS: dict[str, Callable[[Vault, str, str], None]] = {
    "createSecret": _create,
    "setSecret": _set,
    "testSecret": _test,
    "finishSecret": _finish,
}
