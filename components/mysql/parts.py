"""What stands around the instances of a MySQL database: network, parameters, monitoring, names, credentials."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from . import words
from .checks import Database

# A name that moves is followed within seconds; RDS gives its own names 5. Route 53 keeps one TTL for all weighted
# records of a name and refuses another beside it, so a change here has to rename the reader.
_TTL_SECONDS = 10

# All alike; far from 0 and 255 so that a replica can later be given more or less.
_WEIGHT = 100

_PARAMETERS = {
    "character_set_server": "utf8mb4",
    "collation_server": "utf8mb4_0900_ai_ci",
    # Logs in tables cannot be exported to CloudWatch.
    "log_output": "FILE",
    "long_query_time": "2",
    "require_secure_transport": "1",
    "slow_query_log": "1",
}


class Scope(NamedTuple):
    """Whose children are made."""

    name: str
    tags: Mapping[str, pulumi.Input[str]]
    parent: pulumi.Resource
    disposable: bool

    def child(self) -> pulumi.ResourceOptions:
        """Options of a child that can be made again."""
        return pulumi.ResourceOptions(parent=self.parent)

    def stateful(
        self, depends_on: Sequence[pulumi.Resource] = (), ignore_changes: Sequence[str] = ()
    ) -> pulumi.ResourceOptions:
        """Options of a child that holds what cannot be made again."""
        kept = None if self.disposable else True
        return pulumi.ResourceOptions(
            parent=self.parent,
            protect=kept,
            retain_on_delete=kept,
            depends_on=list(depends_on),
            ignore_changes=list(ignore_changes),
        )


def security_group(
    scope: Scope, vpc_id: pulumi.Input[str], port: int, allowed: Sequence[pulumi.Input[str]]
) -> aws.ec2.SecurityGroup:
    """Let the *allowed* groups in, and nothing out: a database starts no connections."""
    group = aws.ec2.SecurityGroup(
        f"{scope.name}-security-group",
        vpc_id=vpc_id,
        description="MySQL database",
        # Rules in line would remove those that machines bring. Without any the provider leaves no egress rule.
        tags={"Name": f"{scope.name}-security-group", **scope.tags},
        opts=scope.child(),
    )
    for number, peer in enumerate(allowed, 1):
        aws.vpc.SecurityGroupIngressRule(
            f"{scope.name}-ingress-{number}",
            security_group_id=group.id,
            referenced_security_group_id=peer,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description="MySQL",
            tags=scope.tags,
            opts=scope.child(),
        )
    return group


def parameter_group(scope: Scope, database: Database) -> aws.rds.ParameterGroup:
    """Make one for the primary and its replicas: RDS makes a replica in the same region with its source's."""
    given = database.parameters
    return aws.rds.ParameterGroup(
        f"{scope.name}-parameters",
        family=database.family,
        description=f"Parameters of {scope.name}",
        parameters=[
            aws.rds.ParameterGroupParameterArgs(
                name=parameter, value=value, apply_method=_apply_method(parameter, parameter in given)
            )
            for parameter, value in sorted({**_PARAMETERS, **given}.items())
        ],
        tags=scope.tags,
        opts=scope.child(),
    )


def _apply_method(parameter: str, given: bool) -> str:  # noqa: FBT001
    # Ours are there before the first start, and one that happens to be the family's default can only be
    # pending-reboot: anything else is a difference at every preview (the provider's page of the parameter group).
    return "immediate" if given and not words.is_static(parameter) else "pending-reboot"


def monitoring_role(scope: Scope) -> tuple[aws.iam.Role, aws.iam.RolePolicyAttachment]:
    """Allow RDS to write the metrics of the operating system into CloudWatch Logs."""
    invoke = pulumi.InvokeOptions(parent=scope.parent)
    account = aws.get_caller_identity_output(opts=invoke).account_id
    partition = aws.get_partition_output(opts=invoke).partition
    role = aws.iam.Role(
        f"{scope.name}-monitoring",
        description=f"Enhanced monitoring of {scope.name}",
        assume_role_policy=pulumi.Output.all(account, partition).apply(lambda given: _trust(*given)),
        tags=scope.tags,
        opts=scope.child(),
    )
    attachment = aws.iam.RolePolicyAttachment(
        f"{scope.name}-monitoring-policy",
        role=role.name,
        policy_arn=pulumi.Output.concat(
            "arn:", partition, ":iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
        ),
        opts=scope.child(),
    )
    return role, attachment


