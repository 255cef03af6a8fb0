"""Actions and conditions of listeners and rules, whose blocks have other names in programs than in the API."""

from collections.abc import Mapping
from typing import Any

from rehearsal.services._limits import elements, plain
from rehearsal.shapes import from_api

_CONFIGS = {
    "authenticateCognito": "AuthenticateCognitoConfig",
    "authenticateOidc": "AuthenticateOidcConfig",
    "fixedResponse": "FixedResponseConfig",
    "forward": "ForwardConfig",
    "redirect": "RedirectConfig",
}
_KINDS = {
    "authenticate-cognito": "authenticateCognito",
    "authenticate-oidc": "authenticateOidc",
    "fixed-response": "fixedResponse",
    "forward": "forward",
    "redirect": "redirect",
}
_REDIRECT = {"host": "#{host}", "path": "/#{path}", "port": "#{port}", "protocol": "#{protocol}", "query": "#{query}"}
"""What the provider fills in: everything stays as it was asked for."""


def actions_to_api(actions: Any) -> Any:
    """Return *actions* as ELBv2 takes them."""
    return [_action(plain(action)) for action in actions]


def _action(action: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in action.items():
        if value is None:
            continue
        if name == "redirect":
            made["RedirectConfig"] = {**_REDIRECT, **{k: v for k, v in value.items() if v is not None}}
        elif name == "forward":
            made["ForwardConfig"] = _forward(value)
        else:
            made[_CONFIGS.get(name, name)] = value
    return made


def _forward(forward: Mapping[str, Any]) -> dict[str, Any]:
    groups = [{"TargetGroupArn": group["arn"], "Weight": group.get("weight", 1)} for group in forward["targetGroups"]]
    stickiness = plain(forward.get("stickiness"))
    sticky = {"Enabled": stickiness.get("enabled", False), "DurationSeconds": stickiness.get("duration", 1)}
    return {"TargetGroups": groups, **({"TargetGroupStickinessConfig": sticky} if stickiness else {})}


def actions_from_api(actions: Any) -> Any:
    """Return what ELBv2 says of actions as programs write it."""
    names = {api: name for name, api in _CONFIGS.items()}
    told = list[dict[str, Any]]()
    for action in actions:
        own: dict[str, Any] = {}
        for member, value in action.items():
            name = names.get(member)
            if name == "forward":
                own[name] = _forward_told(value)
            elif name == "redirect":
                own[name] = {k: v for k, v in from_api(value).items() if _REDIRECT.get(k) != v}
            elif name:
                own[name] = from_api(value)
            else:
                own.update(from_api({member: value}))
        told.append(own)
    return told


def _forward_told(forward: Mapping[str, Any]) -> dict[str, Any]:
    groups = [
        {"arn": group["TargetGroupArn"], "weight": group.get("Weight", 1)} for group in forward.get("TargetGroups", [])
    ]
    sticky = plain(forward.get("TargetGroupStickinessConfig"))
    told = {"enabled": sticky.get("Enabled", False), "duration": sticky.get("DurationSeconds")}
    return {"targetGroups": groups, "stickiness": {k: v for k, v in told.items() if v is not None}}


def wrong_actions(name: str, actions: Any) -> str | None:
    """Say what is wrong with *actions*, the input *name*: the last must answer, and each needs its own block."""
    if actions == []:
        return f"{name} must have at least one action, got none"
    blocks = [plain(action) for action in elements(actions)]
    wrong = next((w for w in (_wrong_action(f"{name}[{i}]", b) for i, b in enumerate(blocks)) if w), None)
    last = str(blocks[-1].get("type", "")) if blocks else ""
    if wrong is None and last.startswith("authenticate-"):
        return f"{name} must end with forward, redirect or fixed-response, got {last}"
    return wrong


def _wrong_action(path: str, action: Mapping[str, Any]) -> str | None:
    kind = action.get("type")
    if kind is None:
        return None
    block = _KINDS.get(kind)
    if block is None:
        return f"{path}.type must be one of {', '.join(_KINDS)}, got {kind!r}"
    other = next((name for name in _CONFIGS if name != block and name in action), None)
    return f"{path}.{other} must not be given for type {kind}" if other else None


_CONDITIONS = {
    "hostHeader": ("host-header", "HostHeaderConfig"),
    "httpHeader": ("http-header", "HttpHeaderConfig"),
    "httpRequestMethod": ("http-request-method", "HttpRequestMethodConfig"),
    "pathPattern": ("path-pattern", "PathPatternConfig"),
    "queryStrings": ("query-string", "QueryStringConfig"),
    "sourceIp": ("source-ip", "SourceIpConfig"),
}


def conditions_to_api(conditions: Any) -> Any:
    """Return *conditions* as ELBv2 takes them: one field each."""
    made: list[dict[str, Any]] = []
    for condition in conditions:
        for name, (field, config) in _CONDITIONS.items():
            if condition.get(name):
                value = {"Values": condition[name]} if name == "queryStrings" else condition[name]
                made.append({"Field": field, config: value})
    return made


def conditions_from_api(conditions: Any) -> Any:
    """Return what ELBv2 says of conditions as programs write it."""
    names = {field: (name, config) for name, (field, config) in _CONDITIONS.items()}
    told: list[dict[str, Any]] = []
    for condition in conditions:
        name, config = names[condition["Field"]]
        value = from_api(condition.get(config) or {"Values": condition.get("Values", [])})
        told.append({name: value["values"] if name == "queryStrings" else value})
    return told
