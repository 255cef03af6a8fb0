"""What can be said about an NFS server."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from .._args import InvalidArgs, check_range
from ..data_volume import VolumeSpec, check_volume
from ..machine.distributions import architecture

MOST_ZONES = 6
_LARGEST_ID = 4294967294  # the kernel reads 2^32 - 1 as "nobody in particular"
APACHE = 48


class NfsServerSpec(TypedDict):
    """What an NFS server is like."""

    instance_type: NotRequired[str]
    """EC2 instance type, built on Nitro. A change replaces the server; clients wait, for some minutes. Defaults to
    `t4g.small`."""

    volume: NotRequired[VolumeSpec]
    """The volume that holds the files. Defaults to 20 GiB of XFS with a daily snapshot. What was written since the last
    snapshot may be lost with a zone: `snapshot_interval_hours` says how much that is at most."""

    user_id: NotRequired[int]
    """Numeric user to whom the files belong and as whom every client reads and writes them. Defaults to 48, `apache` of
    Amazon Linux; `www-data` of Ubuntu is 33. Files that are there keep the owner that they have."""

    group_id: NotRequired[int]
    """Numeric group to which the files belong. Defaults to the value of `user_id`."""

    failover_minutes: NotRequired[int]
    """Minutes without a server after which one in another zone takes over, 5 to 1440, counted from when that one is
    there. Defaults to 10. The server in another zone starts five minutes after the last sign of life; snapshot and new
    volume come on top."""


def check_nfs_server(component: str, field: str, spec: NfsServerSpec) -> None:
    """Raise :class:`InvalidArgs` for what cannot be served."""
    check_volume(component, spec.get("volume", VolumeSpec()), f"{field}.volume")
    if "instance_type" in spec:
        architecture(component, spec["instance_type"], f"{field}.instance_type")
    user = spec.get("user_id", APACHE)
    check_range(component, f"{field}.user_id", user, 1, _LARGEST_ID)
    check_range(component, f"{field}.group_id", spec.get("group_id", user), 1, _LARGEST_ID)
    check_range(component, f"{field}.failover_minutes", spec.get("failover_minutes", 10), 5, 1440, "minutes")


def check_places(component: str, subnets: Sequence[object], zones: Sequence[object]) -> None:
    """Raise :class:`InvalidArgs` unless there is one subnet for each of the zones."""
    if not 1 <= len(subnets) <= MOST_ZONES:
        raise InvalidArgs(f"{component}: subnet_ids must be 1 to {MOST_ZONES}, one per zone, got {len(subnets)}")
    if len(zones) != len(subnets):
        raise InvalidArgs(
            f"{component}: availability_zones must be those of subnet_ids ({len(subnets)}), got {len(zones)}"
        )