def _trust(account: str, partition: str) -> str:
    # RDS user guide, USER_Monitoring.OS.confused-deputy: only for database instances of this account.
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "monitoring.rds.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": account},
            "ArnLike": {"aws:SourceArn": f"arn:{partition}:rds:*:{account}:db:*"},
        },
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def private_zone(scope: Scope, domain: str, vpc_id: pulumi.Input[str]) -> aws.route53.Zone:
    """Make a hosted zone that answers in the network only."""
    return aws.route53.Zone(
        f"{scope.name}-zone",
        name=domain,
        comment=f"Names of {scope.name}",
        vpcs=[aws.route53.ZoneVpcArgs(vpc_id=vpc_id)],
        force_destroy=scope.disposable,
        tags=scope.tags,
        opts=scope.child(),
    )


def names(
    scope: Scope,
    zone_id: pulumi.Input[str],
    domain: str,
    primary: aws.rds.Instance,
    replicas: Mapping[str, aws.rds.Instance],
) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
    """Give writer and reader their names, which are returned once they answer.

    The reader is weighted from the start, since Route 53 refuses weighted records beside a simple one. Pulumi
    creates before it deletes, so the name always leads somewhere while the first replica comes or the last goes.
    """
    writer = aws.route53.Record(
        f"{scope.name}-writer",
        zone_id=zone_id,
        name=f"db.{domain}",
        type="CNAME",
        ttl=_TTL_SECONDS,
        records=[primary.address],
        opts=scope.child(),
    )
    readers = [
        aws.route53.Record(
            f"{scope.name}-reader-{key}",
            zone_id=zone_id,
            name=f"db-ro.{domain}",
            type="CNAME",
            ttl=_TTL_SECONDS,
            records=[instance.address],
            set_identifier=key,
            weighted_routing_policies=[aws.route53.RecordWeightedRoutingPolicyArgs(weight=_WEIGHT)],
            opts=scope.child(),
        )
        for key, instance in (replicas or {"primary": primary}).items()
    ]
    return writer.name, pulumi.Output.all(*[reader.name for reader in readers]).apply(lambda all_: all_[0])


def password(scope: Scope) -> pulumi.Output[str]:
    """Make one up: another at every run, of which the instance keeps the first.

    Letters and digits: nothing that RDS refuses and nothing to escape in addresses, shells and configuration files;
    40 of the 41 characters that RDS allows for MySQL.
    """
    made_up = aws.secretsmanager.get_random_password_output(
        password_length=40,
        exclude_punctuation=True,
        require_each_included_type=True,
        opts=pulumi.InvokeOptions(parent=scope.parent),
    )
    return pulumi.Output.secret(made_up.random_password)


def secret(
    scope: Scope,
    database: Database,
    primary: aws.rds.Instance,
    host: pulumi.Output[str],
    reader_host: pulumi.Output[str],
) -> pulumi.Output[str]:
    """Keep the credentials with both host names; the ARN is returned once they are in.

    The keys are those that the rotation functions of AWS expect, with the reader beside them (Secrets Manager user
    guide, reference_secret_json_structure).
    """
    holder = aws.secretsmanager.Secret(
        f"{scope.name}-credentials",
        description=f"How to connect to {scope.name}",
        recovery_window_in_days=0 if scope.disposable else 30,
        tags=scope.tags,
        opts=scope.stateful(),
    )
    document = pulumi.Output.json_dumps(
        {
            "engine": "mysql",
            "host": host,
            "reader_host": reader_host,
            "port": database.port,
            "dbname": database.database_name,
            "username": database.username,
            "password": pulumi.Output.secret(primary.password),
            "dbInstanceIdentifier": primary.identifier,
        }
    )
    version = aws.secretsmanager.SecretVersion(
        f"{scope.name}-credentials-version",
        secret_id=holder.id,
        secret_string=pulumi.Output.secret(document),
        opts=scope.child(),
    )
    return pulumi.Output.all(holder.arn, version.id).apply(lambda both: both[0])
