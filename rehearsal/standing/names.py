"""DNS: zones and what their names lead to."""

from collections.abc import Iterator, Mapping
from typing import Any

from .scene import Scene, Section, listed

_OF_THE_ZONE = ("NS", "SOA")


def sections(scene: Scene) -> Iterator[Section]:
    """One for every zone."""
    for zone in scene.all("route53/zone:Zone"):
        found = scene.ask(zone, "route53", "get_hosted_zone", Id=zone.id)
        private = found["HostedZone"].get("Config", {}).get("PrivateZone")
        section = Section("Private zone" if private else "Zone", found["HostedZone"]["Name"].rstrip("."))
        if private:
            section.rows.append(("seen in", listed(v["VPCId"] for v in found.get("VPCs", []))))
        else:
            section.rows.append(("name servers", listed(found.get("DelegationSet", {}).get("NameServers", []))))
        records = scene.ask(zone, "route53", "list_resource_record_sets", HostedZoneId=zone.id)["ResourceRecordSets"]
        for record in records:
            name = record["Name"].rstrip(".").replace("\\052", "*")
            if record["Type"] not in _OF_THE_ZONE:
                section.rows.append((f"{record['Type']} {name}", _leads_to(record)))
        yield section


def _leads_to(record: Mapping[str, Any]) -> str:
    alias = record.get("AliasTarget")
    targets = [alias["DNSName"].rstrip(".")] if alias else [r["Value"] for r in record.get("ResourceRecords", [])]
    weight = f" (weight {record['Weight']}, {record['SetIdentifier']})" if "Weight" in record else ""
    return f"{'alias of ' if alias else ''}{listed(targets)}{weight}"
