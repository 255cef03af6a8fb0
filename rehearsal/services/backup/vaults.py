"""AWS Backup: vaults, who may use them, and their locks."""

from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Entry, props

from ._tags import tags_of


def _delete(context: Context) -> None:
    """Delete the vault, with what it holds where the program has said so; else AWS refuses."""
    name = {"BackupVaultName": context.id}
    if context.inputs.get("forceDestroy"):
        for point in context.call("list_recovery_points_by_backup_vault", name)["RecoveryPoints"]:
            context.call("delete_recovery_point", {**name, "RecoveryPointArn": point["RecoveryPointArn"]})
    context.call("delete_backup_vault", name)


VAULT = Entry(
    "aws:backup/vault:Vault",
    service="backup",
    inputs=props(
        replaces="kmsKeyArn name",
        computed="kmsKeyArn name",
        local="forceDestroy",
        defaults={"forceDestroy": False},
        api={"name": "BackupVaultName", "kmsKeyArn": "EncryptionKeyArn"},
    ),
    autoname=Autoname("name", 50),
    create=Call("create_backup_vault"),
    id="{name}",
    read=(Call("describe_backup_vault", {"BackupVaultName": "{id}"}),),
    delete=(_delete,),
    outputs={
        "arn": "BackupVaultArn",
        "recoveryPoints": lambda context: context.answer.get("NumberOfRecoveryPoints") or 0,
    },
    tags=tags_of("BackupVaultTags", "backup-vault:{id}"),
)

POLICY = Entry(
    "aws:backup/vaultPolicy:VaultPolicy",
    service="backup",
    inputs=props(required="backupVaultName policy", replaces="backupVaultName", json="policy"),
    create=Call("put_backup_vault_access_policy"),
    id="{backupVaultName}",
    read=(Call("get_backup_vault_access_policy", {"BackupVaultName": "{id}"}),),
    updates=(Call("put_backup_vault_access_policy", {"BackupVaultName": "{backupVaultName}"}),),
    delete=(Call("delete_backup_vault_access_policy", {"BackupVaultName": "{id}"}),),
    outputs={"backupVaultArn": "BackupVaultArn"},
)


def _locked(context: Context) -> Any:
    found = context.call("describe_backup_vault", {"BackupVaultName": context.id})
    return found if found.get("Locked") else None


LOCK = Entry(
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    service="backup",
    inputs=props(
        required="backupVaultName",
        replaces="backupVaultName changeableForDays maxRetentionDays minRetentionDays",
        reads={"changeableForDays": None},  # AWS tells the date instead
    ),
    create=Call("put_backup_vault_lock_configuration"),
    id="{backupVaultName}",
    read=(_locked,),
    delete=(Call("delete_backup_vault_lock_configuration", {"BackupVaultName": "{id}"}),),
    outputs={"backupVaultArn": "BackupVaultArn"},
)

ENTRIES = (VAULT, POLICY, LOCK)
