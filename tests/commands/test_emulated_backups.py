"""What the emulator does for AWS Backup when the times of plans come: copies, every second, restore tests, locks."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from components.commands.api import Api
from components.commands.errors import CommandError
from components.commands.target import Place
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


def started(shop: Cloud, monkeypatch: pytest.MonkeyPatch, only: str, place: Place) -> dict[str, str]:
    """Return the metadata with which the restore of a copy begins."""
    told = list[dict[str, str]]()
    real = Api.call

    def noting(self: Api, service: str, operation: str, **parameters: Any) -> Any:
        answer = real(self, service, operation, **parameters)
        if operation == "get_recovery_point_restore_metadata":
            keys = {"kmsKeyId": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/own", "AvailabilityZone": f"{REGION}a"}
            answer["RestoreMetadata"] = {**answer["RestoreMetadata"], **keys, "DBParameterGroupName": "of-the-source"}
        if operation == "start_restore_job":
            told.append(parameters["Metadata"])
            raise CommandError("seen enough")
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(Api, "call", noting)
        with pytest.raises(CommandError, match="seen enough"):
            shop.restore(shop.now, only, region=ELSEWHERE, place=place)
    return {key.lower(): value for key, value in told[0].items()}


def test_from_a_copy_in_another_region_nothing_of_the_first_one_is_asked_for(
    shop: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.run_rule()
    shop.now += timedelta(hours=1)
    volume = started(shop, monkeypatch, "volume", Place(zone=f"{ELSEWHERE}b"))
    assert volume["availabilityzone"] == f"{ELSEWHERE}b"
    database = started(shop, monkeypatch, "database", Place("", "there", ("sg-1", "sg-2")))
    assert database["dbsubnetgroupname"] == "there"
    assert json.loads(database["vpcsecuritygroupids"]) == ["sg-1", "sg-2"]
    assert database.keys().isdisjoint({"dbparametergroupname", "availabilityzone"})
    assert not any(REGION in value and ":kms:" in value for value in (*volume.values(), *database.values()))


@pytest.mark.parametrize(
    ("only", "place", "complaint"),
    [
        ("volume", Place(), rf": its zone is {REGION}a, not one of {ELSEWHERE}: give --zone, such as {ELSEWHERE}a$"),
        ("volume", Place(f"{REGION}b"), rf"its zone is {REGION}b, not one of {ELSEWHERE}: give --zone"),
        ("database", Place(), rf"it was in {REGION}: give --subnet-group and --security-groups of {ELSEWHERE}$"),
        ("database", Place("", "there"), "give --subnet-group and --security-groups"),
        (None, Place(), "give --"),
    ],
)
def test_a_plan_in_another_region_asks_where_to(shop: Cloud, only: str | None, place: Place, complaint: str) -> None:
    shop.run_rule()
    shop.now += timedelta(hours=1)
    with pytest.raises(CommandError, match=complaint):
        shop.restore(shop.now, only, plan=True, region=ELSEWHERE, place=place)


def test_a_volume_whose_zone_is_lost_is_restored_in_another(shop: Cloud) -> None:
    shop.run_rule()
    well, said = shop.restore(shop.now, "volume", place=Place(zone=f"{REGION}b"))
    assert well, said
    assert f"into a new volume in {REGION}b" in said
    assert f"ok   in {REGION}b" in said


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
