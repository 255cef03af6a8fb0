"""What Route 53 refuses of a record, and the emulator takes."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.services._limits import elements
from rehearsal.values import is_unknown

from ._common import bare, records_of

POLICIES = (
    "cidrRoutingPolicy failoverRoutingPolicies geolocationRoutingPolicies geoproximityRoutingPolicy"
    " latencyRoutingPolicies multivalueAnswerRoutingPolicy weightedRoutingPolicies"
)
"""Of which a record has at most one, and then a set identifier."""

_MOST_TTL = 2147483647
_HIGHEST_WEIGHT = 255


def shape(inputs: Mapping[str, Any]) -> str | None:
    """Refuse arguments that do not belong together."""
    policies = [name for name in POLICIES.split() if inputs.get(name)]
    if policies and not inputs.get("setIdentifier"):
        return f"setIdentifier must come with {policies[0]}, got none"
    if inputs.get("setIdentifier") and not policies:
        return "setIdentifier must come with a routing policy, got none"
    if inputs.get("records") is not None and inputs.get("ttl") is None:
        return "ttl must come with records, got none"
    ttl = inputs.get("ttl")
    if isinstance(ttl, (int, float)) and not 0 <= ttl <= _MOST_TTL:
        return f"ttl must be between 0 and {_MOST_TTL} seconds, got {ttl}"
    for policy in elements(inputs.get("weightedRoutingPolicies")):
        weight = policy.get("weight") if isinstance(policy, Mapping) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
        if isinstance(weight, (int, float)) and not 0 <= weight <= _HIGHEST_WEIGHT:
            return f"weightedRoutingPolicies must have a weight between 0 and {_HIGHEST_WEIGHT}, got {weight}"
    return None


def values(inputs: Mapping[str, Any]) -> str | None:
    """Refuse values that are none of the record's type."""
    records, kind = inputs.get("records"), inputs.get("type")
    if not isinstance(records, list) or is_unknown(kind):
        return None
    known = [record for record in records if isinstance(record, str) and not is_unknown(record)]  # pyright: ignore[reportUnknownVariableType]
    if kind == "CNAME" and len(records) != 1:  # pyright: ignore[reportUnknownArgumentType]
        return f"records must be one name for a CNAME, got {len(records)}"  # pyright: ignore[reportUnknownArgumentType]
    for record in known:
        if kind in ("A", "AAAA") and not _is_address(record, 4 if kind == "A" else 6):
            return f"records must be IPv{4 if kind == 'A' else 6} addresses for type {kind}, got {record!r}"
    if len(set(known)) != len(known):
        return f"records must each be named once, got {known}"
    return None


def _is_address(text: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False


def neighbours(context: Context, full_name: str, zone_name: str) -> str | None:
    """Refuse a record that cannot stand beside those that the name has already."""
    kind, identifier = context.inputs["type"], context.inputs.get("setIdentifier")
    if kind == "CNAME" and bare(full_name) == bare(zone_name):
        return f"type must not be CNAME for the zone's own name ({zone_name}): use an alias"
    mine = (context.old.get("type") or kind, context.old.get("setIdentifier") if context.old else identifier)
    others = [
        r for r in records_of(context, context.inputs["zoneId"], full_name) if context.id == "" or _key(r) != mine
    ]
    for record in others:
        if _key(record) == (kind, identifier):
            if context.id or not context.inputs.get("allowOverwrite"):
                return f"name must be free, got {full_name!r}, which has a record of type {kind} already"
        elif record["Type"] == kind and (identifier is None or record.get("SetIdentifier") is None):
            return f"setIdentifier must be given for all records of {full_name!r} and type {kind}, or for none"
        elif record["Type"] == kind and (problem := _unlike(context, record)):
            return problem
        elif record["Type"] != kind and "CNAME" in (record["Type"], kind):
            return f"type must not be {kind}: {full_name!r} has one of type {record['Type']}, and a CNAME stands alone"
    return None


def _key(record: Mapping[str, Any]) -> tuple[str, str | None]:
    return record["Type"], record.get("SetIdentifier")


def _unlike(context: Context, other: Mapping[str, Any]) -> str | None:
    """All records of a name and type route alike and live equally long."""
    ttl = context.inputs.get("ttl")
    if ttl is not None and "TTL" in other and int(ttl) != int(other["TTL"]):
        return f"ttl must be that of the other records of the name ({other['TTL']}), got {ttl}"
    if bool(context.inputs.get("weightedRoutingPolicies")) != ("Weight" in other):
        return "weightedRoutingPolicies must be given for all records of a name and type, or for none"
    return None
