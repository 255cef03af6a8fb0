"""What the deployment asks for: a user as it is declared, a user no more, another host."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from . import accounts
from .vault import CURRENT, PENDING, Vault


class User(NamedTuple):
    """A user as the deployment declares it."""

    name: str
    iam: bool
    privileges: list[str]
    databases: list[str]
    secret: str


def ensure_user(vault: Vault, user: User, connection: Mapping[str, Any]) -> None:
    """Make the server and the secret what is declared; whoever runs this twice changes nothing the second time."""
    known = vault.read(user.secret, CURRENT)
    with vault.as_master() as server:
        accounts.make_databases(server, user.databases)
        if user.iam:
            accounts.ensure(server, user.name, iam=True)
            accounts.allow(server, user.name, user.privileges, user.databases)
            accounts.unlock(server, user.name)
            accounts.lock(server, accounts.twin(user.name))
            credentials = {"username": user.name}
        else:
            for account in (user.name, accounts.twin(user.name)):
                accounts.ensure(server, account, iam=False)
                accounts.allow(server, account, user.privileges, user.databases)
            credentials = _with_password(user, known)
            if not (known and "password" in known and vault.lets_in(credentials)):
                # New, back again after it was locked, or a database that was restored: the secret is right.
                accounts.open_with(server, credentials["username"], credentials["password"])
    _keep(vault, user.secret, known, {**connection, **credentials})


def remove_user(vault: Vault, name: str) -> None:
    """Lock both accounts."""
    with vault.as_master() as server:
        for account in (name, accounts.twin(name)):
            accounts.lock(server, account)


def point(vault: Vault, secret: str, connection: Mapping[str, Any]) -> None:
    """Write into the master's secret where the database is."""
    known = vault.need(secret, CURRENT)
    credentials = {key: known[key] for key in ("username", "password")}
    _keep(vault, secret, known, {**connection, **credentials})


def _with_password(user: User, known: Mapping[str, Any] | None) -> dict[str, Any]:
    if known and "password" in known and known["username"] in {user.name, accounts.twin(user.name)}:
        return {"username": known["username"], "password": known["password"]}
    return {"username": user.name, "password": accounts.password()}


def _keep(vault: Vault, secret: str, known: Mapping[str, Any] | None, value: Mapping[str, Any]) -> None:
    if known == value:
        return
    # A rotation that stopped halfway would bring back the hosts of its own day: it begins anew. And Secrets Manager
    # begins none while the label is on any version but the current one (API reference, RotateSecret).
    for version, stages in vault.stages(secret).items():
        if PENDING in stages:
            vault.move(secret, PENDING, away_from=version)
    vault.put(secret, value, CURRENT)
