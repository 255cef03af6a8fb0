"""Web application firewalls."""

import base64
import json
from collections.abc import Mapping
from typing import Any, cast

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Do, Entry, Tags, props
from rehearsal.errors import ApiError, RehearsalError
from rehearsal.services._limits import elements, given, outside, plain, unlisted
from rehearsal.shapes import from_api
from rehearsal.values import is_unknown

_LONGEST = 128
_NAMES = {
    "cloudwatchMetricsEnabled": "CloudWatchMetricsEnabled",
    "forwardedIpConfig": "ForwardedIPConfig",
    "ipSetForwardedIpConfig": "IPSetForwardedIPConfig",
}
_PARTS = (
    "associationConfig captchaConfig challengeConfig customResponseBodies defaultAction description rules tokenDomains"
    " visibilityConfig"
)


def _rules(rules: Any) -> Any:
    """Return *rules* as WAF takes them: a negated statement is one, in a list of one in programs."""
    return [_unlisted_not(rule) for rule in rules]


def _unlisted_not(value: Any) -> Any:
    if isinstance(value, Mapping):
        block = {name: _unlisted_not(item) for name, item in cast("Mapping[str, Any]", value).items()}
        negated = block.get("notStatement")
        if isinstance(negated, dict) and "statements" in negated:
            block["notStatement"] = {"statement": elements(block["notStatement"]["statements"])}
        return block
    return [_unlisted_not(item) for item in elements(value)] if isinstance(value, list) else value


def _rules_found(rules: Any) -> Any:
    return [_listed_not(from_api(_text(rule), _NAMES)) for rule in rules] or None


