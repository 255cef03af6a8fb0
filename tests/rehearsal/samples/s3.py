import json
from typing import Any

from . import Sample


def _policy(bucket: str, principal: Any = None) -> str:
    deny = {
        "Effect": "Deny",
        "Principal": principal or {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [deny]})


def _for_logs(bucket: str) -> str:
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    deny = json.loads(_policy(bucket, "*"))["Statement"]
    return json.dumps({"Version": "2012-10-17", "Statement": [allow, *deny]})


FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {
    "bucket": ("aws:s3/bucket:Bucket", {"forceDestroy": True}),
    "log-bucket": ("aws:s3/bucket:Bucket", {}),
    "plain-bucket": ("aws:s3/bucket:Bucket", {}),
    "shared-bucket": ("aws:s3/bucket:Bucket", {}),
    "log-policy": (
        "aws:s3/bucketPolicy:BucketPolicy",
        {"bucket": "{log-bucket.bucket}", "policy": _for_logs("{log-bucket.bucket}")},
    ),
    "versions": (
        "aws:s3/bucketVersioning:BucketVersioning",
        {"bucket": "{shared-bucket.bucket}", "versioningConfiguration": {"status": "Enabled"}},
    ),
    "other-bucket": ("aws:s3/bucket:Bucket", {}),
    "other-versions": (
        "aws:s3/bucketVersioning:BucketVersioning",
        {"bucket": "{other-bucket.bucket}", "versioningConfiguration": {"status": "Enabled"}},
    ),
    "shared-files": (
        "aws:s3/filesFileSystem:FilesFileSystem",
        {"bucket": "arn:aws:s3:::{versions.bucket}", "roleArn": "{role.arn}"},
    ),
}

