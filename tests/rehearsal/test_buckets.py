"""What is special about buckets: names, policies, emptying, logs."""

import json
from pathlib import Path
from typing import Any

import pulumi
import pytest

from rehearsal.errors import RehearsalError
from rehearsal.stage import Stage

from .conftest import REGION, urn

BUCKET = "aws:s3/bucket:Bucket"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"


def make(stage: Stage, token: str, name: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any], dict[str, Any]]:
    checked, failures = stage.check(urn(token, name), inputs)
    assert failures == []
    return (*stage.create(urn(token, name), checked), checked)


def document(**statement: Any) -> str:
    given = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", **statement}
    return json.dumps({"Version": "2012-10-17", "Statement": [given]})


def test_names_are_lower_case(stage: Stage) -> None:
    checked, failures = stage.check(urn(BUCKET, "Files"), {})
    assert failures == []
    assert checked["bucket"].startswith("files-")


def test_where_it_is(stage: Stage) -> None:
    name, state, _ = make(stage, BUCKET, "where", {})
    assert state["arn"] == f"arn:aws:s3:::{name}"
    assert state["bucketDomainName"] == f"{name}.s3.amazonaws.com"
    assert state["bucketRegionalDomainName"] == f"{name}.s3.eu-central-1.amazonaws.com"
    assert state["bucketRegion"] == REGION


@pytest.mark.parametrize("versioned", [True, False])
def test_only_force_destroy_deletes_what_is_in_it(stage: Stage, versioned: bool) -> None:
    s3 = stage.emulator.client("s3", REGION)
    name, state, inputs = make(stage, BUCKET, f"full-{versioned}", {})
    if versioned:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"1", b"2"):
        s3.put_object(Bucket=name, Key="a", Body=body)
    s3.delete_object(Bucket=name, Key="a") if versioned else None
    with pytest.raises(RehearsalError, match="BucketNotEmpty"):
        stage.delete(urn(BUCKET, "full"), name, state)
    now = stage.update(
        urn(BUCKET, "full"), name, state=state, old_inputs=inputs, inputs={**inputs, "forceDestroy": True}
    )
    stage.delete(urn(BUCKET, "full"), name, now)
    assert name not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


def test_the_short_form_of_everybody_stays_as_it_was_written(stage: Stage) -> None:
    name, _, _ = make(stage, BUCKET, "short", {})
    policy = document(Effect="Deny", Resource=f"arn:aws:s3:::{name}/*")
    resource_id, state, inputs = make(stage, POLICY, "short", {"bucket": name, "policy": policy})
    assert state["policy"] == policy
    assert stage.read(urn(POLICY, "short"), resource_id, state, inputs) == (resource_id, state, inputs)


