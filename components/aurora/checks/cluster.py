"""The arguments of an Aurora MySQL database, checked and with their defaults."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..._args import InvalidArgs, check_name, check_range
from ...database import checks
from ...database.alarms import check_alarms, check_connections
from ...database.checks import check_instance_names
from ...database.insights import Insights, insights, monitoring_seconds
from ...database.logs import log_retention
from ...database.proxy import ProxySpec, check_proxy
from ...database.restore import restore_from
from ...database.shapes import RestoreSpec
from ...database.user_checks import Given, Users, resolve_users
from ..shapes import AuroraMySQLArgs, AuroraSpec, AuroraStorageType, ServerlessSpec
from . import readers as readers_
from .connections import connections
from .elastic import Elastic, elastic
from .readers import Member
from .who import WHO

_VERSION = re.compile(r"(8\.0)(\.mysql_aurora\.3\.\d{2}\.\d+)?|(8\.4)(\.mysql_aurora\.8\.4\.\d+)?")


@dataclass(frozen=True)
class Cluster:
    """A checked specification without gaps."""

    engine_version: str
    major_upgrade: bool
    """Whether another major version may be reached."""
    patched: bool
    """Whether RDS installs minor upgrades: not when a version is given in full."""
    instance_class: str
    database_name: str
    username: str
    port: int
    serverless: ServerlessSpec | None
    readers: tuple[Member, ...]
    elastic: Elastic | None
    storage_type: AuroraStorageType
    backtrack_seconds: int
    backup_retention_days: int
    backup_window: str
    maintenance_window: str
    apply_immediately: bool
    iam_authentication: bool
    people: Users
    """Its users, apart from the master."""
    domain: str
    parameters: Mapping[str, str]
    restore_from: RestoreSpec | None
    log_retention_days: int
    monitoring_seconds: int
    insights: Insights
    proxy: ProxySpec | None


def resolve(name: str, args: AuroraMySQLArgs) -> Cluster:
    """Check what the component *name* is told and fill in the defaults, or raise ``InvalidArgs``."""
    spec = args.get("aurora", {})
    check_instance_names(WHO.component, name)
    # The longest name of a reader, so that the component's stays good when readers are added.
    check_name(WHO.component, f"{name}-replica-{'x' * 16}", 63, "an RDS instance")
    if len(args["subnet_ids"]) < 2:  # noqa: PLR2004
        raise InvalidArgs(
            f"{WHO.component}: subnet_ids must hold at least 2 subnets in different zones, "
            f"got {len(args['subnet_ids'])}"
        )
    version = _version(spec)
    default = readers_.SERVERLESS if "serverless" in spec else "db.t4g.medium"
    instance_class = readers_.instance_class("instance_class", spec.get("instance_class", default))
    readers = readers_.readers(spec, instance_class)
    backup, maintenance = checks.windows(
        WHO, spec.get("backup_window", "02:00-03:00"), spec.get("maintenance_window", "sun:03:30-sun:04:30")
    )
    port, retention, backtrack = (
        spec.get("port", 3307),
        spec.get("backup_retention_days", 7),
        spec.get("backtrack_hours", 0),
    )
    check_range(WHO.component, "aurora.port", port, 1150, 65535)
    check_proxy(WHO, name, spec.get("proxy"), port, len(spec.get("users", ())))
    check_range(WHO.component, "aurora.backup_retention_days", retention, 1, 35, "days")
    check_range(WHO.component, "aurora.backtrack_hours", backtrack, 0, 72, "hours")
    given = Given(
        name=name,
        database_name=checks.database_name(WHO, spec.get("database_name", "app")),
        username=checks.username(WHO, spec.get("username", "app_owner")),
        iam_authentication=spec.get("iam_authentication", True),
        function_subnet_ids=bool(args.get("function_subnet_ids")),
    )
    serverless = readers_.serverless(spec, version, [instance_class, *(r.instance_class for r in readers)])
    parameters = _parameters(spec)
    check_alarms(WHO.component, args.get("alarms", {}))
    limits = {c: connections(c, serverless, parameters) for c in (instance_class, *(r.instance_class for r in readers))}
    check_connections(WHO.component, args.get("alarms", {}), limits, parameters)
    return Cluster(
        engine_version=version,
        major_upgrade="allow_major_upgrade_to" in spec,
        patched=version in ("8.0", "8.4"),
        instance_class=instance_class,
        database_name=given["database_name"],
        username=given["username"],
        port=port,
        serverless=serverless,
        readers=readers,
        elastic=elastic(spec.get("elastic_readers"), len(readers)),
        storage_type=AuroraStorageType(spec.get("storage_type", AuroraStorageType.AURORA)),
        backtrack_seconds=backtrack * 3600,
        backup_retention_days=retention,
        backup_window=backup,
        maintenance_window=maintenance,
        apply_immediately=spec.get("apply_immediately", False),
        iam_authentication=given["iam_authentication"],
        people=resolve_users(WHO, spec, given),
        domain=checks.domain(WHO, name, spec.get("private_domain"), zone_given="private_zone_id" in args),
        parameters=parameters,
        restore_from=restore_from(WHO, spec, ("snapshot", "source_identifier", "source_resource_id")),
        log_retention_days=log_retention(WHO, spec),
        monitoring_seconds=monitoring_seconds(WHO, spec),
        insights=insights(WHO, spec, instance_class),
        proxy=spec.get("proxy"),
    )


def _version(spec: AuroraSpec) -> str:
    version = spec.get("engine_version", "8.4")
    if not _VERSION.fullmatch(version):
        raise WHO.refuse(
            "engine_version",
            "must be 8.4 or 8.0, or a release in full, such as 8.4.mysql_aurora.8.4.8 or 8.0.mysql_aurora.3.10.4: RDS "
            f"knows nothing in between, got {version!r}",
        )
    if "snapshot" in spec.get("restore_from", {}) and len(version) == len("8.4"):
        # Without one it takes the default release of all, which may be too old for the snapshot.
        raise WHO.refuse(
            "engine_version",
            "must be a release in full, such as 8.4.mysql_aurora.8.4.8, for restore_from.snapshot: the API knows the "
            f"short form for new clusters only, got {version!r}",
        )
    named = spec.get("allow_major_upgrade_to")
    if named is not None and not version.startswith(f"{named}.") and version != named:
        raise WHO.refuse(
            "allow_major_upgrade_to", f"must be the major version of engine_version ({version}), got {named!r}"
        )
    if named is not None and not spec.get("apply_immediately", False):
        raise WHO.refuse(
            "apply_immediately", "must be true with allow_major_upgrade_to, so that the deployment sees it through"
        )
    return version


def _parameters(spec: AuroraSpec) -> Mapping[str, str]:
    given = dict(spec.get("parameters", {}))
    # RDS for MySQL says 1 to the same.
    encrypted = given.pop("require_secure_transport", "ON")
    if encrypted != "ON":
        raise WHO.refuse(
            "parameters.require_secure_transport", f"must be ON: connections are encrypted, got {encrypted!r}"
        )
    return checks.parameters(WHO, given)
