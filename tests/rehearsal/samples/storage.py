import json
from typing import Any

from . import Sample
from .iam import trust

FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {
    "volume": ("aws:ebs/volume:Volume", {"availabilityZone": "eu-central-1a", "size": 8}),
    "efs": ("aws:efs/fileSystem:FileSystem", {"encrypted": True}),
    "vault": ("aws:backup/vault:Vault", {}),
    "plan": (
        "aws:backup/plan:Plan",
        {"rules": [{"ruleName": "daily", "targetVaultName": "{vault.name}", "schedule": "cron(0 5 * * ? *)"}]},
    ),
    "test-plan": (
        "aws:backup/restoreTestingPlan:RestoreTestingPlan",
        {
            "name": "tests",
            "scheduleExpression": "cron(0 5 ? * TUE *)",
            "recoveryPointSelection": {
                "algorithm": "LATEST_WITHIN_WINDOW",
                "includeVaults": ["*"],
                "recoveryPointTypes": ["SNAPSHOT"],
            },
        },
    ),
    "backup-role": ("aws:iam/role:Role", {"assumeRolePolicy": trust("backup.amazonaws.com")}),
}

_SCHEDULE = {
    "name": "scheduled",
    "createRule": {"interval": 24, "intervalUnit": "HOURS", "times": "03:00"},
    "retainRule": {"count": 14},
    "copyTags": True,
}


def _details(**changes: Any) -> dict[str, Any]:
    return {"resourceTypes": ["VOLUME"], "targetTags": {"Snapshot": "yes"}, "schedules": [{**_SCHEDULE, **changes}]}


