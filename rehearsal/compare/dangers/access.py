"""Permissions that a deployment would widen to everything or to everybody."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from rehearsal.compare.graph import Json
from rehearsal.compare.steps import Plan, Step

from .common import Danger, Rules, name, objects, texts

_HARMLESS = re.compile(
    r"(?i)[a-z0-9-]+:(describe|list|lookup)\w*\*?$"
    r"|(ec2messages|ssmmessages):[\w*]+$|ssm:(update|put|get)\w+$"
    r"|ecr:getauthorizationtoken$|cloudwatch:(putmetricdata|getmetric\w+)$|xray:put\w+$|sts:getcalleridentity$"
)
"""Actions that know no single resources, so that they are granted on `*` or not at all; and those that only look."""

_BINDING = re.compile(
    r"(?i)aws:(source(ip|vpc|vpce|account|arn|owner|orgid)|principal(orgid|account|arn|tag/.*)|(resource|request)tag/.*)$"
    r"|aws:viaawsservice$|aws:calledvia\w*$|[a-z0-9-]+:(resourcetag/.*|calleraccount|viaservice|passedtoservice|.*arn)$"
)
"""Condition keys that say whose, or for what: with one of them `*` is not everything."""

_MIGHTY = re.compile(r"(?i)/(AdministratorAccess|PowerUserAccess|IAMFullAccess|.*FullAccess)$")


def rules(plan: Plan) -> Rules:
    """Tell what reaches further than it did."""
    for step in plan.steps:
        if step.head is None:
            continue
        for key in sorted(step.new):
            if step.base is not None and step.old.get(key) == step.new[key]:
                continue
            yield from _documents(step, key)
        yield from _attached(step)
        yield from _lambda(step)


def _documents(step: Step, key: str) -> Rules:
    before = [grant for policy in _policies(step.old.get(key)) for grant in _wide(policy)]
    told = set(before)
    for policy in _policies(step.new[key]):
        for grant in _wide(policy):
            if grant not in told:
                told.add(grant)
                kind, text = grant
                yield Danger(kind, step, f"{name(step)}: {text} ({key})")


def _policies(value: Json) -> Iterator[Mapping[str, Any]]:
    """Find the policy documents anywhere inside *value*."""
    if isinstance(value, Mapping):
        items = cast("Mapping[str, Any]", value)
        if "Statement" in items:
            yield items
        else:
            for item in items.values():
                yield from _policies(item)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from _policies(item)


def _wide(policy: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Find what *policy* grants to everybody, or on everything, each with the kind of danger that it is."""
    for statement in objects(policy.get("Statement")):
        if statement.get("Effect") != "Allow" or _bound(statement.get("Condition")):
            continue
        if "Principal" in statement or "NotPrincipal" in statement:
            if "NotPrincipal" in statement or _everybody(statement["Principal"]):
                actions = ", ".join(texts(statement.get("Action"))) or "everything"
                yield "network", f"everybody may {actions}"
            continue
        actions, resources = texts(statement.get("Action")), texts(statement.get("Resource"))
        if "NotAction" in statement:
            yield "access", f"everything but {', '.join(texts(statement['NotAction']))} is allowed"
        if "NotResource" in statement:
            yield "access", f"{', '.join(actions)} is allowed on everything but a few resources"
        for action in actions:
            everything = action == "*" or action.split(":", 1)[-1] == "*"
            anywhere = any(_is_all(resource) for resource in resources)
            if everything and not _HARMLESS.match(action):
                yield "access", f"every action ({action}) is allowed" + (" on every resource" if anywhere else "")
            elif anywhere and not _HARMLESS.match(action):
                yield "access", f"{action} is allowed on every resource (*)"


def _is_all(resource: str) -> bool:
    """Whether *resource* is `*`, or an ARN that is nothing but `*` after the service (`arn:aws:s3:::*`)."""
    parts = resource.split(":", 5)
    return not resource.strip("*") or (parts[0] == "arn" and len(parts) > 5 and not parts[5].strip("*/"))  # noqa: PLR2004


def _everybody(principal: Json) -> bool:
    if isinstance(principal, Mapping):
        items = cast("Mapping[str, Any]", principal).items()
        return any("*" in texts(value) for key, value in items if key in ("AWS", "*"))
    return "*" in texts(principal)


def _bound(condition: Json) -> bool:
    if not isinstance(condition, Mapping):
        return False
    for operator, keys in cast("Mapping[str, Any]", condition).items():
        if not isinstance(keys, Mapping) or operator.lower().startswith(("null", "stringnot", "arnnot", "notip")):
            continue
        for key, values in cast("Mapping[str, Any]", keys).items():
            free = any(text in ("*", "0.0.0.0/0", "::/0") for text in texts(values))
            if _BINDING.match(key) and not free and "ifexists" not in operator.lower():
                return True
    return False


def _attached(step: Step) -> Rules:
    before = set(texts(step.old.get("policyArn")) + texts(step.old.get("managedPolicyArns")))
    for arn in sorted(set(texts(step.new.get("policyArn")) + texts(step.new.get("managedPolicyArns"))) - before):
        if _MIGHTY.search(arn):
            yield Danger("access", step, f"{name(step)}: the managed policy {arn.rsplit('/', 1)[-1]} is attached")


def _lambda(step: Step) -> Rules:
    if step.now.type != "aws:lambda/permission:Permission" or step.new.get("principal") != "*":
        return
    limits = ("sourceArn", "sourceAccount", "principalOrgId")
    free_before = step.old.get("principal") == "*" and not any(step.old.get(key) for key in limits)
    if not any(step.new.get(key) for key in limits) and not free_before:
        yield Danger("network", step, f"{name(step)}: everybody may call the function")
