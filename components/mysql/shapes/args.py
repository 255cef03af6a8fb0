"""What a MySQL database has to know of its surroundings."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from ...database.alarms.shapes import DatabaseAlarms
from .spec import MySQLSpec


class MySQLArgs(TypedDict):
    """What a MySQL database needs to know."""

    vpc_id: pulumi.Input[str]
    """Network that it lives in, with DNS support and DNS host names switched on."""

    subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets in at least two zones, without a route to the internet."""

    allowed_security_group_ids: NotRequired[Sequence[pulumi.Input[str]]]
    """Security groups that may connect. Their rules are keyed by position: add groups at the end and remove them from the end, because AWS refuses two equal rules while others move up. Machines with a connection to the database bring their own rule. Defaults to none."""  # noqa: E501

    database: NotRequired[MySQLSpec]
    """The database itself. Defaults to a small one without replicas."""

    alarms: NotRequired[DatabaseAlarms]
    """When somebody is told that the database is not well, and who. Defaults to all alarms, to a new topic."""

    function_subnet_ids: NotRequired[Sequence[pulumi.Input[str]]]
    """Subnets of functions that speak SQL with the database, with a way to AWS's APIs (Secrets Manager): through NAT or interface endpoints. Needed with `users` and with `rotation_days`. Defaults to none."""  # noqa: E501

    private_zone_id: NotRequired[pulumi.Input[str]]
    """Private hosted zone for the names, associated with the network. Defaults to a zone of its own. Changing it moves both names."""  # noqa: E501

    kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key for storage, snapshots and Database Insights. Changing it would replace the database, so Pulumi refuses while it is protected. Defaults to the account's own key for RDS. The secret keeps the key of Secrets Manager, so that its readers need no right to this one."""  # noqa: E501

    disposable: NotRequired[bool]
    """Whether a deployment may delete the database with all data, its backups and its secret. Defaults to false: protected, kept when removed from the program, with a final snapshot."""  # noqa: E501

    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything that belongs to the database. Defaults to none."""
