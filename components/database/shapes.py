"""What databases of either engine can be told alike."""

from enum import StrEnum
from typing import NotRequired, TypedDict

import pulumi


class InsightsMode(StrEnum):
    """How much Database Insights shows, the successor of Performance Insights."""

    STANDARD = "standard"
    """Load by wait, statement, host and user."""
    ADVANCED = "advanced"
    """Also locks, execution plans and the whole fleet, for 15 months; billed per vCPU."""


class RestoreSpec(TypedDict):
    """What a new database starts with: a snapshot, or what another database held at some time.

    Exactly one of `snapshot`, `source_identifier`, `source_resource_id` and `automated_backups_arn` is given. It counts
    when the database is created and never again: changing or removing it later changes nothing, unless `into` changes.
    User and database come with the data, so `username` and `database_name` have to be those of the source, and so does
    the encryption key; the master password is a new one, in the new secret. docs/mysql-restore.md goes through it.
    """

    snapshot: NotRequired[pulumi.Input[str]]
    """Identifier of a snapshot, such as `shop-db-subnets-1a2b3c4-final`, or its ARN if it is shared by another account. Excludes the other sources and `time`."""  # noqa: E501

    source_identifier: NotRequired[pulumi.Input[str]]
    """Identifier of a database that is still there, in the same region. Excludes the other sources."""

    source_resource_id: NotRequired[pulumi.Input[str]]
    """Resource id (`db-...`, `cluster-...`) of a database, which may have been deleted since with its automated backups kept. Excludes the other sources."""  # noqa: E501

    automated_backups_arn: NotRequired[pulumi.Input[str]]
    """ARN of automated backups in this region, such as those that another region copies here (`backup_copy`). RDS has none for Aurora. Excludes the other sources."""  # noqa: E501

    time: NotRequired[str]
    """Point in time in UTC, such as `2026-11-23T14:02:00Z`. Defaults to the latest that can be restored, usually five minutes ago."""  # noqa: E501

    into: NotRequired[str]
    """Name of a new database beside the one that is there, such as `after-incident`: lower-case letters, digits and hyphens, 20 at most. Host names, secret and replicas then move to it. Pulumi refuses to drop the old primary until it is unprotected, and then leaves it on AWS. Stays in the configuration as long as that database lives. Defaults to the first database of this name."""  # noqa: E501


class BackupCopy(TypedDict):
    """Automated backups, snapshots and transaction logs, copied to another region as they arise."""

    region: str
    """Region that they are copied to, such as `eu-west-1`. Changing it starts anew there; what was copied stays until it expires."""  # noqa: E501

    kms_key_arn: pulumi.Input[str]
    """Key of that region which encrypts them. Changing it starts the copies anew."""

    retention_days: NotRequired[int]
    """Days that the copies are kept, 1 to 35. Changing it starts the copies anew. Defaults to `backup_retention_days`."""  # noqa: E501
