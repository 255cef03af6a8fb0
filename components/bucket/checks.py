"""What S3 would refuse about a bucket, or take and not do, before anything is registered."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from .._args import InvalidArgs, check_range
from .events import check_events
from .shapes import BucketReplication, BucketSpec, BucketTier, ObjectLockMode, StorageClass

_COMPONENT, _PATH = "SharedStorage", "storage.bucket"
_WHO = f"{_COMPONENT}: {_PATH}"
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+")
_LONGEST = 36500
_MOST_VERSIONS = 100  # NewerNoncurrentVersions (S3 API model)
_IA_DAYS = 30  # that an object is in Standard before it may go there (S3 user guide, lifecycle considerations)
_ARCHIVES = {StorageClass.GLACIER, StorageClass.DEEP_ARCHIVE}
_DOWN = [*StorageClass]  # transitions go down this list only (the same page), and so must the days


class Around(NamedTuple):
    """What the bucket's settings have to agree with."""

    noncurrent_version_days: int
    intelligent_tiering_days: int | None
    has_key: bool
    """Whether a key is given for it."""
    disposable: bool


def check_bucket(spec: BucketSpec, around: Around) -> None:
    """Raise `InvalidArgs` for what cannot be."""
    if spec.get("own_key") and around.has_key:
        raise InvalidArgs(f"{_WHO}.own_key must not be true with kms_key_arn, which is a key already")
    check_range(
        _COMPONENT, f"{_PATH}.noncurrent_versions_kept", spec.get("noncurrent_versions_kept", 1), 1, _MOST_VERSIONS
    )
    _check_tiers(spec.get("tiers", ()), around)
    check_events(_WHO, spec.get("events", {}))
    lock = spec.get("object_lock")
    if lock is not None:
        check_range(_COMPONENT, f"{_PATH}.object_lock.days", lock["days"], 1, _LONGEST, "days")
        if lock["mode"] is ObjectLockMode.COMPLIANCE and around.disposable:
            raise InvalidArgs(
                f"{_WHO}.object_lock.mode must not be compliance in a disposable environment: nobody could delete the "
                "bucket; governance can be bypassed"
            )
    replication = spec.get("replication")
    if replication is not None:
        _check_replication(replication, has_key=around.has_key or spec.get("own_key", False))


def _check_tiers(tiers: Sequence[BucketTier], around: Around) -> None:
    current: list[tuple[StorageClass, int]] = []
    if around.intelligent_tiering_days is not None:
        current.append((StorageClass.INTELLIGENT_TIERING, around.intelligent_tiering_days))
    old: list[tuple[StorageClass, int]] = []
    for i, tier in enumerate(tiers):
        where, days = tier["storage_class"], tier["after_days"]
        field = f"tiers[{i}].after_days"
        if tier.get("old_versions", False):
            check_range(_COMPONENT, f"{_PATH}.{field}", days, 1, _LONGEST, "days")
            if days >= around.noncurrent_version_days:
                raise InvalidArgs(
                    f"{_WHO}.{field} must be less than noncurrent_version_days, which is "
                    f"{around.noncurrent_version_days}, got {days}"
                )
            old.append((where, days))
        else:
            if where in _ARCHIVES:
                raise InvalidArgs(
                    f"{_WHO}.tiers[{i}].storage_class must not be {where.value} for current files, which could not be "
                    "read before somebody restores them; use glacier_ir, or old_versions"
                )
            check_range(_COMPONENT, f"{_PATH}.{field}", days, 0, _LONGEST, "days")
            current.append((where, days))
        if where is StorageClass.STANDARD_IA and days < _IA_DAYS:
            raise InvalidArgs(f"{_WHO}.{field} must be at least {_IA_DAYS} days for standard_ia, got {days}")
    for what, moves in (("current files", current), ("old versions", old)):
        _check_order(what, moves)


def _check_order(what: str, moves: list[tuple[StorageClass, int]]) -> None:
    ordered = sorted(moves, key=lambda move: _DOWN.index(move[0]))
    for (above, sooner), (below, later) in pairwise(ordered):
        if above is below:
            raise InvalidArgs(f"{_WHO}.tiers must name {below.value} once only for {what}, got it twice")
        # Who pays for 30 days of Standard-IA at least must also leave objects there for as long.
        least = sooner + (_IA_DAYS if above is StorageClass.STANDARD_IA else 1)
        if later < least:
            raise InvalidArgs(
                f"{_WHO}.tiers must move {what} to {below.value} after {least} days at least, because they move to "
                f"{above.value} after {sooner}, got {later}"
            )


def _check_replication(replication: BucketReplication, *, has_key: bool) -> None:
    region = replication["region"]
    if not _REGION.fullmatch(region):
        raise InvalidArgs(f"{_WHO}.replication.region must be a region such as eu-west-1, got {region!r}")
    check_range(
        _COMPONENT, f"{_PATH}.replication.behind_minutes", replication.get("behind_minutes", 15), 1, 1440, "minutes"
    )
    given = "kms_key_arn" in replication
    if given and not has_key:
        raise InvalidArgs(
            f"{_WHO}.replication.kms_key_arn must be left out for a bucket without a key of its own: S3's keys encrypt "
            "its replicas, too"
        )
    if has_key and "bucket_arn" in replication and not given:
        raise InvalidArgs(
            f"{_WHO}.replication.kms_key_arn must be given with bucket_arn for a bucket with a key of its own: S3 does "
            f"not replicate it without a key of {region}"
        )
