"""Target groups."""

from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Do, Entry, props
from rehearsal.values import is_unknown

from ._attributes import TAGS, found, modify, options, wrong_name

_HEALTH = {
    "enabled": "HealthCheckEnabled",
    "healthyThreshold": "HealthyThresholdCount",
    "interval": "HealthCheckIntervalSeconds",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "timeout": "HealthCheckTimeoutSeconds",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}
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
    """The attributes of the target group's protocol."""
    protocol = context.inputs.get("protocol") if context.inputs.get("targetType") != "lambda" else None
    table = {p: k for p, k in _ATTRIBUTES.items() if protocol in _OF_KIND.get(p.split(".")[0], (protocol,))}
    if protocol is None:
        table.pop("deregistrationDelay")
    if (context.inputs.get("stickiness") or {}).get("type") == "app_cookie":
        table["stickiness.cookieDuration"] = "stickiness.app_cookie.duration_seconds"
    return table


def _health_check(context: Context) -> dict[str, Any]:
    given = context.inputs.get("healthCheck") or {}
    params = {_HEALTH[name]: value for name, value in given.items() if name in _HEALTH and value is not None}
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


def _create(context: Context) -> Any:
    context.tags = context.tags_wanted
    names = [
        n
        for n in ("ipAddressType", "port", "protocol", "protocolVersion", "targetType", "vpcId")
        if n in context.inputs
    ]
    extra = {**_health_check(context), **({"Tags": "{tags}"} if context.tags else {})}
    made = context.run(_CALL, names, params=extra)
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
    if not context.inputs.get("stickiness") and not (told.get("stickiness") or {}).get("enabled"):
        told["stickiness"] = None
    for name in _LISTS:
        told[name] = [told[name]] if told.get(name) else None
    health = {name: group[member] for name, member in _HEALTH.items() if group.get(member) is not None}
    matcher = group.get("Matcher") or {}
    code = matcher.get("GrpcCode") or matcher.get("HttpCode")
    return {**group, **told, "HealthCheck": {**health, **({"matcher": code} if code else {})}}


def _named(inputs: Mapping[str, Any]) -> str | None:
    name = inputs.get("name")
    return wrong_name(name) if isinstance(name, str) and not is_unknown(name) else None


def _where(inputs: Mapping[str, Any]) -> str | None:
    kind = inputs.get("targetType")
    for name in ("port", "protocol", "vpcId"):
        if kind in ("instance", "ip", "alb") and inputs.get(name) is None:
            return f"{name} must be given for targets of type {kind}, got none"
        if kind == "lambda" and inputs.get(name) is not None:
            return f"{name} must not be given for targets of type lambda"
    port = inputs.get("port")
    if isinstance(port, (int, float)) and not 1 <= port <= 65535:  # noqa: PLR2004
        return f"port must be between 1 and 65535, got {port}"
    return None


_RANGES = {"interval": (5, 300), "timeout": (2, 120), "healthyThreshold": (2, 10), "unhealthyThreshold": (2, 10)}


def _healthy(inputs: Mapping[str, Any]) -> str | None:
    check = inputs.get("healthCheck")
    if not isinstance(check, Mapping):
        return None
    given: dict[str, Any] = {k: v for k, v in check.items() if v is not None and not is_unknown(v)}  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    for name in given:
        if name not in (*_HEALTH, "matcher"):
            return f"healthCheck.{name} is not known; known are {', '.join(sorted((*_HEALTH, 'matcher')))}"
    for name, (low, high) in _RANGES.items():
        if name in given and not low <= int(given[name]) <= high:
            return f"healthCheck.{name} must be between {low} and {high}, got {given[name]}"
    if "interval" in given and int(given.get("timeout", 0)) >= int(given["interval"]):
        return f"healthCheck.timeout must be below the interval ({given['interval']}), got {given['timeout']}"
    protocol = given.get("protocol", "HTTP")
    if protocol == "TCP" and inputs.get("protocol") in ("HTTP", "HTTPS"):
        return f"healthCheck.protocol must be HTTP or HTTPS for targets of protocol {inputs['protocol']}, got TCP"
    if protocol == "TCP" and (wrong := next((n for n in ("path", "matcher") if n in given), None)):
        return f"healthCheck.{wrong} must not be given for health checks by TCP"
    if "path" in given and not str(given["path"]).startswith("/"):
        return f"healthCheck.path must begin with /, got {given['path']!r}"
    return _matches(inputs, given)


def _matches(inputs: Mapping[str, Any], check: Mapping[str, Any]) -> str | None:
    if "matcher" not in check:
        return None
    low, high = (0, 99) if inputs.get("protocolVersion") == "GRPC" else (200, 499)
    for part in str(check["matcher"]).split(","):
        ends = part.split("-")
        if (
            len(ends) > 2
            or not all(e.isdigit() and low <= int(e) <= high for e in ends)
            or int(ends[0]) > int(ends[-1])
        ):  # noqa: PLR2004
            return (
                f"healthCheck.matcher must be codes between {low} and {high}, such as 200-399 or 200,302, got {part!r}"
            )
    return None


_DELAYS = {"deregistrationDelay": (0, 3600), "slowStart": (0, 900)}


def _delays(inputs: Mapping[str, Any]) -> str | None:
    for name, (low, high) in _DELAYS.items():
        given = inputs.get(name)
        if given is not None and not is_unknown(given) and not low <= int(given) <= high:
            return f"{name} must be between {low} and {high} seconds, got {given}"
    if not is_unknown(inputs.get("slowStart")) and 0 < int(inputs.get("slowStart") or 0) < 30:  # noqa: PLR2004
        return f"slowStart must be 0 or at least 30 seconds, got {inputs['slowStart']}"
    algorithm = inputs.get("loadBalancingAlgorithmType")
    known = ("round_robin", "least_outstanding_requests", "weighted_random")
    if algorithm is not None and not is_unknown(algorithm) and algorithm not in known:
        return f"loadBalancingAlgorithmType must be one of {', '.join(known)}, got {algorithm!r}"
    if algorithm != "round_robin" and algorithm is not None and int(inputs.get("slowStart") or 0):
        return f"slowStart must be 0 with {algorithm}"
    return None


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
    checks=(_named, _where, _healthy, _delays),
    autoname=Autoname("name", 32),
    create=_create,
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
