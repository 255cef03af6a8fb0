"""What becomes of requests that are not simply the site's."""

from collections.abc import Sequence

import pulumi_aws as aws

from .context import Context
from .load_balancer import Front
from .shapes import ListenerRule, Redirect


def listener_rules(
    context: Context, made: Front, listener: aws.lb.Listener, rules: Sequence[ListenerRule]
) -> list[aws.lb.ListenerRule]:
    """Make *rules* of *listener*."""
    return [
        aws.lb.ListenerRule(
            f"{context.name}-rule-{rule['name']}",
            listener_arn=listener.arn,
            priority=rule["priority"],
            conditions=_conditions(rule),
            actions=[_action(made, rule)],
            tags={"Name": f"{context.name}-{rule['name']}", **context.tags},
            opts=context.child(),
        )
        for rule in rules
    ]


def _conditions(rule: ListenerRule) -> list[aws.lb.ListenerRuleConditionArgsDict]:
    made: list[aws.lb.ListenerRuleConditionArgsDict] = []
    if "hosts" in rule:
        made.append({"host_header": {"values": [*rule["hosts"]]}})
    if "paths" in rule:
        made.append({"path_pattern": {"values": [*rule["paths"]]}})
    if "methods" in rule:
        made.append({"http_request_method": {"values": [*rule["methods"]]}})
    if "source_ips" in rule:
        made.append({"source_ip": {"values": [*rule["source_ips"]]}})
    for header, values in rule.get("headers", {}).items():
        made.append({"http_header": {"http_header_name": header, "values": [*values]}})
    for key, value in rule.get("query", {}).items():
        made.append({"query_strings": [{"key": key, "value": value}]})
    return made


def _action(made: Front, rule: ListenerRule) -> aws.lb.ListenerRuleActionArgsDict:
    answer = rule.get("fixed_response")
    if answer is not None:
        fixed: aws.lb.ListenerRuleActionFixedResponseArgsDict = {
            "status_code": str(answer["status_code"]),
            "content_type": answer.get("content_type", "text/plain"),
        }
        if "body" in answer:
            fixed["message_body"] = answer["body"]
        return {"type": "fixed-response", "fixed_response": fixed}
    if "redirect" in rule:
        return {"type": "redirect", "redirect": _redirect(rule["redirect"])}
    if "target_group" in rule:
        return {"type": "forward", "target_group_arn": made.others[rule["target_group"]].arn}
    return {"type": "forward", "target_group_arn": rule.get("target_group_arn")}


def _redirect(redirect: Redirect) -> aws.lb.ListenerRuleActionRedirectArgsDict:
    made: aws.lb.ListenerRuleActionRedirectArgsDict = {
        "status_code": "HTTP_301" if redirect.get("permanent", True) else "HTTP_302"
    }
    # What is not said is not sent: the provider fills in that it stays as it was asked for.
    if "host" in redirect:
        made["host"] = redirect["host"]
    if "path" in redirect:
        made["path"] = redirect["path"]
    if "query" in redirect:
        made["query"] = redirect["query"]
    return made
