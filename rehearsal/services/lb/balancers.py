"""Load balancers."""

from typing import Any, cast

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Do, Entry, props
from rehearsal.errors import RehearsalError
from rehearsal.services._limits import capital, elements, plain

from . import _balancer_rules as _rules
from ._attributes import LONGEST_NAME, TAGS, found, modify, options
from ._zones import zone_id

_LOGS = {
    f"{block}.{name}": f"{key}.s3.{name}"
    for block, key in (("accessLogs", "access_logs"), ("connectionLogs", "connection_logs"))
    for name in ("bucket", "enabled", "prefix")
}

_EVERY = {
    "enableDeletionProtection": "deletion_protection.enabled",
    "enableCrossZoneLoadBalancing": "load_balancing.cross_zone.enabled",
    "enableZonalShift": "zonal_shift.config.enabled",
}
_APPLICATION = {
    **_LOGS,
    "clientKeepAlive": "client_keep_alive.seconds",
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
    "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
    "enableHttp2": "routing.http2.enabled",
    "enableTlsVersionAndCipherSuiteHeaders": "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
    "enableWafFailOpen": "waf.fail_open.enabled",
    "enableXffClientPort": "routing.http.xff_client_port.enabled",
    "idleTimeout": "idle_timeout.timeout_seconds",
    "preserveHostHeader": "routing.http.preserve_host_header.enabled",
    "xffHeaderProcessingMode": "routing.http.xff_header_processing.mode",
}
_NETWORK = {
    **{path: key for path, key in _LOGS.items() if path.startswith("accessLogs")},
    "dnsRecordClientRoutingPolicy": "dns_record.client_routing_policy",
    "secondaryIpsAutoAssignedPerSubnet": "secondary_ips.auto_assigned.per_subnet",
}
_OPTIONS = options({**_EVERY, **_APPLICATION, **_NETWORK})


def _table(kind: str) -> dict[str, str]:
    """Return the attributes that a load balancer of *kind* has."""
    own = _APPLICATION if kind == "application" else _NETWORK if kind == "network" else {}
    if kind == "application":
        # It balances over zones whatever anybody says.
        return {**own, **{path: key for path, key in _EVERY.items() if path != "enableCrossZoneLoadBalancing"}}
    return {**own, **_EVERY}


def _kind(context: Context) -> str:
    return context.inputs.get("loadBalancerType") or context.answer.get("Type") or "application"


def _set_attributes(context: Context) -> None:
    names = set(context.changed) if context.old else set(context.inputs)
    operation = "modify_load_balancer_attributes"
    modify(context, operation, "LoadBalancerArn", _table(_kind(context)), names=names)
    for block in ("accessLogs", "connectionLogs"):
        if block in names and context.inputs.get(block) is None and context.old.get(block):
            key = {"accessLogs": "access_logs", "connectionLogs": "connection_logs"}[block]
            off = [{"Key": f"{key}.s3.enabled", "Value": "false"}]
            context.call(operation, {"LoadBalancerArn": context.id, "Attributes": off})


def _read(context: Context) -> Any:
    balancer = context.call("describe_load_balancers", {"LoadBalancerArns": [context.id]})["LoadBalancers"][0]
    listed = context.call("describe_load_balancer_attributes", {"LoadBalancerArn": context.id})["Attributes"]
    kind = balancer["Type"]
    told = found(_table(kind), listed)
    for name in _OPTIONS.split():  # what has no meaning for its kind, or was never set, is as the provider fills it in
        told.setdefault(name, context.inputs.get(name, context.entry.inputs[name].default))
    for block in ("accessLogs", "connectionLogs"):
        if not context.inputs.get(block) and not (plain(told.get(block))).get("bucket"):
            told[block] = None
    subnets = [zone["SubnetId"] for zone in balancer.get("AvailabilityZones", [])]
    mappings = elements(context.inputs.get("subnetMappings"))
    # The emulator forgets addresses: then nothing is told of mappings, and they are reported as recorded.
    if any(set(mapping) - {"subnetId"} for mapping in mappings):
        told["SubnetMappings"] = None
    else:
        told["SubnetMappings"] = [{"subnetId": subnet} for subnet in subnets] if mappings else None
    return {**balancer, **told, "Subnets": subnets}


def _delete(context: Context) -> None:
    """Refuse a protected one, which the emulator deletes."""
    listed = context.call("describe_load_balancer_attributes", {"LoadBalancerArn": context.id})["Attributes"]
    if found(_EVERY, listed).get("enableDeletionProtection"):
        raise RehearsalError(
            f"lb/LoadBalancer: {context.inputs.get('name')} is protected from deletion: deploy it with "
            "enableDeletionProtection false first"
        )
    context.call("delete_load_balancer", {"LoadBalancerArn": context.id})


