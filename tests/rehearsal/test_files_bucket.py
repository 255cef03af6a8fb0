"""The bucket of shared files with all that it can be told, deployed into the emulator and asked of its API."""

from typing import Any

import pulumi
import pytest

from components import MountWith, SharedStorage
from rehearsal.deploy import Deployment, DeploymentFailed, deploy
from rehearsal.emulator import Emulator
from rehearsal.stackfile import StackFile

from .conftest import REGION

AWAY = "eu-west-1"
ACCOUNT = "123456789012"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms"
EVERYTHING: dict[str, Any] = {
    "own_key": True,
    "noncurrent_versions_kept": 3,
    "tiers": [{"storage_class": "glacier", "after_days": 10, "old_versions": True}],
    "events": {
        "notifications": [
            {
                "name": "uploads",
                "events": ["s3:ObjectCreated:*"],
                "queue_arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:uploads",
                "prefix": "files/",
            }
        ]
    },
    "replication": {"region": AWAY, "time_control": True},
    "object_lock": {"mode": "governance", "days": 7},
}


def run(emulator: Emulator, bucket: Any, name: str = "files") -> Deployment:
    def program() -> None:
        share = SharedStorage(
            name,
            {
                "vpc_id": "vpc-1",
                "subnet_ids": ["subnet-1"],
                "storage": {"mount_with": MountWith.MOUNTPOINT, "access_log_retention_days": 30, "bucket": bucket},
                "alarm_topic_arn": TOPIC,
                "disposable": True,
            },
        )
        for output in ("bucket_name", "kms_key_arn", "replica_bucket_name", "replication_role_arn"):
            pulumi.export(output, getattr(share, output))

    return deploy(program, StackFile("elasticweb", "dev", {"aws:region": REGION}), emulator)


@pytest.fixture(scope="module")
def made(emulator: Emulator) -> Deployment:
    emulator.client("sqs", REGION).create_queue(QueueName="uploads")
    emulator.client("sns", REGION).create_topic(Name="alarms")
    return run(emulator, EVERYTHING)


def test_it_stands_in_both_regions(emulator: Emulator, made: Deployment) -> None:
    here, there = emulator.client("s3", REGION), emulator.client("s3", AWAY)
    outputs = made.recording.stack_outputs
    name, replica = outputs["bucket_name"], outputs["replica_bucket_name"]

    assert there.get_bucket_location(Bucket=replica)["LocationConstraint"] == AWAY
    assert here.get_bucket_location(Bucket=name)["LocationConstraint"] == REGION
    for s3, bucket in ((here, name), (there, replica)):
        assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
        assert (
            s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]["ObjectLockEnabled"] == "Enabled"
        )
        assert s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"]["TargetPrefix"] == "log/"
    keys = [
        s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0][
            "ApplyServerSideEncryptionByDefault"
        ]["KMSMasterKeyID"]
        for s3, bucket in ((here, name), (there, replica))
    ]
    assert keys[0] == outputs["kms_key_arn"]
    assert [key.split(":")[3] for key in keys] == [REGION, AWAY]


def test_new_versions_are_locked(emulator: Emulator, made: Deployment) -> None:
    s3, name = emulator.client("s3", REGION), made.recording.stack_outputs["bucket_name"]

    version = s3.put_object(Bucket=name, Key="files/a.jpg", Body=b"1")["VersionId"]
    s3.put_object(Bucket=name, Key="files/a.jpg", Body=b"2")
    s3.delete_object(Bucket=name, Key="files/a.jpg")
    with pytest.raises(Exception, match="AccessDenied"):
        s3.delete_object(Bucket=name, Key="files/a.jpg", VersionId=version)
    assert s3.get_object(Bucket=name, Key="files/a.jpg", VersionId=version)["Body"].read() == b"1"


def test_a_queue_is_told(emulator: Emulator, made: Deployment) -> None:
    s3, sqs = emulator.client("s3", REGION), emulator.client("sqs", REGION)

    s3.put_object(Bucket=made.recording.stack_outputs["bucket_name"], Key="files/new.jpg", Body=b"1")
    s3.put_object(Bucket=made.recording.stack_outputs["bucket_name"], Key="elsewhere/new.jpg", Body=b"1")
    url = sqs.get_queue_url(QueueName="uploads")["QueueUrl"]
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    told = "".join(message["Body"] for message in messages)
    assert "new.jpg" in told
    assert "elsewhere" not in told


def test_everything_new_is_to_be_copied(emulator: Emulator, made: Deployment) -> None:
    outputs = made.recording.stack_outputs
    s3 = emulator.client("s3", REGION)
    found = s3.get_bucket_replication(Bucket=outputs["bucket_name"])["ReplicationConfiguration"]

    assert found["Role"] == outputs["replication_role_arn"]
    (rule,) = found["Rules"]
    assert rule["Destination"]["Bucket"] == f"arn:aws:s3:::{outputs['replica_bucket_name']}"
    assert rule["Destination"]["ReplicationTime"]["Status"] == "Enabled"


def test_what_is_watched_is_watched_where_it_is_counted(emulator: Emulator, made: Deployment) -> None:
    assert made.recording.named("files-alarm-replication-behind").inputs["region"] == AWAY
    alarms = {
        region: {
            alarm["MetricName"]: alarm
            for alarm in emulator.client("cloudwatch", region).describe_alarms()["MetricAlarms"]
            if alarm["AlarmName"].startswith("files-alarm-replication")
        }
        for region in (REGION, AWAY)
    }
    assert alarms[REGION].keys() == {"OperationsFailedReplication"}
    assert alarms[AWAY].keys() == {"ReplicationLatency"}
    (rule,) = [
        rule["Name"]
        for rule in emulator.client("events", AWAY).list_rules()["Rules"]
        if rule["Name"].startswith("files-replica-behind")
    ]
    (target,) = emulator.client("events", AWAY).list_targets_by_rule(Rule=rule)["Targets"]
    assert target["Arn"] == f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"


def test_what_no_emulator_carries_is_named(made: Deployment) -> None:
    told = {left.name: set(left.properties) for left in made.recorded_only}

    assert "eventbridge" in told["files-events"]
    assert "rules.sourceSelectionCriteria" in told["files-replication"]


def test_a_refresh_finds_nothing_to_change(made: Deployment) -> None:
    """Object lock is on by a setting of its own: what the bucket then says of itself makes no other bucket."""
    for name in ("files-bucket", "files-bucket-lock", "files-replication", "files-events", "files-replica-lock"):
        one = made.recording.named(name)
        _, state, inputs = made.stage.read(one.urn, one.id, one.outputs, one.inputs)
        assert made.stage.diff(one.urn, state, inputs, one.inputs) == [], name


def test_a_disposable_bucket_goes_with_what_is_locked_in_it(emulator: Emulator, made: Deployment) -> None:
    s3, name = emulator.client("s3", REGION), made.recording.stack_outputs["bucket_name"]
    bucket = made.recording.named("files-bucket")
    s3.put_object(Bucket=name, Key="files/last.jpg", Body=b"1")

    made.stage.delete(bucket.urn, bucket.id, bucket.outputs)
    assert name not in {found["Name"] for found in s3.list_buckets()["Buckets"]}


def test_a_bucket_that_is_not_there_is_no_second_one(emulator: Emulator) -> None:
    with pytest.raises(DeploymentFailed) as failed:
        run(emulator, {"replication": {"region": AWAY, "bucket_arn": "arn:aws:s3:::nowhere"}}, "lost")
    assert any("must name buckets that are there, got nowhere" in line for line in failed.value.lines)
