"""What to do next: no AWS, no clock, nothing but what is given.

One change is under way at a time, and every step of it is decided anew from what is there, so it does not matter which
invocation took the step before, whether it finished, or how long ago that was.
"""

from collections.abc import Iterable
from dataclasses import replace

from .load import high, low
from .model import DELETING, MOST_REPLICAS, PROMOTED, Action, Journal, Kind, Observation, Phase, Policy, Replica
from .sizes import wanted

LEASE = 180
"""Seconds for which somebody may still be carrying out what the journal says: see `handler.PATIENCE`."""

CLOSING_LEASE = 960
"""The same for closing, for which a function has 15 minutes."""

TOLERANCE = 60
"""Seconds by which clocks may differ."""

LATE = 3 * 3600
"""Seconds after which a replica that keeps all others waiting is worth telling somebody."""

QUIET = 90
"""Seconds between leaving the name and deleting: far more than the record's time to live."""


def decide(seen: Observation, policy: Policy, now: int) -> Action:
    """Return what to do *now* (seconds since 1970)."""
    journal = seen.journal
    if max(journal.times()) > now + TOLERANCE:
        return _note(journal.until(now), "times in the journal lie ahead: a clock was wrong")
    if journal.phase is Phase.CLOSING:
        if now - journal.at < CLOSING_LEASE:
            return Action(Kind.WAIT, "all replicas are being removed")
        return _note(replace(journal, phase=Phase.IDLE, key=""), "removing all replicas was given up")
    deleting = [replica for replica in seen.replicas if replica.status == DELETING]
    if deleting:
        return _waiting(journal, deleting[0], now, f"{deleting[0].key} is being deleted")
    if not seen.primary_available:
        # A replica may be all that is left of a primary that is lost, and somebody may be promoting it.
        return _out_of_order(seen, now) or _ready(seen, policy) or Action(Kind.WAIT, "the primary is not available")
    floor, ceiling = wanted(policy, now)
    ceiling = min(ceiling, MOST_REPLICAS - seen.others)
    floor = min(floor, ceiling)
    return (
        _removing(seen, policy, now, floor)
        or _creating(seen, now, ceiling)
        or _repair(seen, policy, now, ceiling)
        or _count(seen, now, floor, ceiling)
        or _renewal(seen, policy, now, floor, ceiling)
        or _by_load(seen, policy, now, floor, ceiling)
    )


def _removing(seen: Observation, policy: Policy, now: int, floor: int) -> Action | None:
    journal = seen.journal
    if journal.phase is not Phase.REMOVE:
        return None
    replica = _named(seen.replicas, journal.key)
    if replica is None:
        done = replace(journal, phase=Phase.IDLE, key="", shrunk=now)
        return _note(done, f"{journal.key} is gone")
    if len(seen.replicas) <= floor and replica.current and not replica.broken:
        kept = replace(journal, phase=Phase.CREATE, at=now)
        return _note(kept, f"{journal.key} is needed again")
    if replica.named:
        return Action(Kind.LEAVE, f"{replica.key} is to go", replica.key, replace(journal, at=now))
    waited = now - journal.at
    late = waited > policy.drain + LATE
    empty = replica.connections == 0 and replica.counted >= journal.at + QUIET // 2
    quiet = waited >= policy.drain or (waited >= QUIET and (empty or replica.broken))
    if quiet and replica.status != PROMOTED:
        return Action(Kind.DELETE, f"{replica.key} has left the name", replica.key, journal, late=late)
    return Action(
        Kind.WAIT, f"{replica.key} is being changed" if quiet else f"{replica.key} still has connections", late=late
    )


def _creating(seen: Observation, now: int, ceiling: int) -> Action | None:
    journal = seen.journal
    if journal.phase is not Phase.CREATE:
        return None
    replica = _named(seen.replicas, journal.key)
    possible = seen.primary_available and journal.key not in seen.taken and len(seen.replicas) < ceiling
    if replica is None and possible and now - journal.at < LEASE:
        return Action(Kind.CREATE, f"{journal.key} was about to be created", journal.key, journal)
    if replica is None:
        return _note(replace(journal, phase=Phase.IDLE, key=""), f"{journal.key} is not there")
    if replica.named and replica.usable:
        return _note(replace(journal, phase=Phase.IDLE, key="", grown=now), f"{replica.key} is in the name")
    return None


def _repair(seen: Observation, policy: Policy, now: int, ceiling: int) -> Action | None:
    for replica in seen.replicas:
        if replica.broken:
            return _remove(seen, replica, now, f"{replica.key} is {_state(replica)}")
    step = _out_of_order(seen, now) or _ready(seen, policy)
    if step:
        return step
    for replica in seen.replicas:
        if replica.named and replica.usable:
            continue
        if replica.usable and len(seen.replicas) > ceiling:
            return _remove(seen, replica, now, f"{replica.key} has not caught up and is one too many")
        return _waiting(seen.journal, replica, now, f"{replica.key} is {_state(replica)}")
    return None


