"""DNS records."""

from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Do, Entry, props
from rehearsal.services._limits import elements
from rehearsal.shapes import from_api

from . import _checks
from ._common import REGION, bare, records_of, zone_of

_QUOTED = ("TXT", "SPF")


def _full_name(context: Context) -> str:
    """Return the name with that of its zone, which programs may leave out."""
    zone = bare(zone_of(context, context.inputs["zoneId"])["HostedZone"]["Name"])
    return full_name(context.inputs["name"], zone)


def full_name(name: str, zone: str) -> str:
    """Return *name* below *zone*: as it is where it ends so, in front of it otherwise."""
    own = bare(name)
    if not own:
        return zone
    return own if own == zone or own.endswith(f".{zone}") else f"{own}.{zone}"


def _quoted(kind: str, value: str) -> str:
    return f'"{value}"' if kind in _QUOTED else value


def _record_set(context: Context, name: str) -> dict[str, Any]:
    inputs = context.inputs
    record: dict[str, Any] = {"Name": name, "Type": inputs["type"]}
    if inputs.get("records") is not None:
        record["TTL"] = int(inputs["ttl"])
        record["ResourceRecords"] = [{"Value": _quoted(inputs["type"], value)} for value in inputs["records"]]
    for alias in elements(inputs.get("aliases")):
        record["AliasTarget"] = {
            "DNSName": alias["name"],
            "HostedZoneId": alias["zoneId"],
            "EvaluateTargetHealth": alias["evaluateTargetHealth"],
        }
    if inputs.get("setIdentifier"):
        record["SetIdentifier"] = inputs["setIdentifier"]
    if inputs.get("healthCheckId"):
        record["HealthCheckId"] = inputs["healthCheckId"]
    return {**record, **_policy(inputs)}


