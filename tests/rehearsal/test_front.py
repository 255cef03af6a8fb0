"""A web tier with all that can be before it, deployed: what stands there, asked of the emulator's API."""

from functools import cache
from typing import Any

import pulumi
import pytest

from components import Network, WebTier
from rehearsal.api import call
from rehearsal.deploy import Deployment, deploy
from rehearsal.stackfile import StackFile

from .conftest import REGION
from .stacks import lasting

pytestmark = pytest.mark.xdist_group("front")

SITE: dict[str, Any] = {
    "sticky_seconds": 600,
    "deregistration_delay_seconds": 30,
    "target_groups": [{"name": "search", "port": 9200, "health_check_path": "/ping"}],
    "rules": [
        {"name": "search", "priority": 10, "paths": ["/search*"], "methods": ["GET"], "target_group": "search"},
        {"name": "old", "priority": 20, "hosts": ["old.example.org"], "redirect": {"host": "www.example.org"}},
        {
            "name": "key",
            "priority": 30,
            "headers": {"X-Key": ["a*"]},
            "query": {"debug": "1"},
            "source_ips": ["192.0.2.0/24"],
            "fixed_response": {"status_code": 503, "body": "Soon"},
        },
    ],
    "firewall": {},
}


def program() -> None:
    network = Network(
        "net",
        {
            "availability_zones": [f"{REGION}a", f"{REGION}b"],
            "instance_connect_endpoint": True,
            "flow_logs": False,
        },
    )
    endpoint = network.instance_connect_security_group_id
    assert endpoint is not None
    tier = WebTier(
        "web",
        {
            "vpc_id": network.vpc_id,
            "public_subnet_ids": network.public_subnet_ids,
            "private_subnet_ids": network.private_subnet_ids,
            "site": SITE,  # pyright: ignore[reportArgumentType]
            "alarms": {"emails": ["ops@example.org"]},
            "instance_connect_security_group_id": endpoint,
            "disposable": True,
        },
    )
    pulumi.export("topic", tier.alarm_topic_arn)
    pulumi.export("alarms", tier.alarm_names)
    pulumi.export("firewall", tier.firewall_arn)


@cache
def front() -> Deployment:
    return deploy(program, StackFile("elasticweb", "test", {"aws:region": REGION}), lasting())


def ask(service: str, operation: str, **parameters: Any) -> dict[str, Any]:
    return call(front().stage.emulator.client(service, REGION), operation, parameters)


def made(name: str) -> str:
    return front().recording.named(name).id


def test_requests_go_where_the_rules_say() -> None:
    listed = ask("elbv2", "describe_rules", ListenerArn=made("web-http"))["Rules"]
    rules = {rule["Priority"]: rule for rule in listed}
    assert set(rules) == {"10", "20", "30", "default"}
    (forward,), (redirect,), (answer,) = (rules[priority]["Actions"] for priority in ("10", "20", "30"))
    assert forward["TargetGroupArn"] == made("web-to-search")
    assert redirect["RedirectConfig"]["Host"] == "www.example.org"
    assert redirect["RedirectConfig"]["Path"] == "/#{path}"
    assert answer["FixedResponseConfig"]["MessageBody"] == "Soon"
    assert {c["Field"] for c in rules["30"]["Conditions"]} == {"http-header", "query-string", "source-ip"}


@pytest.mark.parametrize("group", ["web-target", "web-to-search"])
def test_servers_are_in_every_target_group_and_leave_it_as_said(group: str) -> None:
    targets = ask("elbv2", "describe_target_health", TargetGroupArn=made(group))["TargetHealthDescriptions"]
    assert len(targets) == 2
    listed = ask("elbv2", "describe_target_group_attributes", TargetGroupArn=made(group))["Attributes"]
    attributes = {item["Key"]: item["Value"] for item in listed}
    assert attributes["stickiness.enabled"] == "true"
    assert attributes["stickiness.lb_cookie.duration_seconds"] == "600"
    assert attributes["deregistration_delay.timeout_seconds"] == "30"


def test_the_firewall_guards_the_load_balancer_and_logs() -> None:
    acl = ask("wafv2", "get_web_acl_for_resource", ResourceArn=made("web-alb"))["WebACL"]
    assert acl["ARN"] == front().recording.stack_outputs["firewall"]
    assert len(acl["Rules"]) == 7
    logging = ask("wafv2", "get_logging_configuration", ResourceArn=acl["ARN"])["LoggingConfiguration"]
    (log,) = logging["LogDestinationConfigs"]
    groups = ask("logs", "describe_log_groups", logGroupNamePrefix="aws-waf-logs-web-")["logGroups"]
    assert [group["arn"].removesuffix(":*") for group in groups] == [log]


def test_alarms_and_events_tell_the_topic_and_the_topic_tells_the_operators() -> None:
    topic = front().recording.stack_outputs["topic"]
    alarms = ask("cloudwatch", "describe_alarms")["MetricAlarms"]
    assert {alarm["AlarmName"] for alarm in alarms} == {*front().recording.stack_outputs["alarms"]}
    assert {action for alarm in alarms for action in (*alarm["AlarmActions"], *alarm["OKActions"])} == {topic}
    for rule in ("web-launch-failures", "web-refresh-failures"):
        (target,) = ask("events", "list_targets_by_rule", Rule=made(rule))["Targets"]
        assert target["Arn"] == topic
        assert target["InputTransformer"]["InputTemplate"].startswith('"')
    (subscription,) = ask("sns", "list_subscriptions_by_topic", TopicArn=topic)["Subscriptions"]
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "ops@example.org")
    attributes = ask("sns", "get_topic_attributes", TopicArn=topic)["Attributes"]
    assert attributes["KmsMasterKeyId"] == front().recording.named("web-alarms-key").outputs["arn"]


def test_the_way_in_is_the_endpoint_alone_and_it_is_only_recorded() -> None:
    group = ask("ec2", "describe_security_groups", GroupIds=[made("net-instance-connect-sg")])["SecurityGroups"][0]
    assert group["IpPermissions"] == []
    (out,) = group["IpPermissionsEgress"]
    assert (out["FromPort"], out["ToPort"]) == (22, 22)
    assert [pair["GroupId"] for pair in out["UserIdGroupPairs"]] == [made("web-server-sg")]
    recorded = {only.name for only in front().recorded_only}
    assert "net-instance-connect" in recorded
