"""The backups of an environment."""

from collections.abc import Sequence

import pulumi

from ..backups import BackedUp, Backups, BackupsArgs
from ..mysql import MySQL
from .shapes import EnvironmentArgs


def backups(
    name: str,
    args: EnvironmentArgs,
    database: MySQL,
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
    """Return what there is: the files are a bucket, however they are mounted, and a worker has a volume."""
    return [BackedUp.RDS, BackedUp.S3, *([BackedUp.EBS] if args.get("worker") is not None else [])]
