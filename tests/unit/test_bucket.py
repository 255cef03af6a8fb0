"""What the bucket of shared files can be told."""

import gzip
import json
from pathlib import Path
from typing import Any

import botocore
import pulumi
import pytest

from components._args import InvalidArgs
from components._mounts import PolicyStatement
from components.bucket.events import known_events
from components.shared_storage import SharedStorage
from rehearsal.recorder import Recording
from tests.recording import recording

ACCOUNT = "123456789012"
HOME = "eu-central-1"
AWAY = "eu-west-1"
KEY = f"arn:aws:kms:{HOME}:{ACCOUNT}:key/1234"
KEY_AWAY = f"arn:aws:kms:{AWAY}:{ACCOUNT}:key/5678"
TOPIC = f"arn:aws:sns:{HOME}:{ACCOUNT}:alarms"
QUEUE = f"arn:aws:sqs:{HOME}:{ACCOUNT}:uploads"
AWAY_BUCKET = "arn:aws:s3:::elsewhere"

REPLICATED = {"region": AWAY}
LOCKED = {"mode": "governance", "days": 7}


def arguments(bucket: Any, storage: Any = None, **more: Any) -> Any:
    spec = {**(storage or {}), "bucket": bucket}
    return {"vpc_id": "vpc-1", "subnet_ids": ["subnet-a"], "storage": spec, **more}


def files(bucket: Any, storage: Any = None, *, preview: bool = False, **more: Any) -> Recording:
    """Record a share; its outputs are stack outputs."""

    def program() -> None:
        share = SharedStorage("web", arguments(bucket, storage, **more))
        for output in ("kms_key_arn", "replica_bucket_name", "replication_role_arn"):
            pulumi.export(output, getattr(share, output))

    return recording(program, preview=preview)


def rules(recorded: Recording, name: str = "web-bucket-lifecycle") -> dict[str, Any]:
    return {rule["id"]: rule for rule in recorded.named(name).inputs["rules"]}


def document(recorded: Recording, name: str, field: str = "policy") -> dict[str, Any]:
    return {s.get("Sid", ""): s for s in json.loads(recorded.named(name).inputs[field])["Statement"]}


def refused(bucket: Any, storage: Any = None, **more: Any) -> str:
    """Return the one line, after making sure that nothing was registered before it."""
    messages: list[str] = []

    def program() -> None:
        with pytest.raises(InvalidArgs) as raised:
            SharedStorage("web", arguments(bucket, storage, **more))
        messages.append(str(raised.value))

    assert [r.type for r in recording(program).resources] == ["pulumi:pulumi:Stack"]
    assert "\n" not in messages[0]
    return messages[0]


def names(recorded: Recording) -> set[str]:
    return {r.name for r in recorded.resources}


def test_nothing_is_new_for_whom_says_nothing() -> None:
    plain = recording(lambda: SharedStorage("web", {"vpc_id": "vpc-1", "subnet_ids": ["subnet-a"]}))

    assert {r.urn: r.inputs for r in plain.resources} == {r.urn: r.inputs for r in files({}).resources}
    assert rules(plain)["expire-old-versions"]["noncurrentVersionExpiration"] == {"noncurrentDays": 30}


# Key


