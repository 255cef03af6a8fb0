"""Which target groups and listener rules are refused."""

import ipaddress
import re
from collections.abc import Sequence

from ..._args import InvalidArgs, check_name, check_range
from ..shapes import ListenerRule, Site, TargetGroupSpec
from .words import COMPONENT, PATH

# Elastic Load Balancing user guide, "Quotas for your Application Load Balancers", and "Condition types for listener
# rules" (which has five wildcards where the quotas have six).
_MOST_RULES, _MOST_VALUES, _MOST_WILDCARDS = 100, 5, 6
_LAST_PRIORITY = 50000
_LONGEST_VALUE, _LONGEST_HEADER, _LONGEST_BODY = 128, 40, 1024

_KEY = re.compile(r"[a-z][a-z0-9-]*")
_HOST = re.compile(r"[A-Za-z0-9*?.-]*\.[A-Za-z]+")
_PATTERN = re.compile(r"/[A-Za-z0-9_\-.$/~\"'@:+&*?]*|\*[A-Za-z0-9_\-.$/~\"'@:+&*?]*")
_METHOD = re.compile(r"[A-Z_-]{1,40}")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a token of RFC 7230
_ANSWERS = ("target_group", "target_group_arn", "redirect", "fixed_response")
_CONTENT = ("text/plain", "text/css", "text/html", "application/javascript", "application/json")


def check_rules(name: str, site: Site) -> None:
    """Raise :class:`InvalidArgs` for target groups and rules that AWS would refuse or that lead nowhere."""
    groups, rules = site.get("target_groups", ()), site.get("rules", ())
    for index, group in enumerate(groups):
        _check_group(name, f"site.target_groups[{index}]", group, groups[:index])
    if len(rules) > _MOST_RULES:
        raise InvalidArgs(f"{COMPONENT}: site.rules must be at most {_MOST_RULES}, got {len(rules)}")
    for index, rule in enumerate(rules):
        _check_rule(f"site.rules[{index}]", rule, rules[:index], [group["name"] for group in groups])
    used = {rule.get("target_group") for rule in rules}
    for index, group in enumerate(groups):
        if group["name"] not in used:
            raise InvalidArgs(
                f"{COMPONENT}: site.target_groups[{index}] must be the target_group of a rule, got {group['name']!r}, "
                "to which none leads"
            )


def _check_group(name: str, field: str, group: TargetGroupSpec, before: Sequence[TargetGroupSpec]) -> None:
    _check_key(f"{field}.name", group["name"], [other["name"] for other in before])
    check_name(COMPONENT, f"{name}-to-{group['name']}", 32, "a target group")
    check_range(COMPONENT, f"{field}.port", group["port"], 1, 65535)
    path = group.get("health_check_path", "/")
    if not PATH.fullmatch(path):
        raise InvalidArgs(
            f"{COMPONENT}: {field}.health_check_path must start with / and have at most 1024 printable characters, "
            f"got {path!r}"
        )


def _check_rule(field: str, rule: ListenerRule, before: Sequence[ListenerRule], groups: Sequence[str]) -> None:
    _check_key(f"{field}.name", rule["name"], [other["name"] for other in before])
    check_range(COMPONENT, f"{field}.priority", rule["priority"], 1, _LAST_PRIORITY)
    taken = next((other["name"] for other in before if other["priority"] == rule["priority"]), None)
    if taken is not None:
        raise InvalidArgs(
            f"{COMPONENT}: {field}.priority must be unique, got {rule['priority']}, which {taken!r} has too"
        )
    _check_conditions(field, rule)
    answers = [answer for answer in _ANSWERS if answer in rule]
    if len(answers) != 1:
        raise InvalidArgs(
            f"{COMPONENT}: {field} must have exactly one of {', '.join(_ANSWERS)}, got {', '.join(answers) or 'none'}"
        )
    target = rule.get("target_group")
    if target is not None and target not in groups:
        raise InvalidArgs(
            f"{COMPONENT}: {field}.target_group must be one of site.target_groups "
            f"({', '.join(groups) or 'there are none'}), got {target!r}"
        )
    _check_answer(field, rule)


