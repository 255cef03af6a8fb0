from itertools import pairwise
from typing import Any

import pytest

from components import InvalidArgs, WebTier

from .web_tiers import DOMAIN, MONDAY, children, fleet, tier

TOPIC = {
    ("kms/key:Key", "web-alarms-key"),
    ("sns/topic:Topic", "web-alarms"),
    ("sns/topicPolicy:TopicPolicy", "web-alarms-policy"),
}
WATCHED = {
    ("cloudwatch/metricAlarm:MetricAlarm", "web-alarm-errors"),
    ("cloudwatch/metricAlarm:MetricAlarm", "web-alarm-latency"),
    ("cloudwatch/metricAlarm:MetricAlarm", "web-alarm-unhealthy"),
    ("cloudwatch/metricAlarm:MetricAlarm", "web-alarm-no-server"),
    ("cloudwatch/metricAlarm:MetricAlarm", "web-alarm-at-maximum"),
    ("cloudwatch/eventRule:EventRule", "web-launch-failures"),
    ("cloudwatch/eventTarget:EventTarget", "web-launch-failures-target"),
    ("cloudwatch/eventRule:EventRule", "web-refresh-failures"),
    ("cloudwatch/eventTarget:EventTarget", "web-refresh-failures-target"),
}
ALWAYS = {
    *TOPIC,
    *WATCHED,
    ("elasticweb:index:Machine", "web-server"),
    ("s3/bucket:Bucket", "web-logs"),
    ("s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "web-logs-access"),
    ("s3/bucketOwnershipControls:BucketOwnershipControls", "web-logs-ownership"),
    (
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "web-logs-encryption",
    ),
    ("s3/bucketVersioning:BucketVersioning", "web-logs-versioning"),
    ("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "web-logs-lifecycle"),
    ("s3/bucketPolicy:BucketPolicy", "web-logs-policy"),
    ("ec2/securityGroup:SecurityGroup", "web-alb-sg"),
    ("vpc/securityGroupIngressRule:SecurityGroupIngressRule", "web-alb-in-http"),
    ("vpc/securityGroupEgressRule:SecurityGroupEgressRule", "web-alb-out"),
    ("vpc/securityGroupIngressRule:SecurityGroupIngressRule", "web-server-in"),
    ("lb/loadBalancer:LoadBalancer", "web-alb"),
    ("lb/targetGroup:TargetGroup", "web-target"),
    ("lb/listener:Listener", "web-http"),
    ("autoscaling/group:Group", "web-fleet"),
    ("autoscaling/lifecycleHook:LifecycleHook", "web-launch-hook"),
    ("autoscaling/lifecycleHook:LifecycleHook", "web-farewell-hook"),
    ("autoscaling/policy:Policy", "web-by-cpu"),
}
SECURE = {
    ("vpc/securityGroupIngressRule:SecurityGroupIngressRule", "web-alb-in-https"),
    ("lb/listener:Listener", "web-https"),
}
CERTIFICATE = {
    ("acm/certificate:Certificate", "web-certificate"),
    ("route53/record:Record", "web-proof-example.org"),
    ("route53/record:Record", "web-proof-www.example.org"),
    ("acm/certificateValidation:CertificateValidation", "web-validation"),
}
ALIASES = {
    ("route53/record:Record", "web-alias-example.org"),
    ("route53/record:Record", "web-alias-www.example.org"),
    ("route53/record:Record", "web-alias-any.example.org"),
}
ZONE = {("route53/zone:Zone", "web-zone")}
SCHEDULE = {
    ("autoscaling/schedule:Schedule", "web-monday-morning"),
    ("autoscaling/schedule:Schedule", "web-base"),
}


CASES: dict[str, tuple[dict[str, Any], set[tuple[str, str]]]] = {
    "plain": ({}, ALWAYS),
    "domain": ({"site": DOMAIN}, ALWAYS | SECURE | CERTIFICATE | ALIASES | ZONE),
    "domain in a given zone": (
        {"site": {**DOMAIN, "zone_id": "Z1"}},
        ALWAYS | SECURE | CERTIFICATE | ALIASES,
    ),
    "domain with a given certificate": (
        {"site": {**DOMAIN, "certificate_arn": "arn:c"}},
        ALWAYS | SECURE | ALIASES | ZONE,
    ),
    "domain with both given": (
        {"site": {**DOMAIN, "zone_id": "Z1", "certificate_arn": "arn:c"}},
        ALWAYS | SECURE | ALIASES,
    ),
    "certificate only": ({"site": {"certificate_arn": "arn:c"}}, ALWAYS | SECURE),
    "alarms to a given topic": ({"alarms": {"topic_arn": "arn:t"}}, ALWAYS - TOPIC),
    "no alarms": ({"alarms": {"enabled": False}}, ALWAYS - TOPIC - WATCHED),
    "firewall": (
        {"site": {"firewall": {}}},
        ALWAYS
        | {
            ("wafv2/webAcl:WebAcl", "web-firewall"),
            ("wafv2/webAclAssociation:WebAclAssociation", "web-firewall-association"),
            ("cloudwatch/logGroup:LogGroup", "web-firewall-log"),
            ("wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "web-firewall-logging"),
        },
    ),
    "another port": (
        {
            "site": {
                "target_groups": [{"name": "search", "port": 9200}],
                "rules": [{"name": "search", "priority": 1, "paths": ["/search*"], "target_group": "search"}],
            }
        },
        ALWAYS
        | {
            ("lb/targetGroup:TargetGroup", "web-to-search"),
            ("lb/listenerRule:ListenerRule", "web-rule-search"),
            ("vpc/securityGroupEgressRule:SecurityGroupEgressRule", "web-alb-out-9200"),
            ("vpc/securityGroupIngressRule:SecurityGroupIngressRule", "web-server-in-9200"),
        },
    ),
    "windows": (fleet(windows=[MONDAY]), ALWAYS | SCHEDULE),
    "requests": (
        fleet(requests_per_server_per_minute=1200),
        ALWAYS | {("autoscaling/policy:Policy", "web-by-requests")},
    ),
}


@pytest.mark.parametrize("preview", [False, True], ids=["update", "first preview"])
@pytest.mark.parametrize("case", CASES)
def test_makes_exactly_these_children(case: str, preview: bool) -> None:
    args, expected = CASES[case]
    assert children(tier(args, preview=preview)) == expected


def test_a_first_preview_declares_what_the_update_makes() -> None:
    args = {"site": DOMAIN, **fleet(windows=[MONDAY], requests_per_server_per_minute=1200), "disposable": True}
    before, after = tier(args, preview=True), tier(args)
    assert {(r.urn, str(r.options)) for r in before.resources} == {(r.urn, str(r.options)) for r in after.resources}
    assert {(r.urn, tuple(sorted(r.inputs))) for r in before.resources} == {
        (r.urn, tuple(sorted(r.inputs))) for r in after.resources
    }


def test_nothing_has_a_fixed_physical_name() -> None:
    recording = tier({"site": DOMAIN, **fleet(windows=[MONDAY], requests_per_server_per_minute=1200)})
    own_place = ("route53", "lifecycleHook")  # a zone, a group
    named = {r.name for r in recording.resources if "name" in r.inputs and not any(t in r.type for t in own_place)}
    assert named == set()


# --- the schedule ---------------------------------------------------------------------------------------------------


def test_the_schedule_sets_floor_and_maximum_and_leaves_the_desired_size_alone() -> None:
    recording = tier(fleet(windows=[MONDAY]))
    raised, back = recording.named("web-monday-morning"), recording.named("web-base")
    group = recording.named("web-fleet").outputs["name"]
    assert raised.inputs == {
        "autoscalingGroupName": group,
        "scheduledActionName": "web-monday-morning",
        "recurrence": "0 7-11 * * MON",
        "timeZone": "Europe/Zurich",
        "minSize": 20,
        "maxSize": 40,
        "desiredCapacity": -1,
    }
    assert back.inputs == {
        **raised.inputs,
        "scheduledActionName": "web-base",
        "recurrence": "0 0-6,12-23 * * *",
        "minSize": 5,
    }


def test_scheduled_actions_are_made_one_by_one_and_anew_when_they_change() -> None:
    windows = [MONDAY, {**MONDAY, "name": "tuesday", "days": ["TUE"], "min_size": 10}]
    schedules = tier(fleet(windows=windows)).all("autoscaling/schedule:Schedule")
    assert len(schedules) == 3
    for before, after in pairwise(schedules):
        # By a property that replaces: what comes after is deleted before, also when it is not in the program any more.
        assert after.property_dependencies["autoscalingGroupName"] == [before.urn]
    for schedule in schedules:
        assert schedule.options["deleteBeforeReplace"]
        changing = {*schedule.inputs, "startTime", "endTime"} - {"autoscalingGroupName", "scheduledActionName"}
        assert set(schedule.options["replaceOnChanges"]) == changing
    renamed = tier(fleet(windows=[{**MONDAY, "name": "monday"}, windows[1]])).all("autoscaling/schedule:Schedule")
    triggers = [[s.options.get("replacementTrigger") for s in made] for made in (schedules, renamed)]
    assert triggers[0][0] != triggers[1][0]
    assert triggers[0][1:] == [None, None]


def test_when_no_window_changes_sizes_any_more_deployments_set_them_again() -> None:
    past = {**MONDAY, "dates": ["2020-02-29"]}
    del past["days"]
    recording = tier(fleet(windows=[past]))
    assert recording.all("autoscaling/schedule:Schedule") == []
    assert not {"minSize", "maxSize"} & {*recording.named("web-fleet").options["ignoreChanges"]}


def test_a_fleet_that_sleeps_is_set_to_nothing_and_wakes_at_its_own_sizes() -> None:
    night = {**MONDAY, "name": "night", "start": "20:00", "end": "07:00", "max_size": 0}
    del night["min_size"]
    schedules = tier(fleet(windows=[night])).all("autoscaling/schedule:Schedule")
    sizes = {s.name: (s.inputs["minSize"], s.inputs["maxSize"], s.inputs["desiredCapacity"]) for s in schedules}
    assert sizes == {"web-night": (0, 0, -1), "web-base": (5, 40, -1)}


# --- safety ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("disposable", [False, True])
def test_zone_and_logs_are_kept_unless_the_tier_is_disposable(disposable: bool) -> None:
    recording = tier({"site": DOMAIN, "disposable": disposable})
    kept = {r.name for r in recording.resources if r.options.get("protect") and r.options.get("retainOnDelete")}
    assert kept == (set[str]() if disposable else {"web-logs", "web-zone"})
    assert recording.named("web-logs").inputs["forceDestroy"] is disposable
    assert recording.named("web-zone").inputs["forceDestroy"] is disposable
    assert recording.named("web-fleet").inputs["forceDelete"] is disposable
    assert recording.named("web-alb").inputs["enableDeletionProtection"] is not disposable


def test_tags_reach_everything_that_takes_them() -> None:
    recording = tier({"site": DOMAIN, "tags": {"team": "web"}})
    for r in recording.resources:
        if isinstance(r.inputs.get("tags"), dict):
            assert r.inputs["tags"]["team"] == "web", r.name


def test_what_servers_need_is_handed_to_the_machine() -> None:
    recording = tier(
        {
            "machine": {"instance_type": "m7g.large"},
            "connections": [{"name": "database", "security_group_id": "sg-db", "port": 3307}],
            "secret_arns": ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:db"],
        }
    )
    assert recording.named("web-server-launch-template").inputs["instanceType"] == "m7g.large"
    assert recording.named("web-server-egress-database").inputs["referencedSecurityGroupId"] == "sg-db"
    assert "secret:db" in recording.named("web-server-policy").inputs["policy"]


def test_outputs_are_registered_and_complete() -> None:
    recording = tier({"site": DOMAIN})
    registered = next(r for r in recording.resources if r.type == "elasticweb:index:WebTier").outputs
    assert set(registered) == set(WebTier.__annotations__)
    assert registered == recording.stack_outputs
    assert None not in registered.values()


# --- what is refused ------------------------------------------------------------------------------------------------

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"public_subnet_ids": ["a"]}, "public_subnet_ids must name at least 2 subnets, got 1"),
    ({"private_subnet_ids": []}, "private_subnet_ids must name at least 1 subnet, got 0"),
    ({"fleet": {"min_size": -1}}, "fleet.min_size must be at least 0, got -1"),
    ({"fleet": {"max_size": 0}}, "fleet.max_size must be at least 1, got 0"),
    ({"fleet": {"min_size": 5}}, "fleet.max_size must be at least fleet.min_size (5), got 4 (the default)"),
    ({"fleet": {"min_size": 5, "max_size": 3}}, "fleet.max_size must be at least fleet.min_size (5), got 3"),
    (
        {"fleet": {"min_size": 0}},
        (
            "fleet.min_size must be at least 1 where no window raises it, because demand cannot wake a fleet of none, "
            "got 0"
        ),
    ),
    (fleet(cpu_target_percent="50"), "fleet.cpu_target_percent must be an integer, got '50'"),
    (
        fleet(windows=[{**MONDAY, "min_size": 41}]),
        "fleet.windows[0].min_size must be at most the fleet's max_size (40), got 41",
    ),
    (
        fleet(windows=[{**MONDAY, "days": ["monday"]}]),
        "fleet.windows[0].days[0] must be one of MON, TUE, WED, THU, FRI, SAT, SUN, got 'monday'",
    ),
    (
        fleet(windows=[{**MONDAY, "min_size": 5}]),
        "fleet.windows[0].min_size must be more than the fleet's min_size (5), or the window changes nothing, got 5",
    ),
    (
        fleet(warm_pool={"cap": 3}),
        "unknown fleet.warm_pool.cap; known are max_prepared, min_size, reuse_on_scale_in, state",
    ),
    (
        {"machine": {"instance_type": "t4g"}},
        "machine.instance_type must be",
    ),
]


