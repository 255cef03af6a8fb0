"""S3: buckets, their settings, objects, and file systems on top of them."""

from . import bucket, files, lifecycle, lock, objects, policy, replication, settings, uses

ENTRIES = (
    *bucket.ENTRIES,
    *settings.ENTRIES,
    *policy.ENTRIES,
    *lifecycle.ENTRIES,
    *uses.ENTRIES,
    *objects.ENTRIES,
    *replication.ENTRIES,
    *lock.ENTRIES,
    *files.ENTRIES,
)
