"""The end of elastic readers: the function against moto's RDS, where time passes as the test says."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.rds.models import rds_backends

from components.functions.readers import handler
from components.functions.readers.removal import PAUSE_SECONDS, UnfinishedError, remove

REGION, ACCOUNT = "eu-central-1", "123456789012"
FIRST, SECOND = "application-autoscaling-1a2b", "application-autoscaling-3c4d"


class Time:
    """A clock that moves when somebody waits, and what happens meanwhile."""

    def __init__(self) -> None:
        self.now = 0.0
        self.meanwhile = dict[float, Callable[[], None]]()

    def clock(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.now += seconds
        for due in [at for at in self.meanwhile if at <= self.now]:
            self.meanwhile.pop(due)()


class Faulty:
    """The client of RDS, one of whose calls fails for some time."""

    def __init__(self, client: Any, operation: str, codes: list[str]) -> None:
        self.client, self.operation, self.codes = client, operation, codes

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def get_paginator(self, name: str) -> Any:
        paginator = self.client.get_paginator(name)
        self._fail(name)
        return paginator

    def delete_db_instance(self, **given: Any) -> Any:
        self._fail("delete_db_instance")
        return self.client.delete_db_instance(**given)

    def _fail(self, operation: str) -> None:
        if operation == self.operation and self.codes:
            code = self.codes.pop(0)
            raise ClientError({"Error": {"Code": code, "Message": "not now"}}, operation)


@pytest.fixture
def rds(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        client = boto3.client("rds")
        for cluster in ("shop", "other"):
            client.create_db_cluster(
                DBClusterIdentifier=cluster,
                Engine="aurora-mysql",
                MasterUsername="app_owner",
                MasterUserPassword="correct-horse-battery",
            )
        add(client, "shop-primary")
        add(client, "shop-replica-1")
        add(client, "application-autoscaling-of-other", cluster="other")
        yield client


def add(client: Any, name: str, *, cluster: str = "shop") -> None:
    client.create_db_instance(
        DBInstanceIdentifier=name, DBClusterIdentifier=cluster, Engine="aurora-mysql", DBInstanceClass="db.r7g.large"
    )


def members(client: Any, cluster: str = "shop") -> set[str]:
    found = client.describe_db_instances(Filters=[{"Name": "db-cluster-id", "Values": [cluster]}])
    return {instance["DBInstanceIdentifier"] for instance in found["DBInstances"]}


def status(name: str, value: str) -> None:
    """Let the instance be in this state, which moto's never are."""
    rds_backends[ACCOUNT][REGION].databases[name].status = value


def test_what_autoscaling_added_goes_and_nothing_else(rds: Any) -> None:
    add(rds, FIRST)
    add(rds, SECOND)
    time = Time()
    assert remove(rds, "shop", 880, time.clock, time.pause) == [FIRST, SECOND]
    assert members(rds) == {"shop-primary", "shop-replica-1"}
    assert members(rds, "other") == {"application-autoscaling-of-other"}


def test_rds_refuses_to_delete_the_cluster_before_and_does_it_afterwards(rds: Any) -> None:
    add(rds, FIRST)
    for declared in ("shop-replica-1", "shop-primary"):
        rds.delete_db_instance(DBInstanceIdentifier=declared)
    with pytest.raises(ClientError, match="still contains DB instances in non-deleting state"):
        rds.delete_db_cluster(DBClusterIdentifier="shop", SkipFinalSnapshot=True)
    time = Time()
    remove(rds, "shop", 880, time.clock, time.pause)
    rds.delete_db_cluster(DBClusterIdentifier="shop", SkipFinalSnapshot=True)


def test_a_second_call_finds_nothing_left(rds: Any) -> None:
    add(rds, FIRST)
    time = Time()
    remove(rds, "shop", 880, time.clock, time.pause)
    assert remove(rds, "shop", 880, time.clock, time.pause) == []


