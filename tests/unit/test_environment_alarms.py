"""One topic for all that an environment tells, and the same one as before in stacks that are there already."""

import json
from typing import Any

import pytest

from components import Environment, EnvironmentArgs, InvalidArgs
from rehearsal.recorder import Recording, Registered
from tests.recording import recording

from .test_environment import NETWORK

ALARM = "cloudwatch/metricAlarm:MetricAlarm"
TOPIC = "sns/topic:Topic"
GIVEN = "arn:aws:sns:eu-central-1:123456789012:ops"


def made(**more: Any) -> Recording:
    args = EnvironmentArgs(network=NETWORK, **more)
    return recording(lambda: Environment("site", args))


def told(result: Recording) -> dict[str, set[str]]:
    """Return whom the alarms of each component tell."""
    found: dict[str, set[str]] = {}
    for alarm in result.all(ALARM):
        found.setdefault(alarm.name.split("-alarm-")[0], set()).update(alarm.inputs.get("alarmActions", []))
    return found


def formerly(resource: Registered) -> tuple[str, str]:
    (alias,) = resource.options["aliases"]
    return alias["name"], alias["parentUrn"]


def test_web_tier_and_database_tell_one_topic() -> None:
    result = made()
    (topic,) = result.all(TOPIC)
    assert told(result) == {"site-web": {topic.outputs["arn"]}, "site-db": {topic.outputs["arn"]}}
    subscriptions = result.all("rds/eventSubscription:EventSubscription")
    assert {s.inputs["snsTopic"] for s in subscriptions} == {topic.outputs["arn"]}
    outputs = result.one("elasticweb:index:Environment").outputs
    assert outputs["alarm_topic_arn"] == topic.outputs["arn"]
    assert outputs["database_alarm_names"]
    assert not set(outputs["database_alarm_names"]) & set(outputs["alarm_names"])


def test_alarms_wait_until_the_topic_lets_them_publish() -> None:
    result = made()
    policy = result.named("site-alarms-policy").urn
    for alarm in result.all(ALARM):
        assert policy in alarm.property_dependencies["alarmActions"], alarm.name


def test_services_that_tell_it_may_publish() -> None:
    statements = json.loads(made().named("site-alarms-policy").inputs["policy"])["Statement"]
    assert {s["Principal"]["Service"] for s in statements} == {
        "cloudwatch.amazonaws.com",
        "events.amazonaws.com",
        "events.rds.amazonaws.com",
    }


def test_topic_key_policy_and_subscriptions_of_before_are_kept() -> None:
    """They were the web tier's. Subscriptions that were made anew would have to be confirmed again."""
    result = made(alarms={"emails": ["ops@example.org"]})
    environment = result.one("elasticweb:index:Environment").urn
    tier = result.one("elasticweb:index:WebTier")
    for suffix in ("-alarms", "-alarms-key", "-alarms-policy", "-alarms-to-ops-at-example.org"):
        resource = result.named(f"site{suffix}")
        assert resource.parent == environment
        assert formerly(resource) == (f"site-web{suffix}", tier.urn), "name and parent that it had"
    assert "name" not in result.named("site-alarms").inputs, "a name would replace it"


@pytest.mark.parametrize(
    ("more", "web", "database"),
    [
        ({"alarms": {"topic_arn": GIVEN}}, GIVEN, GIVEN),
        ({"database_alarms": {"topic_arn": GIVEN}}, "site-alarms", GIVEN),
        ({"database_alarms": {"emails": ["dba@example.org"]}}, "site-alarms", "site-db-alarms"),
        ({"database_alarms": {"emails": []}}, "site-alarms", "site-alarms"),
    ],
)
def test_the_database_may_tell_others(more: dict[str, Any], web: str, database: str) -> None:
    result = made(**more)
    topics = {r.name: r.outputs["arn"] for r in result.all(TOPIC)}
    assert told(result) == {"site-web": {topics.get(web, web)}, "site-db": {topics.get(database, database)}}
    assert set(topics) == {web, database} - {GIVEN}


@pytest.mark.parametrize(
    ("more", "topics", "components"),
    [
        ({"alarms": {"enabled": False}}, {"site-alarms"}, {"site-db"}),
        ({"database_alarms": {"enabled": False}}, {"site-alarms"}, {"site-web"}),
        ({"alarms": {"enabled": False}, "database_alarms": {"enabled": False}}, set(), set()),
    ],
)
def test_either_can_be_silent(more: dict[str, Any], topics: set[str], components: set[str]) -> None:
    result = made(**more)
    assert {r.name for r in result.all(TOPIC)} == topics
    assert told(result).keys() == components
    assert (result.one("elasticweb:index:Environment").outputs["alarm_topic_arn"] != "") == bool(topics)


def test_addresses_beside_a_given_topic_are_refused_as_ever() -> None:
    with pytest.raises(InvalidArgs, match=r"alarms\.emails must come without alarms\.topic_arn"):
        made(alarms={"topic_arn": GIVEN, "emails": ["ops@example.org"]})
