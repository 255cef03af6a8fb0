"""The MySQL component: a primary, its read replicas and what leads to them."""

from typing import Any

import pulumi
import pulumi_aws as aws

from .._args import checked
from .._data_tag import data_tag
from ..database.access import security_group
from ..database.checks import has_insights
from ..database.credentials import password, secret
from ..database.monitoring import monitoring_role
from ..database.names import names, private_zone
from ..database.scope import Scope
from .checks import Database, resolve
from .parameters import parameter_group
from .shapes import MySQLArgs

_INSIGHTS_DAYS = 7  # The retention that costs nothing.
_MONITORING_SECONDS = 60


class MySQL(pulumi.ComponentResource):
    """MySQL on RDS: a primary for writing, read replicas, one name for each, and the credentials in a secret.

    Stateful: the primary and the secret are protected, retained and, on AWS, guarded against deletion unless the
    database is disposable. Replicas hold nothing of their own and come and go with `replica_count`. The master
    password is generated and is in no output; servers read it from the secret. RDS does not offer its own managed
    password together with MySQL replicas (RDS user guide, rds-secrets-manager).
    """

    host: pulumi.Output[str]
    """Name of the writer, which follows the primary. Certificates of RDS carry the name of the instance: clients that verify it check the authority (VERIFY_CA), or connect to `endpoint`."""  # noqa: E501

    reader_host: pulumi.Output[str]
    """Name of the reader: spreads new connections over the replicas; the primary when there are none."""

    port: pulumi.Output[int]
    """TCP port of all instances."""

    database_name: pulumi.Output[str]
    """Database that the instance started with."""

    username: pulumi.Output[str]
    """Master user."""

    secret_arn: pulumi.Output[str]
    """Secret with the credentials as JSON: engine, host, reader_host, port, dbname, username, password, dbInstanceIdentifier."""  # noqa: E501

    security_group_id: pulumi.Output[str]
    """Security group of all instances, for a rule per client."""

    identifier: pulumi.Output[str]
    """Name of the primary on RDS."""

    arn: pulumi.Output[str]
    """ARN of the primary."""

    endpoint: pulumi.Output[str]
    """Address and port of the primary itself."""

    replica_identifiers: list[pulumi.Output[str]]
    """Names of the replicas on RDS, in the order of their numbers."""

    replica_endpoints: list[pulumi.Output[str]]
    """Addresses and ports of the replicas themselves, in the same order."""

    zone_id: pulumi.Output[str]
    """Private hosted zone of both names."""

    def __init__(self, name: str, args: MySQLArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked("MySQL", MySQLArgs, args)
        database = resolve(name, args)
        super().__init__("elasticweb:index:MySQL", name, {}, opts)
        scope = Scope(name, args.get("tags", {}), self, args.get("disposable", False))
        kms_key_arn = args.get("kms_key_arn")

        subnets = aws.rds.SubnetGroup(
            f"{name}-subnets",
            description=f"Subnets of {name}",
            subnet_ids=args["subnet_ids"],
            tags=scope.tags,
            opts=scope.child(),
        )
        group = security_group(scope, args["vpc_id"], database.port, args.get("allowed_security_group_ids", ()))
        role, permission = monitoring_role(scope)
        common = _common(scope, database, group, parameter_group(scope, database), role)
        primary = aws.rds.Instance(
            f"{name}-primary",
            engine="mysql",
            engine_version=database.engine_version,
            engine_lifecycle_support="open-source-rds-extended-support-disabled",
            allow_major_version_upgrade=False,
            db_name=database.database_name,
            username=database.username,
            password=password(scope),
            db_subnet_group_name=subnets.name,
            multi_az=database.multi_az,
            kms_key_id=kms_key_arn,
            backup_retention_period=database.backup_retention_days,
            backup_window=database.backup_window,
            deletion_protection=not scope.disposable,
            delete_automated_backups=scope.disposable,
            skip_final_snapshot=scope.disposable,
            # The random part of the subnet group's name tells it from the snapshot of an earlier database.
            final_snapshot_identifier=None if scope.disposable else pulumi.Output.concat(subnets.name, "-final"),
            # Backups are of the primary only.
            **{**common, "tags": {**scope.tags, **data_tag()}},
            **_sized(database.instance_class, kms_key_arn),
            opts=scope.stateful(depends_on=[permission], ignore_changes=["password"]),
        )
        replicas = {
            key: aws.rds.Instance(
                f"{name}-replica-{key}",
                # By its identifier and without a subnet group: RDS takes the source's (provider, replicate_source_db).
                # Engine, version, users and key are the source's, too.
                replicate_source_db=primary.identifier,
                # It holds nothing of its own, and RDS refuses a final snapshot of a replica.
                skip_final_snapshot=True,
                **common,
                **_sized(database.replica_class, kms_key_arn),
                opts=scope.child(),
            )
            for key in database.replicas
        }

        zone_id = args.get("private_zone_id")
        if zone_id is None:
            zone_id = private_zone(scope, database.domain, args["vpc_id"]).zone_id
        self.host, self.reader_host = names(scope, zone_id, database.domain, primary, replicas)
        self.secret_arn = secret(
            scope,
            {
                "engine": "mysql",
                "host": self.host,
                "reader_host": self.reader_host,
                "port": database.port,
                "dbname": database.database_name,
                "username": database.username,
                "password": pulumi.Output.secret(primary.password),
                "dbInstanceIdentifier": primary.identifier,
            },
        )
        # The plain number, for the rules of those who connect; not an output of the component.
        self.tcp_port = database.port
        self.port = primary.port
        self.database_name = primary.db_name
        self.username = primary.username
        self.security_group_id = group.id
        self.identifier = primary.identifier
        # For restores, which go into the same network; not an output of the component.
        self.subnet_group_name = subnets.name
        self.arn = primary.arn
        self.endpoint = pulumi.Output.concat(primary.address, f":{database.port}")
        self.replica_identifiers = [replica.identifier for replica in replicas.values()]
        self.replica_endpoints = [
            pulumi.Output.concat(replica.address, f":{database.port}") for replica in replicas.values()
        ]
        self.zone_id = pulumi.Output.from_input(zone_id)
        self.register_outputs({output: getattr(self, output) for output in MySQL.__annotations__})


def _common(
    scope: Scope,
    database: Database,
    group: aws.ec2.SecurityGroup,
    parameters: aws.rds.ParameterGroup,
    role: aws.iam.Role,
) -> dict[str, Any]:
    """Return what the primary and its replicas have alike."""
    return {
        "port": database.port,
        "auto_minor_version_upgrade": database.patched,
        # gp3 without I/O figures: RDS refuses them below 400 GiB and gives enough above.
        "storage_type": "gp3",
        "storage_encrypted": True,
        "allocated_storage": database.storage_gib,
        "max_allocated_storage": database.max_storage_gib,
        "parameter_group_name": parameters.name,
        "vpc_security_group_ids": [group.id],
        "publicly_accessible": False,
        "maintenance_window": database.maintenance_window,
        "apply_immediately": database.apply_immediately,
        "iam_database_authentication_enabled": database.iam_authentication,
        "enabled_cloudwatch_logs_exports": ["error", "slowquery"],
        "monitoring_interval": _MONITORING_SECONDS,
        "monitoring_role_arn": role.arn,
        "copy_tags_to_snapshot": True,
        "tags": scope.tags,
    }


def _sized(instance_class: str, kms_key_arn: pulumi.Input[str] | None) -> dict[str, Any]:
    """Return what depends on the class of an instance."""
    if not has_insights(instance_class):
        return {"instance_class": instance_class, "performance_insights_enabled": False}
    return {
        "instance_class": instance_class,
        "database_insights_mode": "standard",
        "performance_insights_enabled": True,
        "performance_insights_retention_period": _INSIGHTS_DAYS,
        "performance_insights_kms_key_id": kms_key_arn,
    }
