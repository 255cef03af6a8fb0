"""The MySQL database."""

from typing import Annotated

from pydantic import Field

from .base import DomainName, Model, Text


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
    multi_az: bool = False
    """Keep a standby in another zone."""
    replica_count: Annotated[int, Field(ge=0, le=15)] = 0
    """Read replicas."""
    replica_class: Annotated[str, Field(pattern=r"^db\.[a-z0-9-]+\.[a-z0-9-]+$")] | None = None
    """Instance class of the replicas; the primary's when left out."""
    backup_retention_days: Annotated[int, Field(ge=0, le=35)] = 7
    """Days that automated backups are kept."""
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
