"""The arguments of a MySQL database, checked and with their defaults."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..._args import InvalidArgs, check_name, check_range
from ...database import checks
from ...database.alarms import check_alarms, check_connections, mysql_connections
from ...database.checks import check_instance_names
from ...database.insights import Insights, insights, monitoring_seconds
from ...database.logs import log_retention
from ...database.proxy import ProxySpec, check_proxy
from ...database.restore import backup_copy, restore_from, role
from ...database.shapes import BackupCopy, RestoreSpec
from ...database.user_checks import Given, Users, resolve_users
from ..shapes import MySQLArgs
from ..storage import Performance, performance
from . import replicas as replicas_
from .elastic import Elastic, elastic, elastic_size
from .family import MOST, PRIMARY, Family, family
from .storage import storage
from .version import major, version
from .who import WHO


@dataclass(frozen=True)
class Database:
    """A checked specification without gaps."""

    engine_version: str
    family: str
    """Parameter group family, such as `mysql8.4`."""
    patched: bool
    """Whether RDS installs minor upgrades: not when a patch number is pinned."""
    instance_class: str
    database_name: str
    username: str
    port: int
    storage_gib: int
    max_storage_gib: int
    performance: Performance
    multi_az: bool
    replica_class: str
    members: Family
    """Its replicas, and who is written to."""
    major: str | None
    """Version to which a major upgrade may go."""
    blue_green: bool
    max_replica_lag_seconds: int
    backup_retention_days: int
    backup_window: str
    backups_by_aws_backup: bool
    backup_copy: BackupCopy | None
    restored: RestoreSpec | None
    maintenance_window: str
    apply_immediately: bool
    iam_authentication: bool
    people: Users
    """Its users, apart from the master."""
    domain: str
    parameters: Mapping[str, str]
    log_retention_days: int
    monitoring_seconds: int
    insights: Insights
    proxy: ProxySpec | None
    elastic: Elastic | None

    @property
    def writer_part(self) -> str:
        """What the instance that is written to is called behind the database's name."""
        return self.members.writer.part if self.members.writer else PRIMARY


def resolve(name: str, args: MySQLArgs) -> Database:
    """Check what the component *name* is told and fill in the defaults, or raise ``InvalidArgs``."""
    spec = args.get("database", {})
    check_instance_names(WHO.component, name)
    restored = restore_from(WHO, spec)
    # Two digits, so that the name stays good when replicas are added.
    check_name(WHO.component, f"{name}-{role(restored, f'replica-{MOST}')}", 63, "an RDS instance")
    if len(args["subnet_ids"]) < 2:  # noqa: PLR2004
        raise InvalidArgs(
            f"{WHO.component}: subnet_ids must hold at least 2 subnets in different zones, "
            f"got {len(args['subnet_ids'])}"
        )
    engine_version, group_family, patched = version(spec.get("engine_version", "8.4"))
    instance_class = checks.instance_class(WHO, "instance_class", spec.get("instance_class", "db.t4g.medium"))
    storage_gib, max_storage_gib = storage(spec)
    replica_class = checks.instance_class(WHO, "replica_class", spec.get("replica_class", instance_class))
    members = family(spec, replica_class, storage_gib, max_storage_gib, elastic=elastic_size(spec))
    for member in members.all():
        # One digit more, so that the name stays good when another is written to.
        check_name(WHO.component, f"{name}-{role(restored, f'replica2-{member.key}')}", 63, "an RDS instance")
    if elastic_size(spec):
        writer = members.writer.part if members.writer else PRIMARY
        check_name(WHO.component, f"{name}-{role(restored, writer)}-elastic-{MOST}", 63, "an elastic replica")
    followers = len(members.replicas) + elastic_size(spec)
    retention = replicas_.retention(spec, followers)
    backup, maintenance = checks.windows(
        WHO, spec.get("backup_window", "02:00-03:00"), spec.get("maintenance_window", "sun:03:30-sun:04:30")
    )
    given = Given(
        name=name,
        database_name=checks.database_name(WHO, spec.get("database_name", "app")),
        username=checks.username(WHO, spec.get("username", "app_owner")),
        iam_authentication=spec.get("iam_authentication", True),
        function_subnet_ids=bool(args.get("function_subnet_ids")),
    )
    port = spec.get("port", 3307)
    check_range(WHO.component, "database.port", port, 1150, 65535)
    check_proxy(WHO, name, spec.get("proxy"), port, len(spec.get("users", ())))
    check_alarms(WHO.component, args.get("alarms", {}))
    classes = [instance_class, *(member.instance_class for member in members.replicas)]
    parameters = replicas_.parameters(spec)
    limits = {class_: mysql_connections(class_, parameters) for class_ in classes}
    check_connections(WHO.component, args.get("alarms", {}), limits, parameters)
    return Database(
        engine_version=engine_version,
        family=group_family,
        patched=patched,
        instance_class=instance_class,
        database_name=given["database_name"],
        username=given["username"],
        port=port,
        storage_gib=storage_gib,
        max_storage_gib=max_storage_gib,
        performance=performance(WHO, spec, storage_gib, max_storage_gib),
        multi_az=spec.get("multi_az", False),
        replica_class=replica_class,
        members=members,
        major=major(spec),
        blue_green=replicas_.blue_green(spec, followers),
        max_replica_lag_seconds=replicas_.allowed_lag(spec),
        backup_retention_days=retention,
        backup_window=backup,
        backups_by_aws_backup=spec.get("backups_by_aws_backup", False),
        backup_copy=backup_copy(WHO, spec, retention),
        restored=restored,
        maintenance_window=maintenance,
        apply_immediately=spec.get("apply_immediately", False),
        iam_authentication=given["iam_authentication"],
        people=resolve_users(WHO, spec, given),
        domain=checks.domain(WHO, name, spec.get("private_domain"), zone_given="private_zone_id" in args),
        parameters=parameters,
        log_retention_days=log_retention(WHO, spec),
        monitoring_seconds=monitoring_seconds(WHO, spec),
        insights=insights(WHO, spec, instance_class),
        proxy=spec.get("proxy"),
        elastic=elastic(spec, replica_class, members.replicas, replicas_.allowed_lag(spec)),
    )
