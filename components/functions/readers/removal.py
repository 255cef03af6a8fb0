"""Deletes what autoscaling added to a cluster: all of it, and nothing else."""

from collections.abc import Callable
from typing import Any, cast

from botocore.exceptions import ClientError

PREFIX = "application-autoscaling-"
"""How instances are called that Application Auto Scaling makes (Aurora user guide, Aurora.Integrating.AutoScaling)."""

PAUSE_SECONDS = 15

# A reader that is just coming, or being changed, cannot be deleted yet; RDS may be busy.
_LATER = {"InvalidDBInstanceState", "Throttling", "ThrottlingException", "RequestLimitExceeded", "InternalFailure"}
_GONE = {"DBInstanceNotFound", "DBInstanceNotFoundFault"}


class UnfinishedError(RuntimeError):
    """Readers are left: the next try goes on."""


def remove(
    rds: Any,  # noqa: ANN401  clients of boto3 have no types
    cluster: str,
    seconds: float,
    clock: Callable[[], float],
    pause: Callable[[float], object],
) -> list[str]:
    """Delete the added readers of *cluster* within *seconds*; return their names once all are being deleted.

    That is enough for RDS, which deletes a cluster whose instances are being deleted. It looks twice: a reader that
    autoscaling had asked for when it was told to stop turns up a moment later.
    """
    until, deleted, quiet = clock() + seconds, set[str](), 0
    while True:
        left = _members(rds, cluster)
        if left is not None:
            for name in left:
                if _delete(rds, name):
                    deleted.add(name)
            quiet = 0 if left else quiet + 1
        if quiet > 1:
            return sorted(deleted)
        if clock() + PAUSE_SECONDS > until:
            names = ", ".join(left) if left else "perhaps some"
            raise UnfinishedError(f"readers that autoscaling added to {cluster} are left: {names}; destroy once more")
        pause(PAUSE_SECONDS)


def _members(rds: Any, cluster: str) -> list[str] | None:  # noqa: ANN401
    """Return the added readers that are not being deleted; None when RDS does not say."""
    found = list[dict[str, Any]]()
    try:
        for page in rds.get_paginator("describe_db_instances").paginate(
            Filters=[{"Name": "db-cluster-id", "Values": [cluster]}]
        ):
            found += page["DBInstances"]
    except ClientError as error:
        code = str(cast("Any", error.response)["Error"]["Code"])
        if code == "DBClusterNotFoundFault":
            return []
        if code in _LATER:
            return None
        raise
    return sorted(
        instance["DBInstanceIdentifier"]
        for instance in found
        if instance["DBInstanceIdentifier"].startswith(PREFIX) and instance["DBInstanceStatus"] != "deleting"
    )


def _delete(rds: Any, name: str) -> bool:  # noqa: ANN401
    """Whether the deletion of *name* has begun."""
    try:
        # Without a word about a snapshot: the data is the cluster's (as the provider does it).
        rds.delete_db_instance(DBInstanceIdentifier=name)
    except ClientError as error:
        code = str(cast("Any", error.response)["Error"]["Code"])
        if code not in _LATER | _GONE:
            raise
        return False
    return True
