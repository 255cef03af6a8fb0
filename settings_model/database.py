"""The MySQL database."""

from typing import Annotated, Literal

from pydantic import Field

from .base import DomainName, Model, Text


class Restore(Model):
    """What a new database starts with: exactly one source."""

    snapshot: Text | None = None
    """Snapshot, by its identifier or ARN."""
    source_identifier: Text | None = None
    """Database that is still there."""
    source_resource_id: Text | None = None
    """Database that may be gone, by its resource id."""
    automated_backups_arn: Text | None = None
    """Automated backups in this region, such as copied ones."""
    time: Text | None = None
    """Point in time in UTC, such as 2026-11-23T14:02:00Z; the latest when left out."""
    into: Text | None = None
    """Name of a new database beside the one that is there."""


class BackupCopy(Model):
    """Automated backups in another region."""

    region: Text
    """Region that they are copied to."""
    kms_key_arn: Text
    """Key of that region which encrypts them."""
    retention_days: Annotated[int, Field(ge=1, le=35)] | None = None
    """Days that the copies are kept; backup_retention_days when left out."""


class Database(Model):
    """The MySQL database."""

    engine_version: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+(\.[0-9]+)?$")] = "8.4"
    """MySQL version; without the patch number RDS keeps it up to date."""
    instance_class: Annotated[str, Field(pattern=r"^db\.[a-z0-9-]+\.[a-z0-9-]+$")] = "db.t4g.medium"
    """Instance class of the primary."""
    database_name: Text = "app"
    """Database that is created. Changing it would replace the primary, which is refused."""
    username: Text = "app_owner"
    """Master user. Changing it would replace the primary, which is refused."""
    port: Annotated[int, Field(ge=1150, le=65535)] = 3307
    """TCP port."""
    storage_gib: Annotated[int, Field(ge=20, le=59578)] = 20
    """Storage at the start; it grows by itself up to max_storage_gib."""
    max_storage_gib: Annotated[int, Field(ge=20, le=65536)] = 100
    """Storage at which growth stops."""
    storage_type: Literal["gp3", "io2"] = "gp3"
    """Kind of storage."""
    iops: Annotated[int, Field(ge=1000, le=256000)] | None = None
    """I/O operations per second; gp3 takes them from 400 GiB, io2 needs them."""
    storage_throughput_mibps: Annotated[int, Field(ge=500, le=4000)] | None = None
    """Throughput of gp3 from 400 GiB."""
    multi_az: bool = False
    """Keep a standby in another zone."""
    replica_count: Annotated[int, Field(ge=0, le=15)] = 0
    """Read replicas."""
    replica_class: Annotated[str, Field(pattern=r"^db\.[a-z0-9-]+\.[a-z0-9-]+$")] | None = None
    """Instance class of the replicas; the primary's when left out."""
    max_replica_lag_seconds: Annotated[int, Field(ge=1, le=86400)] = 60
    """Seconds behind the primary above which a replica leaves the reader's name."""
    backup_retention_days: Annotated[int, Field(ge=0, le=35)] = 7
    """Days that automated backups are kept."""
    backups_by_aws_backup: bool = False
    """Leave retention and window to a plan of AWS Backup."""
    backup_copy: BackupCopy | None = None
    """Copy automated backups to another region."""
    restore_from: Restore | None = None
    """Snapshot or point in time that a new database starts with."""
    backup_window: Text | None = None
    """Daily backup time in UTC, such as 02:00-03:00."""
    maintenance_window: Text | None = None
    """Weekly maintenance time in UTC, such as sun:03:30-sun:04:30."""
    apply_immediately: bool = False
    """Carry out changes that restart the database at once instead of in the maintenance window."""
    iam_authentication: bool = True
    """Let database users log in with IAM tokens."""
    private_domain: DomainName | None = None
    """Private zone in which the writer (db) and the reader (db-ro) have their names."""
    parameters: dict[str, str] = {}
    """More MySQL parameters, such as max_connections."""
    log_retention_days: Annotated[int, Field(ge=0)] = 90
    """Days that error and slow query logs are kept; 0 keeps them for ever."""
    monitoring_interval_seconds: Literal[0, 1, 5, 10, 15, 30, 60] = 60
    """Seconds between figures of the operating system; 0 switches them off."""
    insights_mode: Literal["standard", "advanced"] = "standard"
    """Mode of Database Insights."""
    insights_retention_days: Annotated[int, Field(ge=7, le=731)] | None = None
    """Days that Database Insights keeps; 7, with advanced 465 when left out."""
