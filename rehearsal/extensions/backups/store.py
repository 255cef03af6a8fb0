"""What the emulated AWS Backup remembers, for each account and region, and how it answers and refuses."""

import importlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Plain = dict[str, Any]


@dataclass
class Clock:
    """What time it is; tests set another."""

    now: Any = lambda: datetime.now(UTC)
    looks: int = 4
    """How often somebody has to look at a job until it is done."""


CLOCK = Clock()


@dataclass
class Point:
    """A recovery point: what AWS tells of it, and what is in it."""

    told: Plain
    content: Any
    metadata: dict[str, str]
    """What a restore needs to know, as it was when the backup was taken."""
    tags: dict[str, str] = field(default_factory=dict[str, str])
    continuous: bool = False

    @property
    def arn(self) -> str:
        """Its ARN, which for databases and volumes is that of a snapshot."""
        return self.told["RecoveryPointArn"]


@dataclass
class Store:
    """Everything of one account in one region that moto (5.2) does not have."""

    account: str
    region: str
    points: dict[str, Point] = field(default_factory=dict[str, Point])
    jobs: dict[str, Any] = field(default_factory=dict[str, Any])
    """Jobs that back up, copy and restore, by their ids."""
    selections: dict[str, Plain] = field(default_factory=dict[str, Plain])
    policies: dict[str, str] = field(default_factory=dict[str, str])
    tests: dict[str, Plain] = field(default_factory=dict[str, Plain])
    """Restore testing plans by name, each with its selections under `selections`."""

    def vault(self, name: str) -> Any:
        """Return moto's vault of that name."""
        vaults = backend(self.account, self.region).vaults
        if name not in vaults:
            raise missing(f"Backup vault {name} does not exist.")
        return vaults[name]

    def in_vault(self, name: str) -> list[Point]:
        """Return the recovery points of a vault, the newest first."""
        self.vault(name)
        found = [point for point in self.points.values() if point.told["BackupVaultName"] == name]
        return sorted(found, key=lambda point: point.told["CreationDate"], reverse=True)

    def add(self, point: Point) -> None:
        """Put *point* into its vault."""
        self.points[point.arn] = point
        self.count(point.told["BackupVaultName"])

    def remove(self, arn: str) -> None:
        """Forget a recovery point."""
        self.count(self.points.pop(arn).told["BackupVaultName"])

    def count(self, name: str) -> None:
        """Let the vault know how many there are."""
        held = [point for point in self.points.values() if point.told["BackupVaultName"] == name]
        self.vault(name).num_of_recovery_points = len(held)


def backend(account: str, region: str, service: str = "backup") -> Any:
    """Return moto's backend."""
    return importlib.import_module("moto.backends").get_backend(service)[account][region]


def store(account: str, region: str) -> Store:
    """Return what there is in *region*; moto's reset forgets it with the rest."""
    return vars(backend(account, region)).setdefault("rehearsal", Store(account, region))


def store_of(response: Any) -> Store:
    """Return what there is where a request goes."""
    return store(response.current_account, response.region)


def body(response: Any) -> Plain:
    """Return what a request says in its body."""
    return json.loads(response.body) if response.body else {}


def path(response: Any, name: str) -> str:
    """Return a part of the request's path."""
    return str(response.uri_match[name])


def query(response: Any, name: str) -> str | None:
    """Return a parameter of the request's query."""
    return next(iter(response.querystring.get(name, ())), None)


def page(response: Any, found: list[Plain], key: str) -> str:
    """Answer with a page of what was *found*."""
    start = int(query(response, "nextToken") or 0)
    end = start + int(query(response, "maxResults") or 1000)
    return answer({key: found[start:end], **({"NextToken": str(end)} if end < len(found) else {})})


def answer(told: Plain) -> str:
    """Return *told* as AWS writes it."""
    return json.dumps({k: v for k, v in told.items() if v is not None}, default=lambda value: value.timestamp())


def now() -> datetime:
    """Return what time it is."""
    return CLOCK.now()


def missing(message: str) -> Exception:
    """Return AWS's error for what is not there."""
    return _error("ResourceNotFoundException", message)


def wrong(message: str) -> Exception:
    """Return AWS's error for a parameter that is wrong."""
    return _error("InvalidParameterValueException", message)


def refused(message: str) -> Exception:
    """Return AWS's error for what cannot be done now."""
    return _error("InvalidRequestException", message)


def _error(kind: str, message: str) -> Exception:
    return getattr(importlib.import_module("moto.backup.exceptions"), kind)(message)
