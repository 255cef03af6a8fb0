"""What the controller of elastic replicas decides: clocks that are wrong, cooldowns, and one change at a time."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.functions.replicas.decide import LATE, LEASE, decide
from components.functions.replicas.journal import understood, written
from components.functions.replicas.model import CPU, Journal, Kind, Load, Observation, Phase, Policy, Replica

NOW = 1_800_000_000


def _policy(**given_: Any) -> Policy:
    whole: dict[str, Any] = {
        "min_size": 0,
        "max_size": 3,
        "windows": (),
        "offsets": {},
        "targets": {CPU: 60.0},
        "scale_out_cooldown": 300,
        "scale_in_cooldown": 1800,
        "max_lag": 60,
        "drain": 300,
        **given_,
    }
    return Policy(**whole)


def _in_name(number: int) -> Replica:
    return Replica(f"elastic-{number}", f"p-elastic-{number}", "available", named=True, lag=0.0)


def _load(cpu: float, serving: int, now: int = NOW) -> Load:
    return Load(serving, [(now - 60 * ago, {CPU: (cpu * serving, cpu)}) for ago in range(16, 0, -1)])


_BUSY, _IDLE = _load(90, 1), _load(5, 2)


@pytest.mark.parametrize("ahead", [61, 3600, 10**8])
def test_times_that_lie_ahead_count_as_now(ahead: int) -> None:
    journal = Journal(grown=NOW + ahead, at=NOW + ahead)
    action = decide(Observation(journal, (), load=_BUSY), _policy(), NOW)
    assert action.kind is Kind.NOTE
    assert action.journal == Journal(grown=NOW, at=NOW), "a cooldown lasts once more at most, not for ever"


def test_after_a_long_gap_a_step_is_decided_anew() -> None:
    journal = Journal(phase=Phase.CREATE, key="elastic-1", at=NOW - LEASE)
    action = decide(Observation(journal, (), load=_load(30, 1)), _policy(), NOW)
    assert (action.kind, action.journal and action.journal.phase) == (Kind.NOTE, Phase.IDLE)
    journal = Journal(phase=Phase.CREATE, key="elastic-1", at=NOW - LEASE + 1)
    assert decide(Observation(journal, (), load=_load(30, 1)), _policy(), NOW).kind is Kind.CREATE


@pytest.mark.parametrize(("since", "kind"), [(299, Kind.WAIT), (300, Kind.CREATE)])
def test_the_load_adds_none_while_it_cools_down(since: int, kind: Kind) -> None:
    for journal in (Journal(grown=NOW - since), Journal(shrunk=NOW - since)):
        assert decide(Observation(journal, (), load=_BUSY), _policy(), NOW).kind is kind


@pytest.mark.parametrize(("since", "kind"), [(1799, Kind.WAIT), (1800, Kind.LEAVE)])
def test_the_load_removes_none_while_it_cools_down(since: int, kind: Kind) -> None:
    for journal in (Journal(grown=NOW - since), Journal(shrunk=NOW - since)):
        assert decide(Observation(journal, (_in_name(1),), load=_IDLE), _policy(), NOW).kind is kind


@pytest.mark.parametrize(("cpu", "kind"), [(26.9, Kind.LEAVE), (27.1, Kind.WAIT)])
def test_one_goes_only_when_the_others_stay_a_tenth_below_the_target_without_it(cpu: float, kind: Kind) -> None:
    seen = Observation(Journal(), (_in_name(1),), load=_load(cpu, 2))
    assert decide(seen, _policy(), NOW).kind is kind


@pytest.mark.parametrize("old", [600, 3600])
def test_old_figures_are_no_figures(old: int) -> None:
    assert decide(Observation(Journal(), (), load=_load(90, 1, NOW - old)), _policy(), NOW).kind is Kind.WAIT


def test_rds_allows_so_many_replicas_only() -> None:
    seen = Observation(Journal(), (_in_name(1),), others=14, load=_load(90, 2))
    assert decide(seen, _policy(min_size=2), NOW).kind is Kind.WAIT


_STATUSES = ["available", "creating", "deleting", "storage-full", "modifying", "stopped", "rebooting", "failed"]
_REPLICAS = st.lists(st.integers(1, 5), unique=True, max_size=4).flatmap(
    lambda numbers: st.tuples(
        *(
            st.builds(
                Replica,
                st.just(f"elastic-{number}"),
                st.just(f"p-elastic-{number}"),
                st.sampled_from(_STATUSES),
                current=st.booleans(),
                named=st.booleans(),
                lag=st.sampled_from([None, -1.0, 0.0, 300.0]),
                connections=st.sampled_from([None, 0.0, 9.0]),
            )
            for number in numbers
        )
    )
)
_JOURNALS = st.builds(
    Journal,
    phase=st.sampled_from(Phase),
    key=st.sampled_from(["", "elastic-1", "elastic-2"]),
    at=st.integers(NOW - 7200, NOW + 7200),
    grown=st.integers(NOW - 7200, NOW + 7200),
    shrunk=st.integers(NOW - 7200, NOW + 7200),
)


@settings(max_examples=600, deadline=None)
@given(_REPLICAS, _JOURNALS, st.sampled_from([_BUSY, _IDLE, Load(0)]), st.integers(0, 3), st.booleans())
def test_whatever_is_there_a_step_keeps_the_rules(
    replicas: tuple[Replica, ...], journal: Journal, load: Load, least: int, available: bool
) -> None:
    policy = _policy(min_size=least)
    action = decide(Observation(journal, replicas, load=load, primary_available=available), policy, NOW)
    by_key = {replica.key: replica for replica in replicas}
    if action.kind is Kind.CREATE:
        assert available
        assert action.key not in by_key
        assert len(replicas) < policy.max_size
        assert not any(replica.status in ("creating", "deleting") for replica in replicas) or (
            journal.phase is Phase.CREATE and journal.key == action.key
        )
    if action.kind is Kind.ENTER:
        replica = by_key[action.key]
        assert replica.status == "available"
        assert replica.lag is not None
        assert 0 <= replica.lag <= policy.max_lag
    if action.kind is Kind.DELETE:
        assert not by_key[action.key].named
        assert journal.phase is Phase.REMOVE
    if action.kind is not Kind.WAIT:
        assert action.journal is not None, "nothing is done that is not written down"
        assert max(action.journal.times()) <= NOW + 60 or max(journal.times()) <= NOW + 60


@pytest.mark.parametrize(
    "text", ['"by hand"', '""', '"number=1"', '"number=x phase=idle key= at=0 grown=0 shrunk=0 owner="']
)
def test_a_journal_that_somebody_wrote_in_begins_anew(text: str) -> None:
    assert understood(text) == Journal()
    mine = Journal(3, Phase.CREATE, "elastic-1", NOW, 0, 0, "function")
    assert understood(written(mine)) == mine


@pytest.mark.parametrize("status", ["available", "storage-optimization", "backing-up"])
def test_whoever_answers_and_has_caught_up_comes_into_the_name(status: str) -> None:
    seen = Observation(Journal(key="elastic-1"), (Replica("elastic-1", "p-elastic-1", status, lag=3.0),))
    action = decide(seen, _policy(), NOW)
    assert (action.kind, action.journal) == (Kind.ENTER, Journal())


@pytest.mark.parametrize(("status", "lag"), [("available", 100.0), ("renaming", None), ("deleting", None)])
def test_how_long_one_is_waited_for_counts_from_when_it_was_seen_first(status: str, lag: float | None) -> None:
    replica = Replica("elastic-1", "p-elastic-1", status, lag=lag)
    first = decide(Observation(Journal(grown=NOW - 9 * LATE), (replica,)), _policy(), NOW)
    assert (first.kind, first.late) == (Kind.NOTE, False)
    noted = Journal(key="elastic-1", at=NOW, grown=NOW - 9 * LATE)
    assert first.journal == noted
    for later, late in ((LATE, False), (LATE + 1, True)):
        action = decide(Observation(noted, (replica,)), _policy(), NOW + later)
        assert (action.kind, action.late) == (Kind.WAIT, late)


@pytest.mark.parametrize(("waited", "late"), [(LATE + 300, False), (LATE + 301, True)])
def test_somebody_is_told_of_a_replica_that_cannot_be_deleted(waited: int, late: bool) -> None:
    journal = Journal(phase=Phase.REMOVE, key="elastic-1", at=NOW - waited)
    for status, kind in (("available", Kind.DELETE), ("modifying", Kind.WAIT)):
        seen = Observation(journal, (Replica("elastic-1", "p-elastic-1", status),))
        action = decide(seen, _policy(), NOW)
        assert (action.kind, action.late) == (kind, late)
