"""The backups of an environment."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from .._args import InvalidArgs
from ..backups import BackedUp, Backups, BackupsArgs, BackupsSpec, VaultCopy
from ..shared_storage import kept_in
from .databases import Database
from .shapes import EnvironmentArgs

# What holds the files, where that is no bucket.
_FILES = {"efs": BackedUp.EFS, "nfs_server": BackedUp.EBS}


def backups(
    name: str,
    args: EnvironmentArgs,
    database: Database,
    alarm_topic_arn: pulumi.Output[str],
    child: pulumi.ResourceOptions,
) -> Backups | None:
    """Make the backups of what holds data, where *args* ask for them."""
    wanted = args.get("backups")
    if wanted is None:
        return None
    made = BackupsArgs(
        backups=wanted if "database_kms_key_arn" in args else _within_the_account(wanted, child),
        kinds=_kinds(args),
        # Databases that are restored for a test are reached by nobody: they have the group of the database, which lets
        # nobody in but who has a rule of one's own.
        database_subnet_group_name=database.subnet_group_name,
        database_security_group_ids=[database.security_group_id],
        disposable=args.get("disposable", False),
        tags=args.get("tags", {}),
    )
    if args.get("alarms", {}).get("enabled", True):
        made["alarm_topic_arn"] = alarm_topic_arn
    return Backups(f"{name}-backups", made, child)


def _within_the_account(wanted: BackupsSpec, child: pulumi.ResourceOptions) -> BackupsSpec:
    """Refuse vaults of other accounts, into which AWS Backup copies nothing that RDS's own key encrypts."""
    own = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(parent=child.parent)).account_id

    def check(number: int, account: str, arn: str) -> str:
        if f":{account}:" not in arn:
            raise InvalidArgs(
                f"Environment: backups.copies[{number}].vault_arn must be of this account ({account}) unless "
                "database_kms_key_arn is given: RDS lets no other account read what its own key encrypts"
            )
        return arn

    def checked(number: int, copy: VaultCopy) -> VaultCopy:
        if "vault_arn" not in copy:
            return copy
        known = pulumi.Output.all(own, copy["vault_arn"]).apply(lambda both: check(number, *both))
        return {**copy, "vault_arn": known}

    return {**wanted, "copies": [checked(number, copy) for number, copy in enumerate(wanted.get("copies", ()))]}


def _kinds(args: EnvironmentArgs) -> Sequence[BackedUp]:
    """Return what there is: a database, the files in whatever holds them, and a worker's volume."""
    files = sorted(_FILES.get(kind.value, BackedUp.S3) for kind in kept_in(args.get("storage", {})))
    worker = [BackedUp.EBS] if args.get("worker") is not None else []
    database = BackedUp.RDS if args.get("aurora") is None else BackedUp.AURORA
    return list(dict.fromkeys([database, *files, *worker]))
