"""What can be said about read replicas one by one."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi


class ReplicaElsewhere(TypedDict):
    """Another region, in which a replica lives: for readers there, or to go on with when the first region is lost.

    Its subnet group, security group and parameter group are made there. It is encrypted, with a key of that region,
    and is not in the reader name, which belongs to another network.
    """

    region: str
    """Region, such as `eu-west-1`. Changing it makes another replica; the old one is deleted."""

    vpc_id: pulumi.Input[str]
    """Network in that region."""

    subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of that network in at least two zones, without a route to the internet."""

    kms_key_arn: pulumi.Input[str]
    """Key in that region; RDS demands one for a replica of an encrypted database from elsewhere (API, CreateDBInstanceReadReplica). Changing it makes the replica anew."""  # noqa: E501

    allowed_security_group_ids: NotRequired[Sequence[pulumi.Input[str]]]
    """Security groups of that network that may connect, keyed by position. Defaults to none."""


class ReplicaSpec(TypedDict):
    """One read replica."""

    name: str
    """What it is known by: 1 to 16 lower-case letters, digits and single hyphens, with a letter first. Another name is another replica."""  # noqa: E501

    instance_class: NotRequired[str]
    """Class. A change restarts the replica (see `apply_immediately`). Defaults to `replica_class`."""

    availability_zone: NotRequired[str]
    """Zone, such as `eu-central-1b`. Changing it makes the replica anew: it is gone from the reader name until then. Defaults to one that RDS picks."""  # noqa: E501

    storage_gib: NotRequired[int]
    """Storage in GiB, at least the database's. RDS makes a replica with as much as its source has; what is more comes with a later deployment, six hours later at the earliest. Defaults to the database's `storage_gib`."""  # noqa: E501

    max_storage_gib: NotRequired[int]
    """Where its growth stops, in GiB; at least the database's, or it would be full before its source is. Defaults to the database's `max_storage_gib`."""  # noqa: E501

    promoted: NotRequired[bool]
    """Whether it follows no longer and is a database of its own, which can be written to: with backups, protected and kept like the primary, out of the reader name. RDS cannot turn it back into a replica, so false is refused afterwards. Not for a failover: `writers` is. Defaults to false."""  # noqa: E501

    elsewhere: NotRequired[ReplicaElsewhere]
    """Another region in which it lives. Defaults to the region and the network of the database."""
