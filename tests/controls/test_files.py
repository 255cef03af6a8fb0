"""What auditors ask of buckets, files and volumes (docs/security.md)."""

import json

from tests.programs import Program, evaluated

from .asked import primaries, setting


def test_buckets_are_closed_to_the_public(program: Program) -> None:
    for bucket in program.all("s3/bucket:Bucket"):
        closed = setting(program, bucket, "BucketPublicAccessBlock")
        for switch in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"):
            assert closed[switch] is True, bucket.name
        assert setting(program, bucket, "BucketOwnershipControls")["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
        assert "acl" not in bucket.inputs, bucket.name


def test_buckets_are_encrypted_and_versioned_and_tidied_up(program: Program) -> None:
    for bucket in program.all("s3/bucket:Bucket"):
        (rule,) = setting(program, bucket, "BucketServerSideEncryptionConfiguration")["rules"]
        assert rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"] in ("AES256", "aws:kms"), bucket.name
        assert setting(program, bucket, "BucketVersioning")["versioningConfiguration"] == {"status": "Enabled"}
        rules = setting(program, bucket, "BucketLifecycleConfiguration")["rules"]
        for what in ("noncurrentVersionExpiration", "abortIncompleteMultipartUpload"):
            assert any(what in r and r["status"] == "Enabled" for r in rules), f"{bucket.name} keeps {what} for ever"


def test_buckets_refuse_what_is_not_tls(program: Program) -> None:
    for bucket in program.all("s3/bucket:Bucket"):
        arn = bucket.outputs["arn"]
        document = json.loads(setting(program, bucket, "BucketPolicy")["policy"])
        (refused,) = [s for s in document["Statement"] if s["Effect"] == "Deny"]
        assert refused["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}, bucket.name
        assert refused["Principal"] == {"AWS": "*"}, bucket.name
        assert refused["Action"] == "s3:*", bucket.name
        assert refused["Resource"] == [arn, f"{arn}/*"], bucket.name


def test_access_to_buckets_is_logged_in_prod(prod: Program) -> None:
    deliveries = {d.inputs["bucket"]: d.inputs["targetBucket"] for d in prod.all("s3/bucketLogging:BucketLogging")}
    logs = {b.inputs["accessLogs"]["bucket"] for b in prod.all("lb/loadBalancer:LoadBalancer")}
    logs |= {*deliveries.values()}
    for bucket in prod.all("s3/bucket:Bucket"):
        name = bucket.outputs["bucket"]
        assert (name in deliveries) is not (name in logs), f"{bucket.name}: a log of a log would never end"


def test_files_are_copied_locked_told_of_and_have_a_key_where_that_is_asked() -> None:
    asked = evaluated("bucket")
    (copies,) = asked.all("s3/bucketReplicationConfig:BucketReplicationConfig")
    (rule,) = copies.inputs["rules"]
    replicas = [b for b in asked.all("s3/bucket:Bucket") if b.outputs["arn"] == rule["destination"]["bucket"]]
    assert [replica.inputs["region"] for replica in replicas] == ["eu-west-1"]
    locked = {
        lock.inputs["bucket"] for lock in asked.all("s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
    }
    assert locked == {copies.inputs["bucket"], replicas[0].outputs["bucket"]}
    (events,) = asked.all("s3/bucketNotification:BucketNotification")
    assert events.inputs["eventbridge"] is True
    keys = {key.outputs["arn"] for key in asked.all("kms/key:Key")}
    for bucket in asked.all("s3/bucket:Bucket"):
        (how,) = setting(asked, bucket, "BucketServerSideEncryptionConfiguration")["rules"]
        own = how["applyServerSideEncryptionByDefault"].get("kmsMasterKeyId") in keys
        assert own is (bucket.outputs["bucket"] in locked), f"{bucket.name}: S3 delivers logs by keys of its own"


def test_shared_files_have_an_access_point_with_its_own_root_and_user(program: Program) -> None:
    for point in program.any("s3/filesAccessPoint:FilesAccessPoint"):
        (root,), (user,) = point.inputs["rootDirectories"], point.inputs["posixUsers"]
        assert root["path"] not in ("", "/")
        assert user["uid"] != 0
    systems = {f.id for f in program.any("s3/filesFileSystem:FilesFileSystem")}
    assert systems == {p.inputs["fileSystemId"] for p in program.any("s3/filesAccessPoint:FilesAccessPoint")}


def test_volumes_that_hold_data_are_snapshotted(program: Program) -> None:
    wanted = [p.inputs["policyDetails"]["targetTags"] for p in program.all("dlm/lifecyclePolicy:LifecyclePolicy")]
    for volume in program.all("ebs/volume:Volume"):
        assert any(tags.items() <= volume.inputs["tags"].items() for tags in wanted), volume.name


def test_what_holds_data_is_kept_unless_disposable(program: Program) -> None:
    kept = program.all("s3/bucket:Bucket", "ebs/volume:Volume", "secretsmanager/secret:Secret")
    kept += program.any("s3/filesFileSystem:FilesFileSystem", "kms/key:Key", "backup/vault:Vault")
    # The key of a topic protects messages under way; nothing that was encrypted with it is left without the topic.
    passing = {topic.inputs["kmsMasterKeyId"] for topic in program.any("sns/topic:Topic")}
    # What the function puts into a user's secret it can put into another: a password is made up again.
    again = {call.name.removesuffix("-declared") for call in program.any("lambda/invocation:Invocation")}
    kept = [holder for holder in kept if holder.outputs["arn"] not in passing and holder.name not in again]
    for holder in [*kept, *primaries(program)]:
        assert holder.options.get("protect", False) is not program.disposable, holder.name
        assert holder.options.get("retainOnDelete", False) is not program.disposable, holder.name
