"""What AWS refuses and the emulator takes is refused by the check, in one line that begins with the input."""

import json
from typing import Any

import pytest

from rehearsal.errors import RehearsalError
from rehearsal.services._schedules import schedule_problem
from rehearsal.stage import Stage
from rehearsal.values import UNKNOWN

from .conftest import urn
from .samples.rds import FOUNDATION

INSTANCE = "aws:rds/instance:Instance"
DATABASE = {**FOUNDATION["database"][1], "dbSubnetGroupName": "subnets"}
VOLUME = "aws:ebs/volume:Volume"
BUCKET = "aws:s3/bucket:Bucket"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
PLAN = "aws:backup/plan:Plan"
PARAMETER = "aws:ssm/parameter:Parameter"
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105
DLM = "aws:dlm/lifecyclePolicy:LifecyclePolicy"


def policy(**statement: Any) -> str:
    given = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}, "Action": "*", **statement}
    return json.dumps({"Version": "2012-10-17", "Statement": [given]})


def volume(**changes: Any) -> dict[str, Any]:
    return {"availabilityZone": "eu-central-1a", "size": 20, "type": "gp3", **changes}


def plan(**changes: Any) -> dict[str, Any]:
    return {"rules": [{"ruleName": "daily", "targetVaultName": "vault", **changes}]}


def rules(**changes: Any) -> dict[str, Any]:
    return {"bucket": "files", "rules": [{"id": "a", "status": "Enabled", "filter": {}, **changes}]}


