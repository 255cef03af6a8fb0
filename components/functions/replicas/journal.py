"""The journal: one TXT record, which is changed only by who has read its last state.

Route 53 carries out a batch of changes as a whole or not at all, deletes a record only when told its exact value, and
creates none that is there (API reference, ChangeResourceRecordSets): taking the old entry out and putting the new one
in is compare-and-swap. Of two invocations at the same time one loses, and leaves.
"""

from typing import Any

from botocore.exceptions import ClientError

from .errors import code_of
from .model import Journal, Phase
from .place import Aws, Place

_TTL = 60


class OvertakenError(Exception):
    """Another invocation has written in the journal since it was read."""


def read(aws: Aws, place: Place) -> str | None:
    """Return the entry as it stands, None if there is none."""
    found = aws.route53.list_resource_record_sets(
        HostedZoneId=place.zone_id, StartRecordName=place.journal, StartRecordType="TXT", MaxItems="1"
    )["ResourceRecordSets"]
    for record in found:
        if record["Name"].rstrip(".") == place.journal and record["Type"] == "TXT":
            return record["ResourceRecords"][0]["Value"]
    return None


def write(aws: Aws, place: Place, old: str | None, new: Journal | None) -> str | None:
    """Put *new* in the place of *old*, or raise :class:`OvertakenError`; return what stands there now."""
    text = None if new is None else written(new)
    changes = [
        {"Action": action, "ResourceRecordSet": _record(place, value)}
        for action, value in (("DELETE", old), ("CREATE", text))
        if value is not None
    ]
    try:
        aws.route53.change_resource_record_sets(HostedZoneId=place.zone_id, ChangeBatch={"Changes": changes})
    except ClientError as error:
        if code_of(error) == "InvalidChangeBatch":
            raise OvertakenError(place.journal) from None
        raise
    return text


def written(journal: Journal) -> str:
    """Return the *journal* as the value of a TXT record."""
    fields = (
        f"number={journal.number} phase={journal.phase.value} key={journal.key} at={journal.at} "
        f"grown={journal.grown} shrunk={journal.shrunk} owner={journal.owner}"
    )
    return f'"{fields}"'


def understood(text: str) -> Journal:
    """Return the journal out of the value of a TXT record; a new one when somebody else has written there.

    What it said can be done without: replicas are found by their tags, and only cooldowns are forgotten.
    """
    try:
        given = dict(field.split("=", 1) for field in text.strip('"').split(" "))
        return Journal(
            int(given["number"]),
            Phase(given["phase"]),
            given["key"],
            int(given["at"]),
            int(given["grown"]),
            int(given["shrunk"]),
            given["owner"],
        )
    except (KeyError, ValueError):
        return Journal()


def _record(place: Place, value: str) -> dict[str, Any]:
    return {"Name": place.journal, "Type": "TXT", "TTL": _TTL, "ResourceRecords": [{"Value": value}]}
