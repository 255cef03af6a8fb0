from typing import Any

import pytest

from components import InvalidArgs
from rehearsal.recorder import Recording

from .web_tiers import DOMAIN, tier
from .web_tiers import rules as openings

ANSWER: dict[str, Any] = {"fixed_response": {"status_code": 404}}


def rule(**changes: Any) -> dict[str, Any]:
    return {"name": "one", "priority": 10, "paths": ["/one/*"], **changes}


def ruled(*rules: dict[str, Any], **site: Any) -> Recording:
    return tier({"site": {"rules": [*rules], **site}})


def action(**answer: Any) -> dict[str, Any]:
    (made,) = ruled(rule(**answer)).named("web-rule-one").inputs["actions"]
    return made


def test_rules_are_of_the_listener_that_forwards() -> None:
    plain, secure = ruled(rule(**ANSWER)), ruled(rule(**ANSWER), **DOMAIN)
    assert plain.named("web-rule-one").inputs["listenerArn"] == plain.named("web-http").outputs["arn"]
    assert secure.named("web-rule-one").inputs["listenerArn"] == secure.named("web-https").outputs["arn"]
    assert plain.named("web-rule-one").inputs["priority"] == 10


def test_all_conditions_must_be_met() -> None:
    made = ruled(
        rule(
            hosts=["*.example.org"],
            paths=["/api/*"],
            methods=["POST"],
            source_ips=["192.0.2.0/24"],
            headers={"X-Key": ["a*"]},
            **ANSWER,
        ),
        rule(name="two", priority=20, paths=["/two"], query={"debug": "1", "user": "x?"}, **ANSWER),
    )
    assert made.named("web-rule-one").inputs["conditions"] == [
        {"hostHeader": {"values": ["*.example.org"]}},
        {"pathPattern": {"values": ["/api/*"]}},
        {"httpRequestMethod": {"values": ["POST"]}},
        {"sourceIp": {"values": ["192.0.2.0/24"]}},
        {"httpHeader": {"httpHeaderName": "X-Key", "values": ["a*"]}},
    ]
    assert made.named("web-rule-two").inputs["conditions"] == [
        {"pathPattern": {"values": ["/two"]}},
        {"queryStrings": [{"key": "debug", "value": "1"}]},
        {"queryStrings": [{"key": "user", "value": "x?"}]},
    ]


def test_what_becomes_of_a_request() -> None:
    assert action(target_group_arn="arn:other") == {"type": "forward", "targetGroupArn": "arn:other"}
    assert action(redirect={"host": "www.#{host}"}) == {
        "type": "redirect",
        "redirect": {"host": "www.#{host}", "statusCode": "HTTP_301"},
    }
    assert action(redirect={"path": "/new", "query": "a=1", "permanent": False}) == {
        "type": "redirect",
        "redirect": {"path": "/new", "query": "a=1", "statusCode": "HTTP_302"},
    }
    assert action(fixed_response={"status_code": 503, "content_type": "text/html", "body": "<p>Soon"}) == {
        "type": "fixed-response",
        "fixedResponse": {"statusCode": "503", "contentType": "text/html", "messageBody": "<p>Soon"},
    }
    assert action(**ANSWER)["fixedResponse"] == {"statusCode": "404", "contentType": "text/plain"}


def test_another_port_of_the_fleet_has_a_target_group_that_servers_register_with() -> None:
    site = {
        "health_check_path": "/healthz",
        "sticky_seconds": 600,
        "deregistration_delay_seconds": 30,
        "target_groups": [
            {"name": "search", "port": 9200, "health_check_path": "/ping"},
            {"name": "twin", "port": 80},
        ],
        "rules": [rule(target_group="search"), rule(name="two", priority=2, target_group="twin")],
    }
    recording = tier({"site": site})
    main, search, twin = (recording.named(f"web-{role}") for role in ("target", "to-search", "to-twin"))
    assert recording.named("web-fleet").inputs["targetGroupArns"] == [g.outputs["arn"] for g in (main, search, twin)]
    assert recording.named("web-rule-one").inputs["actions"] == [
        {"type": "forward", "targetGroupArn": search.outputs["arn"]}
    ]
    checks = [(g.inputs["port"], g.inputs["healthCheck"]["path"]) for g in (main, search, twin)]
    assert checks == [(80, "/healthz"), (9200, "/ping"), (80, "/healthz")]
    for group in (main, search, twin):
        assert group.inputs["deregistrationDelay"] == 30
        assert group.inputs["stickiness"]["cookieDuration"] == 600
    assert openings(recording) == {
        ("into web-alb-sg", "0.0.0.0/0", "tcp", 80, 80),
        ("out of web-alb-sg", "web-server-sg", "tcp", 80, 80),
        ("into web-server-sg", "web-alb-sg", "tcp", 80, 80),
        ("out of web-alb-sg", "web-server-sg", "tcp", 9200, 9200),
        ("into web-server-sg", "web-alb-sg", "tcp", 9200, 9200),
    }
    for opening in ("web-alb-out-9200", "web-server-in-9200"):
        assert recording.named(opening).urn in recording.named("web-fleet").dependencies


SEARCH = {"name": "search", "port": 9200}

