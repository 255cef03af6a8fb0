"""The bucket of shared files: what it can be told beyond what every bucket of ours has (see `_bucket`)."""

from .checks import Around, check_bucket
from .component import FilesBucket, Maker
from .keys import through_s3
from .replication import Replicated
from .rules import lifecycle_rules
from .shapes import (
    BucketEvents,
    BucketNotification,
    BucketReplication,
    BucketSpec,
    BucketTier,
    ObjectLock,
    ObjectLockMode,
    StorageClass,
)
from .watch import watch

__all__ = [
    "Around",
    "BucketEvents",
    "BucketNotification",
    "BucketReplication",
    "BucketSpec",
    "BucketTier",
    "FilesBucket",
    "Maker",
    "ObjectLock",
    "ObjectLockMode",
    "Replicated",
    "StorageClass",
    "check_bucket",
    "lifecycle_rules",
    "through_s3",
    "watch",
]
