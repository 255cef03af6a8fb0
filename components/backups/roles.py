"""What AWS Backup may do: one role takes backups and copies them, another restores."""

from collections.abc import Sequence

import pulumi_aws as aws

from .._trust import trust
from .scope import Scope

# AWS's own policies for these roles (AWS Backup developer guide, "Managed policies for AWS Backup"): what a service
# needs grows with it, and a backup that silently stops, because it came to need one more permission, is the worse risk.
BACKUP = ("service-role/AWSBackupServiceRolePolicyForBackup", "AWSBackupServiceRolePolicyForS3Backup")
RESTORE = ("service-role/AWSBackupServiceRolePolicyForRestores", "AWSBackupServiceRolePolicyForS3Restore")


class Role:
    """A role, and what must be in place before AWS Backup takes it on."""

    def __init__(self, scope: Scope, role: str, description: str, policies: Sequence[str]) -> None:
        made = aws.iam.Role(
            f"{scope.name}-{role}",
            description=description,
            # No aws:SourceAccount: AWS documents it for the topics that AWS Backup publishes to, not for its roles, and
            # a condition that it did not fill in would end all backups. Only who may pass the role can have it used.
            assume_role_policy=trust("backup.amazonaws.com"),
            tags=scope.tags,
            opts=scope.child(),
        )
        self.arn = made.arn
        self.ready = [
            aws.iam.RolePolicyAttachment(
                f"{scope.name}-{role}-{'s3' if 'S3' in policy else 'policy'}",
                role=made.name,
                policy_arn=scope.partition.apply(lambda partition, p=policy: f"arn:{partition}:iam::aws:policy/{p}"),
                opts=scope.child(),
            )
            for policy in policies
        ]
