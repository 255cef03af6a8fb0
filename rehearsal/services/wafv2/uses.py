"""What web application firewalls guard, and where they log."""

from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Do, Entry, props
from rehearsal.errors import ApiError
from rehearsal.services._limits import elements, given
from rehearsal.shapes import to_api
from rehearsal.values import is_unknown

from .acls import GONE


def _guarded(context: Context) -> Any:
    resource = context.inputs["resourceArn"]
    acl = context.call("get_web_acl_for_resource", {"ResourceArn": resource}).get("WebACL")
    if not acl or acl["ARN"] != context.inputs["webAclArn"]:
        return None
    return {"ResourceArn": resource, "WebAclArn": acl["ARN"]}


def _there(context: Context) -> str | None:
    """Refuse a load balancer that is not there, or that another firewall guards: WAF would replace that one."""
    resource = context.inputs["resourceArn"]
    if ":loadbalancer/" in resource:
        try:
            context.call("describe_load_balancers", {"LoadBalancerArns": [resource]}, service="elbv2")
        except ApiError:
            return f"resourceArn must be of a load balancer that is there, got {resource}"
    return None


def _associated(resource_id: str) -> dict[str, Any]:
    acl, _, resource = resource_id.partition(",")
    return {"webAclArn": acl, "resourceArn": resource}


WEB_ACL_ASSOCIATION = Entry(
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    service="wafv2",
    inputs=props(
        required="resourceArn webAclArn",
        replaces="resourceArn webAclArn",
        api={"webAclArn": "WebACLArn"},
    ),
    guards=(_there,),
    create=Call("associate_web_acl"),
    id="{webAclArn},{resourceArn}",
    read=(_guarded,),
    delete=(Call("disassociate_web_acl", {"ResourceArn": "{resourceArn}"}),),
    import_id=_associated,
)

_PREFIX = "aws-waf-logs-"


def _destined(inputs: Mapping[str, Any]) -> str | None:
    """Refuse destinations whose name does not begin as WAF wants it, and more than one."""
    destinations = inputs["logDestinationConfigs"]
    if is_unknown(destinations):
        return None
    if len(elements(destinations)) != 1:
        return f"logDestinationConfigs must be one, got {len(elements(destinations))}"
    for arn in elements(destinations):
        name = str(arn).rpartition(":::")[2] if ":s3:" in str(arn) else str(arn).split(":", 6)[-1].rpartition("/")[2]
        if not is_unknown(arn) and not name.startswith(_PREFIX):
            return f"logDestinationConfigs must be called {_PREFIX}..., got {arn}"
    return None


def _redacted(inputs: Mapping[str, Any]) -> str | None:
    for index, field in enumerate(elements(inputs.get("redactedFields"))):
        parts = [] if is_unknown(field) else sorted(given(field))
        if not is_unknown(field) and (len(parts) != 1 or parts[0] not in _REDACTABLE):
            known = ", ".join(_REDACTABLE)
            return f"redactedFields[{index}] must be one of {known}, got {' and '.join(parts) or 'none'}"
    return None


_REDACTABLE = ("method", "queryString", "singleHeader", "uriPath")


def _log_there(context: Context) -> str | None:
    """Refuse a log group that is not there, which the emulator does not ask for."""
    arn = str(context.inputs["logDestinationConfigs"][0])
    if ":log-group:" not in arn:
        return None
    name = arn.partition(":log-group:")[2].removesuffix(":*")
    groups = context.call("describe_log_groups", {"logGroupNamePrefix": name}, service="logs")["logGroups"]
    if any(group["logGroupName"] == name for group in groups):
        return None
    return f"logDestinationConfigs must be of a log group that is there, got {arn}"


_CONFIGURED = ("logDestinationConfigs", "loggingFilter", "redactedFields", "resourceArn")


def _configuration(context: Context) -> dict[str, Any]:
    """Return the configuration whole, as it is always sent."""
    call = Call("put_logging_configuration")
    shape = context.model(call).input_shape.members["LoggingConfiguration"]
    own = {name: context.inputs[name] for name in _CONFIGURED if context.inputs.get(name) is not None}
    return {"LoggingConfiguration": to_api(shape, own, {}, "wafv2/WebAclLoggingConfiguration")}


def _configure(context: Context) -> Any:
    return context.call("put_logging_configuration", _configuration(context))


def _reconfigure(context: Context) -> None:
    _configure(context)


def _configured(context: Context) -> Any:
    try:
        found = context.call("get_logging_configuration", {"ResourceArn": context.id})["LoggingConfiguration"]
    except ApiError as error:
        if error.code != GONE:
            raise
        return None
    return {name: value for name, value in found.items() if value}


WEB_ACL_LOGGING = Entry(
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    service="wafv2",
    inputs=props(
        "loggingFilter redactedFields",
        required="logDestinationConfigs resourceArn",
        replaces="logDestinationConfigs resourceArn",
        sets="redactedFields",
    ),
    checks=(_destined, _redacted),
    guards=(_log_there,),
    create=_configure,
    rehearse=_configuration,
    id="{resourceArn}",
    read=(_configured,),
    updates=(Do(_reconfigure, "loggingFilter redactedFields"),),
    delete=(Call("delete_logging_configuration", {"ResourceArn": "{id}"}, done=(GONE,)),),
)

ENTRIES = (WEB_ACL_ASSOCIATION, WEB_ACL_LOGGING)