def test_a_key_of_its_own_encrypts_bucket_and_file_system() -> None:
    recorded = files({"own_key": True})

    key = recorded.named("web-key")
    assert key.inputs["enableKeyRotation"] is True
    assert key.options["protect"] is True
    assert key.options["retainOnDelete"] is True
    (rule,) = recorded.named("web-bucket-encryption").inputs["rules"]
    assert rule["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] == key.outputs["arn"]
    assert recorded.one("s3/filesFileSystem:FilesFileSystem").inputs["kmsKeyId"] == key.outputs["arn"]
    assert recorded.stack_outputs["kms_key_arn"] == key.outputs["arn"]


def test_a_key_goes_with_a_disposable_bucket() -> None:
    key = files({"own_key": True}, disposable=True).named("web-key")

    assert key.inputs["deletionWindowInDays"] == 7
    assert not key.options.get("protect")


def test_servers_may_use_the_key_through_s3_only() -> None:
    sources: list[PolicyStatement] = []

    def program() -> None:
        share = SharedStorage("web", arguments({"own_key": True}, {"mount_with": "mountpoint"}))
        mount = share.mount("/var/www/files")
        share.bucket_arn.apply(lambda _: sources.extend(mount.get("statements", ())))

    recording(program)
    (statement,) = [s for s in sources if "kms:Decrypt" in s["actions"]]
    assert set(statement.get("conditions", {})["StringLike"]) == {"kms:ViaService"}


def test_one_key_is_enough() -> None:
    assert refused({"own_key": True}, kms_key_arn=KEY) == (
        "SharedStorage: storage.bucket.own_key must not be true with kms_key_arn, which is a key already"
    )


# Life cycle


def test_old_versions_go_by_days_and_number() -> None:
    recorded = files({"noncurrent_versions_kept": 3}, {"noncurrent_version_days": 60})

    assert rules(recorded)["expire-old-versions"]["noncurrentVersionExpiration"] == {
        "noncurrentDays": 60,
        "newerNoncurrentVersions": 3,
    }


def test_files_move_to_cheaper_tiers() -> None:
    tiers = [
        {"storage_class": "glacier_ir", "after_days": 90},
        {"storage_class": "standard_ia", "after_days": 30},
        {"storage_class": "deep_archive", "after_days": 5, "old_versions": True},
    ]
    made = rules(files({"tiers": tiers}, {"intelligent_tiering_days": 60}))

    moves = {name: rule["transitions"] for name, rule in made.items() if "transitions" in rule}
    assert moves == {
        "intelligent-tiering": [{"days": 60, "storageClass": "INTELLIGENT_TIERING"}],
        "to-glacier-ir": [{"days": 90, "storageClass": "GLACIER_IR"}],
        "to-standard-ia": [{"days": 30, "storageClass": "STANDARD_IA"}],
    }
    assert made["old-versions-to-deep-archive"]["noncurrentVersionTransitions"] == [
        {"noncurrentDays": 5, "storageClass": "DEEP_ARCHIVE"}
    ]


def tier(storage_class: str, days: int, *, old: bool = False) -> dict[str, Any]:
    return {"storage_class": storage_class, "after_days": days, "old_versions": old}


@pytest.mark.parametrize(
    ("tiers", "storage", "line"),
    [
        ([tier("glacier", 90)], {}, "tiers[0].storage_class must not be glacier for current files"),
        ([tier("standard_ia", 29)], {}, "tiers[0].after_days must be at least 30 days for standard_ia, got 29"),
        (
            [tier("glacier", 30, old=True)],
            {},
            "tiers[0].after_days must be less than noncurrent_version_days, which is 30, got 30",
        ),
        (
            [tier("standard_ia", 30), tier("glacier_ir", 59)],
            {},
            "tiers must move current files to glacier_ir after 60 days at least, because they move to standard_ia",
        ),
        (
            [tier("glacier_ir", 30)],
            {"intelligent_tiering_days": 30},
            "tiers must move current files to glacier_ir after 31 days at least",
        ),
        (
            [tier("intelligent_tiering", 30)],
            {"intelligent_tiering_days": 60},
            "tiers must name intelligent_tiering once only for current files",
        ),
        (
            [tier("glacier", 5, old=True), tier("deep_archive", 5, old=True)],
            {},
            "tiers must move old versions to deep_archive after 6 days at least",
        ),
    ],
)
def test_moves_that_s3_refuses_or_files_that_could_not_be_read(tiers: Any, storage: Any, line: str) -> None:
    assert refused({"tiers": tiers}, storage).startswith(f"SharedStorage: storage.bucket.{line}")


@pytest.mark.parametrize("number", [0, 101])
def test_s3_keeps_a_hundred_old_versions_at_most(number: int) -> None:
    assert refused({"noncurrent_versions_kept": number}) == (
        f"SharedStorage: storage.bucket.noncurrent_versions_kept must be between 1 and 100, got {number}"
    )


# Events


def told(name: str = "a", **more: Any) -> dict[str, Any]:
    return {"name": name, "events": ["s3:ObjectCreated:*"], "queue_arn": QUEUE, **more}


def test_eventbridge_is_told_everything() -> None:
    events = files({"events": {}}).named("web-events")

    assert events.inputs["eventbridge"] is True
    assert not {"queues", "topics", "lambdaFunctions"} & set(events.inputs)


def test_queues_and_topics_are_told_beside_eventbridge() -> None:
    topic = {"name": "gone", "events": ["s3:ObjectRemoved:*"], "topic_arn": TOPIC}
    events = files({"events": {"notifications": [told(prefix="files/", suffix=".jpg"), topic]}}).named("web-events")

    assert events.inputs["eventbridge"] is True, "S3 Files and AWS Backup listen there"
    assert events.inputs["queues"] == [
        {
            "id": "a",
            "events": ["s3:ObjectCreated:*"],
            "queueArn": QUEUE,
            "filterPrefix": "files/",
            "filterSuffix": ".jpg",
        }
    ]
    assert events.inputs["topics"] == [{"id": "gone", "events": ["s3:ObjectRemoved:*"], "topicArn": TOPIC}]


@pytest.mark.parametrize("disposable", [False, True])
def test_the_list_of_the_bucket_is_never_emptied(disposable: bool) -> None:
    events = files({"events": {}}, disposable=disposable).named("web-events")

    assert events.options["retainOnDelete"] is True


@pytest.mark.parametrize(
    ("notifications", "line"),
    [
        ([told(topic_arn=TOPIC)], "[0] must have one of topic_arn and queue_arn, got topic_arn and queue_arn"),
        (
            [{"name": "a", "events": ["s3:ObjectCreated:*"]}],
            "[0] must have one of topic_arn and queue_arn, got neither",
        ),
        ([told(name="a b")], "[0].name must be letters"),
        ([told(), told(suffix=".a")], "[1].name must be used once only, got 'a' again"),
        ([told(events=[])], "[0].events must name at least one event"),
        ([told(events=["ObjectCreated"])], "[0].events must be events of S3"),
        ([told(queue_arn=f"{QUEUE}.fifo")], "[0].queue_arn must be the ARN of a standard SQS queue, not of one"),
        ([told(queue_arn=TOPIC)], "[0].queue_arn must be the ARN of a standard SQS queue"),
        ([told(), told("b", events=["s3:ObjectCreated:Put"])], "[1] must not tell of s3:ObjectCreated:Put for files"),
        ([told(prefix="a/"), told("b", prefix="a/b/")], "[1] must not tell of s3:ObjectCreated:"),
        ([told(suffix=".jpg"), told("b", prefix="a/")], "[1] must not tell of s3:ObjectCreated:"),
    ],
)
def test_notifications_that_s3_refuses(notifications: Any, line: str) -> None:
    message = refused({"events": {"notifications": notifications}})
    assert message.startswith(f"SharedStorage: storage.bucket.events.notifications{line}")


def test_notifications_that_exclude_each_other_are_fine() -> None:
    notifications = [
        told(prefix="a/"),
        told("b", prefix="b/"),
        told("c", prefix="a/", events=["s3:ObjectRemoved:*"]),
        told("d", prefix="c/", suffix=".jpg"),
        told("e", prefix="c/", suffix=".png"),
    ]
    assert len(files({"events": {"notifications": notifications}}).named("web-events").inputs["queues"]) == 5


def test_events_are_those_of_s3() -> None:
    """All but those of reduced redundancy, ACLs and what else no file of ours ever has."""
    model = Path(botocore.__file__).parent / "data/s3/2006-03-01/service-2.json.gz"
    events = set(json.loads(gzip.decompress(model.read_bytes()))["shapes"]["Event"]["enum"])

    assert set(known_events()) <= events
    left_out = events - set(known_events())
    assert {event.split(":")[1] for event in left_out} == {
        "ReducedRedundancyLostObject",
        "ObjectAcl",
        "ObjectAnnotation",
        "ObjectRetention",
    }


# Object lock


def test_every_new_version_is_locked() -> None:
    lock = files({"object_lock": LOCKED}).named("web-bucket-lock")

    assert lock.inputs["rule"] == {"defaultRetention": {"mode": "GOVERNANCE", "days": 7}}
    assert lock.options["retainOnDelete"] is True


def test_a_bucket_that_is_there_can_be_locked() -> None:
    recorded = files({"object_lock": LOCKED})

    assert "objectLockEnabled" not in recorded.named("web-bucket").inputs, "it would make another bucket"
    assert recorded.named("web-bucket-versioning").urn in recorded.named("web-bucket-lock").dependencies


def test_logs_are_not_locked() -> None:
    recorded = files({"object_lock": LOCKED}, {"access_log_retention_days": 30})

    assert {n for n in names(recorded) if n.endswith("-lock")} == {"web-bucket-lock"}, "S3 delivers into no locked one"


def test_a_disposable_bucket_can_be_deleted() -> None:
    assert refused({"object_lock": {**LOCKED, "mode": "compliance"}}, disposable=True) == (
        "SharedStorage: storage.bucket.object_lock.mode must not be compliance in a disposable environment: nobody "
        "could delete the bucket; governance can be bypassed"
    )
    recorded = files({"object_lock": LOCKED}, disposable=True)
    assert recorded.named("web-bucket").inputs["forceDestroy"] is True
    assert not recorded.named("web-bucket-lock").options.get("retainOnDelete")


@pytest.mark.parametrize("days", [0, 36501])
def test_locks_last_for_days(days: int) -> None:
    assert f"object_lock.days must be between 1 and 36500 days, got {days}" in refused(
        {"object_lock": {**LOCKED, "days": days}}
    )


# Replication


@pytest.mark.parametrize("preview", [False, True])
def test_the_second_bucket_is_like_the_first_one_in_its_region(preview: bool) -> None:
    recorded = files({"replication": REPLICATED}, {"access_log_retention_days": 30}, preview=preview)

    def settings(name: str) -> dict[str, set[str]]:
        here = {r.type: set(r.inputs) - {"region"} for r in recorded.resources if r.name.startswith(f"{name}-")}
        return {kind: inputs for kind, inputs in here.items() if kind.startswith("aws:s3/bucket")}

    away = [r for r in recorded.resources if r.name.startswith(("web-replica-", "web-replica")) and "s3/" in r.type]
    away = [r for r in away if r.name != "web-replication"]
    assert {r.inputs.get("region") for r in away} == {AWAY}
    assert settings("web-replica").keys() >= settings("web-bucket").keys()
    assert rules(recorded, "web-replica-lifecycle") == rules(recorded)
    assert recorded.named("web-replica-log-delivery").inputs["region"] == AWAY
    assert recorded.named("web-replica").options["protect"] is True


def test_only_the_original_is_backed_up() -> None:
    recorded = files({"replication": REPLICATED})

    assert "elasticweb:data" in recorded.named("web-bucket").inputs["tags"]
    assert "elasticweb:data" not in recorded.named("web-replica").inputs.get("tags", {})


def replication_rule(recorded: Recording) -> Any:
    (rule,) = recorded.named("web-replication").inputs["rules"]
    return rule


def test_everything_new_is_copied_with_metrics() -> None:
    recorded = files({"replication": REPLICATED})

    assert replication_rule(recorded) == {
        "id": "everything",
        "status": "Enabled",
        "priority": 1,
        "filter": {"prefix": ""},
        "deleteMarkerReplication": {"status": "Enabled"},
        "destination": {"bucket": recorded.named("web-replica").outputs["arn"], "metrics": {"status": "Enabled"}},
    }
    needs = set(recorded.named("web-replication").dependencies)
    for before in ("web-bucket-versioning", "web-replica-versioning", "web-replication-role-policy"):
        assert recorded.named(before).urn in needs


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("more", [{}, {"bucket_arn": AWAY_BUCKET}])
def test_replication_within_the_stacks_own_region_is_refused(preview: bool, more: dict[str, str]) -> None:
    with pytest.raises(InvalidArgs) as caught:
        files({"replication": {"region": HOME, **more}}, preview=preview)
    assert str(caught.value) == (
        f"SharedStorage: storage.bucket.replication.region must be another region than the stack's, got {HOME!r}"
    )


def test_replication_can_be_timed_cheaper_and_without_deletions() -> None:
    more = {"time_control": True, "storage_class": "glacier_ir", "delete_markers": False}
    rule = replication_rule(files({"replication": {**REPLICATED, **more}}))

    assert rule["deleteMarkerReplication"] == {"status": "Disabled"}
    destination = rule["destination"]
    assert destination["storageClass"] == "GLACIER_IR"
    assert destination["replicationTime"] == {"status": "Enabled", "time": {"minutes": 15}}
    assert destination["metrics"] == {"status": "Enabled", "eventThreshold": {"minutes": 15}}


def test_the_role_reads_here_and_writes_there_and_nothing_else() -> None:
    recorded = files({"replication": REPLICATED})
    here, there = (recorded.named(name).outputs["arn"] for name in ("web-bucket", "web-replica"))

    statements = document(recorded, "web-replication-role-policy")
    assert {sid: s["Resource"] for sid, s in statements.items()} == {
        "Source": here,
        "Originals": f"{here}/*",
        "Replicas": f"{there}/*",
    }
    actions = {action for s in statements.values() for action in s["Action"]}
    assert not {a for a in actions if "*" in a or a.startswith(("s3:Put", "s3:Delete"))}
    assert "s3:GetObjectRetention" not in actions


def test_an_own_key_here_needs_one_there() -> None:
    recorded = files({"own_key": True, "replication": REPLICATED})

    here, there = recorded.named("web-key"), recorded.named("web-replica-key")
    assert there.inputs["region"] == AWAY
    assert there.options["protect"] is True
    rule = replication_rule(recorded)
    assert rule["sourceSelectionCriteria"] == {"sseKmsEncryptedObjects": {"status": "Enabled"}}
    assert rule["destination"]["encryptionConfiguration"] == {"replicaKmsKeyId": there.outputs["arn"]}
    statements = document(recorded, "web-replication-role-policy")
    decrypts, encrypts = statements["DecryptOriginals"], statements["EncryptReplicas"]
    assert (decrypts["Action"], decrypts["Resource"]) == (["kms:Decrypt"], here.outputs["arn"])
    assert (encrypts["Action"], encrypts["Resource"]) == (["kms:Encrypt"], there.outputs["arn"])
    assert decrypts["Condition"]["StringLike"]["kms:ViaService"] == f"s3.{HOME}.amazonaws.com*"
    assert encrypts["Condition"]["StringLike"]["kms:ViaService"] == f"s3.{AWAY}.amazonaws.com*"


def test_locked_files_are_copied_into_a_locked_bucket() -> None:
    recorded = files({"object_lock": LOCKED, "replication": REPLICATED})

    lock = recorded.named("web-replica-lock")
    assert "rule" not in lock.inputs, "replicas bring their time along"
    assert lock.urn in recorded.named("web-replication").dependencies
    assert recorded.named("web-bucket-lock").urn in recorded.named("web-replication").dependencies
    originals = document(recorded, "web-replication-role-policy")["Originals"]["Action"]
    assert {"s3:GetObjectRetention", "s3:GetObjectLegalHold"} <= set(originals)


def test_files_can_be_copied_into_a_bucket_that_is_there() -> None:
    recorded = files(
        {"replication": {**REPLICATED, "bucket_arn": AWAY_BUCKET, "kms_key_arn": KEY_AWAY}}, kms_key_arn=KEY
    )

    assert "web-replica" not in names(recorded)
    assert replication_rule(recorded)["destination"]["bucket"] == AWAY_BUCKET
    assert recorded.stack_outputs["replica_bucket_name"] == "elsewhere"
    assert recorded.stack_outputs["replication_role_arn"] == recorded.named("web-replication-role").outputs["arn"]


@pytest.mark.parametrize(
    ("replication", "more", "line"),
    [
        ({"region": "Ireland"}, {}, "replication.region must be a region such as eu-west-1, got 'Ireland'"),
        ({**REPLICATED, "behind_minutes": 0}, {}, "replication.behind_minutes must be between 1 and 1440 minutes"),
        ({**REPLICATED, "kms_key_arn": KEY_AWAY}, {}, "replication.kms_key_arn must be left out for a bucket without"),
        (
            {**REPLICATED, "bucket_arn": AWAY_BUCKET},
            {"kms_key_arn": KEY},
            "replication.kms_key_arn must be given with bucket_arn",
        ),
    ],
)
def test_replications_that_s3_refuses(replication: Any, more: Any, line: str) -> None:
    assert refused({"replication": replication}, **more).startswith(f"SharedStorage: storage.bucket.{line}")


def test_the_bucket_of_no_bucket_is_refused() -> None:
    assert refused({"own_key": True}, {"mount_with": "efs"}) == (
        "SharedStorage: storage.bucket must be left out unless mount_with or beside is s3_files or mountpoint, which "
        "keep files in one"
    )


# Alarms


def test_somebody_is_told_when_it_fails() -> None:
    recorded = files({"replication": REPLICATED}, alarm_topic_arn=TOPIC)

    alarm = recorded.named("web-alarm-replication-failing").inputs
    assert (alarm["metricName"], alarm["threshold"]) == ("OperationsFailedReplication", 0)
    assert alarm["dimensions"] == {
        "SourceBucket": recorded.named("web-bucket").outputs["bucket"],
        "DestinationBucket": recorded.named("web-replica").outputs["bucket"],
        "RuleId": "everything",
    }
    assert alarm["alarmActions"] == alarm["okActions"] == [TOPIC]
    assert "region" not in alarm


@pytest.mark.parametrize(
    ("replication", "minutes"),
    [({}, 60), ({"time_control": True}, 15), ({"behind_minutes": 5}, 5)],
)
def test_somebody_is_told_here_when_it_is_behind_there(replication: Any, minutes: int) -> None:
    recorded = files({"replication": {**REPLICATED, **replication}}, alarm_topic_arn=TOPIC)

    alarm = recorded.named("web-alarm-replication-behind")
    assert (alarm.inputs["metricName"], alarm.inputs["threshold"]) == ("ReplicationLatency", minutes * 60)
    assert alarm.inputs["region"] == AWAY, "its metric is there"
    assert "alarmActions" not in alarm.inputs, "alarms tell topics of their own region only"
    away, home = recorded.named("web-replica-behind"), recorded.named("web-behind")
    assert (away.inputs["region"], home.inputs.get("region")) == (AWAY, None)
    assert json.loads(away.inputs["eventPattern"])["resources"] == [alarm.outputs["arn"]]
    bus = f"arn:aws:events:{HOME}:{ACCOUNT}:event-bus/default"
    on_its_way = recorded.named("web-replica-behind-target").inputs
    assert (on_its_way["arn"], on_its_way["region"]) == (bus, AWAY)
    (allowed,) = document(recorded, "web-replica-behind-role-policy").values()
    assert (allowed["Action"], allowed["Resource"]) == ("events:PutEvents", bus)
    assert recorded.named("web-behind-target").inputs["arn"] == TOPIC


def test_there_are_no_alarms_without_whom_to_tell() -> None:
    assert not {n for n in names(files({"replication": REPLICATED})) if "alarm" in n or "behind" in n}
