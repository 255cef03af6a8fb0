"""Storage and its growth."""

from ..._args import check_range
from ..shapes import MySQLSpec
from .who import WHO

MOST_GIB = 65536  # botocore rds CreateDBInstance, AllocatedStorage: gp3


def storage(spec: MySQLSpec) -> tuple[int, int]:
    """Return the storage at the start and where its growth stops, in GiB."""
    start, ceiling = spec.get("storage_gib", 20), spec.get("max_storage_gib", 100)
    # The ceiling of storage autoscaling is at least 10% above the storage: RDS user guide, USER_PIOPS.Autoscaling.
    check_range(WHO.component, "database.storage_gib", start, 20, MOST_GIB * 10 // 11, "GiB")
    lowest = (start * 11 + 9) // 10
    if ceiling < lowest:
        raise WHO.refuse(
            "max_storage_gib", f"must be at least {lowest} GiB, 10% above storage_gib ({start}), got {ceiling}"
        )
    check_range(WHO.component, "database.max_storage_gib", ceiling, lowest, MOST_GIB, "GiB")
    return start, ceiling
