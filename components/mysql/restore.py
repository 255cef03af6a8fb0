"""A database that starts with the data of another, and copies of its backups in another region."""

from typing import Any

import pulumi
import pulumi_aws as aws

from ..database.scope import Scope
from ..database.shapes import BackupCopy, RestoreSpec

ORIGIN = ("snapshotIdentifier", "restoreToPointInTime")
"""What counts when a database is created only. The provider would replace a living database for it, so the primary
ignores every later change of it."""

_OF_THE_DATA = ("allocated_storage", "db_name", "kms_key_id", "username")
"""What comes with the data: RDS does not take it, and the provider would replace the database when it differs. The
size is at least the source's, and what is said of it would be a shrink."""


def origin(restored: RestoreSpec | None, inputs: dict[str, Any]) -> dict[str, Any]:
    """Return the *inputs* of a new instance so that it starts with what is *restored*.

    The password stays: the provider sets it once the data is there.
    """
    if restored is None:
        return inputs
    rest = {name: value for name, value in inputs.items() if name not in _OF_THE_DATA}
    if "snapshot" in restored:
        return {**rest, "snapshot_identifier": restored["snapshot"]}
    time = restored.get("time")
    point = aws.rds.InstanceRestoreToPointInTimeArgs(
        source_db_instance_identifier=restored.get("source_identifier"),
        source_dbi_resource_id=restored.get("source_resource_id"),
        source_db_instance_automated_backups_arn=restored.get("automated_backups_arn"),
        restore_time=time,
        use_latest_restorable_time=True if time is None else None,
    )
    return {**rest, "restore_to_point_in_time": point}


def copied_backups(
    scope: Scope, primary: aws.rds.Instance, called: str, copy: BackupCopy | None
) -> aws.rds.InstanceAutomatedBackupsReplication | None:
    """Copy the backups of the *primary*, which is *called* so, to another region."""
    if copy is None:
        return None
    return aws.rds.InstanceAutomatedBackupsReplication(
        f"{scope.name}-{called}-backup-copy",
        region=copy["region"],
        source_db_instance_arn=primary.arn,
        kms_key_id=copy["kms_key_arn"],
        retention_period=copy.get("retention_days"),
        # RDS copies to one place at a time. What was copied before stays until it expires.
        opts=pulumi.ResourceOptions.merge(scope.child(), pulumi.ResourceOptions(delete_before_replace=True)),
    )