def test_one_that_turns_up_a_moment_later_goes_too(rds: Any) -> None:
    add(rds, FIRST)
    time = Time()
    time.meanwhile[PAUSE_SECONDS] = lambda: add(rds, SECOND)
    assert remove(rds, "shop", 880, time.clock, time.pause) == [FIRST, SECOND]
    assert members(rds) == {"shop-primary", "shop-replica-1"}


def test_one_that_is_being_deleted_already_is_left_to_it(rds: Any) -> None:
    add(rds, FIRST)
    status(FIRST, "deleting")
    time = Time()
    assert remove(rds, "shop", 880, time.clock, time.pause) == []


@pytest.mark.parametrize(
    "codes",
    [
        ["InvalidDBInstanceState"] * 40,  # it is just coming: ten minutes
        ["Throttling", "InternalFailure", "ThrottlingException"],
        ["DBInstanceNotFound"],
    ],
)
def test_what_cannot_be_deleted_yet_is_tried_again(rds: Any, codes: list[str]) -> None:
    add(rds, FIRST)
    time = Time()
    waits = len(codes)
    assert remove(Faulty(rds, "delete_db_instance", codes), "shop", 880, time.clock, time.pause) == [FIRST]
    assert time.now == (waits + 2) * PAUSE_SECONDS
    assert members(rds) == {"shop-primary", "shop-replica-1"}


def test_rds_that_does_not_answer_is_asked_again(rds: Any) -> None:
    add(rds, FIRST)
    time = Time()
    busy = Faulty(rds, "describe_db_instances", ["Throttling", "RequestLimitExceeded"])
    assert remove(busy, "shop", 880, time.clock, time.pause) == [FIRST]


def test_rds_that_never_answers_is_not_taken_for_done(rds: Any) -> None:
    time = Time()
    with pytest.raises(UnfinishedError, match="perhaps some"):
        remove(Faulty(rds, "describe_db_instances", ["Throttling"] * 100), "shop", 880, time.clock, time.pause)
    assert time.now <= 880


def test_what_is_left_when_the_time_is_over_is_named(rds: Any) -> None:
    add(rds, FIRST)
    time = Time()
    stuck = Faulty(rds, "delete_db_instance", ["InvalidDBInstanceState"] * 100)
    with pytest.raises(UnfinishedError, match=f"shop are left: {FIRST}; destroy once more"):
        remove(stuck, "shop", 880, time.clock, time.pause)


def test_a_right_that_is_missing_is_said_at_once(rds: Any) -> None:
    add(rds, FIRST)
    time = Time()
    with pytest.raises(ClientError, match="AccessDenied"):
        remove(Faulty(rds, "delete_db_instance", ["AccessDenied"]), "shop", 880, time.clock, time.pause)
    assert time.now == 0


def test_a_cluster_that_is_gone_has_no_readers_left(rds: Any) -> None:
    time = Time()
    gone = Faulty(rds, "describe_db_instances", ["DBClusterNotFoundFault"] * 2)
    assert remove(gone, "shop", 880, time.clock, time.pause) == []


class Context:
    """What Lambda tells the function of itself."""

    def get_remaining_time_in_millis(self) -> int:
        return 900_000


@pytest.mark.parametrize("action", ["create", "update", None])
def test_nothing_happens_before_the_end(rds: Any, action: str | None) -> None:
    add(rds, FIRST)
    event: dict[str, Any] = {"cluster": "shop", **({"tf": {"action": action, "prev_input": None}} if action else {})}
    assert handler.handle(event, Context()) == {"deleted": []}
    assert FIRST in members(rds)


def test_at_the_end_they_go(rds: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    add(rds, FIRST)
    time = Time()
    monkeypatch.setattr(handler.time, "monotonic", time.clock)
    monkeypatch.setattr(handler.time, "sleep", time.pause)
    event = {"cluster": "shop", "tf": {"action": "delete", "prev_input": {"cluster": "shop"}}}
    assert handler.handle(event, Context()) == {"deleted": [FIRST]}
    assert members(rds) == {"shop-primary", "shop-replica-1"}
