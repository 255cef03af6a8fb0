"""What lets RDS report on the operating system below a database."""

import json

import pulumi
import pulumi_aws as aws

from .scope import Scope


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