def _mounted(action: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": f"elasticfilesystem:{action}"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _copied(account: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "backup:CopyIntoBackupVault",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


SAMPLES = [
    Sample(
        "aws:ebs/volume:Volume",
        {
            "availabilityZone": "eu-central-1a",
            "size": 20,
            "type": "gp3",
            "iops": 3000,
            "throughput": 125,
            "encrypted": True,
            "kmsKeyId": "{key.arn}",
            "finalSnapshot": True,
            "tags": {"Name": "data"},
        },
        updated={"size": 40, "iops": 4000, "throughput": 250},
        replaced={"availabilityZone": "eu-central-1b", "encrypted": False},
    ),
    Sample(
        "aws:ebs/snapshot:Snapshot",
        {"volumeId": "{volume.id}", "description": "Before the upgrade", "tags": {"Name": "data"}},
        replaced={"description": "Other"},
    ),
    Sample(
        "aws:dlm/lifecyclePolicy:LifecyclePolicy",
        {
            "description": "Scheduled snapshots",
            "executionRoleArn": "{role.arn}",
            "policyDetails": _details(),
            "tags": {"Name": "data"},
        },
        updated={"policyDetails": _details(retainRule={"count": 7}), "state": "DISABLED"},
        recorded=("*",),
    ),
    Sample(
        "aws:efs/fileSystem:FileSystem",
        {
            "encrypted": True,
            "performanceMode": "generalPurpose",
            "throughputMode": "elastic",
            "lifecyclePolicies": [{"transitionToIa": "AFTER_30_DAYS"}],
            "tags": {"Name": "files"},
        },
        updated={"lifecyclePolicies": [{"transitionToIa": "AFTER_60_DAYS"}], "throughputMode": "bursting"},
        replaced={"encrypted": False, "kmsKeyId": "{key.arn}"},
        recorded=("throughputMode",),
    ),
    Sample(
        "aws:efs/mountTarget:MountTarget",
        {"fileSystemId": "{efs.id}", "subnetId": "{subnet.id}", "securityGroups": ["{group.id}"]},
        updated={"securityGroups": ["{other-group.id}"]},
        replaced={"subnetId": "{other-subnet.id}"},
    ),
    Sample(
        "aws:efs/accessPoint:AccessPoint",
        {
            "fileSystemId": "{efs.id}",
            "posixUser": {"uid": 48, "gid": 48, "secondaryGids": [100]},
            "rootDirectory": {
                "path": "/files",
                "creationInfo": {"ownerUid": 48, "ownerGid": 48, "permissions": "0755"},
            },
            "tags": {"Name": "files"},
        },
        replaced={"posixUser": {"uid": 33, "gid": 48, "secondaryGids": [100]}},
    ),
    Sample(
        "aws:efs/fileSystemPolicy:FileSystemPolicy",
        {"fileSystemId": "{efs.id}", "policy": _mounted("ClientMount")},
        updated={"policy": _mounted("ClientWrite")},
    ),
    Sample(
        "aws:efs/backupPolicy:BackupPolicy",
        {"fileSystemId": "{efs.id}", "backupPolicy": {"status": "ENABLED"}},
        updated={"backupPolicy": {"status": "DISABLED"}},
        recorded=("*",),
    ),
    Sample(
        "aws:backup/vault:Vault",
        {"kmsKeyArn": "{key.arn}", "tags": {"Kind": "daily"}},
        replaced={"name": "other", "kmsKeyArn": "{other-key.arn}"},
    ),
    Sample(
        "aws:backup/plan:Plan",
        {
            "rules": [
                {
                    "ruleName": "daily",
                    "targetVaultName": "{vault.name}",
                    "schedule": "cron(0 5 ? * MON-FRI *)",
                    "startWindow": 60,
                    "completionWindow": 180,
                    "lifecycle": {"deleteAfter": 120, "coldStorageAfter": 30},
                    "copyActions": [{"destinationVaultArn": "{vault.arn}", "lifecycle": {"deleteAfter": 7}}],
                    "recoveryPointTags": {"Kind": "daily"},
                }
            ],
            "tags": {"Kind": "daily"},
        },
        updated={"rules": [{"ruleName": "hourly", "targetVaultName": "{vault.name}", "schedule": "rate(1 hour)"}]},
        replaced={"name": "other"},
    ),
    Sample(
        "aws:backup/selection:Selection",
        {
            "iamRoleArn": "{backup-role.arn}",
            "planId": "{plan.id}",
            "selectionTags": [{"type": "STRINGEQUALS", "key": "Backup", "value": "daily"}],
            "conditions": [{"stringEquals": [{"key": "aws:ResourceTag/Tier", "value": "data"}]}],
        },
        replaced={"planId": "other"},
    ),
    Sample(
        "aws:backup/vaultPolicy:VaultPolicy",
        {"backupVaultName": "{vault.name}", "policy": _copied("123456789012")},
        updated={"policy": _copied("210987654321")},
        replaced={"backupVaultName": "other"},
    ),
    Sample(
        "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        {"backupVaultName": "{vault.name}", "minRetentionDays": 7, "maxRetentionDays": 365},
        replaced={"minRetentionDays": 14, "changeableForDays": 3},
    ),
    Sample(
        "aws:backup/restoreTestingPlan:RestoreTestingPlan",
        {
            "name": "weekly",
            "scheduleExpression": "cron(0 5 ? * TUE *)",
            "scheduleExpressionTimezone": "Europe/Zurich",
            "startWindowHours": 8,
            "recoveryPointSelection": {
                "algorithm": "LATEST_WITHIN_WINDOW",
                "includeVaults": ["{vault.arn}"],
                "recoveryPointTypes": ["CONTINUOUS", "SNAPSHOT"],
                "selectionWindowDays": 7,
            },
            "tags": {"Kind": "weekly"},
        },
        updated={"scheduleExpression": "cron(0 6 ? * WED *)", "startWindowHours": 4},
        replaced={"name": "other"},
    ),
    Sample(
        "aws:backup/restoreTestingSelection:RestoreTestingSelection",
        {
            "name": "volumes",
            "restoreTestingPlanName": "{test-plan.name}",
            "iamRoleArn": "{backup-role.arn}",
            "protectedResourceType": "EBS",
            "protectedResourceArns": ["*"],
            "protectedResourceConditions": {"stringEquals": [{"key": "aws:ResourceTag/Tier", "value": "data"}]},
            "restoreMetadataOverrides": {"availabilityZone": "eu-central-1a"},
            "validationWindowHours": 1,
        },
        updated={"validationWindowHours": 2},
        replaced={"name": "other", "protectedResourceType": "RDS"},
        import_id="volumes:{test-plan.name}",
    ),
]
