from typing import Any

import pytest

from components import InvalidArgs, ManagedRules
from components.web_tier.waf import DEFAULT, MANAGED

from .web_tiers import tier

_MOST_UNITS, _UNITS_IN_THE_PRICE = 5000, 1500


def rules(**firewall: Any) -> list[dict[str, Any]]:
    return tier({"site": {"firewall": firewall}}).named("web-firewall").inputs["rules"]


def managed(rule: dict[str, Any]) -> dict[str, Any]:
    return rule["statement"]["managedRuleGroupStatement"]


def counted(rule: dict[str, Any]) -> list[str]:
    overrides = managed(rule).get("ruleActionOverrides", [])
    assert all(override["actionToUse"] == {"count": {}} for override in overrides)
    return [override["name"] for override in overrides]


def test_the_firewall_blocks_what_aws_knows_and_who_asks_too_much() -> None:
    *groups, rate = rules()
    assert [(managed(rule)["vendorName"], managed(rule)["name"]) for rule in groups] == [
        ("AWS", "AWSManagedRulesAmazonIpReputationList"),
        ("AWS", "AWSManagedRulesCommonRuleSet"),
        ("AWS", "AWSManagedRulesKnownBadInputsRuleSet"),
        ("AWS", "AWSManagedRulesSQLiRuleSet"),
        ("AWS", "AWSManagedRulesLinuxRuleSet"),
        ("AWS", "AWSManagedRulesPHPRuleSet"),
    ]
    assert [rule["overrideAction"] for rule in groups] == [{"none": {}}] * 6
    assert [rule["priority"] for rule in (*groups, rate)] == [*range(7)]
    assert rate["statement"] == {"rateBasedStatement": {"limit": 2000, "aggregateKeyType": "IP"}}
    assert rate["action"] == {"block": {}}


def test_uploads_get_through_unless_the_rule_is_wanted() -> None:
    common = rules()[1]
    assert counted(common) == ["SizeRestrictions_BODY"]
    assert [counted(rule) for rule in rules()[2:6]] == [[]] * 4
    (strict, _) = rules(groups=[{"rules": "core", "count": []}])
    assert counted(strict) == []
    (editors, _) = rules(groups=[{"rules": "core", "count": ["SizeRestrictions_BODY", "CrossSiteScripting_BODY"]}])
    assert counted(editors) == ["SizeRestrictions_BODY", "CrossSiteScripting_BODY"]


def test_a_group_or_all_can_count_first() -> None:
    core, php, rate = rules(groups=[{"rules": "core"}, {"rules": "php", "mode": "count"}])
    assert (core["overrideAction"], php["overrideAction"]) == ({"none": {}}, {"count": {}})
    assert rate["action"] == {"block": {}}
    *groups, rate = rules(mode="count")
    assert {*map(str, (rule["overrideAction"] for rule in groups))} == {"{'count': {}}"}
    assert rate["action"] == {"count": {}}


def test_addresses_may_ask_without_limit() -> None:
    (only,) = rules(groups=[{"rules": "sql"}], requests_per_ip=0)
    assert only["name"] == "sql"
    (rate,) = rules(groups=[], requests_per_ip=500)
    assert rate["statement"]["rateBasedStatement"]["limit"] == 500


def test_it_stands_before_the_load_balancer() -> None:
    recording = tier({"site": {"firewall": {}}})
    acl = recording.named("web-firewall")
    assert acl.inputs["scope"] == "REGIONAL"
    assert acl.inputs["defaultAction"] == {"allow": {}}
    assert recording.named("web-firewall-association").inputs == {
        "resourceArn": recording.named("web-alb").outputs["arn"],
        "webAclArn": acl.outputs["arn"],
    }
    assert recording.stack_outputs["firewall_arn"] == acl.outputs["arn"]
    assert tier().stack_outputs["firewall_arn"] == ""


def test_what_is_blocked_or_counted_is_logged_without_secrets() -> None:
    recording = tier({"site": {"firewall": {"log_retention_days": 365}}})
    log, logging = recording.named("web-firewall-log"), recording.named("web-firewall-logging").inputs
    assert log.inputs["namePrefix"] == "aws-waf-logs-web-", "WAF writes to no others"
    assert log.inputs["retentionInDays"] == 365
    assert logging["logDestinationConfigs"] == [log.outputs["arn"]]
    assert logging["resourceArn"] == recording.named("web-firewall").outputs["arn"]
    assert logging["redactedFields"] == [
        {"singleHeader": {"name": "authorization"}},
        {"singleHeader": {"name": "cookie"}},
    ]
    (kept,) = logging["loggingFilter"]["filters"]
    assert logging["loggingFilter"]["defaultBehavior"] == "DROP"
    assert (kept["behavior"], kept["requirement"]) == ("KEEP", "MEETS_ANY")
    assert [condition["actionCondition"]["action"] for condition in kept["conditions"]] == ["BLOCK", "COUNT"]


def test_all_groups_together_are_within_the_capacity_of_a_web_acl() -> None:
    rate = 2
    assert {*MANAGED} == {*ManagedRules}
    assert sum(units for _, units in MANAGED.values()) + rate <= _MOST_UNITS
    assert sum(MANAGED[group["rules"]][1] for group in DEFAULT) + rate <= _UNITS_IN_THE_PRICE


@pytest.mark.parametrize(
    ("firewall", "line"),
    [
        (
            {"groups": [{"rules": "drupal"}]},
            (
                "site.firewall.groups[0].rules must be one of ip_reputation, anonymous_ip, core, known_bad_inputs, "
                "admin, sql, linux, php, wordpress, got 'drupal'"
            ),
        ),
        (
            {"groups": [{"rules": "core"}, {"rules": "core"}]},
            "site.firewall.groups[1].rules must be named once, got 'core' again",
        ),
        (
            {"groups": [{"rules": "core", "count": ["body size"]}]},
            (
                "site.firewall.groups[0].count must be names of AWS's rules, such as SizeRestrictions_BODY, "
                "got 'body size'"
            ),
        ),
        (
            {"groups": [], "requests_per_ip": 0},
            "site.firewall must have groups or requests_per_ip, got neither: it would let all through",
        ),
        (
            {"requests_per_ip": 9},
            "site.firewall.requests_per_ip must be between 10 and 2000000000 or 0 for no limit, got 9",
        ),
        ({"mode": "off"}, "site.firewall.mode must be one of block, count, got 'off'"),
    ],
)
def test_refuses_with_one_line(firewall: dict[str, Any], line: str) -> None:
    with pytest.raises(InvalidArgs) as error:
        tier({"site": {"firewall": firewall}})
    assert str(error.value) == f"WebTier: {line}"


def test_refuses_days_that_no_log_is_kept_for() -> None:
    with pytest.raises(InvalidArgs, match=r"site\.firewall\.log_retention_days must be one of 1, 3, .*, got 13$"):
        tier({"site": {"firewall": {"log_retention_days": 13}}})
