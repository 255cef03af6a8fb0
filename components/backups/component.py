"""How the parts of backups are connected."""

import pulumi

from .._args import checked
from .._data_tag import data_tag
from .._elsewhere import elsewhere
from .checks import resolve
from .plan import plan, selection
from .roles import BACKUP, RESTORE, Role
from .scope import scope
from .shapes import BackupsArgs, VaultCopy
from .testing import restore_tests
from .vault import let_in, lock, vault
from .watch import Watch

BACKUP_ROLE_TAG = "elasticweb:backup-role"
RESTORE_ROLE_TAG = "elasticweb:restore-role"
"""Tags of the vault that name the roles: `elasticweb backup` and `elasticweb restore` have nothing but credentials."""


class Backups(pulumi.ComponentResource):
    """Backups of everything that holds data, by AWS Backup: daily, weekly and monthly, restored for a test every week.

    Stateful: vault and key are kept unless `disposable`; a vault that holds recovery points cannot be deleted. What is
    backed up is found by its tag. AWS Backup's settings of the region, which are the account's, are left alone: kinds
    are selected by name, for which they do not count, except Aurora, which must be switched on there.
    """

    vault_name: pulumi.Output[str]
    """The vault."""

    vault_arn: pulumi.Output[str]
    """ARN of the vault."""

    key_arn: pulumi.Output[str]
    """Key that encrypts what is in the vault, as far as AWS Backup encrypts it itself: buckets and file systems.
    Databases and volumes stay encrypted with their own."""

    copy_vault_arns: list[pulumi.Output[str]]
    """Vaults in other regions, in the order of the copies that have one."""

    plan_id: pulumi.Output[str]
    """The backup plan."""

    backup_role_arn: pulumi.Output[str]
    """Role that takes backups."""

    restore_role_arn: pulumi.Output[str]
    """Role that restores."""

    restore_testing_plan_name: pulumi.Output[str] | None
    """The plan of the restore tests. None when they are switched off."""

    alarm_names: list[pulumi.Output[str]]
    """Names of the alarms."""

    def __init__(self, name: str, args: BackupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked("Backups", BackupsArgs, args)
        wanted = resolve(name, args)
        super().__init__("elasticweb:index:Backups", name, {}, opts)
        own = scope(name, self, args.get("tags", {}), disposable=args.get("disposable", False))
        tags = dict[str, pulumi.Input[str]](args.get("select_tags", data_tag()))

        backing_up = Role(own, "backup-role", "Lets AWS Backup take backups", BACKUP)
        restoring = Role(own, "restore-role", "Lets AWS Backup restore", RESTORE)
        roles = {BACKUP_ROLE_TAG: backing_up.arn, RESTORE_ROLE_TAG: restoring.arn}
        main = vault(own, "vault", {**data_tag(), **roles})
        let_in(own, main, args.get("accept_copies_from", ()))
        lock(own, main, wanted)
        self.copy_vault_arns = []
        copies = list[tuple[VaultCopy, pulumi.Input[str]]]()
        for number, copy in enumerate(wanted.copies):
            if "vault_arn" in copy:
                copies.append((copy, copy["vault_arn"]))
                continue
            region = copy.get("region", "")
            away = elsewhere(f"Backups: backups.copies[{number}].region", region, own.region)
            there = vault(own, f"copies-{region}", {**data_tag(), **roles}, region=away).vault
            self.copy_vault_arns.append(there.arn)
            copies.append((copy, there.arn))
        made = plan(own, wanted, main, copies)
        selection(own, wanted, made, backing_up, tags)
        tests = restore_tests(own, wanted, args, main, restoring, tags)

        alarms = []
        if "alarm_topic_arn" in args:
            watch = Watch(own, wanted, main, args["alarm_topic_arn"])
            alarms = watch.backups() + (watch.tests(tests) if tests else [])

        self.vault_name = main.vault.name
        self.vault_arn = main.vault.arn
        self.key_arn = main.key.arn
        self.plan_id = made.id
        self.backup_role_arn = backing_up.arn
        self.restore_role_arn = restoring.arn
        self.restore_testing_plan_name = tests.name if tests else None
        self.alarm_names = [alarm.name for alarm in alarms]
        self.register_outputs({output: getattr(self, output) for output in Backups.__annotations__})
