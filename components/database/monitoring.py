"""What lets RDS report on the operating system below a database."""

import pulumi
import pulumi_aws as aws

from .._trust import on_behalf_of, trust
from .scope import Scope


def monitoring_role(scope: Scope) -> tuple[aws.iam.Role, aws.iam.RolePolicyAttachment]:
    """Allow RDS to write the metrics of the operating system into CloudWatch Logs."""
    invoke = pulumi.InvokeOptions(parent=scope.parent)
    account = aws.get_caller_identity_output(opts=invoke).account_id
    partition = aws.get_partition_output(opts=invoke).partition
    role = aws.iam.Role(
        f"{scope.name}-monitoring",
        description=f"Enhanced monitoring of {scope.name}",
        # RDS user guide, USER_Monitoring.OS.confused-deputy: only for database instances of this account.
        assume_role_policy=trust(
            "monitoring.rds.amazonaws.com",
            on_behalf_of(account, pulumi.Output.format("arn:{}:rds:*:{}:db:*", partition, account)),
        ),
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
