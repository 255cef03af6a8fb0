from typing import Any

from . import Sample


def _seen(name: str) -> dict[str, Any]:
    return {"cloudwatchMetricsEnabled": True, "metricName": name, "sampledRequestsEnabled": True}


_MANAGED = {
    "name": "common",
    "priority": 1,
    "overrideAction": {"none": {}},
    "statement": {"managedRuleGroupStatement": {"name": "AWSManagedRulesCommonRuleSet", "vendorName": "AWS"}},
    "visibilityConfig": _seen("common"),
}
_RATE = {
    "name": "rate",
    "priority": 2,
    "action": {"block": {}},
    "statement": {"rateBasedStatement": {"limit": 2000, "aggregateKeyType": "IP"}},
    "visibilityConfig": _seen("rate"),
}
_ELSEWHERE = {
    "name": "elsewhere",
    "priority": 3,
    "action": {"count": {}},
    "statement": {
        "notStatement": {
            "statements": [
                {
                    "byteMatchStatement": {
                        "fieldToMatch": {"singleHeader": {"name": "host"}},
                        "positionalConstraint": "EXACTLY",
                        "searchString": "example.org",
                        "textTransformations": [{"priority": 0, "type": "LOWERCASE"}],
                    }
                }
            ]
        }
    },
    "visibilityConfig": _seen("elsewhere"),
}
_ACL: dict[str, Any] = {"scope": "REGIONAL", "defaultAction": {"allow": {}}, "visibilityConfig": _seen("web")}

FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {
    "firewall": ("aws:wafv2/webAcl:WebAcl", {**_ACL, "name": "guard"}),
    "firewall-log": ("aws:cloudwatch/logGroup:LogGroup", {"name": "aws-waf-logs-guard"}),
    "other-firewall-log": ("aws:cloudwatch/logGroup:LogGroup", {"namePrefix": "aws-waf-logs-spare-"}),
    "other-firewall": ("aws:wafv2/webAcl:WebAcl", {**_ACL, "name": "spare"}),
}

SAMPLES = [
    Sample(
        "aws:wafv2/webAcl:WebAcl",
        {
            **_ACL,
            "name": "web",
            "description": "Front",
            "rules": [_MANAGED, _RATE, _ELSEWHERE],
            "tags": {"Name": "web"},
        },
        updated={
            "rules": [_RATE],
            "defaultAction": {"block": {}},
            "customResponseBodies": [{"key": "soon", "content": "Soon", "contentType": "TEXT_PLAIN"}],
        },
        replaced={"name": "other"},
    ),
    Sample(
        "aws:wafv2/webAclAssociation:WebAclAssociation",
        {"webAclArn": "{firewall.arn}", "resourceArn": "{balancer.arn}"},
        replaced={"webAclArn": "{other-firewall.arn}", "resourceArn": "{other-balancer.arn}"},
    ),
    Sample(
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        {
            "resourceArn": "{firewall.arn}",
            "logDestinationConfigs": ["{firewall-log.arn}"],
            "loggingFilter": {
                "defaultBehavior": "DROP",
                "filters": [
                    {
                        "behavior": "KEEP",
                        "requirement": "MEETS_ANY",
                        "conditions": [{"actionCondition": {"action": "BLOCK"}}],
                    }
                ],
            },
            "redactedFields": [{"singleHeader": {"name": "cookie"}}],
        },
        updated={"loggingFilter": None, "redactedFields": [{"queryString": {}}, {"singleHeader": {"name": "x"}}]},
        replaced={
            "resourceArn": "{other-firewall.arn}",
            "logDestinationConfigs": ["{other-firewall-log.arn}"],
        },
    ),
]
