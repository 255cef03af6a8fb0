"""The instances of a database, and what each has around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from .._data_tag import data_tag
from ..database.credentials import password
from ..database.logs import LOGS, identifier, log_groups
from ..database.restore import role
from ..database.scope import Scope
from .checks import Database, Member
from .restore import ORIGIN, origin


@dataclass(frozen=True)
class Place:
    """Where instances live: what they have in common in one network."""

    scope: Scope
    database: Database
    subnets: aws.rds.SubnetGroup
    security_group_id: pulumi.Output[str]
    parameters: aws.rds.ParameterGroup
    monitoring: aws.iam.Role | None
    kms_key_arn: pulumi.Input[str] | None
    needs: Sequence[pulumi.Resource] = ()

    def part(self, base: str) -> str:
        """Return what an instance in the role *base* is called behind the database's name."""
        return role(self.database.restored, base)

    def called(self, base: str, *, kept: bool) -> tuple[pulumi.Output[str], list[aws.cloudwatch.LogGroup]]:
        """Return what RDS calls the instance in the role *base*, and its log groups."""
        called = identifier(self.scope, self.part(base), self.subnets.name)
        path = pulumi.Output.concat("/aws/rds/instance/", called)
        days = self.database.log_retention_days
        return called, log_groups(self.scope, self.part(base), path, days, kept=kept)

    def common(self) -> dict[str, Any]:
        """Return what all instances have alike."""
        database, monitoring = self.database, self.monitoring
        return {
            "region": self.scope.region,
            "port": database.port,
            "auto_minor_version_upgrade": database.patched,
            **database.performance.inputs(),
            "storage_encrypted": True,
            "allocated_storage": database.storage_gib,
            "max_allocated_storage": database.max_storage_gib,
            "parameter_group_name": self.parameters.name,
            "vpc_security_group_ids": [self.security_group_id],
            "publicly_accessible": False,
            "maintenance_window": database.maintenance_window,
            "apply_immediately": database.apply_immediately,
            "iam_database_authentication_enabled": database.iam_authentication,
            "enabled_cloudwatch_logs_exports": list(LOGS),
            "monitoring_interval": database.monitoring_seconds,
            # RDS refuses a role without an interval.
            "monitoring_role_arn": monitoring.arn if monitoring else None,
            "copy_tags_to_snapshot": True,
        }

    def of(self, member: Member, instance_class: str) -> dict[str, Any]:
        """Return what a *member* has of its own."""
        return {
            **self.common(),
            "instance_class": instance_class,
            "allocated_storage": member.storage_gib,
            "max_allocated_storage": member.max_storage_gib,
            "availability_zone": member.availability_zone,
            **self.database.insights.inputs(instance_class, self.kms_key_arn),
        }

    def safe(self, final: str) -> dict[str, Any]:
        """Return what an instance has whose rows are nowhere else; its last snapshot is called *final*."""
        database, disposable = self.database, self.scope.disposable
        return {
            "multi_az": database.multi_az,
            "backup_retention_period": database.backup_retention_days,
            "backup_window": database.backup_window,
            "deletion_protection": not disposable,
            "delete_automated_backups": disposable,
            "skip_final_snapshot": disposable,
            # The random part of the subnet group's name tells it from the snapshot of an earlier database.
            "final_snapshot_identifier": None if disposable else pulumi.Output.concat(self.subnets.name, final),
            # By it backups find it.
            "tags": {**self.scope.tags, **data_tag()},
        }

    def kept(
        self, needs: Sequence[pulumi.Resource], ignored: Sequence[str], more: pulumi.ResourceOptions
    ) -> pulumi.ResourceOptions:
        """Return the options of such an instance."""
        # AWS Backup sets them (provider, issue 33465).
        by_others = ["backupRetentionPeriod", "backupWindow"] if self.database.backups_by_aws_backup else []
        return pulumi.ResourceOptions.merge(
            self.scope.stateful([*needs, *self.needs], [*ignored, "identifier", *by_others]),
            # One that may go goes first, because another of the same identifier cannot be there meanwhile.
            pulumi.ResourceOptions.merge(
                pulumi.ResourceOptions(delete_before_replace=self.scope.disposable or None), more
            ),
        )


