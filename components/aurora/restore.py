"""A cluster that starts with the data of another, or of RDS for MySQL."""

from typing import Any

import pulumi_aws as aws

from ..database.shapes import RestoreSpec

ORIGIN = ("snapshotIdentifier", "restoreToPointInTime")
"""What counts when a cluster is created only. The provider would replace a living one for it."""

_OF_THE_DATA = ("database_name", "kms_key_id", "master_username")
"""What comes with the data. The provider would replace the cluster when it differs."""


def origin(restored: RestoreSpec | None, inputs: dict[str, Any]) -> dict[str, Any]:
    """Return the *inputs* of a new cluster so that it starts with what is *restored*.

    The password stays: the provider sets it once the data is there.
    """
    if restored is None:
        return inputs
    rest = {name: value for name, value in inputs.items() if name not in _OF_THE_DATA}
    if "snapshot" in restored:
        # An unencrypted snapshot is encrypted with the key, which has to be named then (provider, storage_encrypted).
        key = inputs.get("kms_key_id")
        return {**rest, "kms_key_id": key, "snapshot_identifier": restored["snapshot"]}
    time = restored.get("time")
    point = aws.rds.ClusterRestoreToPointInTimeArgs(
        source_cluster_identifier=restored.get("source_identifier"),
        source_cluster_resource_id=restored.get("source_resource_id"),
        restore_to_time=time,
        use_latest_restorable_time=True if time is None else None,
    )
    # RestoreDBClusterToPointInTime takes no version: it is the source's, and what is said has to be the same.
    return {**rest, "restore_to_point_in_time": point}
