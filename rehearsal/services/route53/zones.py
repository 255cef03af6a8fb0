"""Hosted zones, public and private."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Do, Entry, props
from rehearsal.errors import RehearsalError
from rehearsal.services._limits import elements
from rehearsal.shapes import dig
from rehearsal.values import is_unknown

from ._common import REGION, records_of, route53_tags, zone_of

_PRIMARY = re.compile(r"^\{'Value': '")
"""What the emulator (moto 5.2.5) wraps the value of the zone's own record in."""

_LONGEST_LABEL, _LONGEST = 63, 255
_OWN = ("NS", "SOA")
"""Records that a zone comes with and goes with."""


def _vpc(context: Context, vpc: Mapping[str, Any]) -> dict[str, str]:
    return {"VPCId": vpc["vpcId"], "VPCRegion": vpc.get("vpcRegion") or context.stack_region}


def _create(context: Context) -> Any:
    vpcs = [_vpc(context, vpc) for vpc in elements(context.inputs.get("vpcs"))]
    config = {"Comment": context.inputs["comment"], "PrivateZone": bool(vpcs)}
    params: dict[str, Any] = {
        "Name": context.inputs["name"],
        "CallerReference": uuid.uuid4().hex,
        "HostedZoneConfig": config,
    }
    if context.inputs.get("delegationSetId"):
        params["DelegationSetId"] = context.inputs["delegationSetId"]
    made = context.call("create_hosted_zone", {**params, **({"VPC": vpcs[0]} if vpcs else {})})
    for vpc in vpcs[1:]:
        context.call("associate_vpc_with_hosted_zone", {"HostedZoneId": made["HostedZone"]["Id"], "VPC": vpc})
    return {"ZoneId": made["HostedZone"]["Id"].rsplit("/", 1)[-1]}


def _read(context: Context) -> Any:
    zone = zone_of(context, context.id)
    own = {record["Type"]: record for record in records_of(context, context.id, zone["HostedZone"]["Name"])}
    servers = dig(zone, "DelegationSet.NameServers")
    if not servers:
        servers = [item["Value"] for item in own.get("NS", {}).get("ResourceRecords", [])]
    primary = dig(own, "SOA.ResourceRecords.0.Value")
    return {
        "Name": zone["HostedZone"]["Name"].rstrip("."),
        "Comment": dig(zone, "HostedZone.Config.Comment"),
        "DelegationSetId": (dig(zone, "DelegationSet.Id") or "").rsplit("/", 1)[-1] or None,
        "Vpcs": [{"vpcId": vpc["VPCId"], "vpcRegion": vpc["VPCRegion"]} for vpc in zone.get("VPCs", [])] or None,
        "NameServers": sorted(server.rstrip(".") for server in servers),
        "PrimaryNameServer": _PRIMARY.sub("", primary or "").split(" ")[0].rstrip("."),
    }


def _set_vpcs(context: Context) -> None:
    wanted = [_vpc(context, vpc) for vpc in elements(context.inputs.get("vpcs"))]
    present = [_vpc(context, vpc) for vpc in elements(context.old.get("vpcs"))]
    for operation, vpcs in (
        ("associate_vpc_with_hosted_zone", [vpc for vpc in wanted if vpc not in present]),
        ("disassociate_vpc_from_hosted_zone", [vpc for vpc in present if vpc not in wanted]),
    ):
        for vpc in vpcs:
            context.call(operation, {"HostedZoneId": context.id, "VPC": vpc})


def _becomes_another(state: dict[str, Any], news: dict[str, Any]) -> set[str]:
    """Replace a private zone that becomes a public one, or the other way round."""
    return {"vpcs"} if bool(state.get("vpcs")) != bool(news.get("vpcs")) else set()


def _delete(context: Context) -> None:
    if context.inputs.get("forceDestroy"):
        changes = [
            {"Action": "DELETE", "ResourceRecordSet": record}
            for record in records_of(context, context.id)
            if record["Type"] not in _OWN
        ]
        if changes:
            context.call(
                "change_resource_record_sets", {"HostedZoneId": context.id, "ChangeBatch": {"Changes": changes}}
            )
    context.call("delete_hosted_zone", {"Id": context.id})


