"""Target groups."""

from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Do, Entry, props
from rehearsal.services._limits import plain

from . import _target_rules as _rules
from ._attributes import LONGEST_NAME, TAGS, found, modify, options
from ._target_rules import HEALTH

_GROUP_HEALTH = "target_group_health"
_ATTRIBUTES = {
    "connectionTermination": "deregistration_delay.connection_termination.enabled",
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "lambdaMultiValueHeadersEnabled": "lambda.multi_value_headers.enabled",
    "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
    "loadBalancingAnomalyMitigation": "load_balancing.algorithm.anomaly_mitigation",
    "loadBalancingCrossZoneEnabled": "load_balancing.cross_zone.enabled",
    "preserveClientIp": "preserve_client_ip.enabled",
    "proxyProtocolV2": "proxy_protocol_v2.enabled",
    "slowStart": "slow_start.duration_seconds",
    "stickiness.enabled": "stickiness.enabled",
    "stickiness.type": "stickiness.type",
    "stickiness.cookieName": "stickiness.app_cookie.cookie_name",
    "stickiness.cookieDuration": "stickiness.lb_cookie.duration_seconds",
    "targetFailovers.onDeregistration": "target_failover.on_deregistration",
    "targetFailovers.onUnhealthy": "target_failover.on_unhealthy",
    "targetHealthStates.enableUnhealthyConnectionTermination": "target_health_state.unhealthy.connection_termination"
    ".enabled",
    "targetHealthStates.unhealthyDrainingInterval": "target_health_state.unhealthy.draining_interval_seconds",
    "targetGroupHealth.dnsFailover.minimumHealthyTargetsCount": f"{_GROUP_HEALTH}.dns_failover"
    ".minimum_healthy_targets.count",
    "targetGroupHealth.dnsFailover.minimumHealthyTargetsPercentage": f"{_GROUP_HEALTH}.dns_failover"
    ".minimum_healthy_targets.percentage",
    "targetGroupHealth.unhealthyStateRouting.minimumHealthyTargetsCount": f"{_GROUP_HEALTH}.unhealthy_state_routing"
    ".minimum_healthy_targets.count",
    "targetGroupHealth.unhealthyStateRouting.minimumHealthyTargetsPercentage": f"{_GROUP_HEALTH}"
    ".unhealthy_state_routing.minimum_healthy_targets.percentage",
}
_OF_KIND = {
    "connectionTermination": ("TCP", "UDP", "TLS", "TCP_UDP"),
    "preserveClientIp": ("TCP", "UDP", "TLS", "TCP_UDP"),
    "proxyProtocolV2": ("TCP", "UDP", "TLS", "TCP_UDP"),
    "slowStart": ("HTTP", "HTTPS"),
    "loadBalancingAlgorithmType": ("HTTP", "HTTPS"),
    "loadBalancingAnomalyMitigation": ("HTTP", "HTTPS"),
    "lambdaMultiValueHeadersEnabled": (None,),
}
"""Protocols that have an attribute; None is a function's target group."""
_LISTS = ("targetFailovers", "targetHealthStates")


def _table(context: Context) -> dict[str, str]:
    """Return the attributes that the target group's protocol has."""
    protocol = context.inputs.get("protocol") if context.inputs.get("targetType") != "lambda" else None
    table = {p: k for p, k in _ATTRIBUTES.items() if protocol in _OF_KIND.get(p.split(".")[0], (protocol,))}
    if protocol is None:
        table.pop("deregistrationDelay")
    if plain(context.inputs.get("stickiness")).get("type") == "app_cookie":
        table["stickiness.cookieDuration"] = "stickiness.app_cookie.duration_seconds"
    return table


def _health_check(context: Context) -> dict[str, Any]:
    given = plain(context.inputs.get("healthCheck"))
    params = {HEALTH[name]: value for name, value in given.items() if name in HEALTH and value is not None}
    for name in ("HealthyThresholdCount", "UnhealthyThresholdCount", "HealthCheckIntervalSeconds"):
        if name in params:
            params[name] = int(params[name])
    if "HealthCheckTimeoutSeconds" in params:
        params["HealthCheckTimeoutSeconds"] = int(params["HealthCheckTimeoutSeconds"])
    if given.get("matcher"):
        code = "GrpcCode" if context.inputs.get("protocolVersion") == "GRPC" else "HttpCode"
        params["Matcher"] = {code: str(given["matcher"])}
    return params


