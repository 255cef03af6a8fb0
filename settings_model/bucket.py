"""The bucket of shared files."""

from typing import Annotated, Literal

from pydantic import Field

from .base import Arn, Model, Text

_StorageClass = Literal["standard_ia", "intelligent_tiering", "glacier_ir", "glacier", "deep_archive"]
_Days = Annotated[int, Field(ge=1, le=36500)]


class BucketTier(Model):
    """A cheaper storage class that files move to."""

    storage_class: _StorageClass
    """Where they move; current files to a class that is read at once, so not to glacier or deep_archive."""
    after_days: Annotated[int, Field(ge=0, le=36500)]
    """Days after which they move: since a file was written, or since an old version was replaced."""
    old_versions: bool = False
    """Whether old versions move, instead of current files."""


class BucketNotification(Model):
    """Whom S3 tells of what happens to files: a topic or a queue, whose policy must let it."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,255}$")]
    """What the notification is called."""
    events: Annotated[list[Text], Field(min_length=1)]
    """What is told, by S3's names, such as s3:ObjectCreated:*."""
    topic_arn: Arn | None = None
    """SNS topic of the bucket's region."""
    queue_arn: Arn | None = None
    """SQS queue of the bucket's region."""
    prefix: Text | None = None
    """Only files whose key begins so; all when left out."""
    suffix: Text | None = None
    """Only files whose key ends so; all when left out."""


class BucketEvents(Model):
    """What S3 tells of files: everything to EventBridge."""

    notifications: list[BucketNotification] = []
    """Who is told without EventBridge."""


class BucketReplication(Model):
    """A second bucket in another region, to which S3 copies every new version; it is no backup."""

    region: Annotated[str, Field(pattern="^[a-z]{2,}(-[a-z]+)+-[0-9]+$")]
    """Region of the second bucket, such as eu-west-1."""
    bucket_arn: Arn | None = None
    """A bucket that is there, in that region; one is made when left out."""
    kms_key_arn: Arn | None = None
    """Key of that region that encrypts the replicas of a bucket with a key of its own; one is made when left out."""
    delete_markers: bool = True
    """Whether a file that is deleted here disappears there too."""
    storage_class: _StorageClass | None = None
    """Where replicas are kept; where their originals are when left out."""
    time_control: bool = False
    """Whether S3 promises to copy 99.99 % within 15 minutes, for a fee per GB."""
    behind_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    """Minutes behind after which an alarm tells; 15 with time control and 60 without when left out."""


class ObjectLock(Model):
    """Versions of files that nobody deletes before their time. It can never be switched off."""

    mode: Literal["governance", "compliance"]
    """governance (who may bypass it can delete) or compliance (nobody can)."""
    days: _Days
    """Days for which every new version is locked."""


class Bucket(Model):
    """More about the bucket."""

    own_key: bool = False
    """Whether it has a key of its own, not one that S3 manages."""
    noncurrent_versions_kept: Annotated[int, Field(ge=1, le=100)] | None = None
    """Old versions of every file that are kept however old they are; none when left out."""
    tiers: list[BucketTier] = []
    """Cheaper storage classes, besides intelligent_tiering_days."""
    events: BucketEvents | None = None
    """What S3 tells of files; nothing when left out. {} tells EventBridge."""
    replication: BucketReplication | None = None
    """A second bucket in another region; none when left out."""
    object_lock: ObjectLock | None = None
    """Versions that nobody deletes before their time; none when left out."""