@pytest.mark.parametrize(("args", "message"), REFUSED)
def test_refuses_with_one_line(args: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgs) as error:
        tier(args)
    text = str(error.value)
    assert "\n" not in text
    assert text == f"WebTier: {message}" or ("machine" in args and text.startswith(f"WebTier: {message}"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "a-rather-long-web-tier",
            (
                "the name 'a-rather-long-web-tier-alb' is too long for a load balancer: AWS allows 32 characters and "
                "Pulumi adds 8, so use at most 24, got 26"
            ),
        ),
        (
            "a-rather-long-web",
            None,
        ),
        (
            "a-rather-long-tier",
            (
                "the name 'a-rather-long-tier-target' is too long for a target group: AWS allows 32 characters and "
                "Pulumi adds 8, so use at most 24, got 25"
            ),
        ),
        (
            "internal-web",
            (
                "the name must be letters, digits and hyphens, start with a letter and not with internal-, because the "
                "load balancer is called after it, got 'internal-web'"
            ),
        ),
        (
            "web_tier",
            (
                "the name must be letters, digits and hyphens, start with a letter and not with internal-, because the "
                "load balancer is called after it, got 'web_tier'"
            ),
        ),
    ],
)
def test_a_name_that_aws_would_refuse_is_refused_early(name: str, message: str | None) -> None:
    if message is None:
        assert tier(name=name).named(f"{name}-target")
        return
    with pytest.raises(InvalidArgs) as error:
        tier(name=name)
    assert str(error.value) == f"WebTier: {message}"