def snapshots(**changes: Any) -> dict[str, Any]:
    schedule = {"name": "daily", "createRule": {"interval": 24, **changes}, "retainRule": {"count": 1}}
    details = {"resourceTypes": ["VOLUME"], "targetTags": {"a": "b"}, "schedules": [schedule]}
    return {"description": "x", "executionRoleArn": "arn:aws:iam::123456789012:role/x", "policyDetails": details}


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (INSTANCE, {**DATABASE, "engineVersion": "8.5"}, "engineVersion must be a version of mysql"),
    (INSTANCE, {**DATABASE, "engine": "mysq"}, "engine must be an engine of RDS"),
    (INSTANCE, {**DATABASE, "instanceClass": "t4g.medium"}, "instanceClass must be an instance class of RDS"),
    (INSTANCE, {**DATABASE, "enabledCloudwatchLogsExports": ["slow"]}, "enabledCloudwatchLogsExports must be of audit"),
    (INSTANCE, {**DATABASE, "backupRetentionPeriod": 99}, "backupRetentionPeriod must be from 0 to 35 days, got 99"),
    (INSTANCE, {**DATABASE, "monitoringInterval": 7}, "monitoringInterval must be one of"),
    (INSTANCE, {**DATABASE, "performanceInsightsRetentionPeriod": 8}, "performanceInsightsRetentionPeriod must be"),
    (INSTANCE, {**DATABASE, "password": "x"}, "password must have 8 to 41 characters, got 1"),
    (INSTANCE, {**DATABASE, "password": "correct@horse"}, "password must be printable ASCII"),
    (INSTANCE, {**DATABASE, "username": "rdsadmin"}, "username must not be one that RDS keeps"),
    (INSTANCE, {**DATABASE, "username": "app-owner"}, "username must be 1 to 16 letters"),
    (INSTANCE, {**DATABASE, "allocatedStorage": 5}, "allocatedStorage must be from 20"),
    (INSTANCE, {**DATABASE, "storageType": "gp3", "iops": 3000}, "iops must be left out for gp3 below 400 GiB"),
    (INSTANCE, {**DATABASE, "identifier": "a--b"}, "identifier must be 1 to 63 letters"),
    (INSTANCE, {**DATABASE, "finalSnapshotIdentifier": "-final"}, "finalSnapshotIdentifier must be"),
    (INSTANCE, {**DATABASE, "s3Import": {"bucketName": "dumps"}}, "s3Import cannot be rehearsed"),
    (
        INSTANCE,
        {**DATABASE, "restoreToPointInTime": {"useLatestRestorableTime": True}},
        "restoreToPointInTime must have exactly one of sourceDbInstanceAutomatedBackupsArn",
    ),
    (
        INSTANCE,
        {**DATABASE, "restoreToPointInTime": {"sourceDbInstanceIdentifier": "app"}},
        "restoreToPointInTime must have exactly one of restoreTime and useLatestRestorableTime",
    ),
    (
        INSTANCE,
        {**DATABASE, "restoreToPointInTime": {"sourceDbiResourceId": "db-ABC", "useLatestRestorableTime": True}},
        "restoreToPointInTime can be rehearsed by sourceDbInstanceIdentifier only",
    ),
    (
        INSTANCE,
        {"instanceClass": "db.t4g.medium", "replicateSourceDb": "db", "dbSubnetGroupName": "subnets"},
        "dbSubnetGroupName must be left out for a replica",
    ),
    ("aws:rds/subnetGroup:SubnetGroup", {"subnetIds": [UNKNOWN]}, "subnetIds must name subnets in at least 2"),
    ("aws:rds/subnetGroup:SubnetGroup", {"name": "Big", "subnetIds": ["a", "b"]}, "name must be 1 to 255 lower-case"),
    ("aws:rds/parameterGroup:ParameterGroup", {"family": "mysql84"}, "family must be a parameter group family"),
    (
        "aws:rds/eventSubscription:EventSubscription",
        {"snsTopic": UNKNOWN, "sourceIds": ["db"]},
        "sourceType must be given with sourceIds",
    ),
    (BUCKET, {"bucket": "Files"}, "bucket must be 3 to 63 lower-case"),
    (BUCKET, {"bucket": "a..b"}, "bucket must be 3 to 63 lower-case"),
    (BUCKET, {"bucket": "192.0.2.1"}, "bucket must be 3 to 63 lower-case"),
    (BUCKET, {"bucket": "xn--files"}, "bucket must not begin with"),
    (POLICY, {"bucket": "files", "policy": "{"}, "policy must be a JSON policy document"),
    (POLICY, {"bucket": "files", "policy": policy(Effect="allow")}, "policy must say Allow or Deny"),
    (
        POLICY,
        {"bucket": "files", "policy": policy(Resource="arn:aws:s3:::other/*")},
        "policy must be about the bucket that it is put on",
    ),
    (LIFECYCLE, rules(filter=None, expiration={"days": 1}), "rules[0].filter must be given"),
    (LIFECYCLE, rules(), "rules[0] must do something"),
    (
        LIFECYCLE,
        rules(transitions=[{"days": 7, "storageClass": "STANDARD_IA"}]),
        "rules[0].transitions[0].days must be at least 30 for STANDARD_IA, got 7",
    ),
    (VOLUME, volume(size=70000), "size must be from 1 to 65536 GiB for gp3"),
    (VOLUME, volume(iops=2000), "iops must be from 3000 to 10000 for gp3, got 2000"),
    (VOLUME, volume(iops=11000), "iops must be from 3000 to 10000 for gp3, got 11000"),
    (VOLUME, volume(throughput=1000), "throughput must be at most a quarter of iops (750 MiB/s)"),
    (VOLUME, volume(throughput=3000), "throughput must be from 125 to 2000 MiB/s"),
    (VOLUME, volume(type="gp2", iops=3000), "iops must be left out for gp2"),
    (VOLUME, volume(type="io2"), "iops must be given for io2"),
    (VOLUME, {"availabilityZone": "eu-central-1a"}, "size must be given, or snapshotId"),
    (PLAN, plan(schedule="cron(0 5 * * * *)"), "rules[0].schedule must have '?'"),
    (PLAN, plan(schedule="cron(0 25 * * ? *)"), "rules[0].schedule has no valid hours"),
    (PLAN, plan(startWindow=30), "rules[0].startWindow must be at least 60 minutes"),
    (
        PLAN,
        plan(lifecycle={"coldStorageAfter": 30, "deleteAfter": 60}),
        "rules[0].lifecycle.deleteAfter must be at least 90 days after coldStorageAfter, so 120, got 60",
    ),
    (
        PLAN,
        plan(enableContinuousBackup=True, lifecycle={"deleteAfter": 60}),
        "rules[0].lifecycle.deleteAfter must be 1 to 35 days for continuous backups",
    ),
    (PARAMETER, {"name": "/aws/x", "type": "String", "value": "x"}, "name must be letters"),
    (PARAMETER, {"name": "a/b", "type": "String", "value": "x"}, "name must be letters"),
    (PARAMETER, {"type": "string", "value": "x"}, "type must be one of"),
    (PARAMETER, {"type": "SecureString", "insecureValue": "x"}, "insecureValue must not be given"),
    (PARAMETER, {"type": "String", "value": "x" * 4097}, "value must have 1 to 4096 bytes, got 4097"),
    (PARAMETER, {"type": "String", "value": "x", "allowedPattern": r"^\d+$"}, "value must match allowedPattern"),
    (SECRET, {"recoveryWindowInDays": 5}, "recoveryWindowInDays must be 0"),
    (
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        {"secretArn": UNKNOWN, "policy": policy(Principal="*"), "blockPublicPolicy": True},
        "policy must not let everybody in",
    ),
    (
        "aws:secretsmanager/secretRotation:SecretRotation",
        {"secretId": UNKNOWN, "rotationRules": {"duration": "3h"}},
        "rotationRules must say either",
    ),
    (DLM, snapshots(interval=5), "policyDetails.schedules[0].createRule.interval must be one of"),
    (DLM, snapshots(times="3:00"), "policyDetails.schedules[0].createRule.times must be a time"),
    (DLM, snapshots(interval=None), "policyDetails.schedules[0].createRule.interval must be given"),
    ("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 13}, "retentionInDays must be one of 0, 1, 3"),
    ("aws:kms/key:Key", {"policy": policy(Action="kms:Decrypt")}, "policy must let the account or a role do"),
    ("aws:kms/key:Key", {"policy": policy(Principal={"Service": "s3.amazonaws.com"})}, "policy must let the account"),
]