def _out_of_order(seen: Observation, now: int) -> Action | None:
    """Lead the name no more to a replica that does not answer."""
    for replica in seen.replicas:
        if replica.named and not replica.usable:
            since = _since_now(seen.journal, replica, now)
            return Action(Kind.LEAVE, f"{replica.key} is {replica.status}", replica.key, since)
    return None


def _ready(seen: Observation, policy: Policy) -> Action | None:
    """Lead the name to a replica that has caught up, unless it is about to go."""
    journal = seen.journal
    going = journal.key if journal.phase is Phase.REMOVE else ""
    for replica in seen.replicas:
        caught_up = replica.lag is not None and 0 <= replica.lag <= policy.max_lag
        if replica.usable and not replica.named and caught_up and replica.key != going:
            calm = replace(journal, key="") if journal.phase is Phase.IDLE else journal
            return Action(Kind.ENTER, f"{replica.key} has caught up", replica.key, calm)
    return None


def _waiting(journal: Journal, replica: Replica, now: int, reason: str) -> Action:
    """Wait for *replica*; what is waited for without a change under way is written down, to know for how long."""
    if journal.phase is Phase.IDLE and journal.key != replica.key:
        return Action(Kind.NOTE, reason, replica.key, _since_now(journal, replica, now))
    late = now - journal.at > LATE
    return Action(Kind.WAIT, reason, replica.key if late else "", late=late)


def _since_now(journal: Journal, replica: Replica, now: int) -> Journal:
    return replace(journal, key=replica.key, at=now) if journal.phase is Phase.IDLE else journal


def _count(seen: Observation, now: int, floor: int, ceiling: int) -> Action | None:
    count = len(seen.replicas)
    if count < floor:
        return _create(seen, now, f"{count} replicas are fewer than {floor}")
    if count > ceiling:
        return _remove(seen, _spare(seen.replicas), now, f"{count} replicas are more than {ceiling}")
    return None


def _renewal(seen: Observation, policy: Policy, now: int, floor: int, ceiling: int) -> Action | None:
    old = [replica for replica in seen.replicas if not replica.current]
    if not old or _since(seen.journal, now) < policy.scale_out_cooldown:
        return None
    if len(seen.replicas) <= floor and len(seen.replicas) < ceiling:
        return _create(seen, now, f"{old[0].key} is to be renewed")
    return _remove(seen, _spare(old), now, f"{old[0].key} is to be renewed")


def _by_load(seen: Observation, policy: Policy, now: int, floor: int, ceiling: int) -> Action:
    count, rest = len(seen.replicas), _since(seen.journal, now)
    if not seen.primary_available:
        return Action(Kind.WAIT, "the primary is not available")
    why = high(seen.load, policy.targets, now)
    if why:
        if count >= ceiling:
            return Action(Kind.WAIT, f"{why}, but there are {count} replicas already")
        if rest < policy.scale_out_cooldown:
            return Action(Kind.WAIT, f"{why}, but the last change was {rest} seconds ago")
        return _create(seen, now, why)
    why = low(seen.load, policy.targets, now)
    if why and count > floor and rest >= policy.scale_in_cooldown:
        return _remove(seen, _spare(seen.replicas), now, why)
    return Action(Kind.WAIT, f"{count} replicas are right")


def _create(seen: Observation, now: int, reason: str) -> Action:
    if not seen.primary_available:
        return Action(Kind.WAIT, f"{reason}, but the primary is not available")
    used = seen.taken | {replica.key for replica in seen.replicas}
    key = next(f"elastic-{number}" for number in range(1, 100) if f"elastic-{number}" not in used)
    return Action(Kind.CREATE, reason, key, replace(seen.journal, phase=Phase.CREATE, key=key, at=now))


def _remove(seen: Observation, replica: Replica, now: int, reason: str) -> Action:
    journal = replace(seen.journal, phase=Phase.REMOVE, key=replica.key, at=now)
    return Action(Kind.LEAVE if replica.named else Kind.NOTE, reason, replica.key, journal)


def _note(journal: Journal, reason: str) -> Action:
    return Action(Kind.NOTE, reason, journal=journal)


def _since(journal: Journal, now: int) -> int:
    return now - max(journal.grown, journal.shrunk)


def _named(replicas: Iterable[Replica], key: str) -> Replica | None:
    return next((replica for replica in replicas if replica.key == key), None)


def _spare(replicas: Iterable[Replica]) -> Replica:
    """Return the one that is missed least: of an old kind, then with the fewest connections, then the youngest."""
    return min(replicas, key=lambda r: (r.current, r.connections or 0, -int(r.key.rsplit("-", 1)[-1])))


def _state(replica: Replica) -> str:
    if replica.status != "available":
        return replica.status
    return "without figures of its lag" if replica.lag is None else f"behind by {replica.lag:g} seconds"
