"""The bucket of shared files, with all that it can be told."""

from collections.abc import Mapping
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from .._access_log import access_log
from .._bucket import PrivateBucket, private_bucket
from .._data_tag import data_tag
from .events import tell
from .keys import bucket_key
from .replication import Replicated, Side, replicate, side, side_given
from .shapes import BucketReplication, BucketSpec, ObjectLock


class FilesBucket(NamedTuple):
    """The bucket, and what came of its settings."""

    private: PrivateBucket
    kms_key_arn: pulumi.Input[str] | None
    region: pulumi.Output[str]
    replicated: Replicated | None


class Maker(NamedTuple):
    """What the bucket and its replica have in common."""

    name: str
    parent: pulumi.Resource
    rules: list[aws.s3.BucketLifecycleConfigurationRuleArgsDict]
    access_log_retention_days: int | None
    disposable: bool
    tags: Mapping[str, pulumi.Input[str]]

    def make(self, spec: BucketSpec, kms_key_arn: pulumi.Input[str] | None) -> FilesBucket:
        """Make ``{name}-bucket`` and what belongs to it, encrypted by the key, if one is given or wanted."""
        if spec.get("own_key", False):
            kms_key_arn = self._key("key")
        lock = spec.get("object_lock")
        private = self._bucket("bucket", "access-log", kms_key_arn, data_tag())
        if lock is not None:
            self._lock("bucket", private, lock)
        if "events" in spec:
            tell(self.name, self.parent, private.bucket, spec["events"])
        here = aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=self.parent)).region
        if "replication" not in spec:
            return FilesBucket(private, kms_key_arn, here, None)
        wanted = spec["replication"]
        replicated = replicate(
            self.name,
            self.parent,
            wanted,
            side(private, kms_key_arn, here),
            self._replica(wanted, encrypted=kms_key_arn is not None, locked=lock is not None),
            locked=lock is not None,
            tags=self.tags,
        )
        return FilesBucket(private, kms_key_arn, here, replicated)

    def _replica(self, wanted: BucketReplication, *, encrypted: bool, locked: bool) -> Side:
        region, key, given = wanted["region"], wanted.get("kms_key_arn"), wanted.get("bucket_arn")
        if given is not None:
            return side_given(given, key, region)
        if encrypted and key is None:
            key = self._key("replica-key", region)
        # Without the data tag: what is backed up is the original.
        made = self._bucket("replica", "replica-log", key, {}, region)
        if locked:
            # Replicas bring the time for which they are locked along.
            self._lock("replica", made, None, region)
        return side(made, key, region)

    def _key(self, role: str, region: str | None = None) -> pulumi.Output[str]:
        made = bucket_key(f"{self.name}-{role}", self.parent, disposable=self.disposable, tags=self.tags, region=region)
        return made.arn

    def _bucket(
        self,
        role: str,
        log_role: str,
        kms_key_arn: pulumi.Input[str] | None,
        tags: Mapping[str, pulumi.Input[str]],
        region: str | None = None,
    ) -> PrivateBucket:
        made = private_bucket(
            f"{self.name}-{role}",
            self.parent,
            disposable=self.disposable,
            rules=self.rules,
            kms_key_arn=kms_key_arn,
            tags={**self.tags, **tags},
            region=region,
        )
        if self.access_log_retention_days is not None:
            access_log(
                f"{self.name}-{log_role}",
                self.parent,
                made,
                retention_days=self.access_log_retention_days,
                disposable=self.disposable,
                tags=self.tags,
                region=region,
            )
        return made

    def _lock(self, role: str, bucket: PrivateBucket, lock: ObjectLock | None, region: str | None = None) -> None:
        """Switch object lock on by a setting of its own: as an input of the bucket it would make another bucket."""
        rule: aws.s3.BucketObjectLockConfigurationRuleArgsDict | None = None
        if lock is not None:
            rule = {"default_retention": {"mode": lock["mode"].value.upper(), "days": lock["days"]}}
        made = aws.s3.BucketObjectLockConfiguration(
            f"{self.name}-{role}-lock",
            bucket=bucket.bucket.bucket,
            rule=rule,
            region=region,
            opts=pulumi.ResourceOptions(
                parent=self.parent, retain_on_delete=not self.disposable, depends_on=bucket.settings
            ),
        )
        bucket.settings.append(made)
