"""The MySQL database on Aurora."""

from typing import Annotated, Literal

from pydantic import Field

from .base import DomainName, Model, Text
from .database import DatabaseUser, Proxy, Restore
from .fleet import Window

_Class = Annotated[str, Field(pattern=r"^db\.([a-z0-9-]+\.[a-z0-9-]+|serverless)$")]
_Version = Annotated[
    str, Field(pattern=r"^(8\.0(\.mysql_aurora\.3\.[0-9]{2}\.[0-9]+)?|8\.4(\.mysql_aurora\.8\.4\.[0-9]+)?)$")
]


class Reader(Model):
    """One reader."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=16)]
    """What it is called; another name is another reader."""
    instance_class: _Class | None = None
    """Its class; reader_class when left out."""
    availability_zone: Text | None = None
    """Zone that it stands in; any when left out."""
    promotion_tier: Annotated[int, Field(ge=0, le=15)] | None = None
    """Rank among those that may become the writer, 0 first."""


class Serverless(Model):
    """Capacity of instances that scale by themselves."""

    min_acu: Annotated[float, Field(ge=0, le=256, multiple_of=0.5)]
    """Least capacity units; 0 pauses when nobody is connected."""
    max_acu: Annotated[float, Field(ge=1, le=256, multiple_of=0.5)]
    """Most capacity units."""
    pause_seconds: Annotated[int, Field(ge=300, le=86400)] | None = None
    """Seconds without a connection until a pause, with min_acu 0; 300 when left out."""


class ElasticReaders(Model):
    """Readers that come and go with load and windows, beside the declared ones."""

    max_size: Annotated[int, Field(ge=1, le=15)]
    """Most elastic readers."""
    min_size: Annotated[int, Field(ge=0, le=15)] | None = None
    """Elastic readers that there always are; none when left out, or one if there are no others."""
    cpu_percent: Annotated[int, Field(ge=10, le=90)] | None = None
    """Average processor use of the readers; 60 when there is no other target."""
    connections: Annotated[int, Field(ge=1, le=16000)] | None = None
    """Average connections per reader; not used when left out."""
    scale_out_cooldown_minutes: Annotated[int, Field(ge=1, le=1440)] = 5
    """Minutes after readers came before more may."""
    scale_in_cooldown_minutes: Annotated[int, Field(ge=1, le=1440)] = 30
    """Minutes after a reader went before the next may."""
    windows: list[Window] = []
    """Times with a higher floor or a lower maximum of elastic readers."""


class Aurora(Model):
    """The MySQL database on Aurora."""

    engine_version: _Version = "8.4"
    """8.4 or 8.0, which RDS keeps up to date, or a release in full, such as 8.4.mysql_aurora.8.4.8."""
    allow_major_upgrade_to: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+$")] | None = None
    """Major version to which engine_version may take the database; none when left out."""
    instance_class: _Class | None = None
    """Class of the first instance; db.serverless with serverless, else db.t4g.medium."""
    database_name: Text = "app"
    """Database that is created. Changing it would replace the cluster, which is refused."""
    username: Text = "app_owner"
    """Master user. Changing it would replace the cluster, which is refused."""
    port: Annotated[int, Field(ge=1150, le=65535)] = 3307
    """TCP port."""
    serverless: Serverless | None = None
    """Capacity of instances that scale by themselves; none when left out."""
    reader_count: Annotated[int, Field(ge=0, le=15)] | None = None
    """Readers; none when left out."""
    reader_class: _Class | None = None
    """Class of the readers; that of the first instance when left out."""
    readers: Annotated[list[Reader], Field(max_length=15)] | None = None
    """Readers one by one, instead of reader_count."""
    elastic_readers: ElasticReaders | None = None
    """Readers that come and go; none when left out."""
    storage_type: Literal["aurora", "aurora-iopt1"] = "aurora"
    """How storage is paid for."""
    backtrack_hours: Annotated[int, Field(ge=0, le=72)] = 0
    """Hours by which the running cluster can be turned back; only for clusters created with it."""
    backup_retention_days: Annotated[int, Field(ge=1, le=35)] = 7
    """Days that automated backups are kept."""
    backup_window: Text | None = None
    """Daily backup time in UTC, such as 02:00-03:00."""
    maintenance_window: Text | None = None
    """Weekly maintenance time in UTC, such as sun:03:30-sun:04:30."""
    apply_immediately: bool = False
    """Carry out changes that restart the database at once instead of in the maintenance window."""
    iam_authentication: bool = True
    """Let database users log in with IAM tokens."""
    proxy: Proxy | None = None
    """A proxy in front of writer and readers; needs port 3306."""
    users: list[DatabaseUser] = []
    """Users with fewer rights than the master, each with its own secret."""
    rotation_days: Annotated[int, Field(ge=0, le=1000)] | None = None
    """Days after which users and master get new passwords; 0 keeps the function without it, none when left out."""
    ca_certificates: Text | None = None
    """Certificates (PEM) of the authorities that sign the server's, for regions whose are not shipped."""
    private_domain: DomainName | None = None
    """Private zone in which the writer (db) and the reader (db-ro) have their names."""
    parameters: dict[str, str] = {}
    """More MySQL parameters, such as max_connections."""
    restore_from: Restore | None = None
    """Snapshot or point in time that a new cluster starts with, of RDS for MySQL too."""
    log_retention_days: Annotated[int, Field(ge=0)] = 90
    """Days that audit, error and slow query logs are kept; 0 keeps them for ever."""
    monitoring_interval_seconds: Literal[0, 1, 5, 10, 15, 30, 60] = 60
    """Seconds between figures of the operating system; 0 switches them off."""
    insights_mode: Literal["standard", "advanced"] = "standard"
    """Mode of Database Insights."""
    insights_retention_days: Annotated[int, Field(ge=7, le=731)] | None = None
    """Days that Database Insights keeps; 7, with advanced 465 when left out."""
