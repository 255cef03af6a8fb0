"""S3: buckets, their settings, objects, and file systems on top of them."""

from . import bucket, files, lifecycle, objects, policy, settings, uses

ENTRIES = (
    *bucket.ENTRIES,
    *settings.ENTRIES,
    *policy.ENTRIES,
    *lifecycle.ENTRIES,
    *uses.ENTRIES,
    *objects.ENTRIES,
    *files.ENTRIES,
)