def _text(value: Any) -> Any:
    """Turn what is searched for, which the API has in bytes, back into text."""
    if isinstance(value, Mapping):
        return {name: _text(item) for name, item in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [_text(item) for item in elements(value)]
    if isinstance(value, bytes):
        return value.decode(errors="replace") if value.isascii() else base64.b64encode(value).decode()
    return value


def _listed_not(value: Any) -> Any:
    if isinstance(value, dict):
        block = {name: _listed_not(item) for name, item in cast("dict[str, Any]", value).items()}
        negated = block.get("notStatement")
        if isinstance(negated, dict) and "statement" in negated:
            block["notStatement"] = {"statements": [block["notStatement"]["statement"]]}
        return block
    return [_listed_not(item) for item in elements(value)] if isinstance(value, list) else value


def _bodies(bodies: Any) -> Any:
    return {body["key"]: {"Content": body["content"], "ContentType": body["contentType"]} for body in bodies}


def _bodies_found(found: Any) -> Any:
    return [{"key": key, **cast("dict[str, Any]", from_api(body))} for key, body in found.items()] or None


GONE = "WAFNonexistentItemException"


def _acl(context: Context) -> dict[str, Any]:
    scope, acl_id = context.inputs.get("scope", "REGIONAL"), context.id.split("/")[0]
    name = context.inputs.get("name")
    if name is None:  # an import by the id alone
        listed = context.call("list_web_acls", {"Scope": scope})["WebACLs"]
        name = next((acl["Name"] for acl in listed if acl["Id"] == acl_id), acl_id)
    return context.call("get_web_acl", {"Name": name, "Scope": scope, "Id": acl_id})


def _read(context: Context) -> Any:
    try:
        found = _acl(context)
    except ApiError as error:
        if error.code != GONE:
            raise
        return None
    listed = context.call("list_tags_for_resource", {"ResourceARN": found["WebACL"]["ARN"]})
    tags = listed.get("TagInfoForResource", {}).get("TagList", [])
    return {
        **found["WebACL"],
        "LockToken": found["LockToken"],
        "Scope": context.inputs.get("scope", "REGIONAL"),
        "Tags": tags,
    }


def _given_rules(context: Context) -> dict[str, Any]:
    return {"Rules": json.loads(context.inputs["ruleJson"])} if context.inputs.get("ruleJson") else {}


_CREATE = Call("create_web_acl")


def _create(context: Context) -> Any:
    context.tags = context.tags_wanted
    extra = {**_given_rules(context), **({"Tags": "{tags}"} if context.tags else {})}
    return context.run(_CREATE, _names(context), params=extra)


def _names(context: Context) -> list[str]:
    return [name for name in ("name", "scope", *_PARTS.split()) if name in context.inputs]


def _update(context: Context) -> None:
    """Send everything, as the provider does: WAF takes away what is not sent."""
    if context.old.get("rules") and not context.inputs.get("rules") and not context.inputs.get("ruleJson"):
        raise RehearsalError("wafv2/WebAcl: the emulator cannot take the last rule away")
    lock = {"LockToken": _acl(context)["LockToken"], "Id": context.id.split("/")[0]}
    context.run(Call("update_web_acl"), _names(context), params={**lock, **_given_rules(context)})


def _delete(context: Context) -> None:
    """Refuse as AWS does while a load balancer is guarded by it."""
    if _read(context) is None:
        return
    acl = _acl(context)
    for balancer in context.call("describe_load_balancers", service="elbv2")["LoadBalancers"]:
        arn = balancer["LoadBalancerArn"]
        guard = context.call("get_web_acl_for_resource", {"ResourceArn": arn}).get("WebACL")
        if guard and guard["ARN"] == acl["WebACL"]["ARN"]:
            raise RehearsalError(f"wafv2/WebAcl: {context.inputs['name']} cannot be deleted while it guards {arn}")
    which = {"Name": context.inputs["name"], "Scope": context.inputs["scope"], "Id": context.id.split("/")[0]}
    context.call("delete_web_acl", {**which, "LockToken": acl["LockToken"]})


def _named(inputs: Mapping[str, Any]) -> str | None:
    name = inputs.get("name")
    letters = is_unknown(name) or all(c.isascii() and (c.isalnum() or c in "_-") for c in str(name))
    if name is not None and not letters:
        return f"name must be letters, digits, hyphens and underscores, got {name!r}"
    return unlisted("scope", inputs.get("scope"), ("REGIONAL", "CLOUDFRONT"))


def _one_action(inputs: Mapping[str, Any]) -> str | None:
    actions = sorted(given(inputs.get("defaultAction")))
    if isinstance(inputs.get("defaultAction"), Mapping) and actions not in (["allow"], ["block"]):
        return f"defaultAction must be either allow or block, got {' and '.join(actions) or 'neither'}"
    return None


def _ordered(inputs: Mapping[str, Any]) -> str | None:
    rules = [given(rule) for rule in elements(inputs.get("rules"))]
    for index, rule in enumerate(rules):
        for name in ("name", "priority"):
            known = [other.get(name) for other in rules[:index] if not is_unknown(other.get(name))]
            if name in rule and rule[name] in known:
                return f"rules must have each {name} once, got {rule[name]!r} again"
        if ("action" in rule) == ("overrideAction" in rule) and "statement" in rule:
            return f"rules[{index}] must have either action, or overrideAction for a group of rules"
        rate = plain(plain(rule.get("statement")).get("rateBasedStatement"))
        wrong = outside(f"rules[{index}].statement.rateBasedStatement.limit", rate.get("limit"), (10, 2_000_000_000))
        if wrong:
            return wrong
    return None


def _of_id(resource_id: str) -> dict[str, Any]:
    _, *rest = resource_id.split("/")
    return dict(zip(("name", "scope"), rest, strict=False))


WEB_ACL = Entry(
    "aws:wafv2/webAcl:WebAcl",
    service="wafv2",
    inputs=props(
        f"{_PARTS} ruleJson",
        required="defaultAction scope visibilityConfig",
        replaces="name namePrefix scope",
        computed="name namePrefix",
        sets="customResponseBodies rules tokenDomains",
        json="ruleJson",
        local="namePrefix",
        recorded="dataProtectionConfig monetizationConfig",
        reads={"ruleJson": None},
        fields={"rules": _NAMES, "visibilityConfig": _NAMES},
        to_api={"customResponseBodies": _bodies, "rules": _rules},
        from_api={"customResponseBodies": _bodies_found, "rules": _rules_found},
    ),
    conflicts=("name namePrefix", "ruleJson rules"),
    checks=(_named, _one_action, _ordered),
    autoname=Autoname("name", _LONGEST),
    create=_create,
    rehearse=lambda context: context.verify(_CREATE, _names(context)),
    id="Summary.Id",
    read=(_read,),
    updates=(Do(_update, f"{_PARTS} ruleJson"),),
    delete=(_delete,),
    outputs={
        "arn": "ARN",
        "applicationIntegrationUrl": "ApplicationIntegrationURL",
        "capacity": "Capacity",
        "lockToken": "LockToken",
    },
    volatile="capacity lockToken",
    tags=Tags(
        {"Tags": "{tags}"},
        put=Call("tag_resource", {"ResourceARN": "{arn}", "Tags": "{tags}"}),
        remove=Call("untag_resource", {"ResourceARN": "{arn}", "TagKeys": "{keys}"}),
    ),
    import_id=_of_id,
)

ENTRIES = (WEB_ACL,)
