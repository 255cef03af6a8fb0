"""Removing all replicas, when the stack goes, when elastic replicas are switched off or when the primary is another."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from . import journal as journals
from .carry import delete
from .decide import LEASE
from .model import DELETING, Journal, Phase, Policy
from .names import leave, own_checks
from .observe import Instance, Sight, is_made_here, look
from .place import Aws, Place
from .tidy import delete_alarms, tidy


class StillClosingError(Exception):
    """Replicas are still being deleted."""


class Clock(NamedTuple):
    """Time, which tests bring along."""

    now: Callable[[], float]
    """Seconds since 1970."""
    sleep: Callable[[float], None]
    left: Callable[[], float]
    """Seconds that this invocation may still take."""


_POLL = 15
_LAST_MOMENTS = 30
_QUIET = 30
"""Seconds between leaving the name and deleting: the record's time to live, and the time of its change."""


def close(aws: Aws, place: Place, policy: Policy, clock: Clock) -> str:
    """Remove every replica of this component's controller with all that belongs to it, and the journal last."""
    entry = journals.read(aws, place)
    if entry is None and not _mine(place, look(aws, place)):
        return "there is nothing to remove"
    journal = Journal() if entry is None else journals.understood(entry)
    if journal.owner not in ("", place.function):
        return f"the replicas are {journal.owner}'s"
    coming = journal.key if journal.phase in {Phase.CREATE, Phase.CLOSING} else ""
    closing = replace(
        journal, number=journal.number + 1, phase=Phase.CLOSING, key=coming, at=int(clock.now()), owner=place.function
    )
    entry = journals.write(aws, place, entry, closing)
    if coming:
        _let_come(aws, place, clock, f"{place.prefix}{coming}")
        # Whoever goes on from here need not wait again.
        entry = journals.write(aws, place, entry, replace(closing, number=closing.number + 1, key=""))
    remove(aws, place, clock, lambda _: True)
    while tidy(aws, place, policy, look(aws, place)) or own_checks(aws, place):
        _wait(clock, "health checks")
    journals.write(aws, place, entry, None)
    return "all replicas are gone"


def leave_behind(aws: Aws, place: Place, clock: Clock, before: str) -> None:
    """Remove the replicas of the source *before* this one: they would outlive it, and stand alone."""
    if before == place.source:
        return
    remove(aws, place, clock, lambda instance: instance["ReadReplicaSourceDBInstanceIdentifier"] == before)
    delete_alarms(aws, f"{before}-elastic-", ())


def remove(aws: Aws, place: Place, clock: Clock, which: Callable[[Instance], bool]) -> None:
    """Delete the replicas of this component's controller that *which* picks, and return when they are gone."""
    left = False
    while True:
        sight = look(aws, place)
        mine = [instance for instance in _mine(place, sight) if which(instance)]
        addresses = {instance.get("Endpoint", {}).get("Address") for instance in mine}
        led = [r for r in sight.records if r["ResourceRecords"][0]["Value"] in addresses and _elastic(r)]
        for record in led:
            leave(aws, place, record)
        if not mine:
            return
        if led or not left:
            left = True
            clock.sleep(_QUIET)
            continue
        for instance in mine:
            if instance["DBInstanceStatus"] != DELETING:
                delete(aws, instance["DBInstanceIdentifier"])
        _wait(clock, ", ".join(sorted(instance["DBInstanceIdentifier"] for instance in mine)))


def _let_come(aws: Aws, place: Place, clock: Clock, identifier: str) -> None:
    """Return when a replica that was asked for a moment ago is to be seen, or would be: it must not be left behind.

    Another invocation may be about to ask for it, and RDS shows what is new a little later.
    """
    for _ in range(LEASE // _POLL):
        if identifier in look(aws, place).instances:
            return
        _wait(clock, identifier)


def _wait(clock: Clock, what: str) -> None:
    if clock.left() < _LAST_MOMENTS + _POLL:
        raise StillClosingError(f"{what} are still being deleted: run pulumi again")
    clock.sleep(_POLL)


def _mine(place: Place, sight: Sight) -> list[Instance]:
    return [instance for instance in sight.instances.values() if is_made_here(place, instance)]


def _elastic(record: Instance) -> bool:
    return str(record.get("SetIdentifier", "")).startswith("elastic-")
