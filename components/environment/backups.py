"""The backups of an environment."""

from collections.abc import Sequence

import pulumi

from ..backups import BackedUp, Backups, BackupsArgs
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
        backups=wanted,
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


def _kinds(args: EnvironmentArgs) -> Sequence[BackedUp]:
    """Return what there is: a database, the files in whatever holds them, and a worker's volume."""
    files = sorted(_FILES.get(kind.value, BackedUp.S3) for kind in kept_in(args.get("storage", {})))
    worker = [BackedUp.EBS] if args.get("worker") is not None else []
    database = BackedUp.RDS if args.get("aurora") is None else BackedUp.AURORA
    return list(dict.fromkeys([database, *files, *worker]))