def _check_key(field: str, key: str, taken: Sequence[str]) -> None:
    if not _KEY.fullmatch(key):
        raise InvalidArgs(
            f"{COMPONENT}: {field} must be lower-case letters, digits and hyphens, and start with a letter, got {key!r}"
        )
    if key in taken:
        raise InvalidArgs(f"{COMPONENT}: {field} must be unique, got {key!r} again")


def _check_conditions(field: str, rule: ListenerRule) -> None:
    headers, query = rule.get("headers", {}), rule.get("query", {})
    values = {
        "hosts": [*rule.get("hosts", ())],
        "paths": [*rule.get("paths", ())],
        "methods": [*rule.get("methods", ())],
        "source_ips": [*rule.get("source_ips", ())],
        **{f"headers.{header}": [*given] for header, given in headers.items()},
        **{f"query.{key}": [value] for key, value in query.items()},
    }
    for name, given in values.items():
        if name.partition(".")[0] in rule and not given:
            raise InvalidArgs(f"{COMPONENT}: {field}.{name} must name at least one value, got none")
    for header in headers:
        if not _HEADER.fullmatch(header) or len(header) > _LONGEST_HEADER or header.lower() == "host":
            raise InvalidArgs(
                f"{COMPONENT}: {field}.headers must be names of at most {_LONGEST_HEADER} characters, and hosts is for "
                f"the host, got {header!r}"
            )
    for name, given in values.items():
        for value in given:
            _check_value(f"{field}.{name}", name, value)
    every = [value for given in values.values() for value in given]
    if not 1 <= len(every) <= _MOST_VALUES:
        raise InvalidArgs(f"{COMPONENT}: {field} must have 1 to {_MOST_VALUES} values to match, got {len(every)}")
    wildcards = sum(value.count("*") + value.count("?") for value in every)
    if wildcards > _MOST_WILDCARDS:
        raise InvalidArgs(f"{COMPONENT}: {field} must have at most {_MOST_WILDCARDS} wildcards, got {wildcards}")


def _check_value(field: str, condition: str, value: str) -> None:
    patterns = {
        "hosts": (_HOST, "a host name with a dot, such as *.example.org"),
        "paths": (_PATTERN, "a path, such as /api/*"),
        "methods": (_METHOD, "a method in capitals, such as GET"),
    }
    if condition in patterns:
        pattern, what = patterns[condition]
        if not pattern.fullmatch(value) or len(value) > _LONGEST_VALUE:
            raise InvalidArgs(
                f"{COMPONENT}: {field} must be {what}, of at most {_LONGEST_VALUE} characters, got {value!r}"
            )
    elif condition == "source_ips":
        try:
            ipaddress.ip_network(value)
        except ValueError:
            raise InvalidArgs(f"{COMPONENT}: {field} must be a network, such as 192.0.2.0/24, got {value!r}") from None
    elif not 1 <= len(value) <= _LONGEST_VALUE:
        raise InvalidArgs(f"{COMPONENT}: {field} must have 1 to {_LONGEST_VALUE} characters, got {len(value)}")


def _check_answer(field: str, rule: ListenerRule) -> None:
    redirect, answer = rule.get("redirect"), rule.get("fixed_response")
    if redirect is not None:
        if not {"host", "path", "query"} & set(redirect):
            raise InvalidArgs(f"{COMPONENT}: {field}.redirect must change host, path or query, got none: it would loop")
        path = redirect.get("path", "/")
        if not path.startswith("/") or len(path) > _LONGEST_VALUE:
            raise InvalidArgs(
                f"{COMPONENT}: {field}.redirect.path must start with / and have at most {_LONGEST_VALUE} characters, "
                f"got {path!r}"
            )
    if answer is not None:
        code, body, content = answer["status_code"], answer.get("body", ""), answer.get("content_type", "text/plain")
        if not (200 <= code <= 299 or 400 <= code <= 599):  # noqa: PLR2004  the classes of status codes
            raise InvalidArgs(
                f"{COMPONENT}: {field}.fixed_response.status_code must be 200 to 299 or 400 to 599, got {code}"
            )
        if content not in _CONTENT:
            raise InvalidArgs(
                f"{COMPONENT}: {field}.fixed_response.content_type must be one of {', '.join(_CONTENT)}, "
                f"got {content!r}"
            )
        check_range(COMPONENT, f"the length of {field}.fixed_response.body", len(body), 0, _LONGEST_BODY)
