"""The reader's name, deployed: what Route 53 would answer in every state that the alarms can be in."""

import itertools
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from components import Network
from components.mysql import MySQL
from rehearsal.api import call
from rehearsal.deploy import Deployment, deploy
from rehearsal.stackfile import StackFile
from tests.reader_choice import Record, answers

from .conftest import REGION
from .stacks import lasting

pytestmark = pytest.mark.xdist_group("reader")

KEYS = ("1", "2")
ROLES = ("lag", "stopped")


def program() -> None:
    zones = [f"{REGION}a", f"{REGION}b"]
    network = Network("net", {"availability_zones": zones, "flow_logs": False})
    MySQL(
        "db",
        {
            "vpc_id": network.vpc_id,
            "subnet_ids": network.isolated_subnet_ids,
            "database": {"replica_count": 2, "port": 3306, "proxy": {}},
            "alarms": {"emails": ["dba@example.org"]},
            "disposable": True,
        },
    )


@cache
def deployed() -> Deployment:
    return deploy(program, StackFile("elasticweb", "test", {"aws:region": REGION}), lasting())


def ask(service: str, operation: str, **parameters: Any) -> dict[str, Any]:
    return call(deployed().stage.emulator.client(service, REGION), operation, parameters)


def named(name: str) -> Any:
    return deployed().recording.named(name)


def _records(name: str) -> list[dict[str, Any]]:
    found = ask("route53", "list_resource_record_sets", HostedZoneId=named("db-zone").id)["ResourceRecordSets"]
    return [record for record in found if record["Name"].rstrip(".") == name]


def _is_healthy(check: str) -> bool:
    """Whether a calculated check is, by the states that its alarms have on the emulator.

    Which alarm a check follows is told by what was deployed: the emulator does not keep it.
    """
    config = ask("route53", "get_health_check", HealthCheckId=check)["HealthCheck"]["HealthCheckConfig"]
    assert config["Type"] == "CALCULATED"
    checks = {r.id: r.inputs for r in deployed().recording.all("route53/healthCheck:HealthCheck")}
    well = 0
    for child in config["ChildHealthChecks"]:
        followed = checks[child]["cloudwatchAlarmName"]
        (alarm,) = ask("cloudwatch", "describe_alarms", AlarmNames=[followed])["MetricAlarms"]
        without_data = checks[child]["insufficientDataHealthStatus"] == "Healthy"
        well += {"OK": True, "ALARM": False, "INSUFFICIENT_DATA": without_data}[alarm["StateValue"]]
    return well >= config["HealthThreshold"]


def _answered() -> set[str]:
    records = [
        Record(r["SetIdentifier"], r["ResourceRecords"][0]["Value"], r["Weight"], r.get("HealthCheckId"))
        for r in _records("db-ro.db.internal")
    ]
    told = {str(r.health_check): _is_healthy(r.health_check) for r in records if r.health_check}
    return set(answers(records, told))


def _set(states: Mapping[tuple[Any, Any], str]) -> None:
    for (key, role), state in states.items():
        alarm = named(f"db-replica-{key}-{role}").outputs["name"]
        ask("cloudwatch", "set_alarm_state", AlarmName=alarm, StateValue=state, StateReason="a test")


def _addresses() -> dict[str, str]:
    return {name: named(f"db-{name}").outputs["address"] for name in ("primary", "replica-1", "replica-2")}


def test_a_replica_that_nobody_has_measured_yet_is_not_in_the_name() -> None:
    _set(dict.fromkeys(itertools.product(KEYS, ROLES), "INSUFFICIENT_DATA"))
    assert _answered() == {_addresses()["primary"]}


@pytest.mark.parametrize("states", [*itertools.product(("OK", "ALARM", "INSUFFICIENT_DATA"), repeat=4)])
def test_the_name_leads_to_replicas_whose_alarms_are_quiet_and_else_to_the_primary(states: tuple[str, ...]) -> None:
    told = dict(zip(itertools.product(KEYS, ROLES), states, strict=True))
    _set(told)
    well = {f"replica-{key}" for key in KEYS if all(told[key, role] == "OK" for role in ROLES)}
    assert _answered() == {_addresses()[name] for name in well or {"primary"}}


def test_the_writers_name_leads_to_the_proxy_and_the_proxy_to_the_primary() -> None:
    (writer,) = _records("db.db.internal")
    (proxy,) = ask("rds", "describe_db_proxies", DBProxyName=named("db-proxy").id)["DBProxies"]
    assert [r["Value"] for r in writer["ResourceRecords"]] == [proxy["Endpoint"]]
    (target,) = ask("rds", "describe_db_proxy_targets", DBProxyName=proxy["DBProxyName"])["Targets"]
    assert target["RdsResourceId"] == named("db-primary").outputs["identifier"]
    assert proxy["RequireTLS"] is True


def test_every_alarm_is_there_and_tells_the_topic() -> None:
    alarms = ask("cloudwatch", "describe_alarms")["MetricAlarms"]
    assert len(alarms) == len(deployed().recording.all("cloudwatch/metricAlarm:MetricAlarm")) == 16
    topic = named("db-alarms").outputs["arn"]
    assert {action for alarm in alarms for action in alarm["AlarmActions"] + alarm["OKActions"]} == {topic}


def test_events_of_rds_are_subscribed_to() -> None:
    found = ask("rds", "describe_event_subscriptions")["EventSubscriptionsList"]
    kinds = {s["SourceType"]: s for s in found}
    assert kinds.keys() == {"db-instance", "db-parameter-group", "db-proxy", "db-security-group"}
    assert {s["SnsTopicArn"] for s in found} == {named("db-alarms").outputs["arn"]}
    assert "failover" in kinds["db-instance"]["EventCategoriesList"]
