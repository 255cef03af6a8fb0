"""The web application firewall before the load balancer."""

from collections.abc import Sequence

import pulumi_aws as aws

from .context import Context
from .load_balancer import Front
from .shapes import Firewall, FirewallGroup, FirewallMode, ManagedRules

# AWS WAF developer guide, "AWS Managed Rules rule groups list": names and what each takes of the 5000 capacity units of
# a web ACL, of which 1500 are in its price. All together stay below the first, the defaults below the second.
MANAGED = {
    ManagedRules.IP_REPUTATION: ("AWSManagedRulesAmazonIpReputationList", 25),
    ManagedRules.ANONYMOUS_IP: ("AWSManagedRulesAnonymousIpList", 50),
    ManagedRules.CORE: ("AWSManagedRulesCommonRuleSet", 700),
    ManagedRules.KNOWN_BAD_INPUTS: ("AWSManagedRulesKnownBadInputsRuleSet", 200),
    ManagedRules.ADMIN: ("AWSManagedRulesAdminProtectionRuleSet", 100),
    ManagedRules.SQL: ("AWSManagedRulesSQLiRuleSet", 200),
    ManagedRules.LINUX: ("AWSManagedRulesLinuxRuleSet", 200),
    ManagedRules.PHP: ("AWSManagedRulesPHPRuleSet", 100),
    ManagedRules.WORDPRESS: ("AWSManagedRulesWordPressRuleSet", 100),
}

DEFAULT: Sequence[FirewallGroup] = [
    {"rules": ManagedRules.IP_REPUTATION},
    {"rules": ManagedRules.CORE},
    {"rules": ManagedRules.KNOWN_BAD_INPUTS},
    {"rules": ManagedRules.SQL},
    {"rules": ManagedRules.LINUX},
    {"rules": ManagedRules.PHP},
]

# Uploads are larger than the 8 KiB that it allows.
_COUNTED = {ManagedRules.CORE: ["SizeRestrictions_BODY"]}

_REQUESTS = 2000


def firewall(context: Context, made: Front, spec: Firewall) -> aws.wafv2.WebAcl:
    """Make the web ACL, put it before the load balancer, and log what it blocks or counts."""
    name, child, tags = context.name, context.child(), context.tags
    counts = spec.get("mode") == FirewallMode.COUNT
    rules = [_group(index, group, counts=counts) for index, group in enumerate(spec.get("groups", DEFAULT))]
    requests = spec.get("requests_per_ip", _REQUESTS)
    if requests:
        rules.append(
            {
                "name": "requests-per-ip",
                "priority": len(rules),
                "action": {"count": {}} if counts else {"block": {}},
                "statement": {"rate_based_statement": {"limit": requests, "aggregate_key_type": "IP"}},
                "visibility_config": _seen("requests-per-ip"),
            }
        )
    acl = aws.wafv2.WebAcl(
        f"{name}-firewall",
        scope="REGIONAL",
        description=f"Before the load balancer of {name}",
        default_action={"allow": {}},
        rules=rules,
        visibility_config=_seen(name),
        tags={"Name": name, **tags},
        opts=child,
    )
    aws.wafv2.WebAclAssociation(
        f"{name}-firewall-association", resource_arn=made.balancer.arn, web_acl_arn=acl.arn, opts=child
    )
    log = aws.cloudwatch.LogGroup(
        f"{name}-firewall-log",
        # WAF writes to log groups only whose name begins so (developer guide, "Amazon CloudWatch Logs").
        name_prefix=f"aws-waf-logs-{name}-",
        retention_in_days=spec.get("log_retention_days", 30),
        tags=tags,
        opts=child,
    )
    aws.wafv2.WebAclLoggingConfiguration(
        f"{name}-firewall-logging",
        resource_arn=acl.arn,
        log_destination_configs=[log.arn],
        # What passes is in the load balancer's access logs.
        logging_filter={
            "default_behavior": "DROP",
            "filters": [
                {
                    "behavior": "KEEP",
                    "requirement": "MEETS_ANY",
                    "conditions": [{"action_condition": {"action": action}} for action in ("BLOCK", "COUNT")],
                }
            ],
        },
        redacted_fields=[{"single_header": {"name": header}} for header in ("authorization", "cookie")],
        opts=child,
    )
    return acl


def _group(priority: int, group: FirewallGroup, *, counts: bool) -> aws.wafv2.WebAclRuleArgsDict:
    rules = group["rules"]
    counts = counts or group.get("mode") == FirewallMode.COUNT
    return {
        "name": rules.value,
        "priority": priority,
        # A group has its rules' own actions, unless all of them are to count.
        "override_action": {"count": {}} if counts else {"none": {}},
        "statement": {
            "managed_rule_group_statement": {
                "vendor_name": "AWS",
                "name": MANAGED[rules][0],
                "rule_action_overrides": [
                    {"name": rule, "action_to_use": {"count": {}}}
                    for rule in group.get("count", _COUNTED.get(rules, ()))
                ],
            }
        },
        "visibility_config": _seen(rules.value),
    }


def _seen(metric: str) -> aws.wafv2.WebAclRuleVisibilityConfigArgsDict:
    return {"cloudwatch_metrics_enabled": True, "metric_name": metric, "sampled_requests_enabled": True}
