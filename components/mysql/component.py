"""The MySQL component: a primary, its read replicas and what leads to them."""

from typing import Any

import pulumi
import pulumi_aws as aws

from .._args import checked
from ..database.access import security_group
from ..database.credentials import password, secret
from ..database.logs import LOGS, identifier, log_groups
from ..database.monitoring import monitoring_role
from ..database.names import names, private_zone
from ..database.scope import Scope
from .checks import Database, resolve
from .parameters import parameter_group
from .restore import ORIGIN, copied_backups, origin, role
from .shapes import MySQLArgs


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
    """Name of the reader: spreads new connections over the replicas that keep up with the primary; the primary when there are none."""  # noqa: E501

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
        watched, permission = monitoring_role(scope) if database.monitoring_seconds else (None, None)
        common = _common(scope, database, group, parameter_group(scope, database), watched)
        main = role(database.restored, "primary")
        called, logs = _called(scope, database, main, subnets.name, kept=True)
        primary = aws.rds.Instance(
            f"{name}-{main}",
            identifier=called,
            engine="mysql",
            engine_version=database.engine_version,
            engine_lifecycle_support="open-source-rds-extended-support-disabled",
            allow_major_version_upgrade=False,
            password=password(scope),
            db_subnet_group_name=subnets.name,
            multi_az=database.multi_az,
            backup_retention_period=database.backup_retention_days,
            backup_window=database.backup_window,
            deletion_protection=not scope.disposable,
            delete_automated_backups=scope.disposable,
            skip_final_snapshot=scope.disposable,
            # The random part of the subnet group's name tells it from the snapshot of an earlier database.
            final_snapshot_identifier=(
                None if scope.disposable else pulumi.Output.concat(subnets.name, role(database.restored, ""), "-final")
            ),
            **origin(
                database.restored,
                {
                    "db_name": database.database_name,
                    "username": database.username,
                    "kms_key_id": kms_key_arn,
                    **common,
                },
            ),
            **database.insights.inputs(database.instance_class, kms_key_arn),
            instance_class=database.instance_class,
            opts=pulumi.ResourceOptions.merge(
                scope.stateful(
                    depends_on=[*logs, *([permission] if permission else [])],
                    ignore_changes=[
                        "password",
                        "identifier",
                        *ORIGIN,
                        # AWS Backup sets them (provider, issue 33465).
                        *(["backupRetentionPeriod", "backupWindow"] if database.backups_by_aws_backup else []),
                    ],
                ),
                # One that may go goes first, because another of the same identifier cannot be there meanwhile.
                pulumi.ResourceOptions(delete_before_replace=scope.disposable or None),
            ),
        )
        copied_backups(scope, primary, main, database.backup_copy)
        replicas = {
            key: _replica(
                scope,
                database,
                role(database.restored, f"replica-{key}"),
                subnets.name,
                {
                    # By its identifier and without a subnet group: RDS takes the source's (provider,
                    # replicate_source_db). Engine, version, users and key are the source's, too.
                    "replicate_source_db": primary.identifier,
                    **common,
                    **database.insights.inputs(database.replica_class, kms_key_arn),
                },
            )
            for key in database.replicas
        }

        zone_id = args.get("private_zone_id")
        if zone_id is None:
            zone_id = private_zone(scope, database.domain, args["vpc_id"]).zone_id
        self.host, self.reader_host = names(
            scope,
            zone_id,
            database.domain,
            primary,
            replicas,
            allowed_lag_seconds=database.max_replica_lag_seconds,
        )
        self.secret_arn = secret(
            scope,
            {
                "engine": "mysql",
                "host": self.host,
                "reader_host": self.reader_host,
                "port": database.port,
                # Those of the data when it was restored.
                "dbname": primary.db_name,
                "username": primary.username,
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
        self.arn = primary.arn
        self.endpoint = pulumi.Output.concat(primary.address, f":{database.port}")
        self.replica_identifiers = [replica.identifier for replica in replicas.values()]
        self.replica_endpoints = [
            pulumi.Output.concat(replica.address, f":{database.port}") for replica in replicas.values()
        ]
        self.zone_id = pulumi.Output.from_input(zone_id)
        self.register_outputs({output: getattr(self, output) for output in MySQL.__annotations__})


def _called(
    scope: Scope, database: Database, part: str, named: pulumi.Output[str], *, kept: bool
) -> tuple[pulumi.Output[str], list[aws.cloudwatch.LogGroup]]:
    """Return what RDS calls the instance that plays the *part*, and its log groups."""
    called = identifier(scope, part, named)
    path = pulumi.Output.concat("/aws/rds/instance/", called)
    return called, log_groups(scope, part, path, database.log_retention_days, kept=kept)


def _replica(
    scope: Scope, database: Database, part: str, named: pulumi.Output[str], inputs: dict[str, Any]
) -> aws.rds.Instance:
    called, logs = _called(scope, database, part, named, kept=False)
    return aws.rds.Instance(
        f"{scope.name}-{part}",
        identifier=called,
        instance_class=database.replica_class,
        # It holds nothing of its own, and RDS refuses a final snapshot of a replica.
        skip_final_snapshot=True,
        **inputs,
        opts=pulumi.ResourceOptions(
            parent=scope.parent,
            depends_on=logs,
            ignore_changes=["identifier"],
            # Another of the same name cannot be there while it is. The reader leaves it out in the meantime.
            delete_before_replace=True,
        ),
    )


def _common(
    scope: Scope,
    database: Database,
    group: aws.ec2.SecurityGroup,
    parameters: aws.rds.ParameterGroup,
    watched: aws.iam.Role | None,
) -> dict[str, Any]:
    """Return what the primary and its replicas have alike."""
    return {
        "port": database.port,
        "auto_minor_version_upgrade": database.patched,
        **database.performance.inputs(),
        "storage_encrypted": True,
        "allocated_storage": database.storage_gib,
        "max_allocated_storage": database.max_storage_gib,
        "parameter_group_name": parameters.name,
        "vpc_security_group_ids": [group.id],
        "publicly_accessible": False,
        "maintenance_window": database.maintenance_window,
        "apply_immediately": database.apply_immediately,
        "iam_database_authentication_enabled": database.iam_authentication,
        "enabled_cloudwatch_logs_exports": list(LOGS),
        "monitoring_interval": database.monitoring_seconds,
        # RDS refuses a role without an interval.
        "monitoring_role_arn": watched.arn if watched else None,
        "copy_tags_to_snapshot": True,
        "tags": scope.tags,
    }
