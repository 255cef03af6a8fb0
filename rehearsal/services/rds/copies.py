"""Automated backups that are copied to another region. The emulator has no calls for them."""

from collections.abc import Mapping
from typing import Any

from rehearsal.entry import Call, Entry, props
from rehearsal.values import is_unknown


def _elsewhere(inputs: Mapping[str, Any]) -> str | None:
    """Refuse what RDS refuses: this resource lives in the region that the copies go to."""
    source, region = inputs["sourceDbInstanceArn"], inputs.get("region")
    if is_unknown(source) or is_unknown(region):
        return None
    if source.split(":")[3:4] == [region]:
        return f"region must be another than that of the source, got {region!r}"
    return None


def _days(inputs: Mapping[str, Any]) -> str | None:
    days = inputs.get("retentionPeriod")
    if days is None or is_unknown(days) or 1 <= int(days) <= 35:  # noqa: PLR2004
        return None
    return f"retentionPeriod must be from 1 to 35 days, got {days}"


REPLICATION = Entry(
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
    service="rds",
    emulated=False,
    inputs=props(
        required="sourceDbInstanceArn",
        replaces="kmsKeyId preSignedUrl retentionPeriod sourceDbInstanceArn",
        defaults={"retentionPeriod": 7},
        api={"retentionPeriod": "BackupRetentionPeriod", "sourceDbInstanceArn": "SourceDBInstanceArn"},
    ),
    checks=(_elsewhere, _days),
    create=Call("start_db_instance_automated_backups_replication"),
    id="arn:{partition}:rds:{region}:{account}:auto-backup:ab-{hash}",
    delete=(Call("stop_db_instance_automated_backups_replication", {"SourceDBInstanceArn": "{sourceDbInstanceArn}"}),),
)

ENTRIES = (REPLICATION,)
