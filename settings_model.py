"""The shape of an environment's settings: every key of Pulumi.<stack>.yaml, its meaning, bounds and default."""

from typing import Annotated, Literal, Self, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


def _zone_letters(letters: list[str]) -> list[str]:
    if len(set(letters)) != len(letters):
        raise ValueError("a zone may be named once only")
    return letters


ZoneLetters = Annotated[
    list[Annotated[str, Field(pattern="^[a-h]$")]],
    Field(min_length=2, max_length=8),
    AfterValidator(_zone_letters),
]
Days = Annotated[int, Field(ge=1, le=3650)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,23}$")]
Text = Annotated[str, Field(min_length=1)]
AbsolutePath = Annotated[str, Field(pattern=r"^(/[A-Za-z0-9._-]+)+$")]
TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
Weekday = Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
DomainName = Annotated[str, Field(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$", max_length=253)]


AlternativeName = Annotated[str, Field(pattern=r"^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$")]


class _Model(BaseModel):
    """Settings are exact: unknown keys are errors, and a string is no number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


class Network(_Model):
    """A network of the environment's own."""

    cidr_block: str = "10.0.0.0/16"
    """IPv4 range of the network, /16 to /21. Changing it replaces the network."""
    nat_gateways: Literal["none", "single", "one_per_zone"] = "single"
    """How private servers reach the internet; one_per_zone survives the loss of a zone."""
    interface_endpoints: list[Text] = []
    """AWS services reached without the internet, by short name, such as ssm or secretsmanager."""
    flow_logs: bool = True
    """Record accepted and refused connections in CloudWatch Logs."""
    flow_log_retention_days: int = 30
    """Days that flow logs are kept; one of the values that CloudWatch Logs knows."""


class ExistingNetwork(_Model):
    """A network that is there already. The subnets are in the order of `zones`, one of each kind per zone."""

    vpc_id: Annotated[str, Field(pattern="^vpc-[0-9a-f]+$")]
    """The VPC. DNS hostnames and DNS support must be switched on in it."""
    public_subnet_ids: Annotated[list[str], Field(min_length=2)]
    """Subnets with a route to an internet gateway, for the load balancer."""
    private_subnet_ids: Annotated[list[str], Field(min_length=2)]
    """Subnets with a route out through NAT, for the servers."""
    isolated_subnet_ids: Annotated[list[str], Field(min_length=2)]
    """Subnets without a route to the internet, for the database."""


class Window(_Model):
    """A weekly time in which the fleet has a higher floor."""

    name: Name
    """What the window is called."""
    days: Annotated[list[Weekday], Field(min_length=1)]
    """Weekdays on which it opens."""
    start: TimeOfDay
    """Local time at which it opens."""
    end: TimeOfDay
    """Local time at which it closes; earlier than start means on the next day."""
    time_zone: Text
    """IANA time zone, such as Europe/Zurich; daylight-saving time is followed."""
    min_size: Annotated[int, Field(ge=0)]
    """Servers that run at least while the window is open."""


class Fleet(_Model):
    """How many web servers run."""

    min_size: Annotated[int, Field(ge=0)] = 2
    """Servers that always run."""
    max_size: Annotated[int, Field(ge=1)] = 4
    """Servers that never are exceeded, windows and demand included."""
    windows: list[Window] = []
    """Times with a higher floor."""
    cpu_target_percent: Annotated[int, Field(ge=1, le=100)] = 50
    """Average processor use that the fleet is scaled to."""
    requests_per_server_per_minute: Annotated[int, Field(ge=1)] | None = None
    """Requests per server and minute that the fleet is scaled to; not used when left out."""
    warmup_seconds: Annotated[int, Field(ge=0, le=3600)] | None = None
    """Seconds from start until a server carries its share of the load."""


class Site(_Model):
    """How the site is reached."""

    domain_name: DomainName | None = None
    """Domain of the site, with HTTPS. Without one the load balancer answers plain HTTP."""
    alternative_names: list[AlternativeName] = []
    """More domains on the same certificate, all in the same zone."""
    zone_id: Text | None = None
    """Route 53 zone of the domain. Without one the stack creates the zone."""
    certificate_arn: Text | None = None
    """Certificate to use instead of a new one."""
    port: Annotated[int, Field(ge=1, le=65535)] = 80
    """Port on which the servers listen."""
    health_check_path: Annotated[str, Field(pattern="^/")] = "/"
    """Path that a healthy server answers."""
    health_check_matcher: str = "200-399"
    """HTTP status codes that count as healthy."""
    access_log_retention_days: Days = 90
    """Days that the load balancer's access logs are kept."""


class DataVolume(_Model):
    """A data volume (EBS) of every single server."""

    name: Name
    """What the volume is called."""
    path: AbsolutePath
    """Where it is mounted."""
    size_gib: Annotated[int, Field(ge=1, le=65536)]
    """Size in GiB."""
    iops: int | None = None
    """Operations per second; gp3's baseline when left out."""
    throughput: int | None = None
    """Throughput in MiB/s; gp3's baseline when left out."""
    owner: Text | None = None
    """`user:group` that owns the mounted directory; root when left out."""


class File(_Model):
    """A file that the machine is given."""

    path: AbsolutePath
    """Where it is written."""
    content: str
    """What it holds. Never a secret: user data can be read by every process of the machine."""
    owner: Text = "root"
    """User that owns it."""
    group: Text = "root"
    """Group that owns it."""
    mode: Annotated[str, Field(pattern="^0[0-7]{3}$")] = "0644"
    """Permissions in octal."""


class Machine(_Model):
    """How a server is made."""

    instance_type: Annotated[str, Field(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$")] = "t4g.small"
    """EC2 instance type; the processor architecture follows from it."""
    image: Text = "al2023"
    """al2023, ubuntu-24.04, an AMI id (ami-...) or a parameter that holds one (resolve:ssm:...)."""
    distribution: Literal["al2023", "ubuntu"] | None = None
    """Distribution of an image given by id or parameter."""
    root_volume_gib: Annotated[int, Field(ge=8, le=16384)] = 20
    """Size of the root volume in GiB."""
    data_volumes: list[DataVolume] = []
    """Volumes of every server's own, gone with the server."""
    packages: list[Text] = []
    """Packages to install, by the distribution's names."""
    services: dict[str, Literal["enabled", "disabled", "masked"]] = {}
    """systemd services and their state."""
    environment: dict[str, str] = {}
    """Environment of login shells and services. Never a secret."""
    files: list[File] = []
    """Files to write."""
    commands: list[Text] = []
    """Shell commands that run once, at the first start."""
    time_zone: Text | None = None
    """Time zone of the machine's clock, UTC when left out."""


class Database(_Model):
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


class Storage(_Model):
    """The files that all servers share."""

    mount_with: Literal["s3_files", "mountpoint"] = "s3_files"
    """s3_files (NFS, read and write) or mountpoint (for data that is written once and mostly read)."""
    prefix: Annotated[str, Field(pattern=r"^([A-Za-z0-9._-]+/){1,4}$")] | None = None
    """Where in the bucket the shared files live; files/ when left out."""
    user_id: Annotated[int, Field(ge=0, le=65535)] | None = None
    """Numeric user that owns the files: 48 (apache of Amazon Linux) when left out; www-data of Ubuntu is 33."""
    group_id: Annotated[int, Field(ge=0, le=65535)] | None = None
    """Numeric group that owns the files; user_id when left out."""
    noncurrent_version_days: Days = 30
    """Days that overwritten and deleted files can still be brought back."""
    abandoned_upload_days: Days = 7
    """Days after which the parts of an unfinished upload are deleted."""
    intelligent_tiering_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """Days after which a file moves to S3 Intelligent-Tiering; never when left out."""
    access_log_retention_days: Days | None = None
    """Days that a log of every access to the bucket is kept; no log when left out."""


class Volume(_Model):
    """A data volume that survives its server and follows the next one."""

    size_gib: Annotated[int, Field(ge=1, le=65536)] = 20
    """Size in GiB; it can grow, never shrink."""
    iops: int | None = None
    """Operations per second; gp3's baseline when left out."""
    throughput: int | None = None
    """Throughput in MiB/s; gp3's baseline when left out."""
    file_system: Literal["xfs", "ext4"] = "xfs"
    """What the empty volume is formatted with."""
    snapshot_interval_hours: Literal[1, 2, 3, 4, 6, 8, 12, 24] = 24
    """Hours between snapshots."""
    snapshot_time: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "03:00"
    """When the first snapshot of a day starts, in UTC."""
    snapshots_kept: Annotated[int, Field(ge=1, le=1000)] = 14
    """Snapshots that are kept."""


class Worker(_Model):
    """One server for cron jobs, batch and administration, with a data volume that follows it."""

    machine: Machine = Machine()
    """How the server is made."""
    volume: Volume = Volume()
    """Its data volume."""
    volume_path: AbsolutePath = "/data"
    """Where the data volume is mounted."""


class Settings(_Model):
    """One environment."""

    zones: ZoneLetters = ["a", "b"]
    """Availability zones of the region, by letter. Adding one changes nothing in the others."""
    network: Network | None = None
    """The network to create; the default one when neither network nor existing_network is given."""
    existing_network: ExistingNetwork | None = None
    """The network to use instead of creating one."""
    site: Site = Site()
    """How the site is reached."""
    fleet: Fleet = Fleet()
    """How many web servers run."""
    machine: Machine = Machine()
    """How a web server is made."""
    database: Database = Database()
    """The MySQL database."""
    storage: Storage = Storage()
    """The files that all servers share."""
    storage_path: AbsolutePath = "/var/www/files"
    """Where the shared files appear on every server."""
    worker: Worker | None = None
    """One more server for cron jobs, batch and administration; none when left out."""
    disposable: bool = False
    """True lets a deployment delete databases, buckets and volumes together with what they hold."""

    @model_validator(mode="after")
    def _one_network(self) -> Self:
        existing = self.existing_network
        if existing is None:
            return self
        if self.network is not None:
            raise ValueError("network and existing_network exclude each other: give one of them")
        for kind in ("public", "private", "isolated"):
            given = len(cast("list[str]", getattr(existing, f"{kind}_subnet_ids")))
            if given != len(self.zones):
                raise ValueError(
                    f"existing_network.{kind}_subnet_ids must have one per zone ({len(self.zones)}), got {given}"
                )
        return self
