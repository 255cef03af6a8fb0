"""What a MySQL database can be told about itself."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict


class MySQLSpec(TypedDict):
    """The database itself, apart from the network that it lives in."""

    engine_version: NotRequired[str]
    """MySQL version, 8.4 or later. As `8.4` RDS installs minor upgrades in the maintenance window; with a patch number (`8.4.6`) it stays there. Another major version is refused by RDS: it is never upgraded by accident. Defaults to `8.4`, in standard support until July 2029."""  # noqa: E501

    instance_class: NotRequired[str]
    """Class of the primary, such as `db.r7g.large`. The micro and small burstable classes have no Database Insights. A change restarts the primary (see `apply_immediately`). Defaults to `db.t4g.medium`."""  # noqa: E501

    database_name: NotRequired[str]
    """Database that the instance starts with. Changing it would replace the database, so Pulumi refuses while it is protected: create further databases with SQL. Defaults to `app`."""  # noqa: E501

    username: NotRequired[str]
    """Master user, 1 to 16 letters, digits and underscores. Changing it would replace the database, so Pulumi refuses while it is protected. Defaults to `app_owner`."""  # noqa: E501

    port: NotRequired[int]
    """TCP port, 1150 to 65535. A change restarts all instances. Defaults to 3307: security auditors want another than MySQL's own (FSBP RDS.23)."""  # noqa: E501

    storage_gib: NotRequired[int]
    """Encrypted gp3 storage at the start, in GiB, 20 to 59578. It grows by itself and never shrinks: a value below what is there is ignored, a larger one grows primary and replicas (RDS wants steps of 10%). From 400 GiB RDS stripes it: 12000 instead of 3000 I/O operations per second. Defaults to 20."""  # noqa: E501

    max_storage_gib: NotRequired[int]
    """Where growth stops, on the primary and on each replica, in GiB; at least 10% above `storage_gib`, as RDS demands. Defaults to 100."""  # noqa: E501

    multi_az: NotRequired[bool]
    """Keep a standby of the primary in another zone, to which RDS fails over within minutes; it serves no reads. Defaults to false."""  # noqa: E501

    replica_count: NotRequired[int]
    """Read replicas, 0 to 15. Lowering it removes those with the highest numbers. Defaults to 0."""

    replica_class: NotRequired[str]
    """Class of the replicas. A change restarts them. Defaults to the primary's class."""

    backup_retention_days: NotRequired[int]
    """Days for which a point in time can be restored, 0 to 35; 0 switches backups off, which RDS refuses while there are replicas. Defaults to 7."""  # noqa: E501

    backup_window: NotRequired[str]
    """Daily time of the backups in UTC, at least 30 minutes, such as `01:00-01:30`; apart from `maintenance_window`. Defaults to `02:00-03:00`."""  # noqa: E501

    maintenance_window: NotRequired[str]
    """Weekly time of upgrades and of pending changes in UTC, at least 30 minutes, for primary and replicas. Defaults to `sun:03:30-sun:04:30`."""  # noqa: E501

    apply_immediately: NotRequired[bool]
    """Whether a change that restarts an instance is carried out by the deployment. When false it waits for the maintenance window, and previews show it until then. Defaults to false."""  # noqa: E501

    iam_authentication: NotRequired[bool]
    """Whether database users may log in with IAM tokens instead of passwords; nobody does until such a user is created with SQL. Defaults to true (FSBP RDS.10)."""  # noqa: E501

    private_domain: NotRequired[str]
    """Private domain in which the writer is `db` and the reader `db-ro`; one database per domain. Changing it replaces the zone and both names. Defaults to `<name>.internal`; required with `private_zone_id`, as the name of that zone."""  # noqa: E501

    parameters: NotRequired[Mapping[str, str]]
    """Further MySQL parameters by name, such as `max_connections`; formulas of RDS are allowed. Static ones wait for the next restart. They override the defaults: utf8mb4, a slow query log from 2 seconds. TLS is always required. Defaults to none."""  # noqa: E501