def _scheme(internal: Any) -> str:
    return "internal" if internal is True or internal == "true" else "internet-facing"


def _suffix(context: Context) -> str:
    return context.id.partition(":loadbalancer/")[2]


def _set_subnets(context: Context) -> None:
    mappings = context.inputs.get("subnetMappings")
    if mappings:
        given = [{capital(k): v for k, v in m.items()} for m in cast("list[dict[str, Any]]", mappings)]
        context.call("set_subnets", {"LoadBalancerArn": context.id, "SubnetMappings": given})
    else:
        context.call("set_subnets", {"LoadBalancerArn": context.id, "Subnets": context.inputs["subnets"]})


def _unmovable(state: dict[str, Any], news: dict[str, Any]) -> set[str]:
    """Replace a network load balancer that loses subnets, or its last or first security group."""
    if state.get("loadBalancerType") != "network":
        return set()
    subnets, groups = news.get("subnets"), news.get("securityGroups")
    lost = isinstance(subnets, list) and set(elements(state.get("subnets"))) - set(cast("list[str]", subnets))
    turned = groups is not None and bool(groups) != bool(state.get("securityGroups"))
    return {name for name, replaces in (("subnets", lost), ("securityGroups", turned)) if replaces}


LOAD_BALANCER = Entry(
    "aws:lb/loadBalancer:LoadBalancer",
    service="elbv2",
    inputs=props(
        _OPTIONS,
        replaces="customerOwnedIpv4Pool internal loadBalancerType name namePrefix",
        computed="enforceSecurityGroupInboundRulesOnPrivateLinkTraffic internal ipAddressType name namePrefix"
        " secondaryIpsAutoAssignedPerSubnet securityGroups subnetMappings subnets",
        sets="securityGroups subnetMappings subnets",
        local="namePrefix",
        recorded="customerOwnedIpv4Pool enablePrefixForIpv6SourceNat"
        " enforceSecurityGroupInboundRulesOnPrivateLinkTraffic healthCheckLogs ipamPools minimumLoadBalancerCapacity",
        defaults={
            "clientKeepAlive": 3600,
            "desyncMitigationMode": "defensive",
            "dnsRecordClientRoutingPolicy": "any_availability_zone",
            "dropInvalidHeaderFields": False,
            "enableCrossZoneLoadBalancing": False,
            "enableDeletionProtection": False,
            "enableHttp2": True,
            "enableTlsVersionAndCipherSuiteHeaders": False,
            "enableWafFailOpen": False,
            "enableXffClientPort": False,
            "enableZonalShift": False,
            "idleTimeout": 60,
            "internal": False,
            "loadBalancerType": "application",
            "preserveHostHeader": False,
            "xffHeaderProcessingMode": "append",
        },
        api={"internal": "Scheme", "loadBalancerType": "Type", "name": "LoadBalancerName"},
        to_api={"internal": _scheme},
        from_api={"internal": lambda scheme: scheme == "internal"},
    ),
    exactly_one=("subnetMappings subnets",),
    conflicts=("name namePrefix",),
    checks=(_rules.named, _rules.spread, _rules.logs, _rules.values),
    guards=(_rules.free, _rules.zones, _rules.groups, _rules.log_buckets),
    replaces_if=_unmovable,
    autoname=Autoname("name", LONGEST_NAME),
    create=Call(
        "create_load_balancer",
        {"Name": "{name}"},
        sends="internal ipAddressType loadBalancerType securityGroups subnetMappings subnets",
    ),
    id="LoadBalancers.0.LoadBalancerArn",
    read=(_read,),
    updates=(
        Do(_set_attributes, _OPTIONS, on_create=True),
        Call("set_security_groups", {"LoadBalancerArn": "{id}", "SecurityGroups": "{securityGroups}"}, sends=""),
        Do(_set_subnets, "subnets subnetMappings"),
        Call("set_ip_address_type", {"LoadBalancerArn": "{id}", "IpAddressType": "{ipAddressType}"}, sends=""),
    ),
    delete=(_delete,),
    outputs={
        "arn": "{id}",
        "arnSuffix": _suffix,
        "dnsName": "DNSName",
        "vpcId": "VpcId",
        "zoneId": lambda context: zone_id(_kind(context), context.region, context.answer.get("CanonicalHostedZoneId")),
    },
    tags=TAGS,
)

ENTRIES = (LOAD_BALANCER,)