def _named(inputs: Mapping[str, Any]) -> str | None:
    name = inputs["name"]
    labels: list[str] = [] if is_unknown(name) else name.rstrip(".").split(".")
    if any(not 1 <= len(label) <= _LONGEST_LABEL for label in labels) or len(name) > _LONGEST:
        return f"name must be a domain name with labels of 1 to {_LONGEST_LABEL} characters, got {name!r}"
    return None


def _existing_vpcs(context: Context) -> str | None:
    """Refuse VPCs that are not there."""
    for vpc in elements(context.inputs.get("vpcs")):
        if (missing := missing_vpc(context, vpc["vpcId"], vpc.get("vpcRegion"))) is not None:
            return f"vpcs must be there, got {missing}"
    return None


def missing_vpc(context: Context, vpc_id: str, region: str | None) -> str | None:
    """Return a word on the VPC if it does not exist in *region* (the stack's by default)."""
    client = context.emulator.client("ec2", region or context.stack_region)
    found = client.describe_vpcs(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["Vpcs"]
    return None if found else f"{vpc_id} in {region or context.stack_region}"


ZONE = Entry(
    "aws:route53/zone:Zone",
    service="route53",
    region=REGION,
    inputs=props(
        "vpcs",
        required="name",
        replaces="delegationSetId name",
        computed="vpcs",
        sets="vpcs",
        local="forceDestroy",
        recorded="enableAcceleratedRecovery",
        defaults={"comment": "Managed by Pulumi", "forceDestroy": False},
    ),
    conflicts=("delegationSetId vpcs",),
    checks=(_named,),
    guards=(_existing_vpcs,),
    replaces_if=_becomes_another,
    create=_create,
    id="ZoneId",
    read=(_read,),
    updates=(
        Call("update_hosted_zone_comment", {"Id": "{id}", "Comment": "{comment}"}, sends=""),
        Do(_set_vpcs, "vpcs"),
    ),
    delete=(_delete,),
    outputs={
        "arn": "arn:{partition}:route53:::hostedzone/{id}",
        "zoneId": "{id}",
        "nameServers": "NameServers",
        "primaryNameServer": "PrimaryNameServer",
    },
    tags=route53_tags("hostedzone"),
)


def _zone_and_vpc(resource_id: str) -> dict[str, Any]:
    zone, vpc, *region = resource_id.split(":")
    return {"zoneId": zone, "vpcId": vpc, **({"vpcRegion": region[0]} if region else {})}


def _associate(context: Context) -> Any:
    vpc = _vpc(context, context.inputs)
    context.call("associate_vpc_with_hosted_zone", {"HostedZoneId": context.inputs["zoneId"], "VPC": vpc})
    return {}


def _association(context: Context) -> Any:
    zone = zone_of(context, context.inputs["zoneId"])
    wanted = _vpc(context, context.inputs)
    if wanted not in [{k: vpc[k] for k in wanted} for vpc in zone.get("VPCs", [])]:
        return None
    return {"ZoneId": context.inputs["zoneId"], "VpcId": wanted["VPCId"], "VpcRegion": wanted["VPCRegion"]}


def _dissociate(context: Context) -> None:
    if _association(context) is not None:
        given = {"HostedZoneId": context.inputs["zoneId"], "VPC": _vpc(context, context.inputs)}
        context.call("disassociate_vpc_from_hosted_zone", given)


def _associable(context: Context) -> str | None:
    missing = missing_vpc(context, context.inputs["vpcId"], context.inputs.get("vpcRegion"))
    if missing is not None:
        return f"vpcId must be there, got {missing}"
    if not zone_of(context, context.inputs["zoneId"]).get("VPCs"):
        raise RehearsalError("route53/ZoneAssociation: zoneId must be a private zone, got a public one")
    return None


ZONE_ASSOCIATION = Entry(
    "aws:route53/zoneAssociation:ZoneAssociation",
    service="route53",
    region=REGION,
    inputs=props(required="vpcId zoneId", replaces="vpcId vpcRegion zoneId", computed="vpcRegion"),
    guards=(_associable,),
    create=_associate,
    id="{zoneId}:{vpcId}",
    read=(_association,),
    delete=(_dissociate,),
    outputs={"owningAccount": "{account}"},
    import_id=_zone_and_vpc,
)

ENTRIES = (ZONE, ZONE_ASSOCIATION)
