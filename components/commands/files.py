"""Buckets and file systems."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from .errors import ApiError
from .points import RESTORED_TAG, tags, target_name
from .target import Check, Target, check, merged

_MINUTE = timedelta(minutes=1)
_BLOCKS = 4
"""Settings that keep the public out of a bucket."""
_MOST = 100_000
"""Objects that are counted."""


class Bucket(Target):
    """A bucket, restored into one beside it: private, versioned, encrypted the same way."""

    type: ClassVar[str] = "S3"
    lag: ClassVar[timedelta] = timedelta(minutes=15)

    @property
    def name(self) -> str:
        """Name of what is restored."""
        return target_name(self.data.name, self.point.time, 63)

    @property
    def made(self) -> str:
        """What is made."""
        return f"a new bucket {self.name}"

    def metadata(self) -> dict[str, str]:
        """Say where it goes."""
        wanted = {"DestinationBucketName": self.name, "NewBucket": "true", "Encrypted": "true", **self._encryption()}
        if self.point.continuous:
            wanted["RestoreTime"] = f"{self.point.time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return wanted

    def there(self) -> str:
        """Find it by its name."""
        return f"{self.data.arn.rsplit(':', 1)[0]}:{self.name}" if self._exists(self.name) else ""

    def same(self, metadata: Mapping[str, str]) -> bool:
        """Compare by the name."""
        return metadata.get("destinationbucketname") == self.name

    def tag(self, arn: str) -> None:
        """Tag it; switch versioning on, which file systems and backups need; let nobody in from outside."""
        bucket = arn.rsplit(":", 1)[-1]
        wanted = [{"Key": k, "Value": v} for k, v in tags(self.stack.name, self.point, self.data.arn).items()]
        self.api.call("s3", "put_bucket_tagging", Bucket=bucket, Tagging={"TagSet": wanted})
        self.api.call("s3", "put_bucket_versioning", Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        closed = dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        )
        self.api.call("s3", "put_public_access_block", Bucket=bucket, PublicAccessBlockConfiguration=closed)
        policy = json.dumps({"Version": "2012-10-17", "Statement": [_tls_only(arn)]})
        self.api.call("s3", "put_bucket_policy", Bucket=bucket, Policy=policy)

    def checks(self, arn: str) -> list[Check]:
        """Look at who gets in, count what was restored, and compare with what was there at that time."""
        bucket = arn.rsplit(":", 1)[-1]
        told = self.api.call("s3", "get_bucket_tagging", Bucket=bucket)["TagSet"]
        tagged = {tag["Key"]: tag["Value"] for tag in told}.get(RESTORED_TAG) == self.stack.name
        versioned = self.api.call("s3", "get_bucket_versioning", Bucket=bucket).get("Status") == "Enabled"
        count, size, more = self._counted(bucket)
        shown = f"{'more than ' if more else ''}{count} objects, {size} bytes"
        made = [
            check(tagged, f"tagged {RESTORED_TAG}"),
            check(versioned, "versioned" if versioned else "not versioned"),
            *self._guarded(bucket, arn),
        ]
        then = self._then()
        if then is None or more:
            return [*made, check(count or not self.point.size, shown)]
        return [*made, check(count >= then, f"{shown}; the source had {then} at least at that time")]

    def switch(self, arn: str) -> list[str]:
        """Copy back what is missing: the bucket is versioned, so what is written over stays as an old version."""
        bucket = arn.rsplit(":", 1)[-1]
        if not self.data.there:
            return [
                f"{self.data.name} is gone: `pulumi up --refresh` makes an empty bucket in its place, which the",
                "servers mount. Then copy everything into it; first look at what would be copied:",
                "",
                "  pulumi up --refresh",
                f'  aws s3 sync s3://{bucket} "s3://$(pulumi stack output bucket_name)" --dryrun',
                f'  aws s3 sync s3://{bucket} "s3://$(pulumi stack output bucket_name)"',
                "",
                f"Then delete {bucket}, when nobody needs it any more.",
            ]
        return [
            "Copy back what is missing, into the bucket that the servers have mounted; it keeps what is written over",
            "as old versions. First look at what would be copied:",
            "",
            f"  aws s3 sync s3://{bucket} s3://{self.data.name} --dryrun",
            f"  aws s3 sync s3://{bucket} s3://{self.data.name}",
            "",
            f"Then delete {bucket}, when nobody needs it any more.",
        ]

    def _then(self) -> int | None:
        """Return how many objects the source had, without those that changed at that very time; None if nobody knows.

        A backup is not taken in one moment, and the source may be gone, closed to whoever asks, or too large to count.
        """
        latest = dict[str, tuple[datetime, bool]]()
        seen = 0
        try:
            for kind, there in (("Versions", True), ("DeleteMarkers", False)):
                for found in self.api.pages("s3", "list_object_versions", kind, Bucket=self.data.name):
                    seen += 1
                    if seen > _MOST:
                        return None
                    at, key = found["LastModified"].astimezone(UTC), str(found["Key"])
                    if at <= self.point.time + _MINUTE and (key not in latest or at >= latest[key][0]):
                        latest[key] = (at, there)
        except ApiError:
            return None
        return sum(there and at <= self.point.time - _MINUTE for at, there in latest.values())

    def _counted(self, bucket: str) -> tuple[int, int, bool]:
        count = size = 0
        for found in self.api.pages("s3", "list_objects_v2", "Contents", Bucket=bucket):
            count, size = count + 1, size + int(found["Size"])
            if count >= _MOST:
                return count, size, True
        return count, size, False

    def _encryption(self) -> dict[str, str]:
        rule = self._told("get_bucket_encryption", self.data.name)
        if not rule:
            return {"EncryptionType": "SSE-S3"}  # what every bucket has at least
        key = rule["ServerSideEncryptionConfiguration"]["Rules"][0]["ApplyServerSideEncryptionByDefault"].get(
            "KMSMasterKeyID"
        )
        key = "" if self.foreign_key(str(key)) else key
        return {"EncryptionType": "SSE-KMS", "KMSKey": str(key)} if key else {"EncryptionType": "SSE-S3"}

    def _guarded(self, bucket: str, arn: str) -> list[Check]:
        """Look at its encryption, at what keeps the public out, and at what refuses plain HTTP."""
        encrypted = self._told("get_bucket_encryption", bucket)
        closed = self._told("get_public_access_block", bucket).get("PublicAccessBlockConfiguration", {})
        private = len(closed) == _BLOCKS and all(closed.values())
        policy = json.loads(self._told("get_bucket_policy", bucket).get("Policy", "{}"))
        secure = any(
            statement["Effect"] == "Deny" and statement.get("Condition") == _tls_only(arn)["Condition"]
            for statement in policy.get("Statement", ())
        )
        return [
            check(encrypted, "encrypted" if encrypted else "not encrypted"),
            check(private, "closed to the public" if private else "may be opened to the public"),
            check(secure, "refuses plain HTTP" if secure else "takes plain HTTP"),
        ]

    def _told(self, operation: str, bucket: str) -> dict[str, Any]:
        """Return what S3 tells; empty where the bucket or what is asked for is gone."""
        try:
            return self.api.call("s3", operation, Bucket=bucket)
        except ApiError as error:
            if error.gone:
                return {}
            raise

    def _exists(self, bucket: str) -> bool:
        try:
            self.api.call("s3", "head_bucket", Bucket=bucket)
        except ApiError as error:
            if error.gone:
                return False
            raise
        return True


def _tls_only(arn: str) -> dict[str, Any]:
    return {
        "Sid": "DenyInsecureTransport",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


class FileSystem(Target):
    """An Elastic File System, restored into one beside it."""

    type: ClassVar[str] = "EFS"

    @property
    def name(self) -> str:
        """The token by which it is found again."""
        return target_name(self.data.name, self.point.time, 64)

    @property
    def made(self) -> str:
        """What is made."""
        return "a new file system"

    def metadata(self) -> dict[str, str]:
        """Say where it goes."""
        source = self._described(FileSystemId=self.data.name)
        wanted = {"newFileSystem": "true", "CreationToken": self.name, "Encrypted": "true"}
        if source:
            wanted |= {"PerformanceMode": str(source["PerformanceMode"])}
            wanted |= {"KmsKeyId": str(source["KmsKeyId"])} if source.get("KmsKeyId") else {}
        return merged(self.kept_metadata(), {"file-system-id": self.data.name, **wanted})

    def there(self) -> str:
        """Find it by its token."""
        found = self._described(CreationToken=self.name)
        return str(found["FileSystemArn"]) if found else ""

    def same(self, metadata: Mapping[str, str]) -> bool:
        """Compare by the token."""
        return metadata.get("creationtoken") == self.name

    def tag(self, arn: str) -> None:
        """Tag it by EFS, which has no delay."""
        wanted = [{"Key": k, "Value": v} for k, v in tags(self.stack.name, self.point, self.data.arn).items()]
        name = arn.rsplit("/", 1)[-1]
        self.api.call("efs", "untag_resource", ResourceId=name, TagKeys=["elasticweb:data"])
        self.api.call("efs", "tag_resource", ResourceId=name, Tags=wanted)

    def checks(self, arn: str) -> list[Check]:
        """Look at the file system; how many files there are is seen when it is mounted."""
        found = self._described(FileSystemId=arn.rsplit("/", 1)[-1])
        if not found:
            return [check(well=False, shown=f"{arn} is not there")]
        tagged = {tag["Key"]: tag["Value"] for tag in found["Tags"]}.get(RESTORED_TAG) == self.stack.name
        return [
            check(found["LifeCycleState"] == "available", f"status {found['LifeCycleState']}"),
            check(found.get("Encrypted"), "encrypted" if found.get("Encrypted") else "not encrypted"),
            check(tagged, f"tagged {RESTORED_TAG}"),
        ]

    def switch(self, arn: str) -> list[str]:
        """Mount it beside the other one: the files are copied back from there."""
        name = arn.rsplit("/", 1)[-1]
        return [
            "Give it a mount target in the server's subnet, mount it there, and copy back what is missing; everything",
            "is in a directory aws-backup-restore_<time>:",
            "",
            f"  aws efs create-mount-target --file-system-id {name} --subnet-id <subnet> --security-groups <group>",
            f"  sudo mount -t efs -o tls {name}:/ /mnt",
        ]

    def _described(self, **of: str) -> dict[str, Any] | None:
        try:
            found = self.api.call("efs", "describe_file_systems", **of)["FileSystems"]
        except ApiError as error:
            if error.gone:
                return None
            raise
        return found[0] if found else None