def primary(place: Place, hooks: pulumi.ResourceHookBinding) -> aws.rds.Instance:
    """Make the instance that everything begins with."""
    database = place.database
    called, logs = place.called("primary", kept=True)
    return aws.rds.Instance(
        f"{place.scope.name}-{place.part('primary')}",
        identifier=called,
        engine="mysql",
        engine_version=database.engine_version,
        engine_lifecycle_support="open-source-rds-extended-support-disabled",
        allow_major_version_upgrade=database.major is not None,
        blue_green_update=_blue_green(database, database.members.writer is None),
        password=password(place.scope),
        db_subnet_group_name=place.subnets.name,
        instance_class=database.instance_class,
        **place.safe(f"{place.part('')}-final"),
        **origin(
            database.restored,
            {
                "db_name": database.database_name,
                "username": database.username,
                "kms_key_id": place.kms_key_arn,
                **place.common(),
            },
        ),
        **database.insights.inputs(database.instance_class, place.kms_key_arn),
        opts=place.kept(logs, ["password", *ORIGIN], pulumi.ResourceOptions(hooks=hooks)),
    )


def standing(place: Place, member: Member, instance_class: str, hooks: pulumi.ResourceHookBinding) -> aws.rds.Instance:
    """Let a *member* that was a replica stand alone, as safe as the primary.

    The provider promotes it when its source is left out. Engine, users and key it has from its source. Its version
    is named only where something depends on it: a bare series would make RDS upgrade it, and restart it, right now.
    """
    database = place.database
    called, logs = place.called(member.part, kept=True)
    named = not database.patched or database.major is not None
    return aws.rds.Instance(
        f"{place.scope.name}-{place.part(member.part)}",
        identifier=called,
        engine_version=database.engine_version if named else None,
        allow_major_version_upgrade=database.major is not None,
        blue_green_update=_blue_green(database, member is database.members.writer),
        **place.safe(f"-{place.part(member.part)}-final"),
        **place.of(member, instance_class),
        **_abroad(place),
        opts=place.kept(
            logs,
            [],
            pulumi.ResourceOptions(
                hooks=hooks,
                aliases=[pulumi.Alias(name=f"{place.scope.name}-{place.part(part)}") for part in member.once],
            ),
        ),
    )


def replica(place: Place, member: Member, source: aws.rds.Instance) -> aws.rds.Instance:
    """Make a *member* follow its *source*: engine, version, users and key are the source's."""
    called, logs = place.called(member.part, kept=False)
    return aws.rds.Instance(
        f"{place.scope.name}-{place.part(member.part)}",
        identifier=called,
        # By its identifier and without a subnet group RDS takes the source's; from elsewhere by its ARN (provider,
        # replicate_source_db).
        replicate_source_db=source.identifier if place.scope.region is None else source.arn,
        # It holds nothing of its own, and RDS refuses a final snapshot of a replica.
        skip_final_snapshot=True,
        **place.of(member, member.instance_class),
        **_abroad(place),
        tags=place.scope.tags,
        opts=pulumi.ResourceOptions(
            parent=place.scope.parent,
            depends_on=logs,
            ignore_changes=["identifier"],
            # Another of the same name cannot be there while it is. The reader leaves it out in the meantime.
            delete_before_replace=True,
        ),
    )


def _blue_green(database: Database, written_to: bool) -> aws.rds.InstanceBlueGreenUpdateArgs | None:  # noqa: FBT001
    return aws.rds.InstanceBlueGreenUpdateArgs(enabled=True) if written_to and database.blue_green else None


def _abroad(place: Place) -> dict[str, Any]:
    """Return what an instance in another region cannot have from its source."""
    if place.scope.region is None:
        return {}
    return {"kms_key_id": place.kms_key_arn, "db_subnet_group_name": place.subnets.name}