@pytest.mark.parametrize(
    ("token", "inputs", "line"), REFUSED, ids=lambda value: value if isinstance(value, str) else ""
)
def test_refused(stage: Stage, token: str, inputs: dict[str, Any], line: str) -> None:
    given = {name: value for name, value in inputs.items() if value is not None}
    _, failures = stage.check(urn(token), given)
    assert len(failures) == 1
    name, reason = failures[0]
    assert reason.split(": ", 1)[1].startswith(line)
    assert "\n" not in reason
    assert line.startswith(name)


def _unknown(value: Any) -> list[Any]:
    """Every way in which one part of *value* may not be known yet."""
    if isinstance(value, dict):
        parts = [{**value, key: part} for key in value for part in _unknown(value[key])]
    elif isinstance(value, list):
        parts = [[*value[:i], part, *value[i + 1 :]] for i in range(len(value)) for part in _unknown(value[i])]
    else:
        parts = []
    return [UNKNOWN, *parts]


ROTATION = {"secretId": "s", "rotationRules": {"duration": "3h", "automaticallyAfterDays": 3}}

ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    (INSTANCE, {**DATABASE, "storageType": "gp3", "enabledCloudwatchLogsExports": ["error"], "monitoringInterval": 60}),
    (INSTANCE, {"instanceClass": "db.t4g.medium", "replicateSourceDb": "db"}),
    ("aws:rds/subnetGroup:SubnetGroup", {"subnetIds": ["a", "b"]}),
    (POLICY, {"bucket": "files", "policy": policy(Resource="arn:aws:s3:::files/*")}),
    (LIFECYCLE, rules(transitions=[{"days": 30, "storageClass": "STANDARD_IA"}], expiration={"days": 60})),
    (VOLUME, volume(iops=4000, throughput=500)),
    (VOLUME, volume(type="io2", iops=1000)),
    (PLAN, plan(schedule="rate(1 day)", startWindow=60, lifecycle={"coldStorageAfter": 30, "deleteAfter": 120})),
    (PLAN, plan(enableContinuousBackup=True, lifecycle={"deleteAfter": 35})),
    (PARAMETER, {"type": "String", "value": "1", "allowedPattern": r"^\d+$"}),
    (SECRET, {"recoveryWindowInDays": 7, "policy": policy()}),
    (DLM, snapshots(times="03:00", intervalUnit="HOURS")),
    ("aws:secretsmanager/secretRotation:SecretRotation", ROTATION),
    ("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 14}),
    ("aws:kms/key:Key", {"policy": policy(Action="kms:*")}),
]  # fmt: skip