_CALL = Call("create_target_group", {"Name": "{name}"})


def _names(context: Context) -> list[str]:
    own = ("ipAddressType", "port", "protocol", "protocolVersion", "targetType", "vpcId")
    return [name for name in own if name in context.inputs]


def _create(context: Context) -> Any:
    context.tags = context.tags_wanted
    extra = {**_health_check(context), **({"Tags": "{tags}"} if context.tags else {})}
    made = context.run(_CALL, _names(context), params=extra)
    arn = made["TargetGroups"][0]["TargetGroupArn"]
    if extra.get("HealthCheckEnabled") is False:  # the emulator takes it for not given above
        context.call("modify_target_group", {"TargetGroupArn": arn, "HealthCheckEnabled": False})
    return made


def _set_health_check(context: Context) -> None:
    params = _health_check(context)
    if params:
        context.call("modify_target_group", {"TargetGroupArn": context.id, **params})


def _set_attributes(context: Context) -> None:
    names = set(context.changed) if context.old else set(context.inputs)
    operation = "modify_target_group_attributes"
    modify(context, operation, "TargetGroupArn", _table(context), names=names)
    if "stickiness" in names and not context.inputs.get("stickiness") and context.old.get("stickiness"):
        off = [{"Key": "stickiness.enabled", "Value": "false"}]
        context.call(operation, {"TargetGroupArn": context.id, "Attributes": off})


def _read(context: Context) -> Any:
    group = context.call("describe_target_groups", {"TargetGroupArns": [context.id]})["TargetGroups"][0]
    for name, member in (("protocol", "Protocol"), ("targetType", "TargetType")):
        if group.get(member):
            context.inputs.setdefault(name, group[member])
    listed = context.call("describe_target_group_attributes", {"TargetGroupArn": context.id})["Attributes"]
    told = found(_table(context), listed)
    for name in options(_ATTRIBUTES).split():
        prop = context.entry.inputs[name]
        told.setdefault(name, context.inputs.get(name) if name in _OF_KIND else prop.default)
    if not context.inputs.get("stickiness") and not plain(told.get("stickiness")).get("enabled"):
        told["stickiness"] = None
    for name in _LISTS:
        told[name] = [told[name]] if told.get(name) else None
    health = {name: group[member] for name, member in HEALTH.items() if group.get(member) is not None}
    matcher = plain(group.get("Matcher"))
    code = matcher.get("GrpcCode") or matcher.get("HttpCode")
    return {**group, **told, "HealthCheck": {**health, **({"matcher": code} if code else {})}}


TARGET_GROUP = Entry(
    "aws:lb/targetGroup:TargetGroup",
    service="elbv2",
    inputs=props(
        f"{options(_ATTRIBUTES)} healthCheck",
        replaces="ipAddressType name namePrefix port protocol protocolVersion targetType vpcId",
        computed="connectionTermination healthCheck ipAddressType loadBalancingAlgorithmType"
        " loadBalancingAnomalyMitigation loadBalancingCrossZoneEnabled name namePrefix preserveClientIp protocolVersion"
        " stickiness targetFailovers targetGroupHealth targetHealthStates",
        local="namePrefix",
        recorded="targetControlPort",
        defaults={
            "deregistrationDelay": 300,
            "lambdaMultiValueHeadersEnabled": False,
            "proxyProtocolV2": False,
            "slowStart": 0,
            "targetType": "instance",
        },
        api={"name": "TargetGroupName"},
    ),
    conflicts=("name namePrefix",),
    checks=(_rules.named, _rules.where, _rules.healthy, _rules.delays),
    autoname=Autoname("name", LONGEST_NAME),
    create=_create,
    rehearse=lambda context: context.verify(_CALL, _names(context), _health_check(context)),
    id="TargetGroups.0.TargetGroupArn",
    read=(_read,),
    updates=(
        Do(_set_attributes, options(_ATTRIBUTES), on_create=True),
        Do(_set_health_check, "healthCheck"),
    ),
    delete=(Call("delete_target_group", {"TargetGroupArn": "{id}"}),),
    outputs={
        "arn": "{id}",
        "arnSuffix": lambda context: context.id.rpartition(":")[2],
        "loadBalancerArns": "LoadBalancerArns",
    },
    tags=TAGS,
)

ENTRIES = (TARGET_GROUP,)
