"""What backups can be told."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NotRequired, TypedDict

import pulumi

from ..windows import Weekday


class BackedUp(StrEnum):
    """A kind of resource that AWS Backup takes backups of. S3 Files and Mountpoint are there by their bucket."""

    RDS = "rds"
    """Databases on RDS, MySQL's primary for one."""
    AURORA = "aurora"
    """Aurora clusters."""
    EBS = "ebs"
    """Volumes."""
    EFS = "efs"
    """Elastic file systems."""
    S3 = "s3"
    """Buckets, which must have versioning switched on."""


class BackupRule(StrEnum):
    """A rule of the plan."""

    DAILY = "daily"
    """The backup of every night."""
    WEEKLY = "weekly"
    """The backup of a night of the week."""
    MONTHLY = "monthly"
    """The backup of a night of the month."""


class LockMode(StrEnum):
    """How strictly a vault is locked."""

    GOVERNANCE = "governance"
    """Nobody deletes a recovery point or shortens its time while the lock is there; who may take locks away can."""
    COMPLIANCE = "compliance"
    """When `changeable_days` are over nobody can, neither the account's owner nor AWS: the vault and its costs stay
    until the last recovery point has expired."""


class VaultCopy(TypedDict):
    """Where copies of recovery points go: a region, or a vault that is there. One of both."""

    region: NotRequired[str]
    """Region of this account in which a vault with a key of its own is made, such as `eu-west-1`. Defaults to none."""

    vault_arn: NotRequired[pulumi.Input[str]]
    """Vault that is there, such as another account's. Its policy must let this account copy into it, which
    `accept_copies_from` of a `Backups` there says; both accounts are of one organization, with cross-account backup
    switched on. Databases and volumes can be copied into another account only if a key of one's own encrypts them.
    Defaults to none."""

    rules: NotRequired[Sequence[BackupRule]]
    """Rules whose recovery points are copied. Defaults to weekly and monthly."""

    kept_days: NotRequired[int]
    """Days that copies are kept, 1 to 36500. Defaults to as long as what they are copies of."""


class VaultLock(TypedDict):
    """A vault that does not let go of recovery points before their time. A change takes the lock away for a moment."""

    mode: LockMode
    """How strictly. A compliance lock is refused in a disposable environment."""

    min_kept_days: NotRequired[int]
    """Shortest time that recovery points must be kept, in days; AWS fails backups that are to be kept for less.
    Defaults to the shortest of the rules."""

    max_kept_days: NotRequired[int]
    """Longest time that recovery points may be kept, in days. Defaults to none."""

    changeable_days: NotRequired[int]
    """Days for which a compliance lock can still be changed or taken away, 3 to 36500. Defaults to 14. Every change of
    the lock begins them anew."""


class RestoreTest(TypedDict):
    """A restore of the newest recovery point of every kind, every week, into a resource that is deleted afterwards."""

    enabled: NotRequired[bool]
    """Whether backups are tested. Defaults to true: it costs what runs and is stored for some hours a week."""

    day: NotRequired[Weekday]
    """Day of the week. Defaults to `TUE`, so that somebody is there when it fails."""

    time: NotRequired[str]
    """Local time at which it begins, `hh:mm`. Defaults to `10:00`."""

    validation_hours: NotRequired[int]
    """Hours for which what was restored is there for tests of one's own, 0 to 168. Defaults to 0."""

    database_class: NotRequired[str]
    """Instance class of databases that are restored for a test, such as `db.t4g.medium`. Defaults to that of the
    database, which is what a restore in earnest takes."""


class BackupsSpec(TypedDict):
    """When backups are taken, and for how long they are kept."""

    time_zone: NotRequired[str]
    """IANA time zone of all times here, such as `Europe/Zurich`. Summer time is followed. Defaults to `Etc/UTC`."""

    time: NotRequired[str]
    """Local time at which backups begin, `hh:mm`, within eight hours: AWS keeps clear of maintenance windows. Where
    rules meet, AWS takes one backup, which is kept for the longest. Defaults to `02:00`."""

    daily_kept_days: NotRequired[int]
    """Days that daily backups are kept, 1 to 36500. Defaults to 35."""

    continuous: NotRequired[bool]
    """Whether database (RDS, Aurora) and bucket are backed up all the time, so that any second of the last
    `daily_kept_days` (35 at most) can be restored. AWS Backup then sets the retention of the database's own backups,
    and the database must ignore it. Defaults to false: a database keeps every second by itself for
    `backup_retention_days`, a bucket every version."""

    weekly_kept_days: NotRequired[int]
    """Days that weekly backups are kept; 0 for none. Defaults to 90."""

    weekly_day: NotRequired[Weekday]
    """Day of the weekly backup. Defaults to `SUN`."""

    monthly_kept_days: NotRequired[int]
    """Days that monthly backups are kept; 0 for none. Defaults to 365."""

    monthly_day: NotRequired[int]
    """Day of the month of the monthly backup, 1 to 28. Defaults to 1."""

    monthly_cold_after_days: NotRequired[int]
    """Days after which monthly backups of volumes and file systems move to cold storage, which costs less and takes
    hours to read; they stay there for at least 90 days. AWS has none for databases and buckets. Defaults to never."""

    copies: NotRequired[Sequence[VaultCopy]]
    """Where copies go. A copy costs its storage and the way there, and data leaves the region. Defaults to none."""

    lock: NotRequired[VaultLock]
    """A lock on the vault. Defaults to none."""

    restore_test: NotRequired[RestoreTest]
    """How backups are tested. Defaults to every Tuesday."""


class BackupsArgs(TypedDict):
    """What backups need to know."""

    backups: NotRequired[BackupsSpec]
    """When backups are taken, and for how long they are kept. Defaults to daily, weekly and monthly ones."""

    kinds: NotRequired[Sequence[BackedUp]]
    """Kinds of resources there are: what is selected, tested, and missed when it was not backed up. Defaults to rds,
    ebs and s3."""

    select_tags: NotRequired[Mapping[str, str]]
    """Tags that all of what is backed up carries. Defaults to the one that components put on what holds data of this
    stack, `elasticweb:data` = `project/stack`."""

    database_subnet_group_name: NotRequired[pulumi.Input[str]]
    """Subnet group in which databases are restored for a test. Defaults to the account's default network; without one
    the test fails."""

    database_security_group_ids: NotRequired[Sequence[pulumi.Input[str]]]
    """Security groups of databases that are restored for a test. Defaults to the network's default group."""

    alarm_topic_arn: NotRequired[pulumi.Input[str]]
    """SNS topic of this account that is told when a backup, a copy or a restore test fails or does not happen; its
    policy and key must let CloudWatch and EventBridge in. Defaults to no alarms."""

    accept_copies_from: NotRequired[Sequence[str]]
    """Accounts that may copy recovery points into the vault. Defaults to none."""

    disposable: NotRequired[bool]
    """Whether the vault may be deleted with the stack, and every recovery point in it. Defaults to false: vault and key
    are protected, and outlive the stack."""

    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything that can be tagged. Defaults to none."""