REFUSED: list[tuple[dict[str, Any], str]] = [
    (
        {"rules": [rule(name="One", **ANSWER)]},
        "rules[0].name must be lower-case letters, digits and hyphens, and start with a letter, got 'One'",
    ),
    ({"rules": [rule(**ANSWER)] * 2}, "rules[1].name must be unique, got 'one' again"),
    ({"rules": [rule(priority=0, **ANSWER)]}, "rules[0].priority must be between 1 and 50000, got 0"),
    ({"rules": [rule(priority=50001, **ANSWER)]}, "rules[0].priority must be between 1 and 50000, got 50001"),
    (
        {"rules": [rule(**ANSWER), rule(name="two", **ANSWER)]},
        "rules[1].priority must be unique, got 10, which 'one' has too",
    ),
    (
        {"rules": [rule()]},
        "rules[0] must have exactly one of target_group, target_group_arn, redirect, fixed_response, got none",
    ),
    (
        {"rules": [rule(target_group_arn="arn:x", **ANSWER)]},
        (
            "rules[0] must have exactly one of target_group, target_group_arn, redirect, fixed_response, "
            "got target_group_arn, fixed_response"
        ),
    ),
    (
        {"rules": [rule(target_group="search")]},
        "rules[0].target_group must be one of site.target_groups (there are none), got 'search'",
    ),
    (
        {"target_groups": [SEARCH], "rules": [rule(target_group="serach")]},
        "rules[0].target_group must be one of site.target_groups (search), got 'serach'",
    ),
    (
        {"target_groups": [SEARCH]},
        "target_groups[0] must be the target_group of a rule, got 'search', to which none leads",
    ),
    ({"target_groups": [SEARCH, SEARCH]}, "target_groups[1].name must be unique, got 'search' again"),
    ({"target_groups": [{**SEARCH, "port": 0}]}, "target_groups[0].port must be between 1 and 65535, got 0"),
    (
        {"target_groups": [{**SEARCH, "health_check_path": "ping"}]},
        "target_groups[0].health_check_path must start with / and have at most 1024 printable characters, got 'ping'",
    ),
    ({"rules": [{"name": "one", "priority": 1, **ANSWER}]}, "rules[0] must have 1 to 5 values to match, got 0"),
    ({"rules": [rule(paths=[], **ANSWER)]}, "rules[0].paths must name at least one value, got none"),
    ({"rules": [rule(headers={"X-A": []}, **ANSWER)]}, "rules[0].headers.X-A must name at least one value, got none"),
    (
        {"rules": [rule(paths=["/1", "/2", "/3"], hosts=["a.b", "a.c", "a.d"], **ANSWER)]},
        "rules[0] must have 1 to 5 values to match, got 6",
    ),
    (
        {"rules": [rule(paths=["/*/*/*", "/*?/*/*"], **ANSWER)]},
        "rules[0] must have at most 6 wildcards, got 7",
    ),
    (
        {"rules": [rule(hosts=["localhost"], **ANSWER)]},
        (
            "rules[0].hosts must be a host name with a dot, such as *.example.org, of at most 128 characters, "
            "got 'localhost'"
        ),
    ),
    (
        {"rules": [rule(paths=["api"], **ANSWER)]},
        "rules[0].paths must be a path, such as /api/*, of at most 128 characters, got 'api'",
    ),
    (
        {"rules": [rule(methods=["get"], **ANSWER)]},
        "rules[0].methods must be a method in capitals, such as GET, of at most 128 characters, got 'get'",
    ),
    (
        {"rules": [rule(source_ips=["192.0.2.1/24"], **ANSWER)]},
        "rules[0].source_ips must be a network, such as 192.0.2.0/24, got '192.0.2.1/24'",
    ),
    (
        {"rules": [rule(headers={"Host": ["a.b"]}, **ANSWER)]},
        "rules[0].headers must be names of at most 40 characters, and hosts is for the host, got 'Host'",
    ),
    (
        {"rules": [rule(query={"a": "x" * 129}, **ANSWER)]},
        "rules[0].query.a must have 1 to 128 characters, got 129",
    ),
    (
        {"rules": [rule(redirect={"permanent": True})]},
        "rules[0].redirect must change host, path or query, got none: it would loop",
    ),
    (
        {"rules": [rule(redirect={"path": "new"})]},
        "rules[0].redirect.path must start with / and have at most 128 characters, got 'new'",
    ),
    (
        {"rules": [rule(fixed_response={"status_code": 301})]},
        "rules[0].fixed_response.status_code must be 200 to 299 or 400 to 599, got 301",
    ),
    (
        {"rules": [rule(fixed_response={"status_code": 200, "content_type": "text/xml"})]},
        (
            "rules[0].fixed_response.content_type must be one of text/plain, text/css, text/html, "
            "application/javascript, application/json, got 'text/xml'"
        ),
    ),
]


@pytest.mark.parametrize(("site", "line"), REFUSED)
def test_refuses_with_one_line(site: dict[str, Any], line: str) -> None:
    with pytest.raises(InvalidArgs) as error:
        tier({"site": site})
    assert str(error.value) == f"WebTier: site.{line}"


def test_refuses_a_target_group_whose_name_gets_too_long() -> None:
    site = {
        "target_groups": [{"name": "full-text-search", "port": 1}],
        "rules": [rule(target_group="full-text-search")],
    }
    assert tier({"site": site}).named("web-to-full-text-search")
    with pytest.raises(InvalidArgs, match="'prod-web-to-full-text-search' is too long for a target group"):
        tier({"site": site}, name="prod-web")


def test_refuses_a_body_that_is_too_long_and_too_many_rules() -> None:
    with pytest.raises(InvalidArgs) as error:
        ruled(rule(fixed_response={"status_code": 200, "body": "x" * 1025}))
    assert (
        str(error.value)
        == "WebTier: the length of site.rules[0].fixed_response.body must be between 0 and 1024, got 1025"
    )
    with pytest.raises(InvalidArgs) as error:
        ruled(*(rule(name=f"r{n}", priority=n + 1, **ANSWER) for n in range(101)))
    assert str(error.value) == "WebTier: site.rules must be at most 100, got 101"
