"""The controller of elastic replicas against moto: RDS, Route 53 and CloudWatch, minute by minute."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from components.functions.replicas.closing import StillClosingError
from components.functions.replicas.handler import LateError, NotInServiceError
from components.functions.replicas.journal import understood
from components.functions.replicas.model import Phase
from components.mysql.elastic.controller import FAILURES, MINUTES
from components.windows.sizes import Window
from tests.functions.world import DECLARED, SOURCE, World, policy, world

_CREATE = {"tf": {"action": "create", "prev_input": None}}
_DELETE = {"tf": {"action": "delete", "prev_input": {"source": SOURCE}}}
_ONE = policy(min_size=1)


@pytest.fixture
def here() -> Iterator[World]:
    with world() as made:
        made.call(_CREATE, policy())
        yield made


@pytest.fixture
def grown(here: World) -> World:
    """A world with one elastic replica in the name."""
    here.run(14, _ONE, every=2)
    assert here.elastic() == {"elastic-1": "available"}
    assert "elastic-1" in here.names()
    return here


def test_it_adds_replicas_while_the_load_is_high_and_takes_them_away_again(here: World) -> None:
    here.cpu = lambda _: 80.0
    done = here.run(60, policy(), every=2)
    assert done[:3] == ["create elastic-1", "enter elastic-1", "note"]
    assert done.count("create elastic-2") == 1
    assert set(here.elastic()) == {"elastic-1", "elastic-2", "elastic-3"}
    assert set(here.names()) == {"primary", "1", *here.elastic()}
    here.cpu = lambda _: 10.0
    here.run(110, policy(), every=2)
    assert here.elastic() == {}
    assert set(here.names()) == {"primary", "1"}
    assert here.belongings() == ([], [])
    assert {SOURCE, DECLARED, "somebody-elses"} == set(here.backend.databases)


def test_without_any_replica_the_primary_says_whether_one_is_needed() -> None:
    with world(declared=0) as here:
        here.call(_CREATE, policy())
        here.cpu = lambda identifier: 90.0 if identifier == SOURCE else 5.0
        assert here.run(6, policy())[0] == "create elastic-1"
        here.run(10, policy(), every=2)
        # It stays as long as the primary could not take its load over.
        assert here.run(40, policy(), every=4) == []
        assert here.elastic() == {"elastic-1": "available"}


def test_connections_count_like_cpu(here: World) -> None:
    here.connections = lambda _: 150.0
    assert here.run(5, policy())[0] == "create elastic-1"


def test_a_replica_comes_into_the_name_with_its_alarms_and_checks(grown: World) -> None:
    alarms, references = grown.belongings()
    assert alarms == [f"{SOURCE}-elastic-1-lag", f"{SOURCE}-elastic-1-stopped"]
    assert len(references) == 3
    assert all(reference.startswith(grown.place.stem) and len(reference) <= 64 for reference in references)
    listed = grown.tools.route53.list_resource_record_sets(HostedZoneId=grown.zone_id)["ResourceRecordSets"]
    (record,) = (r for r in listed if r.get("SetIdentifier") == "elastic-1")
    assert (record["Weight"], record["TTL"]) == (100, 10)
    check = grown.tools.route53.get_health_check(HealthCheckId=record["HealthCheckId"])["HealthCheck"]
    assert check["HealthCheckConfig"]["Type"] == "CALCULATED"
    assert len(check["HealthCheckConfig"]["ChildHealthChecks"]) == 2


def test_a_replica_that_lags_waits_outside_the_name(here: World) -> None:
    here.lag = lambda identifier: 300.0 if "elastic" in identifier else 0.0
    here.run(20, _ONE, every=2)
    assert here.elastic() == {"elastic-1": "available"}
    assert "elastic-1" not in here.names()
    here.lag = lambda _: 30.0
    here.run(4, _ONE, every=2)
    assert "elastic-1" in here.names()


def test_a_replica_that_does_not_replicate_for_a_moment_is_waited_for(here: World) -> None:
    here.run(10, _ONE, every=2)
    here.lag = lambda identifier: -1.0 if "elastic" in identifier else 0.0
    here.run(4, _ONE, every=2)
    here.lag = lambda _: 0.0
    assert here.run(4, _ONE, every=2)[0] == "enter elastic-1"


def test_a_replica_that_stops_replicating_in_the_name_is_replaced(grown: World) -> None:
    grown.lag = lambda identifier: -1.0 if "elastic" in identifier else 0.0
    assert grown.run(8, _ONE, every=2) == []
    assert grown.run(14, _ONE, every=2)[:2] == ["leave elastic-1", "delete elastic-1"]


def test_who_lags_serves_nobody_and_does_not_hide_the_load(grown: World) -> None:
    grown.lag = lambda identifier: 300.0 if "elastic" in identifier else 0.0
    grown.cpu = lambda identifier: 2.0 if "elastic" in identifier else 95.0
    assert grown.run(8, policy(), every=2) == ["create elastic-2"]


@pytest.mark.parametrize("status", ["failed", "inaccessible-encryption-credentials", "modifying", None])
def test_while_the_primary_is_lost_nothing_is_removed(grown: World, status: str | None) -> None:
    if status is None:
        del grown.backend.databases[SOURCE]
    else:
        grown.backend.databases[SOURCE].status = status
    grown.lag = lambda _: -1.0
    assert grown.run(30, policy(max_size=0), every=2) == []
    assert grown.elastic() == {"elastic-1": "available"}


def test_a_replica_that_is_being_promoted_is_not_deleted(grown: World) -> None:
    none = policy(max_size=0)
    assert grown.run(1, none) == ["leave elastic-1"]
    grown.backend.databases[f"{SOURCE}-elastic-1"].status = "modifying"
    assert grown.run(20, none, every=2) == []
    grown.backend.databases[f"{SOURCE}-elastic-1"].status = "available"
    promoted = list[str]()

    def promote(when: str, _service: str, operation: str, _: object) -> None:
        if when == "after" and operation == "DescribeDBInstances" and not promoted:
            database = grown.backend.databases[f"{SOURCE}-elastic-1"]
            promoted.append(database.source_db_instance_identifier)
            database.source_db_instance_identifier, database.is_replica = None, False
            grown.backend.databases[SOURCE].replicas.remove(f"{SOURCE}-elastic-1")

    grown.age(60)
    grown.call({}, none, grown.clients(promote))
    assert promoted
    assert grown.elastic() == {"elastic-1": "available"}


def test_one_that_somebody_has_renamed_is_left_alone(grown: World) -> None:
    grown.backend.databases[f"{SOURCE}-elastic-old"] = grown.backend.databases.pop(f"{SOURCE}-elastic-1")
    grown.backend.databases[f"{SOURCE}-elastic-old"].db_instance_identifier = f"{SOURCE}-elastic-old"
    grown.run(4, policy(max_size=0), every=2)
    assert set(grown.elastic()) == {"elastic-old"}


def test_somebody_is_told_of_a_replica_that_does_not_catch_up_for_hours(here: World) -> None:
    here.lag = lambda identifier: 300.0 if "elastic" in identifier else 0.0
    here.run(200, _ONE, every=20)
    here.age(180)
    with pytest.raises(LateError, match="elastic-1 is behind by 300 seconds, for more than 3 hours"):
        here.call({}, _ONE)
    here.lag = lambda _: 0.0
    assert here.run(4, _ONE, every=2)[0] == "enter elastic-1"


def test_a_replica_that_was_out_of_order_is_given_as_long(grown: World) -> None:
    grown.age(86400)
    grown.backend.databases[f"{SOURCE}-elastic-1"].status = "stopped"
    assert grown.run(160, _ONE, every=20) == ["leave elastic-1"]
    grown.age(3600)
    with pytest.raises(LateError, match="elastic-1 is stopped"):
        grown.call({}, _ONE)


def test_a_replica_that_has_not_caught_up_goes_when_it_is_one_too_many(here: World) -> None:
    here.lag = lambda identifier: 300.0 if "elastic" in identifier else 0.0
    here.run(14, _ONE, every=2)
    assert here.run(8, policy(max_size=0), every=2)[-1] == "delete elastic-1"


def test_a_replica_of_which_nothing_is_measured_waits_outside_the_name(here: World) -> None:
    here.lag = lambda _: None
    here.run(20, _ONE, every=2)
    assert "elastic-1" not in here.names()


def test_a_replica_that_cannot_replicate_is_replaced(here: World) -> None:
    here.run(10, _ONE, every=2)
    first = here.backend.databases[f"{SOURCE}-elastic-1"]
    here.lag = lambda identifier: -1.0 if "elastic" in identifier else 0.0
    assert "delete elastic-1" in here.run(20, _ONE, every=2)
    here.lag = lambda _: 0.0
    here.run(26, _ONE, every=2)
    assert here.elastic() == {"elastic-1": "available"}
    assert here.backend.databases[f"{SOURCE}-elastic-1"] is not first
    assert "elastic-1" in here.names(), "with health checks of its own: Route 53 takes no reference twice"


@pytest.mark.parametrize("status", ["storage-full", "incompatible-parameters", "failed"])
def test_a_broken_replica_leaves_the_name_and_is_replaced(grown: World, status: str) -> None:
    grown.backend.databases[f"{SOURCE}-elastic-1"].status = status
    assert grown.run(1, _ONE) == ["leave elastic-1"]
    assert "elastic-1" not in grown.names()
    assert grown.run(4, _ONE)[0] == "delete elastic-1"
    grown.run(22, _ONE, every=2)
    assert grown.elastic() == {"elastic-1": "available"}
    assert "elastic-1" in grown.names()


def test_a_replica_that_is_stopped_leaves_the_name_until_it_is_back(grown: World) -> None:
    grown.backend.databases[f"{SOURCE}-elastic-1"].status = "stopped"
    assert grown.run(3, _ONE) == ["leave elastic-1"]
    grown.backend.databases[f"{SOURCE}-elastic-1"].status = "available"
    assert grown.run(2, _ONE) == ["enter elastic-1"]


def test_what_is_deleted_by_hand_is_tidied_up_and_made_again(grown: World) -> None:
    grown.vanish(f"{SOURCE}-elastic-1")
    grown.age(60)
    assert grown.call({}, _ONE)["action"] == "create"
    assert "elastic-1" not in grown.names()
    assert grown.belongings() == ([], [])
    grown.run(14, _ONE, every=2)
    assert "elastic-1" in grown.names()


def test_a_record_deleted_by_hand_comes_back(grown: World) -> None:
    listed = grown.tools.route53.list_resource_record_sets(HostedZoneId=grown.zone_id)["ResourceRecordSets"]
    (record,) = (r for r in listed if r.get("SetIdentifier") == "elastic-1")
    batch = {"Changes": [{"Action": "DELETE", "ResourceRecordSet": record}]}
    grown.tools.route53.change_resource_record_sets(HostedZoneId=grown.zone_id, ChangeBatch=batch)
    assert grown.run(1, _ONE) == ["enter elastic-1"]
    assert "elastic-1" in grown.names()
    assert len(grown.belongings()[1]) == 3


def test_it_waits_for_connections_to_end_but_not_for_ever(grown: World) -> None:
    here, none = grown, policy(max_size=0)
    here.connections = lambda identifier: 5.0 if "elastic" in identifier else 20.0
    assert here.run(1, none) == ["leave elastic-1"]
    assert here.run(4, none) == []
    assert here.run(2, none) == ["delete elastic-1"]


def test_a_replica_without_connections_goes_at_once_but_never_in_the_minute_that_it_left(grown: World) -> None:
    grown.connections = lambda identifier: 0.0 if "elastic" in identifier else 20.0
    none = policy(max_size=0)
    assert grown.run(1, none) == ["leave elastic-1"]
    assert grown.call({}, none)["action"] == "wait"
    assert grown.run(3, none) == ["delete elastic-1"]


def test_a_replica_that_is_needed_again_stays(grown: World) -> None:
    assert grown.run(1, policy(max_size=0)) == ["leave elastic-1"]
    assert grown.run(4, _ONE)[:2] == ["note", "enter elastic-1"]
    assert grown.elastic() == {"elastic-1": "available"}


def test_it_touches_nothing_that_is_not_its_own(here: World) -> None:
    for identifier, tags in (
        (f"{SOURCE}-elastic-1", {}),
        (f"{SOURCE}-elastic-2", {**here.place.tags, "elasticweb:elastic-replica-of": "shop/dev/shop-db"}),
    ):
        here.tools.rds.create_db_instance_read_replica(
            DBInstanceIdentifier=identifier,
            SourceDBInstanceIdentifier=SOURCE,
            DBInstanceClass="db.r7g.large",
            Tags=[{"Key": k, "Value": v} for k, v in tags.items()],
        )
    here.run(16, _ONE, every=2)
    assert set(here.elastic()) == {"elastic-1", "elastic-2", "elastic-3"}
    assert set(here.names()) == {"primary", "1", "elastic-3"}
    assert "closed" in here.call(_DELETE, _ONE)
    assert set(here.elastic()) == {"elastic-1", "elastic-2"}


def test_a_replica_that_was_promoted_is_nobodys_to_delete(grown: World) -> None:
    promoted = grown.backend.databases[f"{SOURCE}-elastic-1"]
    promoted.is_replica = False
    promoted.source_db_instance_identifier = None
    grown.backend.databases[SOURCE].replicas.remove(f"{SOURCE}-elastic-1")
    grown.run(16, _ONE, every=2)
    assert "elastic-1" not in grown.names()
    assert "elastic-2" in grown.names()
    grown.call(_DELETE, _ONE)
    assert f"{SOURCE}-elastic-1" in grown.backend.databases


def test_windows_hold_whatever_the_load(here: World) -> None:
    window = Window("noon", "UTC", 1, None, (12 * 60 + 10,), 20)
    timed = policy(windows=(window,), offsets={"UTC": [(0, 0)]}, scale_in_cooldown=60)
    here.cpu = here.connections = lambda _: 1.0
    assert here.run(9, timed) == []
    assert here.run(2, timed) == ["create elastic-1"]
    here.run(18, timed, every=2)
    assert "elastic-1" in here.names()
    assert "leave elastic-1" in here.run(12, timed, every=2)


def test_a_replica_of_another_class_is_renewed(grown: World) -> None:
    grown.place = grown.place._replace(template={"DBInstanceClass": "db.r7g.xlarge"})
    roomy = policy(min_size=1, max_size=2)
    assert grown.run(1, roomy) == []
    assert grown.run(6, roomy)[0] == "create elastic-2"
    grown.run(34, roomy, every=2)
    assert grown.elastic() == {"elastic-2": "available"}
    assert set(grown.names()) == {"primary", "1", "elastic-2"}


def test_a_replica_that_is_upgraded_before_its_primary_is_not_renewed(grown: World) -> None:
    replica = grown.backend.databases[f"{SOURCE}-elastic-1"]
    grown.tools.rds.create_db_parameter_group(
        DBParameterGroupName="another", DBParameterGroupFamily="mysql9.7", Description="of the next series"
    )
    template = {**grown.place.template, "DBParameterGroupName": "another"}
    before, replica.engine_version = replica.engine_version, "9.7.1"
    grown.place = grown.place._replace(template=template)
    assert grown.run(20, _ONE, every=2) == []
    replica.engine_version = before
    assert grown.run(4, _ONE, every=2) == ["create elastic-2"]


def test_another_limit_of_lag_reaches_alarms_that_are_there(grown: World) -> None:
    grown.age(60)
    said = grown.call({}, replace(_ONE, max_lag=20))
    assert said["tidied"] == (
        f"changed the alarm {SOURCE}-elastic-1-lag; changed the health check of {SOURCE}-elastic-1-lag"
    )
    assert "tidied" not in grown.call({}, replace(_ONE, max_lag=20))
    assert {"Threshold": 20.0} in grown.copied.values()
    (alarm,) = grown.tools.cloudwatch.describe_alarms(AlarmNames=[f"{SOURCE}-elastic-1-lag"])["MetricAlarms"]
    assert alarm["Threshold"] == 20


def test_without_figures_it_changes_nothing_but_reaches_the_least(grown: World) -> None:
    grown.cpu = lambda _: None
    assert grown.run(20, policy(scale_in_cooldown=60), every=2) == []
    grown.vanish(f"{SOURCE}-elastic-1")
    assert grown.run(2, _ONE) == ["create elastic-1"]


def test_it_makes_no_replica_of_a_primary_that_is_not_available(here: World) -> None:
    here.backend.databases[SOURCE].status = "rebooting"
    assert here.run(3, _ONE) == []
    here.backend.databases[SOURCE].status = "available"
    assert here.run(1, _ONE) == ["create elastic-1"]


def test_destroying_removes_everything_and_stops_for_good(grown: World) -> None:
    grown.cpu = lambda _: 90.0
    grown.run(12, policy(), every=2)
    assert grown.call(_DELETE, _ONE) == {"closed": "all replicas are gone"}
    assert grown.elastic() == {}
    assert set(grown.names()) == {"primary", "1"}
    assert grown.belongings() == ([], [])
    assert grown.entry() is None
    assert {SOURCE, DECLARED, "somebody-elses"} == set(grown.backend.databases)
    # An event that was under way still comes, and finds the controller out of service.
    with pytest.raises(NotInServiceError):
        grown.call({}, _ONE)
    assert grown.elastic() == {}
    assert grown.call(_DELETE, _ONE) == {"closed": "there is nothing to remove"}


def test_destroying_waits_for_a_replica_that_is_just_being_made(here: World) -> None:
    here.run(1, _ONE)
    assert here.elastic() == {"elastic-1": "creating"}
    assert here.call(_DELETE, _ONE) == {"closed": "all replicas are gone"}
    assert here.elastic() == {}


def test_destroying_that_takes_too_long_says_so_and_goes_on_the_next_time(
    grown: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.functions.world.DELETING_SECONDS", 1200)
    with pytest.raises(StillClosingError, match=r"shop-db-primary-1a2b3c4-elastic-1 are still being deleted"):
        grown.call(_DELETE, _ONE)
    entry = grown.entry()
    assert entry is not None
    assert understood(entry).phase is Phase.CLOSING
    assert grown.run(1, _ONE) == [], "nothing comes back meanwhile"
    grown.age(600)
    assert grown.call(_DELETE, _ONE) == {"closed": "all replicas are gone"}
    assert grown.entry() is None


def test_when_destroying_is_given_up_it_goes_on_after_a_while(grown: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.functions.world.DELETING_SECONDS", 1200)
    with pytest.raises(StillClosingError):
        grown.call(_DELETE, _ONE)
    grown.run(40, _ONE, every=2)
    assert "elastic-1" in grown.names()


def test_the_function_before_leaves_alone_what_the_next_one_has_taken_over(grown: World) -> None:
    before = grown.place
    grown.place = before._replace(function="shop-db-elastic-next")
    assert grown.call(_CREATE, _ONE) == {"opened": "the journal was open"}
    grown.place = before
    assert grown.call(_DELETE, _ONE) == {"closed": "the replicas are shop-db-elastic-next's"}
    assert grown.elastic() == {"elastic-1": "available"}


def test_replicas_of_the_primary_before_are_removed_with_what_they_had(grown: World) -> None:
    grown.tools.rds.create_db_instance(
        DBInstanceIdentifier="shop-db-primary-restored",
        DBInstanceClass="db.r7g.large",
        Engine="mysql",
        MasterUsername="app_owner",
        MasterUserPassword="correct-horse",
        AllocatedStorage=20,
        BackupRetentionPeriod=7,
    )
    grown.place = grown.place._replace(source="shop-db-primary-restored")
    event = {"tf": {"action": "update", "prev_input": {"source": SOURCE}}}
    assert grown.call(event, _ONE) == {"opened": "the journal was open"}
    assert grown.elastic() == {}
    assert "elastic-1" not in grown.names()
    grown.run(2, _ONE)
    assert grown.belongings() == ([], [])
    assert "shop-db-primary-restored-elastic-1" in grown.backend.databases
    assert {SOURCE, DECLARED} <= set(grown.backend.databases)


def test_an_error_of_aws_is_told_and_made_good_the_next_time(here: World) -> None:
    def refuse(when: str, service: str, operation: str, _: object) -> None:
        if when == "before" and service == "rds" and operation == "CreateDBInstanceReadReplica":
            error = {"Error": {"Code": "InsufficientDBInstanceCapacity", "Message": "none left"}}
            raise ClientError(error, operation)  # pyright: ignore[reportArgumentType]

    here.age(60)
    with pytest.raises(ClientError, match="none left"):
        here.call({}, _ONE, here.clients(refuse))
    assert here.elastic() == {}
    assert here.run(1, _ONE) == ["create elastic-1"]


def test_a_replica_that_is_not_to_be_seen_yet_does_not_outlive_the_stack(here: World) -> None:
    here.age(60)
    here.call({}, _ONE)
    (identifier,) = (name for name in here.backend.databases if "-elastic-" in name)
    hidden, shown = {identifier: here.backend.databases.pop(identifier)}, here.now + 60
    here.ready[identifier] = here.now + 120
    sleep = here._sleep  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    def age(seconds: float) -> None:
        sleep(seconds)
        if here.now >= shown and hidden:
            here.backend.databases.update([hidden.popitem()])

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(here, "_sleep", age)
        assert here.call(_DELETE, _ONE) == {"closed": "all replicas are gone"}
    assert not hidden
    assert here.elastic() == {}


def test_somebody_is_told_of_a_replica_that_cannot_be_made(here: World) -> None:
    def refuse(when: str, _service: str, operation: str, _: object) -> None:
        if when == "before" and operation == "CreateDBInstanceReadReplica":
            error = {"Error": {"Code": "InsufficientDBInstanceCapacity", "Message": "none left"}}
            raise ClientError(error, operation)  # pyright: ignore[reportArgumentType]

    failed = list[bool]()
    for _ in range(MINUTES + 5):
        here.age(60)
        try:
            here.call({}, _ONE, here.clients(refuse))
        except ClientError:
            failed.append(True)
        else:
            failed.append(False)
    assert not all(failed), "giving up and beginning anew is no failure"
    assert min(sum(failed[first : first + MINUTES]) for first in range(6)) >= FAILURES


def test_what_is_deleted_by_hand_of_a_replica_in_the_name_is_made_anew(grown: World) -> None:
    before = grown.names()["elastic-1"]
    alarms, _ = grown.belongings()
    grown.tools.cloudwatch.delete_alarms(AlarmNames=alarms)
    grown.run(2, _ONE)
    assert grown.belongings()[0] == alarms
    # Route 53 takes the references of these checks no second time.
    for check in grown.tools.route53.list_health_checks()["HealthChecks"]:
        grown.tools.route53.delete_health_check(HealthCheckId=check["Id"])
    listed = grown.tools.route53.list_resource_record_sets(HostedZoneId=grown.zone_id)["ResourceRecordSets"]
    for record in listed:
        if record.get("SetIdentifier") == "elastic-1":
            batch = {"Changes": [{"Action": "DELETE", "ResourceRecordSet": record}]}
            grown.tools.route53.change_resource_record_sets(HostedZoneId=grown.zone_id, ChangeBatch=batch)
    assert "elastic-1" not in grown.names()
    grown.run(3, _ONE)
    assert grown.names()["elastic-1"] == before
    alarms, checks = grown.belongings()
    assert (len(alarms), len(checks)) == (2, 3)
    grown.run(2, _ONE)
    assert grown.belongings() == (alarms, checks)
    grown.call(_DELETE, _ONE)
    assert grown.belongings() == ([], [])
