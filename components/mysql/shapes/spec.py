"""What a MySQL database can be told about itself."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

from ...database.proxy import ProxySpec
from ...database.shapes import BackupCopy, InsightsMode, RestoreSpec
from ...database.user_shapes import DatabaseUser
from .elastic import ElasticReplicas
from .replicas import ReplicaSpec
from .storage import DatabaseStorageType


class MySQLSpec(TypedDict):
    """The database itself, apart from the network that it lives in."""

    engine_version: NotRequired[str]
    """MySQL version, 8.4 or later. As `8.4` RDS installs minor upgrades in the maintenance window of every instance; with a patch number (`8.4.6`) it stays there. Another number upgrades first the replicas, a third of them at a time and during the deployment, because RDS refuses the other order; then the primary, in its maintenance window unless `apply_immediately`, and until then replicas run the newer version. Another major version is refused unless `allow_major_upgrade_to` names it, and so is an older version. Defaults to `8.4`, in standard support until July 2029."""  # noqa: E501

    allow_major_upgrade_to: NotRequired[str]
    """Major version, such as `9.7`, to which `engine_version` may take the database, replicas first; it cannot be taken back. Needs `apply_immediately`, and interrupts the primary for minutes to hours. The instances get a parameter group of the new family and are restarted for it; the old group stays until nobody has it. May be taken out afterwards. Defaults to none."""  # noqa: E501

    blue_green_updates: NotRequired[bool]
    """Whether changes that interrupt are made to a copy, which takes the place of the primary when it has caught up: about a minute of interruption (RDS blue/green deployment). It happens during the deployment, whatever `apply_immediately` says. The old instance is deleted afterwards with its automated backups, so that points in time before the switch cannot be restored. Impossible with replicas of any kind and with `event_scheduler` on. Defaults to false."""  # noqa: E501

    instance_class: NotRequired[str]
    """Class of the primary, such as `db.r7g.large`. The micro and small burstable classes have no Database Insights. A change restarts the primary (see `apply_immediately`). Defaults to `db.t4g.medium`."""  # noqa: E501

    database_name: NotRequired[str]
    """Database that the instance starts with. Changing it would replace the database, so Pulumi refuses while it is protected: create further databases with SQL. Defaults to `app`."""  # noqa: E501

    username: NotRequired[str]
    """Master user, 1 to 16 letters, digits and underscores. Changing it would replace the database, so Pulumi refuses while it is protected. Defaults to `app_owner`."""  # noqa: E501

    port: NotRequired[int]
    """TCP port, 1150 to 65535. A change restarts all instances. Defaults to 3307: security auditors want another than MySQL's own (FSBP RDS.23)."""  # noqa: E501

    storage_gib: NotRequired[int]
    """Encrypted storage at the start, in GiB, 20 (io2: 100) to 59578. It grows by itself and never shrinks: a value below what is there is ignored, a larger one grows primary and replicas (RDS wants steps of 10%, six hours apart). From 400 GiB RDS stripes gp3: 12000 instead of 3000 I/O operations per second, 500 instead of 125 MiB/s. Defaults to 20."""  # noqa: E501

    max_storage_gib: NotRequired[int]
    """Where growth stops, on the primary and on each replica, in GiB; at least 10% above `storage_gib`, as RDS demands. RDS refuses a value below what is there. Defaults to 100."""  # noqa: E501

    storage_type: NotRequired[DatabaseStorageType]
    """Kind of storage: `gp3`, or `io2` for latencies below a millisecond. A change is carried out while the database runs, and may take a day in which it can be changed no further. Defaults to `gp3`."""  # noqa: E501

    iops: NotRequired[int]
    """I/O operations per second. For gp3 of 400 GiB and more 12000 to 64000; below that it must be left out. Required for io2: 1000 to 256000, at most 1000 per GiB of `storage_gib` and at least one per 2 GiB of `max_storage_gib`. Taking it out later leaves it as it was. Defaults to what RDS gives (RDS user guide, CHAP_Storage)."""  # noqa: E501

    storage_throughput_mibps: NotRequired[int]
    """Throughput of gp3 of 400 GiB and more in MiB/s, 500 to 4000: at most a quarter of `iops`, and at least 1/64 of them above 32000. Taking it out later leaves it as it was. Defaults to what RDS gives."""  # noqa: E501

    multi_az: NotRequired[bool]
    """Keep a standby of the primary in another zone, to which RDS fails over within minutes; it serves no reads. Defaults to false."""  # noqa: E501

    replica_count: NotRequired[int]
    """Read replicas that are all alike, known by their numbers; 0 to 15 together with `replicas` and elastic ones. Lowering it removes those with the highest numbers. Defaults to 0."""  # noqa: E501

    replicas: NotRequired[Sequence[ReplicaSpec]]
    """Read replicas one by one, known by their names, beside those of `replica_count`. Taking one out removes it. Defaults to none."""  # noqa: E501

    elastic_replicas: NotRequired[ElasticReplicas]
    """Read replicas that come and go by themselves beside the declared ones, by load and at certain hours. Taking it out removes them. Defaults to none."""  # noqa: E501

    writers: NotRequired[Sequence[str]]
    """Replicas that became the writer, by number or name, in the order in which they did; the last one is written to now. It is promoted and then as safe as the primary; both names, the secret and the outputs follow it, and the other replicas are made anew from it before the old ones go. Earlier writers, the primary among them, are kept as they are. docs/mysql-failover.md goes through it. Defaults to none: the primary is."""  # noqa: E501

    gone_writers: NotRequired[Sequence[str]]
    """Earlier writers that are not there any more: `primary`, or one of `writers`. Pulumi lets go of them, which it refuses for as long as they are protected and known to be there. Defaults to none."""  # noqa: E501

    replica_class: NotRequired[str]
    """Class of the replicas. A change restarts them. Defaults to the primary's class."""

    max_replica_lag_seconds: NotRequired[int]
    """Seconds, 1 to 86400, that a replica may be behind the primary. One that lags more, does not replicate or says nothing leaves the reader's name within minutes, and is back when it has been well for five; when no replica is left the name leads to the primary. Defaults to 60."""  # noqa: E501

    backup_retention_days: NotRequired[int]
    """Days for which a point in time can be restored, 0 to 35; 0 switches backups off, which RDS refuses while there are replicas. Defaults to 7."""  # noqa: E501

    backups_by_aws_backup: NotRequired[bool]
    """Whether a plan of AWS Backup takes continuous backups of the primary. It then sets retention and window itself, and RDS allows nobody else to; so `backup_retention_days` and `backup_window` count when the database is created and are left alone afterwards. Defaults to false."""  # noqa: E501

    backup_copy: NotRequired[BackupCopy]
    """Copy automated backups to another region. Taking it out stops the copying; what was copied stays until it expires. Defaults to no copies."""  # noqa: E501

    restore_from: NotRequired[RestoreSpec]
    """Snapshot or point in time that a new database starts with. Without `into` it counts at creation only. Defaults to an empty database."""  # noqa: E501

    backup_window: NotRequired[str]
    """Daily time of the backups in UTC, at least 30 minutes, such as `01:00-01:30`; apart from `maintenance_window`. Defaults to `02:00-03:00`."""  # noqa: E501

    maintenance_window: NotRequired[str]
    """Weekly time of upgrades and of pending changes in UTC, at least 30 minutes, for primary and replicas. Defaults to `sun:03:30-sun:04:30`."""  # noqa: E501

    apply_immediately: NotRequired[bool]
    """Whether a change that restarts an instance is carried out by the deployment. When false it waits for the maintenance window, and previews show it until then. Defaults to false."""  # noqa: E501

    iam_authentication: NotRequired[bool]
    """Whether database users may log in with IAM tokens instead of passwords; nobody does until one of `users` has `iam`. Defaults to true (FSBP RDS.10)."""  # noqa: E501

    users: NotRequired[Sequence[DatabaseUser]]
    """Users with fewer rights than the master, each with a secret of its own (`user_secret_arns`), made by a function that needs `function_subnet_ids`. Who is taken from the list is locked. Defaults to none."""  # noqa: E501

    rotation_days: NotRequired[int]
    """Days after which a function gives users and master new passwords, 1 to 1000, without cutting anybody off: open connections go on, and what was read from a secret stays good until the next rotation. 0 rotates no more and keeps the function, which knows the present passwords. Defaults to no rotation."""  # noqa: E501

    ca_certificates: NotRequired[str]
    """Certificates (PEM) of the authorities that sign the server's, for the function that makes users, which connects to nothing else. For regions that RDS opened after 2023, and AWS's partitions in China and for governments. Defaults to RDS's own of all others."""  # noqa: E501

    private_domain: NotRequired[str]
    """Private domain in which the writer is `db` and the reader `db-ro`; one database per domain. Changing it replaces the zone and both names. Defaults to `<name>.internal`; required with `private_zone_id`, as the name of that zone."""  # noqa: E501

    proxy: NotRequired[ProxySpec]
    """A proxy in front of the writer, to which the writer's name then leads; `port` must be 3306, where proxies listen. The reader's name keeps leading to the replicas: RDS has proxies for writers only, and for readers only with Aurora. Defaults to none."""  # noqa: E501

    parameters: NotRequired[Mapping[str, str]]
    """Further MySQL parameters by name, such as `max_connections`; formulas of RDS are allowed. Static ones wait for the next restart. They override the defaults: utf8mb4, a slow query log from 2 seconds. TLS is always required. Defaults to none."""  # noqa: E501

    log_retention_days: NotRequired[int]
    """Days that error and slow query logs are kept in CloudWatch Logs, one of the figures that it knows, such as 30, 90 or 365; 0 keeps them for ever. Defaults to 90."""  # noqa: E501

    monitoring_interval_seconds: NotRequired[int]
    """Seconds between figures of the operating system (enhanced monitoring): 1, 5, 10, 15, 30 or 60; 0 switches them off. Defaults to 60 (FSBP RDS.6)."""  # noqa: E501

    insights_mode: NotRequired[InsightsMode]
    """Mode of Database Insights, the successor of Performance Insights, whose console ended in July 2026. Standard keeps its 7 days at no cost. Micro and small burstable classes have none. Defaults to `standard`."""  # noqa: E501

    insights_retention_days: NotRequired[int]
    """Days that Database Insights keeps: 7, a multiple of 31 up to 713, or 731; advanced at least 465. Defaults to 7, with advanced to 465."""  # noqa: E501
