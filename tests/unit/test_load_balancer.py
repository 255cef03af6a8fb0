import json
from typing import Any

import pytest

from components import InvalidArgs

from .web_tiers import DOMAIN, NETWORK, rules, tier

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
        "idleTimeout": 60,
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


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ({}, {"enabled": False, "type": "lb_cookie"}),
        ({"sticky_seconds": 3600}, {"enabled": True, "type": "lb_cookie", "cookieDuration": 3600}),
        (
            {"sticky_seconds": 3600, "sticky_cookie": "SESSION"},
            {"enabled": True, "type": "app_cookie", "cookieName": "SESSION", "cookieDuration": 3600},
        ),
    ],
)
def test_visitors_stay_with_a_server_when_it_is_said_and_only_then(site: Any, expected: Any) -> None:
    assert tier({"site": site}).named("web-target").inputs["stickiness"] == expected


def test_times_of_connections_and_of_leaving_servers_can_be_said() -> None:
    recording = tier({"site": {"deregistration_delay_seconds": 15, "idle_timeout_seconds": 300}})
    assert recording.named("web-target").inputs["deregistrationDelay"] == 15
    assert recording.named("web-alb").inputs["idleTimeout"] == 300


def test_new_servers_need_no_slow_start_which_the_algorithm_excludes() -> None:
    target = tier().named("web-target").inputs
    assert target["loadBalancingAlgorithmType"] == "least_outstanding_requests"
    assert "slowStart" not in target


HSTS = "routingHttpResponseStrictTransportSecurityHeaderValue"


def test_browsers_are_told_to_stay_with_https() -> None:
    assert tier({"site": DOMAIN}).named("web-https").inputs[HSTS] == "max-age=31536000"
    wide = "max-age=63072000; includeSubDomains; preload"
    said = tier({"site": {**DOMAIN, "strict_transport_security": wide}})
    assert said.named("web-https").inputs[HSTS] == wide
    assert HSTS not in said.named("web-http").inputs, "over plain HTTP it means nothing"
    assert HSTS not in tier().named("web-http").inputs


# --- the logs -------------------------------------------------------------------------------------------------------


def test_only_the_load_balancer_may_write_logs_and_only_over_tls() -> None:
    recording = tier()
    arn = recording.named("web-logs").outputs["arn"]
    assert json.loads(recording.named("web-logs-policy").inputs["policy"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "DenyInsecureTransport",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
            {
                "Sid": "AllowLoadBalancerLogs",
                "Effect": "Allow",
                "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": f"{arn}/AWSLogs/123456789012/*",
            },
        ],
    }


def test_the_log_bucket_is_private_encrypted_versioned_and_expires() -> None:
    recording = tier({"site": {"access_log_retention_days": 365}})
    public = recording.named("web-logs-access").inputs
    assert [public[k] for k in sorted(public) if k != "bucket"] == [True] * 4
    assert recording.named("web-logs-ownership").inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    assert recording.named("web-logs-encryption").inputs["rules"] == [
        {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
    ]
    assert recording.named("web-logs-versioning").inputs["versioningConfiguration"] == {"status": "Enabled"}
    (rule,) = recording.named("web-logs-lifecycle").inputs["rules"]
    assert rule == {
        "id": "expire",
        "status": "Enabled",
        "filter": {},
        "expiration": {"days": 365},
        "noncurrentVersionExpiration": {"noncurrentDays": 7},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
    }


def test_the_settings_of_a_kept_log_bucket_are_kept_with_it() -> None:
    for disposable in (False, True):
        made = [r for r in tier({"disposable": disposable}).resources if r.name.startswith("web-logs")]
        assert len(made) == 7
        assert {r.options.get("retainOnDelete", False) for r in made} == {not disposable}


def test_settings_of_the_log_bucket_that_were_called_otherwise_are_not_made_anew() -> None:
    former = {r.name: {a.get("name") for a in r.options.get("aliases", ())} - {None} for r in tier().resources}
    assert {name: names for name, names in former.items() if names} == {
        "web-logs-access": {"web-logs-private"},
        "web-logs-lifecycle": {"web-logs-expiry"},
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


# --- what is refused ------------------------------------------------------------------------------------------------

REFUSED: list[tuple[dict[str, Any], str]] = [
    (
        {"site": {"strict_transport_security": "max-age=1"}},
        ("site.strict_transport_security must come with HTTPS, got neither site.domain_name nor site.certificate_arn"),
    ),
    (
        {"site": {**DOMAIN, "strict_transport_security": "max-age=1 year"}},
        (
            "site.strict_transport_security must be such as max-age=31536000 or "
            "max-age=31536000; includeSubDomains; preload, got 'max-age=1 year'"
        ),
    ),
    ({"site": {"sticky_seconds": 0}}, "site.sticky_seconds must be between 1 and 604800, got 0"),
    (
        {"site": {"sticky_cookie": "SESSION"}},
        "site.sticky_cookie must come with site.sticky_seconds, got no sticky_seconds",
    ),
    (
        {"site": {"sticky_seconds": 1, "sticky_cookie": "AWSALBAPP-0"}},
        "site.sticky_cookie must be a cookie's name and not begin with AWSALB, got 'AWSALBAPP-0'",
    ),
    (
        {"site": {"deregistration_delay_seconds": 3601}},
        "site.deregistration_delay_seconds must be between 0 and 3600, got 3601",
    ),
    ({"site": {"idle_timeout_seconds": 0}}, "site.idle_timeout_seconds must be between 1 and 4000, got 0"),
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
]


@pytest.mark.parametrize(("args", "message"), REFUSED)
def test_refuses_with_one_line(args: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgs) as error:
        tier(args)
    assert str(error.value) == f"WebTier: {message}"