def _policy(inputs: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for policy in elements(inputs.get("weightedRoutingPolicies")):
        found["Weight"] = int(policy["weight"])
    for policy in elements(inputs.get("latencyRoutingPolicies")):
        found["Region"] = policy["region"]
    for policy in elements(inputs.get("failoverRoutingPolicies")):
        found["Failover"] = policy["type"]
    for policy in elements(inputs.get("geolocationRoutingPolicies")):
        codes = {"continent": "ContinentCode", "country": "CountryCode", "subdivision": "SubdivisionCode"}
        found["GeoLocation"] = {codes[k]: v for k, v in policy.items() if v}
    if inputs.get("multivalueAnswerRoutingPolicy"):
        found["MultiValueAnswer"] = True
    return found


def _change(context: Context, *changes: tuple[str, dict[str, Any]]) -> None:
    batch = [{"Action": action, "ResourceRecordSet": record} for action, record in changes]
    zone = context.inputs["zoneId"]
    context.call("change_resource_record_sets", {"HostedZoneId": zone, "ChangeBatch": {"Changes": batch}})


def _create(context: Context) -> Any:
    """Put it in place; that nothing is there before was checked.

    The emulator (moto 5.2.5) refuses to create what was once there and has been deleted.
    """
    name = _full_name(context)
    _change(context, ("UPSERT", _record_set(context, name)))
    return {}


def _update(context: Context) -> None:
    name = _full_name(context)
    wanted = _record_set(context, name)
    present = _present(context, name, context.old)
    changes = [("UPSERT", wanted)]
    if present and _key(present) != _key(wanted):
        _delete_exactly(context, present, name)
    _change(context, *changes)


def _key(record: dict[str, Any]) -> tuple[str, str | None]:
    return record["Type"], record.get("SetIdentifier")


def _present(context: Context, name: str, values: dict[str, Any]) -> dict[str, Any] | None:
    wanted = (values.get("type"), values.get("setIdentifier") or None)
    found = records_of(context, context.inputs["zoneId"], name)
    return next((record for record in found if _key(record) == wanted), None)


def _delete_exactly(context: Context, record: dict[str, Any], name: str) -> None:
    """Delete *record*, and put back what the emulator deletes with it: all of the zone with its identifier."""
    identifier = record.get("SetIdentifier")
    everything = records_of(context, context.inputs["zoneId"]) if identifier else []
    others = [
        r
        for r in everything
        if r.get("SetIdentifier") == identifier and (bare(r["Name"]) != bare(name) or r["Type"] != record["Type"])
    ]
    _change(context, ("DELETE", record), *[("UPSERT", other) for other in others])


def _delete(context: Context) -> None:
    name = _full_name(context)
    present = _present(context, name, context.inputs)
    if present:
        _delete_exactly(context, present, name)


def _read(context: Context) -> Any:
    name = _full_name(context)
    found = _present(context, name, context.inputs)
    if found is None:
        return None
    given = context.inputs["name"]
    alias = found.get("AliasTarget")
    return {
        "Name": given,
        "Type": found["Type"],
        "ZoneId": context.inputs["zoneId"],
        "Fqdn": name,
        "Ttl": found.get("TTL"),
        "Records": [_unquoted(found["Type"], item["Value"]) for item in found.get("ResourceRecords", [])] or None,
        "Aliases": [_alias(alias)] if alias else None,
        "SetIdentifier": found.get("SetIdentifier"),
        "HealthCheckId": found.get("HealthCheckId"),
        "MultivalueAnswerRoutingPolicy": found.get("MultiValueAnswer"),
        "WeightedRoutingPolicies": [{"weight": found["Weight"]}] if found.get("Weight") is not None else None,
        "LatencyRoutingPolicies": [{"region": found["Region"]}] if found.get("Region") else None,
        "FailoverRoutingPolicies": [{"type": found["Failover"]}] if found.get("Failover") else None,
        "GeolocationRoutingPolicies": _places(found.get("GeoLocation")),
    }


def _unquoted(kind: str, value: str) -> str:
    return value[1:-1] if kind in _QUOTED and value.startswith('"') and value.endswith('"') else value


def _alias(target: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": target["DNSName"].rstrip("."),
        "zoneId": target["HostedZoneId"],
        "evaluateTargetHealth": bool(target["EvaluateTargetHealth"]),
    }


def _places(place: dict[str, str] | None) -> list[dict[str, str]] | None:
    return [{k.removesuffix("Code"): v for k, v in from_api(place).items()}] if place else None


def _identifier(context: Context) -> str:
    own = context.inputs.get("setIdentifier")
    return "_".join(
        [context.inputs["zoneId"], bare(context.inputs["name"]), context.inputs["type"], *([own] if own else [])]
    )


def _of_id(resource_id: str) -> dict[str, Any]:
    """Take a record's id apart; names may hold underscores, and identifiers, too."""
    zone, _, rest = resource_id.partition("_")
    parts = rest.split("_")
    at = next((i for i, part in enumerate(parts) if i and part.isupper() and part.isalnum()), len(parts) - 1)
    identifier = "_".join(parts[at + 1 :])
    named = {"zoneId": zone, "name": "_".join(parts[:at]), "type": parts[at]}
    return {**named, **({"setIdentifier": identifier} if identifier else {})}


def _fits(context: Context) -> str | None:
    zone = bare(zone_of(context, context.inputs["zoneId"])["HostedZone"]["Name"])
    return _checks.neighbours(context, full_name(context.inputs["name"], zone), zone)


RECORD = Entry(
    "aws:route53/record:Record",
    service="route53",
    region=REGION,
    inputs=props(
        "aliases healthCheckId records setIdentifier ttl multivalueAnswerRoutingPolicy weightedRoutingPolicies"
        " latencyRoutingPolicies failoverRoutingPolicies geolocationRoutingPolicies",
        required="name type zoneId",
        replaces="name zoneId",
        sets="records",
        local="allowOverwrite",
        recorded="cidrRoutingPolicy geoproximityRoutingPolicy",
    ),
    exactly_one=("aliases records",),
    conflicts=("aliases ttl", _checks.POLICIES),
    checks=(_checks.shape, _checks.values),
    guards=(_fits,),
    create=_create,
    id=_identifier,
    read=(_read,),
    updates=(
        Do(
            _update,
            "aliases healthCheckId records setIdentifier ttl type multivalueAnswerRoutingPolicy"
            " weightedRoutingPolicies latencyRoutingPolicies failoverRoutingPolicies geolocationRoutingPolicies",
        ),
    ),
    delete=(_delete,),
    outputs={"fqdn": "Fqdn"},
    import_id=_of_id,
)

ENTRIES = (RECORD,)
