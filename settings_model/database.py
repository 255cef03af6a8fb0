"""The MySQL database."""

from typing import Annotated, Literal

from pydantic import Field

from .base import DomainName, Model, Text
from .elastic_replicas import ElasticReplicas


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


class ReplicaElsewhere(Model):
    """Another region, in which a replica lives."""

    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$")]
    """Region, such as eu-west-1."""
    vpc_id: Text
    """Network in that region."""
    subnet_ids: Annotated[list[Text], Field(min_length=2)]
    """Its subnets, in at least two zones and without a route to the internet."""
    kms_key_arn: Text
    """Key of that region."""
    allowed_security_group_ids: list[Text] = []
    """Security groups of that network that may connect."""


class Replica(Model):
    """One read replica."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=16)]
    """What it is known by; another name is another replica."""
    instance_class: Annotated[str, Field(pattern=r"^db\.[a-z0-9-]+\.[a-z0-9-]+$")] | None = None
    """Instance class; replica_class when left out."""
    availability_zone: Text | None = None
    """Zone; another one makes the replica anew."""
    storage_gib: Annotated[int, Field(ge=20, le=59578)] | None = None
    """Storage; the database's when left out."""
    max_storage_gib: Annotated[int, Field(ge=20, le=65536)] | None = None
    """Storage at which growth stops; the database's when left out."""
    promoted: bool = False
    """Make it a database of its own, for good."""
    elsewhere: ReplicaElsewhere | None = None
    """Another region in which it lives."""


class DatabaseUser(Model):
    """A user of the database with a secret of its own."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,25}$")]
    """Its name; rotation alternates with <name>_clone."""
    access: Literal["read_only", "read_write", "migrations"] | None = None
    """What it may do; read_write when neither access nor privileges is given."""
    privileges: list[Text] | None = None
    """Privileges of MySQL one by one, instead of access."""
    databases: list[Text] | None = None
    """Databases that it may use; database_name when left out."""
    iam: bool = False
    """Log in with tokens of IAM instead of a password."""


class Proxy(Model):
    """A proxy in front of the writer."""

    idle_timeout_seconds: Annotated[int, Field(ge=1, le=28800)] = 1800
    """Seconds after which a client that says nothing is disconnected."""
    max_connections_percent: Annotated[int, Field(ge=1, le=100)] = 90
    """Share of the database's connections that the proxy may open."""
    max_idle_connections_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    """Share of them that it keeps open though nobody uses them; half of the former when left out."""
    borrow_timeout_seconds: Annotated[int, Field(ge=0, le=300)] = 30
    """Seconds for which a client waits for a connection."""


class Database(Model):
    """The MySQL database."""

    engine_version: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+(\.[0-9]+)?$")] = "8.4"
    """MySQL version; without the patch number RDS keeps it up to date."""
    allow_major_upgrade_to: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+$")] | None = None
    """Major version, such as 9.7, to which engine_version may take the database."""
    blue_green_updates: bool = False
    """Make changes that interrupt to a copy that takes the place of the primary; not with replicas."""
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
    replicas: list[Replica] = []
    """Read replicas one by one, beside those of replica_count."""
    elastic_replicas: ElasticReplicas | None = None
    """Read replicas that come and go by themselves."""
    writers: list[Text] = []
    """Replicas that became the writer, by number or name; the last one is written to now."""
    gone_writers: list[Text] = []
    """Earlier writers that are not there any more: primary, or one of writers."""
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
    users: list[DatabaseUser] = []
    """Users with fewer rights than the master, each with its own secret."""
    rotation_days: Annotated[int, Field(ge=0, le=1000)] | None = None
    """Days after which users and master get new passwords; 0 keeps the function only, none when left out."""
    ca_certificates: Text | None = None
    """Certificates (PEM) of the authorities that sign the server's, for regions whose are not shipped."""
    private_domain: DomainName | None = None
    """Private zone in which the writer (db) and the reader (db-ro) have their names."""
    proxy: Proxy | None = None
    """A proxy in front of the writer; needs port 3306."""
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