SAMPLES = [
    Sample(
        "aws:s3/bucket:Bucket",
        {"forceDestroy": True, "tags": {"Kind": "files", "Gone": "soon"}},
        updated={"forceDestroy": False},
        replaced={"bucket": "other-bucket", "objectLockEnabled": True},
    ),
    Sample(
        "aws:s3/bucket:Bucket",
        {"bucket": "locked-bucket", "objectLockEnabled": True, "acl": "private"},
        recorded=("acl",),
        note="locked",
    ),
    Sample(
        "aws:s3/bucketVersioning:BucketVersioning",
        {"bucket": "{bucket.bucket}", "versioningConfiguration": {"status": "Enabled"}},
        updated={"versioningConfiguration": {"status": "Suspended"}},
        replaced={"bucket": "{log-bucket.bucket}"},
        stays=True,
    ),
    Sample(
        "aws:s3/bucketVersioning:BucketVersioning",
        {"bucket": "{plain-bucket.bucket}", "versioningConfiguration": {"status": "Disabled"}},
        stays=True,
        note="never on",
    ),
    Sample(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        {
            "bucket": "{bucket.bucket}",
            "rules": [
                {
                    "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "{key.arn}"},
                    "bucketKeyEnabled": True,
                }
            ],
        },
        updated={"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]},
        replaced={"bucket": "{log-bucket.bucket}"},
    ),
    Sample(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        {"bucket": "{bucket.bucket}", "blockPublicAcls": True, "blockPublicPolicy": True, "ignorePublicAcls": True},
        updated={"ignorePublicAcls": False, "restrictPublicBuckets": True},
        replaced={"bucket": "{log-bucket.bucket}"},
    ),
    Sample(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        {"bucket": "{bucket.bucket}", "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        updated={"rule": {"objectOwnership": "ObjectWriter"}},
        replaced={"bucket": "{log-bucket.bucket}"},
    ),
    Sample(
        "aws:s3/bucketPolicy:BucketPolicy",
        {"bucket": "{bucket.bucket}", "policy": _policy("{bucket.bucket}")},
        updated={"policy": _policy("{bucket.bucket}").replace("s3:*", "s3:GetObject")},
        replaced={"bucket": "{log-bucket.bucket}"},
    ),
    Sample(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        {
            "bucket": "{bucket.bucket}",
            "rules": [
                {
                    "id": "abort",
                    "status": "Enabled",
                    "filter": {},
                    "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
                },
                {
                    "id": "old",
                    "status": "Enabled",
                    "filter": {"and": {"prefix": "files/", "tags": {"Kind": "old"}, "objectSizeGreaterThan": 1024}},
                    "noncurrentVersionExpiration": {"noncurrentDays": 30, "newerNoncurrentVersions": 3},
                    "transitions": [{"days": 30, "storageClass": "STANDARD_IA"}],
                },
                {
                    "id": "logs",
                    "status": "Disabled",
                    "filter": {"tag": {"key": "Kind", "value": "log"}},
                    "expiration": {"days": 400},
                    "noncurrentVersionTransitions": [{"noncurrentDays": 30, "storageClass": "GLACIER"}],
                },
                {
                    "id": "marker",
                    "status": "Enabled",
                    "filter": {"prefix": "files/"},
                    "expiration": {"expiredObjectDeleteMarker": True},
                },
            ],
        },
        updated={
            "rules": [
                {"id": "expire", "status": "Enabled", "filter": {}, "expiration": {"date": "2030-01-01T00:00:00Z"}}
            ]
        },
        replaced={"bucket": "{log-bucket.bucket}"},
        recorded=(
            "rules.filter.and.objectSizeGreaterThan",
            "rules.noncurrentVersionExpiration.newerNoncurrentVersions",
        ),
    ),
    Sample(
        "aws:s3/bucketLogging:BucketLogging",
        {
            "bucket": "{bucket.bucket}",
            "targetBucket": "{log-policy.bucket}",
            "targetPrefix": "s3/",
            "targetObjectKeyFormat": {"partitionedPrefix": {"partitionDateSource": "EventTime"}},
        },
        updated={"targetPrefix": "access/"},
        replaced={"bucket": "{log-bucket.bucket}"},
        recorded=("targetObjectKeyFormat",),
    ),
    Sample(
        "aws:s3/bucketNotification:BucketNotification",
        {
            "bucket": "{bucket.bucket}",
            "queues": [
                {
                    "queueArn": "arn:aws:sqs:eu-central-1:123456789012:uploads",
                    "events": ["s3:ObjectCreated:*"],
                    "filterPrefix": "in/",
                    "id": "made",
                }
            ],
        },
        updated={
            "queues": [
                {
                    "queueArn": "arn:aws:sqs:eu-central-1:123456789012:uploads",
                    "events": ["s3:ObjectRemoved:*"],
                    "filterSuffix": ".jpg",
                    "id": "gone",
                }
            ]
        },
        replaced={"bucket": "{log-bucket.bucket}"},
        stays=True,
    ),
    Sample(
        "aws:s3/bucketNotification:BucketNotification",
        {"bucket": "{bucket.bucket}", "eventbridge": True},
        recorded=("eventbridge",),
        stays=True,
        note="eventbridge",
    ),
    Sample(
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        {
            "bucket": "{versions.bucket}",
            "role": "{role.arn}",
            "rules": [
                {
                    "id": "everything",
                    "status": "Enabled",
                    "priority": 1,
                    "filter": {"prefix": ""},
                    "deleteMarkerReplication": {"status": "Enabled"},
                    "sourceSelectionCriteria": {"sseKmsEncryptedObjects": {"status": "Enabled"}},
                    "destination": {
                        "bucket": "arn:aws:s3:::{other-versions.bucket}",
                        "storageClass": "STANDARD_IA",
                        "encryptionConfiguration": {"replicaKmsKeyId": "{key.arn}"},
                        "metrics": {"status": "Enabled", "eventThreshold": {"minutes": 15}},
                        "replicationTime": {"status": "Enabled", "time": {"minutes": 15}},
                    },
                }
            ],
        },
        updated={
            "rules": [
                {
                    "id": "everything",
                    "status": "Enabled",
                    "priority": 1,
                    "filter": {"prefix": "files/"},
                    "deleteMarkerReplication": {"status": "Disabled"},
                    "destination": {"bucket": "arn:aws:s3:::{other-versions.bucket}", "metrics": {"status": "Enabled"}},
                }
            ]
        },
        replaced={"bucket": "{log-bucket.bucket}"},
        recorded=("rules.deleteMarkerReplication", "rules.filter", "rules.sourceSelectionCriteria"),
    ),
    Sample(
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        {"bucket": "{versions.bucket}", "rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 7}}},
        updated={"rule": {"defaultRetention": {"mode": "COMPLIANCE", "years": 1}}},
        replaced={"bucket": "{log-bucket.bucket}"},
        stays=True,
    ),
    Sample(
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        {"bucket": "{other-versions.bucket}"},
        updated={"rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 1}}},
        stays=True,
        note="of a replica",
    ),
    Sample(
        "aws:s3/bucketObjectv2:BucketObjectv2",
        {
            "bucket": "{plain-bucket.bucket}",
            "content": "Hello",
            "contentType": "text/plain",
            "cacheControl": "no-cache",
            "metadata": {"origin": "test"},
            "serverSideEncryption": "AES256",
            "tags": {"Kind": "text"},
        },
        updated={"content": "Good bye", "contentType": "text/html", "storageClass": "STANDARD_IA"},
        replaced={"key": "other", "bucket": "{log-bucket.bucket}"},
    ),
    Sample(
        "aws:s3/filesFileSystem:FilesFileSystem",
        {"bucket": "arn:aws:s3:::{versions.bucket}", "roleArn": "{role.arn}", "tags": {"Name": "files"}},
        replaced={"prefix": "files/", "roleArn": "{other-role.arn}"},
        recorded=("*",),
    ),
    Sample(
        "aws:s3/filesMountTarget:FilesMountTarget",
        {"fileSystemId": "{shared-files.id}", "subnetId": "{subnet.id}", "securityGroups": ["{group.id}"]},
        updated={"securityGroups": ["{other-group.id}"]},
        replaced={"subnetId": "{other-subnet.id}"},
        recorded=("*",),
    ),
    Sample(
        "aws:s3/filesAccessPoint:FilesAccessPoint",
        {
            "fileSystemId": "{shared-files.id}",
            "posixUsers": [{"uid": 48, "gid": 48}],
            "rootDirectories": [
                {"path": "/files", "creationPermissions": [{"ownerUid": 48, "ownerGid": 48, "permissions": "0755"}]}
            ],
        },
        replaced={"posixUsers": [{"uid": 33, "gid": 48}]},
        recorded=("*",),
    ),
    Sample(
        "aws:s3/filesFileSystemPolicy:FilesFileSystemPolicy",
        {"fileSystemId": "{shared-files.id}", "policy": "{}"},
        updated={"policy": '{"Version": "2012-10-17"}'},
        recorded=("*",),
    ),
    Sample(
        "aws:s3/filesSynchronizationConfiguration:FilesSynchronizationConfiguration",
        {
            "fileSystemId": "{shared-files.id}",
            "importDataRules": [{"prefix": "", "sizeLessThan": 131072, "trigger": "ON_FILE_ACCESS"}],
            "expirationDataRules": [{"daysAfterLastAccess": 30}],
        },
        updated={"expirationDataRules": [{"daysAfterLastAccess": 60}]},
        replaced={"importDataRules": [{"prefix": "", "sizeLessThan": 1, "trigger": "ON_FILE_ACCESS"}]},
        recorded=("*",),
    ),
]
