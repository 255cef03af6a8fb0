"""Where recovery points are kept: a vault with its key, who may copy into it, and its lock."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from .checks import Checked
from .scope import Scope
from .shapes import LockMode


class Vault(NamedTuple):
    """A vault, and the key that encrypts it."""

    vault: aws.backup.Vault
    key: aws.kms.Key


def vault(
    scope: Scope, role: str, tags: Mapping[str, pulumi.Input[str]], *, region: pulumi.Input[str] | None = None
) -> Vault:
    """Make a vault with a key of its own, in another *region* where one is given.

    A vault that holds recovery points cannot be deleted; only in a disposable environment they are deleted with it.
    """
    name = f"{scope.name}-{role}"
    key = aws.kms.Key(
        f"{name}-key",
        description=f"Backups of {scope.name}",
        enable_key_rotation=True,
        deletion_window_in_days=7 if scope.disposable else 30,
        policy=pulumi.Output.json_dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        # The account's policies decide, AWS Backup's own for its roles among them.
                        "Sid": "Account",
                        "Effect": "Allow",
                        "Principal": {
                            "AWS": pulumi.Output.format("arn:{}:iam::{}:root", scope.partition, scope.account)
                        },
                        "Action": "kms:*",
                        "Resource": "*",
                    }
                ],
            }
        ),
        region=region,
        tags={"Name": name, **scope.tags},
        opts=scope.kept(),
    )
    made = aws.backup.Vault(
        name,
        kms_key_arn=key.arn,
        force_destroy=scope.disposable,
        region=region,
        tags={"Name": name, **scope.tags, **tags},
        opts=scope.kept(),
    )
    return Vault(made, key)


def let_in(scope: Scope, made: Vault, accounts: Sequence[str]) -> None:
    """Let *accounts* copy into the vault (AWS Backup developer guide, "Creating backup copies across accounts")."""
    if not accounts:
        return
    principals = [pulumi.Output.format("arn:{}:iam::{}:root", scope.partition, account) for account in accounts]
    aws.backup.VaultPolicy(
        f"{scope.name}-vault-policy",
        backup_vault_name=made.vault.name,
        policy=pulumi.Output.json_dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "Copies",
                        "Effect": "Allow",
                        "Principal": {"AWS": principals},
                        "Action": "backup:CopyIntoBackupVault",
                        "Resource": "*",  # the vault
                    }
                ],
            }
        ),
        opts=scope.child(),
    )


def lock(scope: Scope, made: Vault, checked: Checked) -> None:
    """Lock the vault, where that is wanted."""
    wanted = checked.lock
    if wanted is None:
        return
    strict = wanted["mode"] is LockMode.COMPLIANCE
    more: dict[str, Any] = {"changeable_for_days": wanted.get("changeable_days", 14)} if strict else {}
    aws.backup.VaultLockConfiguration(
        f"{scope.name}-vault-lock",
        backup_vault_name=made.vault.name,
        min_retention_days=wanted.get("min_kept_days", min(rule.kept_days for rule in checked.rules)),
        max_retention_days=wanted.get("max_kept_days"),
        **more,
        # A vault has one lock: made first and deleted afterwards, the old one would take the new one away with it.
        opts=pulumi.ResourceOptions.merge(
            scope.child(), pulumi.ResourceOptions(delete_before_replace=True, protect=strict or None)
        ),
    )