@pytest.mark.parametrize(("token", "inputs"), ACCEPTED)
def test_what_is_not_known_yet_is_not_refused(stage: Stage, token: str, inputs: dict[str, Any]) -> None:
    assert stage.check(urn(token), inputs)[1] == []
    for given in _unknown(inputs)[1:]:
        assert stage.check(urn(token), given)[1] == []


@pytest.mark.parametrize(
    "expression",
    ["cron(0 5 * * ? *)", "cron(0/15 8-18 ? * MON-FRI *)", "cron(0 5 L * ? *)", "cron(0 5 ? * 2#1 2026-2030)",
     "rate(1 hour)", "rate(12 hours)"],
)  # fmt: skip
def test_schedules(expression: str) -> None:
    assert schedule_problem(expression) is None


@pytest.mark.parametrize(
    "expression",
    ["", "0 5 * * *", "cron(0 5 * * ?)", "cron(60 5 * * ? *)", "cron(0 5 ? * ? *)", "cron(0 5 ? * FUN *)",
     "cron(0 5/0 * * ? *)", "cron(0 5 * * ? 1969)", "cron(? 5 * * ? *)", "cron(-1 5 * * ? *)", "cron(1-2-3 5 * * ? *)",
     "rate(1 hours)", "rate(2 hour)", "rate(0 hours)", "rate(5)"],
)  # fmt: skip
def test_wrong_schedules(expression: str) -> None:
    assert schedule_problem(expression)


MODELLED: list[tuple[str, dict[str, Any], str]] = [
    (INSTANCE, {**DATABASE, "port": "many"}, "Port must be a number"),
    ("aws:efs/fileSystem:FileSystem", {"performanceMode": "fast"}, "PerformanceMode must be one of"),
    (PARAMETER, {"type": "String", "value": "x", "tier": "Free"}, "Tier must be one of"),
    (PLAN, plan(copyActions=[{"destination": UNKNOWN}]), r"copyActions\[0\].destination is not known"),
    (
        "aws:s3/bucketVersioning:BucketVersioning",
        {"bucket": UNKNOWN, "versioningConfiguration": {"status": "On"}},
        "Status must be one of",
    ),
    (
        "aws:s3/bucketNotification:BucketNotification",
        {"bucket": UNKNOWN, "queues": [{"queueArn": UNKNOWN, "events": ["created"]}]},
        "must be one of",
    ),
    (
        "aws:s3/bucketObjectv2:BucketObjectv2",
        {"bucket": UNKNOWN, "storageClass": "COLD"},
        "StorageClass must be one of",
    ),
]


@pytest.mark.parametrize(("token", "inputs", "line"), MODELLED)
def test_previews_check_the_requests(stage: Stage, token: str, inputs: dict[str, Any], line: str) -> None:
    checked, failures = stage.check(urn(token), inputs)
    assert failures == []
    with pytest.raises(RehearsalError, match=line):
        stage.create(urn(token), checked, preview=True)


@pytest.mark.parametrize(("token", "inputs"), ACCEPTED)
def test_previews_of_what_is_not_known_yet(stage: Stage, token: str, inputs: dict[str, Any]) -> None:
    for given in _unknown(inputs)[1:]:
        stage.create(urn(token), stage.check(urn(token), given)[0], preview=True)
