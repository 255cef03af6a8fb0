"""MySQL from backups, and backups of MySQL."""

from typing import Any

import pytest

from tests.unit.mysql import PASSWORD, made, password_of, refusal

KEY = "arn:aws:kms:eu-west-1:123456789012:key/k"
ONE = "MySQL: database.restore_from must have exactly one of snapshot, source_identifier, source_resource_id, "


def restored(source: dict[str, Any], **more: Any) -> dict[str, Any]:
    return made({"restore_from": source, **more}, kms_key_arn=KEY).named("db-primary").inputs


# What a new database starts with


def test_a_snapshot_is_restored() -> None:
    inputs = restored({"snapshot": "shop-final"})
    assert inputs["snapshotIdentifier"] == "shop-final"
    assert "restoreToPointInTime" not in inputs


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            {"source_identifier": "shop-db", "time": "2026-11-23T14:02:00Z"},
            {"sourceDbInstanceIdentifier": "shop-db", "restoreTime": "2026-11-23T14:02:00Z"},
        ),
        ({"source_identifier": "shop-db"}, {"sourceDbInstanceIdentifier": "shop-db", "useLatestRestorableTime": True}),
        ({"source_resource_id": "db-ABC"}, {"sourceDbiResourceId": "db-ABC", "useLatestRestorableTime": True}),
        (
            {"automated_backups_arn": "arn:aws:rds:eu-central-1:123456789012:auto-backup:ab-x"},
            {
                "sourceDbInstanceAutomatedBackupsArn": "arn:aws:rds:eu-central-1:123456789012:auto-backup:ab-x",
                "useLatestRestorableTime": True,
            },
        ),
    ],
)
def test_a_point_in_time_is_restored(source: dict[str, Any], expected: dict[str, Any]) -> None:
    inputs = restored(source)
    assert inputs["restoreToPointInTime"] == expected
    assert "snapshotIdentifier" not in inputs


def test_what_comes_with_the_data_is_not_said_again() -> None:
    plain, inputs = made(kms_key_arn=KEY).named("db-primary").inputs, restored({"snapshot": "shop-final"})
    assert plain.keys() - inputs.keys() == {"allocatedStorage", "dbName", "kmsKeyId", "username"}
    assert {key: value for key, value in inputs.items() if key in plain} == {k: plain[k] for k in plain if k in inputs}


@pytest.mark.parametrize("preview", [False, True])
def test_the_master_password_is_a_new_one_and_in_the_new_secret(preview: bool) -> None:
    result = made({"restore_from": {"snapshot": "shop-final"}}, preview=preview)
    assert result.named("db-primary").inputs["password"] == PASSWORD
    if not preview:
        assert password_of(result)["password"] == PASSWORD


def test_a_living_database_is_never_replaced_for_it() -> None:
    for database in ({}, {"restore_from": {"snapshot": "shop-final"}}):
        ignored = made(database).named("db-primary").options["ignoreChanges"]
        assert {"snapshotIdentifier", "restoreToPointInTime"} <= set(ignored)


def test_a_restore_beside_a_living_database_is_another_with_its_own_replicas_logs_and_final_snapshot() -> None:
    database = {"replica_count": 1, "restore_from": {"snapshot": "shop-final", "into": "after-incident"}}
    result = made(database)
    instances = {r.name for r in result.all("rds/instance:Instance")}
    assert instances == {"db-primary-after-incident", "db-replica-1-after-incident"}
    primary = result.named("db-primary-after-incident")
    assert result.named("db-replica-1-after-incident").inputs["replicateSourceDb"] == primary.inputs["identifier"]
    assert primary.inputs["identifier"].startswith("db-primary-after-incident-")
    assert primary.inputs["finalSnapshotIdentifier"].endswith("-after-incident-final")
    assert primary.options["protect"]
    before = made({"replica_count": 1})
    # Names and secret stay what they are and lead to the new one.
    for name in ("db-writer", "db-credentials", "db-subnets", "db-parameters", "db-zone"):
        assert result.named(name).urn == before.named(name).urn
    assert result.named("db-writer").inputs["records"] != before.named("db-writer").inputs["records"]
    version = result.named("db-credentials-version-after-incident")
    assert version.inputs["secretId"] == result.named("db-credentials").id
    groups = {r.name for r in result.all("cloudwatch/logGroup:LogGroup")}
    assert not groups & {r.name for r in before.all("cloudwatch/logGroup:LogGroup")}


