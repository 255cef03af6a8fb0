"""What can be said about an Aurora MySQL database itself."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NotRequired, TypedDict

from ...database.proxy import ProxySpec
from ...database.shapes import InsightsMode, RestoreSpec
from ...database.user_shapes import DatabaseUser
from .capacity import ElasticReaders, ReaderSpec, ServerlessSpec


class AuroraStorageType(StrEnum):
    """How storage is paid for; it grows by itself either way."""

    AURORA = "aurora"
    """Per GiB and per request."""
    AURORA_IOPT1 = "aurora-iopt1"
    """I/O-Optimized: more per GiB and per instance, nothing per request."""


class AuroraSpec(TypedDict):
    """The database itself, apart from the network that it lives in."""

    engine_version: NotRequired[str]
    """MySQL version, `8.4` or `8.0`, for the release that Aurora takes by default, or a release in full, such as `8.4.mysql_aurora.8.4.8` or `8.0.mysql_aurora.3.10.4` (3.10 has long-term support). As `8.4` RDS installs minor upgrades in the maintenance window; a full release stays there, and is needed with `restore_from.snapshot`. A later one is an upgrade with an outage, in the maintenance window unless `apply_immediately`. Another major version is refused unless `allow_major_upgrade_to` names it. Defaults to `8.4`; 8.0 is in standard support until April 2028."""  # noqa: E501

    allow_major_upgrade_to: NotRequired[str]
    """Major version, such as `8.4`, to which `engine_version` may take the database; it cannot be taken back. Needs `apply_immediately`, and interrupts the cluster for minutes to hours. The cluster gets a parameter group of the new family; the old group stays on AWS. May be taken out afterwards. Defaults to none."""  # noqa: E501

    instance_class: NotRequired[str]
    """Class of the first instance, such as `db.r7g.large`. A change restarts the instance (see `apply_immediately`): let a reader take over before. Defaults to `db.serverless` with `serverless`, else to `db.t4g.medium`."""  # noqa: E501

    database_name: NotRequired[str]
    """Database that the cluster starts with. Changing it would replace the database, so Pulumi refuses while it is protected: create further databases with SQL. Defaults to `app`."""  # noqa: E501

    username: NotRequired[str]
    """Master user, 1 to 16 letters, digits and underscores. Changing it would replace the database, so Pulumi refuses while it is protected. Defaults to `app_owner`."""  # noqa: E501

    port: NotRequired[int]
    """TCP port, 1150 to 65535. A change restarts all instances. Defaults to 3307: security auditors want another than MySQL's own (FSBP RDS.23)."""  # noqa: E501

    serverless: NotRequired[ServerlessSpec]
    """Capacity of instances of the class `db.serverless`. The writer is one of them unless `instance_class` says otherwise; mixed clusters are fine. Defaults to none."""  # noqa: E501

    reader_count: NotRequired[int]
    """Readers, 0 to 15, each as able to become the writer as any. The first should stand in another zone than the writer (FSBP RDS.15), which it does where the zones are known. Lowering it removes those with the highest numbers. Excludes `readers`. Defaults to 0."""  # noqa: E501

    reader_class: NotRequired[str]
    """Class of the readers. A change restarts them. Defaults to the class of the first instance."""

    readers: NotRequired[Sequence[ReaderSpec]]
    """Readers one by one, 15 at most. Excludes `reader_count`. Defaults to none."""

    elastic_readers: NotRequired[ElasticReaders]
    """Further readers that come and go with load and windows. Defaults to none."""

    storage_type: NotRequired[AuroraStorageType]
    """How storage is paid for; changed in place, to I/O-Optimized once in 30 days. Defaults to `aurora`."""

    backtrack_hours: NotRequired[int]
    """Hours by which the running cluster can be turned back, 0 to 72, without a restore; paid per change that is kept. RDS allows it only for clusters that are created with it, not in every region, and not together with a binary log. Defaults to 0 (none)."""  # noqa: E501

    backup_retention_days: NotRequired[int]
    """Days for which a point in time can be restored, 1 to 35: Aurora is never without backups. Defaults to 7."""

    backup_window: NotRequired[str]
    """Daily time of the backups in UTC, at least 30 minutes, such as `01:00-01:30`; apart from `maintenance_window`. Defaults to `02:00-03:00`."""  # noqa: E501

    maintenance_window: NotRequired[str]
    """Weekly time of upgrades and of pending changes in UTC, at least 30 minutes, for the cluster and its instances. Defaults to `sun:03:30-sun:04:30`."""  # noqa: E501

    apply_immediately: NotRequired[bool]
    """Whether a change that restarts an instance is carried out by the deployment. When false it waits for the maintenance window, and previews show it until then. Defaults to false."""  # noqa: E501

    iam_authentication: NotRequired[bool]
    """Whether database users may log in with IAM tokens instead of passwords; nobody does until one of `users` has `iam`. Defaults to true (FSBP RDS.12)."""  # noqa: E501

    users: NotRequired[Sequence[DatabaseUser]]
    """Users with fewer rights than the master, each with a secret of its own (`user_secret_arns`), made by a function that needs `function_subnet_ids`. Who is taken from the list is locked. Defaults to none."""  # noqa: E501

    rotation_days: NotRequired[int]
    """Days after which a function gives users and master new passwords, 1 to 1000, without cutting anybody off: open connections go on, and what was read from a secret stays good until the next rotation. 0 rotates no more and keeps the function, which knows the present passwords. Defaults to no rotation."""  # noqa: E501

    ca_certificates: NotRequired[str]
    """Certificates (PEM) of the authorities that sign the server's, for the function that makes users, which connects to nothing else. For regions that RDS opened after 2023, and AWS's partitions in China and for governments. Defaults to RDS's own of all others."""  # noqa: E501

    proxy: NotRequired[ProxySpec]
    """A proxy in front of writer and readers, to which both names then lead; `port` must be 3306, where proxies listen. Defaults to none."""  # noqa: E501

    private_domain: NotRequired[str]
    """Private domain in which the writer is `db` and the reader `db-ro`; one database per domain. Changing it replaces the zone and both names. Defaults to `<name>.internal`; required with `private_zone_id`, as the name of that zone."""  # noqa: E501

    parameters: NotRequired[Mapping[str, str]]
    """Further MySQL parameters by name, such as `max_connections`, for all instances; formulas of RDS are allowed. Static ones wait for the next restart. They override the defaults: utf8mb4, a slow query log from 2 seconds, an audit log of logins, rights and structure. TLS is always required. Defaults to none."""  # noqa: E501

    restore_from: NotRequired[RestoreSpec]
    """Snapshot or point in time that a new cluster starts with; `snapshot` may be the ARN of a snapshot of RDS for MySQL 8.0, which is the way to move. Without `into` it counts at creation only. Defaults to an empty database."""  # noqa: E501

    log_retention_days: NotRequired[int]
    """Days that audit, error and slow query logs are kept in CloudWatch Logs, one of the figures that it knows, such as 30, 90 or 365; 0 keeps them for ever. Defaults to 90."""  # noqa: E501

    monitoring_interval_seconds: NotRequired[int]
    """Seconds between figures of the operating system (enhanced monitoring): 1, 5, 10, 15, 30 or 60; 0 switches them off. Defaults to 60 (FSBP RDS.6)."""  # noqa: E501

    insights_mode: NotRequired[InsightsMode]
    """Mode of Database Insights, the successor of Performance Insights, whose console ended in July 2026. Standard keeps its 7 days at no cost. Defaults to `standard`."""  # noqa: E501

    insights_retention_days: NotRequired[int]
    """Days that Database Insights keeps: 7, a multiple of 31 up to 713, or 731; advanced at least 465. Defaults to 7, with advanced to 465."""  # noqa: E501
