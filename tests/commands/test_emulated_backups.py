"""What the emulator does for AWS Backup when the times of plans come: copies, every second, restore tests, locks."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.errors import RehearsalError
from rehearsal.extensions import backups
from rehearsal.extensions.backups import CLOCK

from .cloud import ACCOUNT, CREDENTIALS, REGION, Cloud, cloud, program

ELSEWHERE = "eu-west-1"


@pytest.fixture(scope="module")
def deployed() -> Iterator[Cloud]:
    spec = {
        "continuous": True,
        "copies": [{"region": ELSEWHERE, "rules": ["daily", "weekly"], "kept_days": 60}],
        "lock": {"mode": "governance"},
    }
    with cloud(lambda: program(spec)) as made:
        yield made


@pytest.fixture
def shop(deployed: Cloud, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": deployed.url}.items():
        monkeypatch.setenv(name, value)
    deployed.now += timedelta(days=1)
    monkeypatch.setattr(CLOCK, "now", lambda: deployed.now)
    return deployed


def put(shop: Cloud, key: str, text: str) -> None:
    bucket = shop.named("shop-storage-bucket")["bucket"]
    shop.client("s3").put_object(Bucket=bucket, Key=key, Body=text.encode())


def vault(shop: Cloud, name: str, region: str = REGION) -> list[dict[str, Any]]:
    found = shop.client("backup", region).list_recovery_points_by_backup_vault(BackupVaultName=name)
    return found["RecoveryPoints"]


def test_copies_come_to_the_other_region_as_snapshots_kept_for_their_own_time(shop: Cloud) -> None:
    shop.run_rule()
    there = vault(shop, shop.named("shop-backups-copies-eu-west-1")["name"], ELSEWHERE)
    assert sorted({point["ResourceType"] for point in there}) == ["EBS", "RDS", "S3"]
    assert {point["Lifecycle"]["DeleteAfterDays"] for point in there} == {60}
    assert not any(":continuous:" in point["RecoveryPointArn"] for point in there)
    own = backups.store(ACCOUNT, ELSEWHERE).points
    assert all(":eu-central-1:" in point.told["SourceBackupVaultArn"] for point in own.values())


def test_a_continuous_backup_is_one_point_that_reaches_every_second(shop: Cloud) -> None:
    shop.run_rule()
    before = vault(shop, shop.named("shop-backups-vault")["name"])
    shop.now += timedelta(days=1)
    shop.run_rule()
    after = vault(shop, shop.named("shop-backups-vault")["name"])
    new = {p["RecoveryPointArn"] for p in after} - {p["RecoveryPointArn"] for p in before}
    assert [arn.split(":")[2] for arn in new] == ["ec2"], "a volume has a snapshot of each night"
    shop.now += timedelta(hours=2)
    well, said = shop.restore(shop.now - timedelta(minutes=30))
    assert well, said
    assert said.count("which is to the second") == 2
    assert "source_identifier: shop-db-primary" in said
    assert "time: " in said


def test_restore_tests_restore_one_of_each_kind_where_the_database_lives(shop: Cloud) -> None:
    shop.run_rule()
    name = shop.named("shop-backups-tests")["name"]
    jobs = backups.run_tests(ACCOUNT, REGION, name)
    states = {(job["ResourceType"], job["Status"]) for job in jobs}
    assert states == {("EBS", "COMPLETED"), ("RDS", "COMPLETED"), ("S3", "COMPLETED")}
    (made,) = [job["CreatedResourceArn"].rsplit(":", 1)[-1] for job in jobs if job["ResourceType"] == "RDS"]
    (restored,) = shop.client("rds").describe_db_instances(DBInstanceIdentifier=made)["DBInstances"]
    assert restored["DBSubnetGroup"]["DBSubnetGroupName"] == shop.named("shop-db-subnets")["name"]


def test_another_account_is_let_in_by_the_vaults_policy_only(shop: Cloud) -> None:
    shop.run_rule()
    backup = shop.client("backup")
    (volume,) = [p for p in vault(shop, shop.named("shop-backups-vault")["name"]) if p["ResourceType"] == "EBS"][:1]
    other = "210987654321"
    backups.store(other, REGION)
    from rehearsal.extensions.backups.store import backend  # noqa: PLC0415

    made = backend(other, REGION)
    if "safe" not in made.vaults:
        made.create_backup_vault("safe", {}, "", "")
    asked = {
        "RecoveryPointArn": volume["RecoveryPointArn"],
        "SourceBackupVaultName": volume["BackupVaultName"],
        "DestinationBackupVaultArn": f"arn:aws:backup:{REGION}:{other}:backup-vault:safe",
        "IamRoleArn": shop.named("shop-backups-backup-role")["arn"],
    }

    def copied() -> dict[str, Any]:
        job = backup.start_copy_job(**asked)["CopyJobId"]
        while True:
            told = backup.describe_copy_job(CopyJobId=job)["CopyJob"]
            if told["State"] in ("COMPLETED", "FAILED"):
                return told

    refused = copied()
    assert refused["State"] == "FAILED"
    assert "Access denied" in refused["StatusMessage"]
    allowed = {
        "Effect": "Allow",
        "Principal": {"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]},
        "Action": "backup:CopyIntoBackupVault",
        "Resource": "*",
    }
    backups.store(other, REGION).policies["safe"] = json.dumps({"Statement": [allowed]})
    assert copied()["State"] == "COMPLETED"


def test_a_locked_vault_keeps_its_points_and_a_full_one_is_not_deleted(shop: Cloud) -> None:
    shop.run_rule()
    backup, name = shop.client("backup"), shop.named("shop-backups-vault")["name"]
    point = vault(shop, name)[0]["RecoveryPointArn"]
    with pytest.raises((ClientError, RehearsalError), match="its vault is locked"):
        backup.delete_recovery_point(BackupVaultName=name, RecoveryPointArn=point)
    with pytest.raises((ClientError, RehearsalError), match="contains recovery points"):
        backup.delete_backup_vault(BackupVaultName=name)


def test_a_role_that_aws_backup_cannot_take_on_is_refused(shop: Cloud) -> None:
    arn = shop.named("shop-storage-bucket")["arn"]
    name = shop.named("shop-backups-vault")["name"]
    with pytest.raises((ClientError, RehearsalError), match="does not exist"):
        shop.client("backup").start_backup_job(
            BackupVaultName=name, ResourceArn=arn, IamRoleArn=f"arn:aws:iam::{ACCOUNT}:role/nobody"
        )
