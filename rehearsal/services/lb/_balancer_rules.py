"""What AWS refuses of a load balancer, and the emulator takes."""

from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.errors import ApiError
from rehearsal.services._limits import elements, first_outside, plain, unlisted
from rehearsal.values import is_unknown

from ._attributes import wrong_name

_LEAST_ZONES = 2
_WORDS = {
    "desyncMitigationMode": ("monitor", "defensive", "strictest"),
    "dnsRecordClientRoutingPolicy": (
        "any_availability_zone",
        "availability_zone_affinity",
        "partial_availability_zone_affinity",
    ),
    "xffHeaderProcessingMode": ("append", "preserve", "remove"),
}
_RANGES = {
    "clientKeepAlive": (60, 604800),
    "idleTimeout": (1, 4000),
    "secondaryIpsAutoAssignedPerSubnet": (0, 7),
}
"""Elastic Load Balancing API, LoadBalancerAttribute."""


def values(inputs: Mapping[str, Any]) -> str | None:
    """Refuse attributes that AWS does not know: for its API model they are any text."""
    lines = (unlisted(name, inputs.get(name), known) for name, known in _WORDS.items())
    return next((line for line in lines if line), None) or first_outside(inputs, _RANGES)


def named(inputs: Mapping[str, Any]) -> str | None:
    """Refuse names that AWS refuses."""
    name = inputs.get("name")
    if not isinstance(name, str) or is_unknown(name):
        return None
    if name.startswith("internal-"):
        return f"name must not begin with internal-, got {name!r}"
    return wrong_name(name)


def spread(inputs: Mapping[str, Any]) -> str | None:
    """Refuse an application load balancer in one subnet."""
    if inputs.get("loadBalancerType") != "application":
        return None
    for name in ("subnets", "subnetMappings"):
        given = elements(inputs.get(name))
        if given and len(given) < _LEAST_ZONES:
            return f"{name} must be at least {_LEAST_ZONES}, each in an availability zone of its own, got {len(given)}"
    return None


def logs(inputs: Mapping[str, Any]) -> str | None:
    """Refuse logs that go nowhere."""
    for name in ("accessLogs", "connectionLogs"):
        given: Any = inputs.get(name)
        if isinstance(given, Mapping) and given.get("enabled") is True and not given.get("bucket"):  # pyright: ignore[reportUnknownMemberType]
            return f"{name} must name a bucket when they are enabled"
    return None


def free(context: Context) -> str | None:
    """AWS takes a name once per region and account."""
    if context.id:
        return None
    listed = context.call("describe_load_balancers")["LoadBalancers"]
    taken = any(balancer["LoadBalancerName"] == context.inputs["name"] for balancer in listed)
    return f"name must be free, got {context.inputs['name']!r}, which another load balancer has" if taken else None


def zones(context: Context) -> str | None:
    """One subnet per availability zone; two zones for an application."""
    given = context.inputs.get("subnets") or [m["subnetId"] for m in elements(context.inputs.get("subnetMappings"))]
    if not given or (context.old and not {"subnets", "subnetMappings"} & context.changed):
        return None
    described = context.call("describe_subnets", {"SubnetIds": given}, service="ec2")["Subnets"]
    zones = [subnet["AvailabilityZone"] for subnet in described]
    for zone in zones:
        if zones.count(zone) > 1:
            return f"subnets must be one per availability zone, got {zones.count(zone)} in {zone}"
    if len({subnet["VpcId"] for subnet in described}) > 1:
        return "subnets must be of one VPC, got several"
    return None


def groups(context: Context) -> str | None:
    """Refuse groups that are not there."""
    given = elements(context.inputs.get("securityGroups"))
    if not given:
        return None
    try:
        context.call("describe_security_groups", {"GroupIds": given}, service="ec2")
    except ApiError as error:
        return f"securityGroups must be there: {error}"
    return None


def log_buckets(context: Context) -> str | None:
    """AWS writes a test object when logs are switched on; the emulator asks nobody."""
    for name in ("accessLogs", "connectionLogs"):
        logs = plain(context.inputs.get(name))
        if not logs.get("enabled") or (context.old and name not in context.changed):
            continue
        bucket = {"Bucket": logs["bucket"]}
        try:
            context.call("head_bucket", bucket, service="s3")
        except ApiError:
            return f"{name} must name a bucket that is there, got {logs['bucket']}"
        try:
            context.call("get_bucket_policy", bucket, service="s3")
        except ApiError:
            return f"{name} must name a bucket whose policy lets Elastic Load Balancing write, got {logs['bucket']}"
    return None