@pytest.mark.parametrize(
    ("condition", "refused"),
    [
        ({}, True),
        ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
    ],
)
def test_public_policies_are_blocked(stage: Stage, condition: dict[str, Any], refused: bool) -> None:
    name, _, _ = make(stage, BUCKET, f"public-{len(str(condition))}", {})
    block = {"bucket": name, "blockPublicPolicy": True}
    make(stage, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", name, block)
    policy = document(Resource=f"arn:aws:s3:::{name}/*", Condition=condition)
    if refused:
        with pytest.raises(RehearsalError, match="policy must not let everybody in"):
            make(stage, POLICY, name, {"bucket": name, "policy": policy})
    else:
        make(stage, POLICY, name, {"bucket": name, "policy": policy})


def test_a_public_policy_where_nothing_blocks_it(stage: Stage) -> None:
    name, _, _ = make(stage, BUCKET, "open", {})
    make(stage, POLICY, "open", {"bucket": name, "policy": document(Resource=f"arn:aws:s3:::{name}/*")})


def test_logs_need_a_bucket_that_takes_them(stage: Stage) -> None:
    source, _, _ = make(stage, BUCKET, "logged", {})
    target, _, _ = make(stage, BUCKET, "logs", {})
    logging = {"bucket": source, "targetBucket": target, "targetPrefix": ""}
    with pytest.raises(RehearsalError, match="InvalidTargetBucketForLogging"):
        make(stage, "aws:s3/bucketLogging:BucketLogging", "logged", logging)


def test_shared_files_need_versions(stage: Stage) -> None:
    name, _, _ = make(stage, BUCKET, "unversioned", {})
    token = "aws:s3/filesFileSystem:FilesFileSystem"  # noqa: S105
    given = {"bucket": f"arn:aws:s3:::{name}", "roleArn": "arn:aws:iam::123456789012:role/files"}
    with pytest.raises(RehearsalError, match="bucket must be one with versioning enabled"):
        make(stage, token, "shared", given)


def test_an_object_from_a_file(stage: Stage, tmp_path: Path) -> None:
    name, _, _ = make(stage, BUCKET, "assets", {"forceDestroy": True})
    file = tmp_path / "page.html"
    file.write_text("<p>")
    given = {"bucket": name, "source": pulumi.FileAsset(str(file)), "sourceHash": "1"}
    resource_id, state, inputs = make(stage, OBJECT, "page", given)
    assert resource_id == f"{name}/page"
    again = {**inputs, "source": pulumi.FileAsset(str(file))}
    assert stage.diff(urn(OBJECT, "page"), state, inputs, again) == []
    file.write_text("<h1>")
    changed = {**again, "sourceHash": "2"}
    stage.update(urn(OBJECT, "page"), resource_id, state=state, old_inputs=inputs, inputs=changed)
    body = stage.emulator.client("s3", REGION).get_object(Bucket=name, Key="page")["Body"].read()
    assert body == b"<h1>"


def test_a_source_that_cannot_be_read(stage: Stage) -> None:
    name, _, _ = make(stage, BUCKET, "empty", {})
    with pytest.raises(RehearsalError, match="source must be a file that can be read"):
        make(stage, OBJECT, "nothing", {"bucket": name, "source": pulumi.FileAsset("/nowhere/to/be/found")})


def test_settings_do_not_take_the_bucket_along(stage: Stage) -> None:
    name, _, _ = make(stage, BUCKET, "lasting", {})
    for token, given in (
        ("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", {}),
        ("aws:s3/bucketOwnershipControls:BucketOwnershipControls", {"rule": {"objectOwnership": "ObjectWriter"}}),
        ("aws:s3/bucketNotification:BucketNotification", {}),
    ):
        resource_id, state, _ = make(stage, token, "lasting", {"bucket": name, **given})
        stage.delete(urn(token, "lasting"), resource_id, state)
    assert stage.emulator.client("s3", REGION).head_bucket(Bucket=name)


REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
TIMED = {"status": "Enabled", "time": {"minutes": 15}}


def rule(to: str = "arn:aws:s3:::there", *, destination: Any = None, **more: Any) -> dict[str, Any]:
    return {"status": "Enabled", "destination": {"bucket": to, **(destination or {})}, **more}


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        (rule(filter={"prefix": ""}), "rules[0].deleteMarkerReplication must be given with a filter"),
        (rule(destination={"replicationTime": TIMED}), "rules[0].destination.metrics must be enabled, with an event"),
        (
            rule(destination={"replicationTime": TIMED, "metrics": {"status": "Enabled"}}),
            "rules[0].destination.metrics must be enabled, with an event",
        ),
        (
            rule(sourceSelectionCriteria={"sseKmsEncryptedObjects": {"status": "Enabled"}}),
            "rules[0].destination.encryptionConfiguration must name a key",
        ),
    ],
)
def test_replication_that_s3_refuses(stage: Stage, wrong: dict[str, Any], line: str) -> None:
    inputs = {"bucket": "here", "role": "arn:aws:iam::123456789012:role/copies", "rules": [wrong]}
    (failure,) = stage.check(urn(REPLICATION), inputs)[1]
    assert line in " ".join(failure)


def test_replication_needs_versions_at_both_ends(stage: Stage) -> None:
    s3 = stage.emulator.client("s3", REGION)
    ends = [make(stage, BUCKET, f"copy-{end}", {})[0] for end in ("from", "to")]
    s3.put_bucket_versioning(Bucket=ends[0], VersioningConfiguration={"Status": "Enabled"})
    role = "arn:aws:iam::123456789012:role/copies"
    inputs = {"bucket": ends[0], "role": role, "rules": [rule(f"arn:aws:s3:::{ends[1]}")]}
    with pytest.raises(RehearsalError, match=f"with versioning, which {ends[1]} does not have"):
        make(stage, REPLICATION, "copies", inputs)
    s3.put_bucket_versioning(Bucket=ends[1], VersioningConfiguration={"Status": "Enabled"})
    assert make(stage, REPLICATION, "copies", inputs)[0] == ends[0]


@pytest.mark.parametrize("kept", [{"mode": "GOVERNANCE"}, {"mode": "GOVERNANCE", "days": 1, "years": 1}])
def test_locks_last_for_days_or_years(stage: Stage, kept: dict[str, Any]) -> None:
    (failure,) = stage.check(urn(LOCK), {"bucket": "here", "rule": {"defaultRetention": kept}})[1]
    assert "rule.defaultRetention must have either days or years" in " ".join(failure)