# Final snapshots


def test_the_name_of_the_final_snapshot_can_be_used_twice() -> None:
    """It has the digits of the subnet group, which are others when the database is made again."""
    result = made()
    name = result.named("db-subnets").outputs["name"]
    assert result.named("db-primary").inputs["finalSnapshotIdentifier"] == f"{name}-final"


# Copies elsewhere


def test_backups_are_copied_to_another_region() -> None:
    result = made({"backup_copy": {"region": "eu-west-1", "kms_key_arn": KEY}, "backup_retention_days": 14})
    copy = result.named("db-primary-backup-copy")
    assert copy.type == "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
    assert copy.inputs == {
        "kmsKeyId": KEY,
        "region": "eu-west-1",
        "retentionPeriod": 14,
        "sourceDbInstanceArn": result.named("db-primary").outputs["arn"],
    }
    assert copy.options["deleteBeforeReplace"] is True


def test_copies_can_be_kept_for_another_time() -> None:
    copy = {"region": "eu-west-1", "kms_key_arn": KEY, "retention_days": 3.0}
    assert made({"backup_copy": copy}).named("db-primary-backup-copy").inputs["retentionPeriod"] == 3


# AWS Backup


def test_aws_backup_may_set_retention_and_window() -> None:
    both = {"backupRetentionPeriod", "backupWindow"}
    assert both <= set(made({"backups_by_aws_backup": True}).named("db-primary").options["ignoreChanges"])
    assert not both & set(made().named("db-primary").options["ignoreChanges"])
    # RDS makes no replicas of a source without backups, so they are on from the start.
    assert made({"backups_by_aws_backup": True}).named("db-primary").inputs["backupRetentionPeriod"] == 7


@pytest.mark.parametrize(
    ("database", "message"),
    [
        ({"restore_from": {}}, f"{ONE}automated_backups_arn"),
        (
            {"restore_from": {"snapshot": "a", "source_identifier": "b"}},
            f"{ONE}automated_backups_arn, got snapshot and source_identifier",
        ),
        (
            {"restore_from": {"snapshot": "a", "time": "2026-11-23T14:02:00Z"}},
            (
                "MySQL: database.restore_from.time must be left out with a snapshot, which is of one time, "
                "got '2026-11-23T14:02:00Z'"
            ),
        ),
        (
            {"restore_from": {"source_identifier": "b", "time": "2026-11-23 14:02"}},
            (
                "MySQL: database.restore_from.time must be a time in UTC such as 2026-11-23T14:02:00Z, "
                "got '2026-11-23 14:02'"
            ),
        ),
        (
            {"restore_from": {"source_identifier": "b", "time": "2026-11-31T14:02:00Z"}},
            (
                "MySQL: database.restore_from.time must be a time in UTC such as 2026-11-23T14:02:00Z, "
                "got '2026-11-31T14:02:00Z'"
            ),
        ),
        (
            {"restore_from": {"snapshot": "a", "into": "After"}},
            (
                "MySQL: database.restore_from.into must be at most 20 lower-case letters, digits and single hyphens "
                "and begin with a letter, got 'After'"
            ),
        ),
        (
            {"backup_copy": {"region": "eu-west-1", "kms_key_arn": KEY}, "backup_retention_days": 0},
            (
                "MySQL: database.backup_retention_days must be at least 1 with backup_copy, which copies these "
                "backups, got 0"
            ),
        ),
        (
            {"backup_copy": {"region": "Ireland", "kms_key_arn": KEY}},
            "MySQL: database.backup_copy.region must be a region such as eu-west-1, got 'Ireland'",
        ),
        (
            {"backup_copy": {"region": "eu-west-2", "kms_key_arn": KEY}},
            f"MySQL: database.backup_copy.kms_key_arn must be the ARN of a key in eu-west-2, got '{KEY}'",
        ),
        ({"backup_copy": {"region": "eu-west-1"}}, "MySQL: missing database.backup_copy.kms_key_arn"),
        (
            {"backup_copy": {"region": "eu-west-1", "kms_key_arn": KEY, "retention_days": 36}},
            "MySQL: database.backup_copy.retention_days must be between 1 and 35 days, got 36",
        ),
    ],
)
def test_what_cannot_be_restored_or_copied_is_one_line(database: dict[str, Any], message: str) -> None:
    assert refusal(database) == message
