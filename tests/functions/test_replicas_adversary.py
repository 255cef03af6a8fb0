"""The controller under an adversary: faults of the API, wrong clocks, hands that delete, two invocations at once.

Whatever happens, at every moment: no more replicas than the most, nothing of anybody else's touched, one change under
way. And when the adversary goes, what is there becomes what should be there.
"""

import random
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from components.functions.replicas.closing import StillClosingError
from components.functions.replicas.handler import LateError, NotInServiceError
from components.functions.replicas.model import Policy
from components.windows.sizes import Window
from tests.functions.world import DECLARED, SOURCE, World, policy, world

_CREATE = {"tf": {"action": "create", "prev_input": None}}
_DELETE = {"tf": {"action": "delete"}}
_MOST = 3
_WINDOW = Window("noon", "UTC", 2, None, (13 * 60,), 90)
_POLICY = policy(
    min_size=1, max_size=_MOST, windows=(_WINDOW,), offsets={"UTC": [(0, 0)]}, scale_in_cooldown=600, drain=180
)


class KilledError(Exception):
    """Lambda has ended the function: nothing more of it happens."""


class _Adversary:
    """What can go wrong, by dice that a seed throws."""

    def __init__(self, here: World, seed: int) -> None:
        self.here, self.dice, self.dead, self.depth = here, random.Random(seed), False, 0  # noqa: S311
        self.changed = list[str]()

    def hook(self, when: str, service: str, operation: str, given: Any) -> None:
        if self.dead:
            raise KilledError
        self._watch(when, operation, given)
        chance = self.dice.random()
        if when == "before" and chance < 0.03:
            raise ClientError({"Error": {"Code": "Throttling", "Message": "Rate exceeded"}}, operation)
        if when == "after" and chance < 0.03:
            raise ReadTimeoutError(endpoint_url=f"https://{service}.example")
        if chance > 0.98:
            self.dead = True
            raise KilledError
        if when == "before" and chance > 0.95 and self.depth == 0:
            self.again()

    def again(self) -> None:
        """Call it a second time, in the middle of the first."""
        self.depth = 1
        try:
            self.here.call({}, _POLICY)
        finally:
            self.depth = 0

    def _watch(self, when: str, operation: str, given: Any) -> None:
        if when != "before" or operation not in ("CreateDBInstanceReadReplica", "DeleteDBInstance"):
            return
        body = given["body"]
        identifier = body["DBInstanceIdentifier"]
        assert identifier.startswith(f"{SOURCE}-elastic-")
        if operation == "DeleteDBInstance":
            assert identifier.removeprefix(f"{SOURCE}-") not in self.here.names(), "it has left the name"
            assert self.here.place.scope in str(self.here.instance(identifier)["TagList"])

    def play(self) -> None:
        """Let something happen that is none of the controller's doing."""
        here, dice = self.here, self.dice
        throw = dice.random()
        mine = [i for i, d in here.backend.databases.items() if "-elastic-" in i and d.status != "deleting"]
        if throw < 0.05 and mine:
            here.vanish(dice.choice(mine))
        elif throw < 0.09 and mine:
            here.backend.databases[dice.choice(mine)].status = dice.choice(["storage-full", "failed", "stopped"])
        elif throw < 0.16:
            here.skew = dice.choice([-7200, -90, 0, 0, 90, 3600, 7200])
        elif throw < 0.4:
            level = dice.choice([5.0, 30.0, 85.0])
            here.cpu = lambda _: level
        elif throw < 0.46:
            lag = dice.choice([0.0, 300.0, -1.0, None])
            here.lag = lambda _: lag
        elif throw < 0.5:
            count = dice.choice([0.0, 20.0, 200.0, None])
            here.connections = lambda _: count
        here.age(dice.choice([60, 60, 120, 300, 3600] if throw > 0.97 else [60, 60, 120]))


def _holds(here: World) -> None:
    """What is true at every moment."""
    statuses = here.elastic()
    assert len([s for s in statuses.values() if s != "deleting"]) <= _MOST
    assert len([s for s in statuses.values() if s in ("creating", "deleting")]) <= 1, "one change at a time"
    assert {SOURCE, DECLARED, "somebody-elses"} <= set(here.backend.databases)
    assert {"primary", "1"} <= set(here.names())


def _calm(here: World) -> None:
    here.skew = 0
    here.cpu = lambda _: 50.0
    here.lag = lambda _: 0.0
    here.connections = lambda _: 20.0
    for identifier, database in here.backend.databases.items():
        if "-elastic-" in identifier and database.status == "stopped":
            database.status = "available"


def _invoke(here: World, adversary: _Adversary, event: dict[str, Any], wanted: Policy) -> None:
    adversary.dead = False
    try:
        here.call(event, wanted, here.clients(adversary.hook))
    except (ClientError, ReadTimeoutError, KilledError, StillClosingError, NotInServiceError, LateError):
        pass
    finally:
        adversary.dead = False


@pytest.mark.parametrize("seed", range(5))
def test_it_holds_under_an_adversary_and_recovers(seed: int) -> None:
    with world() as here:
        here.call(_CREATE, _POLICY)
        adversary = _Adversary(here, seed)
        for _ in range(40):
            adversary.play()
            _invoke(here, adversary, {}, _POLICY)
            _holds(here)

        _calm(here)
        here.run(120, _POLICY, every=4)
        statuses = here.elastic()
        assert 1 <= len(statuses) <= _MOST
        assert set(statuses.values()) == {"available"}
        assert set(here.names()) == {"primary", "1", *statuses}
        alarms, checks = here.belongings()
        assert len(alarms) == 2 * len(statuses)
        assert len(checks) == 3 * len(statuses)

        for _ in range(30):
            _invoke(here, adversary, _DELETE, _POLICY)
            if here.entry() is None and not here.elastic():
                break
        assert here.call(_DELETE, _POLICY)["closed"] in ("all replicas are gone", "there is nothing to remove")
        assert here.elastic() == {}
        assert set(here.names()) == {"primary", "1"}
        assert here.belongings() == ([], [])
        assert here.entry() is None


def test_of_two_invocations_at_any_moment_one_gives_way() -> None:
    """Let a whole invocation happen between any two calls of another."""
    with world() as here:
        here.call(_CREATE, _POLICY)
        here.age(60)
        calls = 0

        def count(when: str, *_: object) -> None:
            nonlocal calls
            calls += when == "before"

        here.call({}, _POLICY, here.clients(count))
    assert calls > 5
    for moment in range(calls):
        with world() as here:
            here.call(_CREATE, _POLICY)
            here.age(60)
            left = moment

            def interfere(when: str, *_: object, here: World = here) -> None:
                nonlocal left
                left -= when == "before"
                if when == "before" and left == -1:
                    here.call({}, _POLICY)

            here.call({}, _POLICY, here.clients(interfere))
            assert here.elastic() == {"elastic-1": "creating"}
            made = [name for _, name, _ in here.calls if name == "CreateDBInstanceReadReplica"]
            assert len(made) <= 2, "and if it is asked for twice, it is the same one"
