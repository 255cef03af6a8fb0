"""What the resource types of Route 53 share."""

from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Tags

REGION = "us-east-1"


def route53_tags(kind: str) -> Tags:
    """Tags of a *kind* of resource (`hostedzone`, `healthcheck`), which are set after it is made."""
    resource = {"ResourceType": kind, "ResourceId": "{id}"}
    return Tags(
        put=Call("change_tags_for_resource", {**resource, "AddTags": "{tags}"}),
        remove=Call("change_tags_for_resource", {**resource, "RemoveTagKeys": "{keys}"}),
        read=Call("list_tags_for_resource", resource, at="ResourceTagSet.Tags", into="Tags"),
    )


def bare(name: str) -> str:
    """Return *name* without the dot at its end, in lower case, with the star as programs write it."""
    return name.rstrip(".").lower().replace("\\052", "*")


def zone_of(context: Context, zone_id: str) -> dict[str, Any]:
    """Return the hosted zone *zone_id*."""
    return context.call("get_hosted_zone", {"Id": zone_id})


def records_of(context: Context, zone_id: str, name: str = "") -> list[dict[str, Any]]:
    """Return the record sets of a zone, or those of one *name* in it."""
    found: list[dict[str, Any]] = []
    start: dict[str, str] = {"StartRecordName": name} if name else {}
    while True:
        page = context.call("list_resource_record_sets", {"HostedZoneId": zone_id, **start})
        found += page["ResourceRecordSets"]
        beyond = bool(name) and any(bare(r["Name"]) != bare(name) for r in page["ResourceRecordSets"])
        if not page.get("IsTruncated") or beyond:
            break
        start = {"StartRecordName": page["NextRecordName"], "StartRecordType": page["NextRecordType"]}
    return [record for record in found if not name or bare(record["Name"]) == bare(name)]
