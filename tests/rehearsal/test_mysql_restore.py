"""MySQL from backups, deployed into the emulator: with the names of the data and a new password."""

import json
from collections.abc import Mapping
from typing import Any

import pulumi_aws as aws

from components import MySQL
from rehearsal.deploy import Deployment, deploy
from rehearsal.emulator import Emulator
from rehearsal.stackfile import StackFile

from .conftest import REGION


def run(emulator: Emulator, name: str, database: Mapping[str, Any]) -> Deployment:
    """Deploy a database called *name* in a network of its own."""

    def program() -> None:
        vpc = aws.ec2.Vpc(f"{name}-vpc", cidr_block="10.0.0.0/16")
        subnets = [
            aws.ec2.Subnet(
                f"{name}-{letter}",
                vpc_id=vpc.id,
                cidr_block=f"10.0.{number}.0/24",
                availability_zone=f"{REGION}{letter}",
            )
            for number, letter in enumerate("ab")
        ]
        MySQL(name, {"vpc_id": vpc.id, "subnet_ids": [s.id for s in subnets], "database": database})  # pyright: ignore[reportArgumentType]

    return deploy(program, StackFile("elasticweb", "dev", {"aws:region": REGION}), emulator)


def instance(deployment: Deployment, role: str) -> dict[str, Any]:
    """Return what RDS tells of the instance that plays the *role*."""
    identifier = deployment.recording.named(role).outputs["identifier"]
    rds = deployment.stage.emulator.client("rds", REGION)
    return rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]


def credentials(deployment: Deployment) -> dict[str, Any]:
    client = deployment.stage.emulator.client("secretsmanager", REGION)
    secret = deployment.recording.one("aws:secretsmanager/secret:Secret").outputs["arn"]
    return json.loads(client.get_secret_value(SecretId=secret)["SecretString"])


def test_backups_become_other_databases_with_their_names_and_new_passwords(emulator: Emulator) -> None:
    source = run(
        emulator, "shop", {"database_name": "shop", "username": "shop_owner", "storage_gib": 50, "replica_count": 1}
    )
    there = instance(source, "shop-primary")["DBInstanceIdentifier"]
    rds = emulator.client("rds", REGION)
    rds.create_db_snapshot(DBSnapshotIdentifier="before-the-mistake", DBInstanceIdentifier=there)

    sources = {
        "again": {"snapshot": "before-the-mistake"},
        "then": {"source_identifier": there, "time": "2026-11-23T14:02:00Z"},
        "now": {"source_identifier": there},
    }
    for name, origin in sources.items():
        restored = run(emulator, name, {"restore_from": origin, "replica_count": 1})
        found = instance(restored, f"{name}-primary")
        assert (found["DBName"], found["MasterUsername"], found["AllocatedStorage"]) == ("shop", "shop_owner", 50)
        assert found["StorageEncrypted"]
        assert found["BackupRetentionPeriod"] == 7
        assert found["DeletionProtection"]
        assert found["MaxAllocatedStorage"] == 100
        assert "ReadReplicaSourceDBInstanceIdentifier" not in found
        group = restored.recording.named(f"{name}-parameters").outputs["name"]
        assert [g["DBParameterGroupName"] for g in found["DBParameterGroups"]] == [group]
        assert (
            found["DBSubnetGroup"]["DBSubnetGroupName"] == restored.recording.named(f"{name}-subnets").outputs["name"]
        )
        replica = instance(restored, f"{name}-replica-1")
        assert replica["ReadReplicaSourceDBInstanceIdentifier"] == found["DBInstanceIdentifier"]

        told = credentials(restored)
        assert (told["dbname"], told["username"]) == ("shop", "shop_owner")
        assert told["dbInstanceIdentifier"] == found["DBInstanceIdentifier"]
        primary = restored.recording.named(f"{name}-primary")
        assert told["password"] == primary.inputs["password"] != credentials(source)["password"]

    # The source is as it was.
    untouched = instance(source, "shop-primary")
    assert untouched["ReadReplicaDBInstanceIdentifiers"] == [instance(source, "shop-replica-1")["DBInstanceIdentifier"]]


def test_logs_are_kept_for_a_time_in_groups_that_are_there_before_the_instance(emulator: Emulator) -> None:
    deployment = run(emulator, "logged", {"log_retention_days": 30})
    identifier = instance(deployment, "logged-primary")["DBInstanceIdentifier"]
    logs = deployment.stage.emulator.client("logs", REGION)
    groups = logs.describe_log_groups(logGroupNamePrefix=f"/aws/rds/instance/{identifier}/")["logGroups"]
    assert {group["logGroupName"].rsplit("/", 1)[1]: group["retentionInDays"] for group in groups} == {
        "error": 30,
        "slowquery": 30,
    }


def test_backups_go_to_another_region_and_the_report_says_that_they_were_not_emulated(
    emulator: Emulator,
) -> None:
    copy = {"region": "eu-west-1", "kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/k"}
    deployment = run(emulator, "copied", {"backup_copy": copy})
    made = deployment.recording.named("copied-primary-backup-copy")
    assert made.outputs["region"] == "eu-west-1"
    assert made.outputs["sourceDbInstanceArn"] == instance(deployment, "copied-primary")["DBInstanceArn"]
    assert "copied-primary-backup-copy" in {only.name for only in deployment.recorded_only}
