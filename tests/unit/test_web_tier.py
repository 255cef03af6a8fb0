import json
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pulumi
import pytest

from components import InvalidArgs, WebTier
from rehearsal.recorder import Recording, Registered, record
from tests.recording import _computed, _invoke, _unknown

NETWORK = {
    "vpc_id": "vpc-1",
    "public_subnet_ids": ["subnet-pub-a", "subnet-pub-b"],
    "private_subnet_ids": ["subnet-a", "subnet-b"],
}
MONDAY = {
    "name": "monday-morning",
    "days": ["MON"],
    "start": "07:00",
    "end": "12:00",
    "time_zone": "Europe/Zurich",
    "min_size": 20,
}
DOMAIN = {"domain_name": "example.org", "alternative_names": ["www.example.org", "*.example.org"]}

ALWAYS = {
    ("elasticweb:index:Machine", "web-server"),
    ("s3/bucket:Bucket", "web-logs"),
    ("s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "web-logs-private"),
    ("s3/bucketOwnershipControls:BucketOwnershipControls", "web-logs-ownership"),
    (
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "web-logs-encryption",
    ),
    ("s3/bucketVersioning:BucketVersioning", "web-logs-versioning"),
    ("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "web-logs-expiry"),
    ("s3/bucketPolicy:BucketPolicy", "web-logs-policy"),
    ("ec2/securityGroup:SecurityGroup", "web-alb-sg"),
    ("vpc/securityGroupIngressRule:SecurityGroupIngressRule", "web-alb-in-http"),
    ("vpc/securityGroupEgressRule:SecurityGroupEgressRule", "web-alb-out"),
    ("vpc/securityGroupIngressRule:SecurityGroupIngressRule", "web-server-in"),
    ("lb/loadBalancer:LoadBalancer", "web-alb"),
    ("lb/targetGroup:TargetGroup", "web-target"),
    ("lb/listener:Listener", "web-http"),
    ("autoscaling/group:Group", "web-fleet"),
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


def tier(args: Mapping[str, Any] | None = None, *, preview: bool = False, name: str = "web") -> Recording:
    def resolve(resource: Registered) -> tuple[str, dict[str, Any]]:
        if preview:
            return _unknown(resource)
        id_, outputs = _computed(resource)
        if resource.type == "aws:acm/certificate:Certificate":
            names = [resource.inputs["domainName"], *resource.inputs.get("subjectAlternativeNames", [])]
            # ACM lists them in no particular order.
            outputs["domainValidationOptions"] = [
                {
                    "domainName": n,
                    "resourceRecordName": f"_check.{n.removeprefix('*.')}.",
                    "resourceRecordType": "CNAME",
                    "resourceRecordValue": f"_value.{n.removeprefix('*.')}.acm-validations.aws.",
                }
                for n in reversed(names)
            ]
        if resource.type == "aws:route53/zone:Zone":
            outputs["nameServers"] = ["ns-1.example.net", "ns-2.example.net"]
        return id_, outputs

    def program() -> None:
        made = WebTier(name, {**NETWORK, **(args or {})})  # pyright: ignore[reportArgumentType]
        for output in WebTier.__annotations__:
            pulumi.export(output, getattr(made, output))

    return record(program, resolve, _invoke, preview=preview)


def children(recording: Recording) -> set[tuple[str, str]]:
    """What the tier made itself; what its machine made is the machine's affair."""
    own = [r for r in recording.resources if "WebTier" in r.parent and "Machine" not in r.parent]
    return {(r.type.removeprefix("aws:"), r.name) for r in own}


def rules(recording: Recording) -> set[tuple[str, str, str, int, int]]:
    """Direction and group, peer, protocol and ports of the rules that the tier itself makes."""
    found = set[tuple[str, str, str, int, int]]()
    for r in recording.resources:
        if "SecurityGroup" in r.type and r.type.endswith("Rule") and "Machine" not in r.parent:
            peer = r.inputs.get("cidrIpv4") or r.inputs["referencedSecurityGroupId"].rsplit("-", 1)[0]
            group = r.inputs["securityGroupId"].rsplit("-", 1)[0]
            way = "into" if "Ingress" in r.type else "out of"
            found.add(
                (
                    f"{way} {group}",
                    peer,
                    r.inputs["ipProtocol"],
                    r.inputs["fromPort"],
                    r.inputs["toPort"],
                )
            )
    return found


def fleet(**settings: Any) -> dict[str, Any]:
    return {"fleet": {"min_size": 5, "max_size": 40, **settings}}


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


# --- the load balancer ----------------------------------------------------------------------------------------------


def test_without_a_domain_plain_http_goes_to_the_servers() -> None:
    recording = tier({"site": {"port": 8080}})
    listener = recording.one("lb/listener:Listener")
    assert (listener.inputs["port"], listener.inputs["protocol"]) == (80, "HTTP")
    (action,) = listener.inputs["defaultActions"]
    assert action == {"type": "forward", "targetGroupArn": recording.named("web-target").outputs["arn"]}
    assert rules(recording) == {
        ("into web-alb-sg", "0.0.0.0/0", "tcp", 80, 80),
        ("out of web-alb-sg", "web-server-sg", "tcp", 8080, 8080),
        ("into web-server-sg", "web-alb-sg", "tcp", 8080, 8080),
    }
    assert recording.stack_outputs["url"] == f"http://{recording.named('web-alb').outputs['dnsName']}"
    assert recording.stack_outputs["zone_id"] == ""
    assert recording.stack_outputs["name_servers"] == []


def test_with_a_domain_http_is_redirected_and_https_goes_to_the_servers() -> None:
    recording = tier({"site": DOMAIN})
    redirect = recording.named("web-http").inputs
    assert (redirect["port"], redirect["protocol"]) == (80, "HTTP")
    assert redirect["defaultActions"] == [
        {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}
    ]
    https = recording.named("web-https").inputs
    assert (https["port"], https["protocol"]) == (443, "HTTPS")
    assert https["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
    assert [action["type"] for action in https["defaultActions"]] == ["forward"]
    assert recording.named("web-validation").urn in recording.named("web-https").dependencies
    assert rules(recording) == {
        ("into web-alb-sg", "0.0.0.0/0", "tcp", 80, 80),
        ("into web-alb-sg", "0.0.0.0/0", "tcp", 443, 443),
        ("out of web-alb-sg", "web-server-sg", "tcp", 80, 80),
        ("into web-server-sg", "web-alb-sg", "tcp", 80, 80),
    }
    assert recording.stack_outputs["url"] == "https://example.org"


def test_a_given_certificate_is_used_as_it_is() -> None:
    recording = tier({"site": {"certificate_arn": "arn:aws:acm:eu-central-1:123456789012:certificate/1"}})
    assert recording.named("web-https").inputs["certificateArn"].endswith("certificate/1")
    assert recording.stack_outputs["url"] == f"https://{recording.named('web-alb').outputs['dnsName']}"


def test_the_load_balancer_is_public_strict_and_logged() -> None:
    recording = tier()
    balancer = recording.named("web-alb")
    expected = {
        "loadBalancerType": "application",
        "internal": False,
        "ipAddressType": "ipv4",
        "subnets": NETWORK["public_subnet_ids"],
        "securityGroups": [recording.named("web-alb-sg").id],
        "dropInvalidHeaderFields": True,
        "desyncMitigationMode": "defensive",
        "enableDeletionProtection": True,
        "accessLogs": {"bucket": recording.named("web-logs").outputs["bucket"], "enabled": True},
        "tags": {"Name": "web"},
    }
    assert balancer.inputs == expected
    assert recording.named("web-logs-policy").urn in balancer.dependencies


def test_the_health_check_is_the_sites() -> None:
    recording = tier({"site": {"health_check_path": "/healthz", "health_check_matcher": "200,302"}})
    target = recording.named("web-target").inputs
    assert target["healthCheck"] == {
        "enabled": True,
        "protocol": "HTTP",
        "port": "traffic-port",
        "path": "/healthz",
        "matcher": "200,302",
        "interval": 15,
        "timeout": 5,
        "healthyThreshold": 2,
        "unhealthyThreshold": 3,
    }
    assert (target["protocol"], target["port"], target["targetType"]) == ("HTTP", 80, "instance")
    assert target["deregistrationDelay"] == 60
    assert target["loadBalancingAlgorithmType"] == "least_outstanding_requests"


def test_nothing_has_a_fixed_physical_name() -> None:
    recording = tier({"site": DOMAIN, **fleet(windows=[MONDAY], requests_per_server_per_minute=1200)})
    named = {r.name for r in recording.resources if "name" in r.inputs and "route53" not in r.type}
    assert named == set()


# --- the logs -------------------------------------------------------------------------------------------------------


def test_only_the_load_balancer_may_write_logs_and_only_over_tls() -> None:
    recording = tier()
    arn = recording.named("web-logs").outputs["arn"]
    assert json.loads(recording.named("web-logs-policy").inputs["policy"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AllowLoadBalancerLogs",
                "Effect": "Allow",
                "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": f"{arn}/AWSLogs/123456789012/*",
            },
            {
                "Sid": "DenyInsecureTransport",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ],
    }


def test_the_log_bucket_is_private_encrypted_versioned_and_expires() -> None:
    recording = tier({"site": {"access_log_retention_days": 365}})
    public = recording.named("web-logs-private").inputs
    assert [public[k] for k in sorted(public) if k != "bucket"] == [True] * 4
    assert recording.named("web-logs-ownership").inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    assert recording.named("web-logs-encryption").inputs["rules"] == [
        {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
    ]
    assert recording.named("web-logs-versioning").inputs["versioningConfiguration"] == {"status": "Enabled"}
    (rule,) = recording.named("web-logs-expiry").inputs["rules"]
    assert rule == {
        "id": "expire",
        "status": "Enabled",
        "filter": {},
        "expiration": {"days": 365},
        "noncurrentVersionExpiration": {"noncurrentDays": 7},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
    }


# --- the names ------------------------------------------------------------------------------------------------------


def test_every_name_is_proved_once_and_leads_to_the_load_balancer() -> None:
    recording = tier({"site": DOMAIN})
    zone, balancer = recording.named("web-zone"), recording.named("web-alb")
    certificate = recording.named("web-certificate").inputs
    assert certificate["domainName"] == "example.org"
    assert certificate["subjectAlternativeNames"] == DOMAIN["alternative_names"]
    assert certificate["validationMethod"] == "DNS"
    for name in ("example.org", "www.example.org"):  # the wildcard is proved by the first
        assert recording.named(f"web-proof-{name}").inputs == {
            "zoneId": zone.outputs["zoneId"],
            "name": f"_check.{name}.",
            "type": "CNAME",
            "records": [f"_value.{name}.acm-validations.aws."],
            "ttl": 60,
            "allowOverwrite": True,
        }
    for name, key in (("example.org",) * 2, ("www.example.org",) * 2, ("*.example.org", "any.example.org")):
        assert recording.named(f"web-alias-{key}").inputs == {
            "zoneId": zone.outputs["zoneId"],
            "name": name,
            "type": "A",
            "aliases": [
                {
                    "name": balancer.outputs["dnsName"],
                    "zoneId": balancer.outputs["zoneId"],
                    "evaluateTargetHealth": True,
                }
            ],
        }
    assert recording.stack_outputs["zone_id"] == zone.outputs["zoneId"]
    assert recording.stack_outputs["name_servers"] == ["ns-1.example.net", "ns-2.example.net"]


def test_a_lone_wildcard_is_proved_by_its_own_record() -> None:
    site = {"domain_name": "www.example.org", "alternative_names": ["*.a.example.org"], "zone_id": "Z1"}
    assert tier({"site": site}).named("web-proof-any.a.example.org").inputs["name"] == "_check.a.example.org."


def test_a_given_zone_holds_the_names() -> None:
    site = {"domain_name": "www.example.org", "alternative_names": ["example.org"], "zone_id": "Z1"}
    recording = tier({"site": site})
    assert {r.inputs["zoneId"] for r in recording.all("route53/record:Record")} == {"Z1"}
    assert recording.stack_outputs["zone_id"] == "Z1"
    assert recording.stack_outputs["name_servers"] == []


# --- the fleet ------------------------------------------------------------------------------------------------------


def test_the_group_is_judged_by_the_load_balancer_and_replaced_without_loss_of_capacity() -> None:
    recording = tier({**fleet(warmup_seconds=240), "tags": {"team": "web"}})
    group, template = recording.named("web-fleet"), recording.named("web-server-launch-template")
    assert group.inputs == {
        "launchTemplate": {"id": template.id, "version": "1"},
        "vpcZoneIdentifiers": NETWORK["private_subnet_ids"],
        "minSize": 5,
        "maxSize": 40,
        "targetGroupArns": [recording.named("web-target").outputs["arn"]],
        "healthCheckType": "ELB",
        "healthCheckGracePeriod": 240,
        "defaultInstanceWarmup": 240,
        "instanceRefresh": {
            "strategy": "Rolling",
            "preferences": {"minHealthyPercentage": 100, "maxHealthyPercentage": 120, "autoRollback": False},
        },
        "enabledMetrics": [
            "GroupMinSize",
            "GroupMaxSize",
            "GroupDesiredCapacity",
            "GroupInServiceInstances",
            "GroupPendingInstances",
            "GroupTerminatingInstances",
            "GroupTotalInstances",
        ],
        "metricsGranularity": "1Minute",
        "waitForCapacityTimeout": "10m",
        "forceDelete": False,
        "tags": [
            {"key": "Name", "value": "web-server", "propagateAtLaunch": True},
            {"key": "managed-by", "value": "pulumi", "propagateAtLaunch": True},  # a default tag of the provider
            {"key": "team", "value": "web", "propagateAtLaunch": True},
        ],
    }
    paths = {recording.named("web-server-in").urn, recording.named("web-alb-out").urn}
    assert paths <= set(group.dependencies)


def test_a_deployment_leaves_the_size_to_demand() -> None:
    assert tier(fleet()).named("web-fleet").options["ignoreChanges"] == ["desiredCapacity"]


def test_with_windows_a_deployment_leaves_floor_and_maximum_to_the_schedule_too() -> None:
    group = tier(fleet(windows=[MONDAY])).named("web-fleet")
    assert group.options["ignoreChanges"] == ["desiredCapacity", "minSize", "maxSize"]
    assert (group.inputs["minSize"], group.inputs["maxSize"]) == (5, 40)  # what a new group starts with


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
        assert before.urn in after.dependencies
    for schedule in schedules:
        assert schedule.options["deleteBeforeReplace"]
        changing = set(schedule.inputs) - {"autoscalingGroupName", "scheduledActionName"}  # those replace anyway
        assert set(schedule.options["replaceOnChanges"]) == changing


def test_demand_is_followed_by_processor_use_and_by_requests() -> None:
    recording = tier(fleet(cpu_target_percent=60, requests_per_server_per_minute=1200))
    cpu, requests = recording.named("web-by-cpu"), recording.named("web-by-requests")
    assert cpu.inputs["policyType"] == requests.inputs["policyType"] == "TargetTrackingScaling"
    assert cpu.inputs["targetTrackingConfiguration"] == {
        "predefinedMetricSpecification": {"predefinedMetricType": "ASGAverageCPUUtilization"},
        "targetValue": 60,
    }
    balancer, target = recording.named("web-alb"), recording.named("web-target")
    assert requests.inputs["targetTrackingConfiguration"] == {
        "predefinedMetricSpecification": {
            "predefinedMetricType": "ALBRequestCountPerTarget",
            "resourceLabel": f"{balancer.outputs['arnSuffix']}/{target.outputs['arnSuffix']}",
        },
        "targetValue": 1200,
    }


@pytest.mark.parametrize(("site", "listener"), [({}, "web-http"), (DOMAIN, "web-https")])
def test_scaling_by_requests_waits_for_the_listener_that_forwards(site: Any, listener: str) -> None:
    recording = tier({"site": site, **fleet(requests_per_server_per_minute=1200)})
    assert recording.named(listener).urn in recording.named("web-by-requests").dependencies


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
    (fleet(cpu_target_percent=0), "fleet.cpu_target_percent must be between 1 and 100, got 0"),
    (fleet(cpu_target_percent="50"), "fleet.cpu_target_percent must be an integer, got '50'"),
    (
        fleet(requests_per_server_per_minute=0),
        "fleet.requests_per_server_per_minute must be at least 1, got 0",
    ),
    (fleet(warmup_seconds=3601), "fleet.warmup_seconds must be between 0 and 3600, got 3601"),
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
        fleet(window=[]),
        (
            "unknown fleet.window; known are cpu_target_percent, max_size, min_size, requests_per_server_per_minute, "
            "warmup_seconds, windows"
        ),
    ),
    ({"site": {"port": 0}}, "site.port must be between 1 and 65535, got 0"),
    (
        {"site": {"health_check_path": "healthz"}},
        "site.health_check_path must start with / and have at most 1024 printable characters, got 'healthz'",
    ),
    (
        {"site": {"health_check_matcher": "200-599"}},
        "site.health_check_matcher must be status codes between 200 and 499, such as 200-399 or 200,302, got '200-599'",
    ),
    (
        {"site": {"access_log_retention_days": 0}},
        "site.access_log_retention_days must be between 1 and 3650, got 0",
    ),
    (
        {"site": {"alternative_names": ["www.example.org"]}},
        "site.alternative_names must come with site.domain_name, got no domain_name",
    ),
    ({"site": {"zone_id": "Z1"}}, "site.zone_id must come with site.domain_name, got no domain_name"),
    (
        {"site": {"domain_name": "https://example.org"}},
        "site.domain_name must be a domain in lower case, such as example.org, got 'https://example.org'",
    ),
    (
        {"site": {"domain_name": f"{'a' * 60}.org.example"}},
        "the length of site.domain_name must be between 1 and 64 for a certificate, got 72",
    ),
    (
        {"site": {"domain_name": "example.org", "alternative_names": ["WWW.example.org"]}},
        (
            "site.alternative_names[0] must be a domain in lower case, such as www.example.org or *.example.org, "
            "got 'WWW.example.org'"
        ),
    ),
    (
        {"site": {"domain_name": "example.org", "alternative_names": ["a.example.org", "a.example.org"]}},
        "site.alternative_names[1] must be named once, got 'a.example.org' again",
    ),
    (
        {"site": {"domain_name": "www.example.org", "alternative_names": ["example.org"]}},
        (
            "site.alternative_names[0] must be below site.domain_name (www.example.org), or site.zone_id must name a "
            "zone that holds both, got 'example.org'"
        ),
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
