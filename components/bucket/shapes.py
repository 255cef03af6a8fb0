"""What the bucket of shared files can be told, beyond what every bucket of ours has."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NotRequired, TypedDict

import pulumi


class StorageClass(StrEnum):
    """Where S3 keeps an object. One Zone-IA is not offered: it loses the files with their zone."""

    STANDARD_IA = "standard_ia"
    """Standard-IA: cheaper to keep, dearer to read. From 30 days on."""

    INTELLIGENT_TIERING = "intelligent_tiering"
    """Intelligent-Tiering: S3 moves what is rarely read, at a fee per object."""

    GLACIER_IR = "glacier_ir"
    """Glacier Instant Retrieval: read at once, dear to read, paid for 90 days at least."""

    GLACIER = "glacier"
    """Glacier Flexible Retrieval: must be restored for minutes to hours before it is read."""

    DEEP_ARCHIVE = "deep_archive"
    """Glacier Deep Archive: must be restored for hours before it is read, paid for 180 days at least."""


class ObjectLockMode(StrEnum):
    """How strictly versions of files are locked."""

    GOVERNANCE = "governance"
    """Only who may bypass it (`s3:BypassGovernanceRetention`) deletes a version before its time."""

    COMPLIANCE = "compliance"
    """Nobody deletes a version before its time, neither the account's owner nor AWS."""


class BucketTier(TypedDict):
    """A cheaper storage class that files move to. Objects below 128 KB stay where they are (S3's own default)."""

    storage_class: StorageClass
    """Where they move. Current files: a class that is read at once."""

    after_days: int
    """Days after which they move: since a file was written, or since an old version was replaced."""

    old_versions: NotRequired[bool]
    """Whether old versions move, instead of current files. Defaults to false."""


class BucketNotification(TypedDict):
    """Whom S3 tells of what happens to files: one of `topic_arn` and `queue_arn`."""

    name: str
    """What the notification is called; letters, digits, `.`, `_` and `-`, each name once."""

    events: Sequence[str]
    """What is told, by S3's names, such as `s3:ObjectCreated:*` (S3 user guide, "Supported event types for SQS, SNS,
    and Lambda")."""

    topic_arn: NotRequired[pulumi.Input[str]]
    """SNS topic of the bucket's region. Its policy must let `s3.amazonaws.com` publish for this bucket, and the policy
    of its key let S3 use it: S3 tries at once, and refuses the notification otherwise. Defaults to none."""

    queue_arn: NotRequired[pulumi.Input[str]]
    """SQS queue of the bucket's region, not first in, first out. Its policy must let `s3.amazonaws.com` send for this
    bucket, and the policy of its key let S3 use it: S3 tries at once, and refuses the notification otherwise. Defaults
    to none."""

    prefix: NotRequired[str]
    """Only files whose key begins so, such as `files/private/`. Defaults to all."""

    suffix: NotRequired[str]
    """Only files whose key ends so, such as `.jpg`. Defaults to all."""


class BucketEvents(TypedDict):
    """What S3 tells of files.

    EventBridge is told everything, for rules of any kind, those of Lambda functions too. S3 has one list of all that it
    tells, and S3 Files and AWS Backup rely on EventBridge being in it.
    """

    notifications: NotRequired[Sequence[BucketNotification]]
    """Who is told without EventBridge. Defaults to nobody."""


class BucketReplication(TypedDict):
    """A second bucket in another region, to which S3 copies every new version.

    What was in the bucket before is not copied: S3 Batch Replication does that, once. Replicas are no backup: what is
    overwritten here is overwritten there, and old versions there go after the same days.
    """

    region: str
    """Region of the second bucket, such as `eu-west-1`. A change makes another bucket, at first empty; the old one is
    protected unless disposable."""

    bucket_arn: NotRequired[pulumi.Input[str]]
    """A bucket that is there, in `region`: versioned, with object lock if this one has it. One of another account must
    let the role `replication_role_arn` in by its policy. Defaults to one that is made like this one: private,
    versioned, encrypted, TLS only, with its life cycle and access log."""

    kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key of `region` that encrypts the replicas, for a bucket with a key of one's own. Defaults to one that is made;
    with `bucket_arn` it must be given."""

    delete_markers: NotRequired[bool]
    """Whether a file that is deleted here disappears there too; its versions stay in both. Defaults to true. Versions
    that are deleted for good here never are there."""

    storage_class: NotRequired[StorageClass]
    """Where replicas are kept. Defaults to where their originals are."""

    time_control: NotRequired[bool]
    """Whether S3 promises to copy 99.99 % within 15 minutes (Replication Time Control), for a fee per GB. Defaults to
    false: then most of it takes seconds, and large files can take hours."""

    behind_minutes: NotRequired[int]
    """Minutes that the second bucket may be behind before an alarm tells it, 1 to 1440. Defaults to 15 with time
    control and to 60 without."""


class ObjectLock(TypedDict):
    """Versions of files that nobody deletes before their time.

    S3 can switch it on later, for versions written from then on, and never off: whoever leaves it out again leaves the
    bucket as it was; lower `days` to lock less. Files can be changed and deleted as before, each change leaves one more
    version, and none goes before its time, whatever `noncurrent_version_days` says.
    """

    mode: ObjectLockMode
    """How strictly. A compliance lock is refused in a disposable environment."""

    days: int
    """Days for which every new version is locked, 1 to 36500."""


class BucketSpec(TypedDict):
    """More about the bucket."""

    own_key: NotRequired[bool]
    """Whether bucket and file system have a key of their own, made here: who reads files must then be allowed to use
    the key as well. Defaults to false: keys that S3 manages. Files that are there keep the key that they have; with S3
    Files a change replaces the file system, which is protected unless disposable, not the bucket."""

    noncurrent_versions_kept: NotRequired[int]
    """Number of old versions of every file that are kept however old they are, 1 to 100; what is older goes after
    `noncurrent_version_days`. Defaults to none."""

    tiers: NotRequired[Sequence[BucketTier]]
    """Cheaper storage classes, besides `intelligent_tiering_days`. Defaults to none."""

    events: NotRequired[BucketEvents]
    """What S3 tells of files. `{}` tells EventBridge. Defaults to nothing; whoever leaves it out again leaves the
    bucket's list as it was, so take notifications out of it first."""

    replication: NotRequired[BucketReplication]
    """A second bucket in another region. Defaults to none."""

    object_lock: NotRequired[ObjectLock]
    """Versions that nobody deletes before their time. Defaults to none."""
