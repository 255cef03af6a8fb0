"""Plans: what they select, and what they do when their time comes, which in the emulator somebody says."""

import uuid
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from .jobs import BackupJob, CopyJob, RestoreJob
from .resources import kinds, named
from .store import Plain, Point, Store, backend, missing, now, store


def selected(own: Store, plan_id: str) -> dict[str, str]:
    """Return the role of every resource that the plan selects, by ARN."""
    found = dict[str, str]()
    for selection in own.selections.values():
        if selection["BackupPlanId"] == plan_id:
            wanted: Plain = selection["BackupSelection"]
            found.update(dict.fromkeys(_chosen(own, wanted), str(wanted["IamRoleArn"])))
    return found


def run_rule(account: str, region: str, plan_id: str, rule_name: str) -> list[Plain]:
    """Do what the rule of a plan does at its time, up to the end, and return the backup jobs."""
    own = store(account, region)
    plan = backend(account, region).plans.get(plan_id)
    if plan is None:
        raise missing(f"Backup plan {plan_id} does not exist.")
    rule = next(rule for rule in plan.backup_plan["Rules"] if rule["RuleName"] == rule_name)
    done = list[Plain]()
    for arn, role in selected(own, plan_id).items():
        asked = {
            "BackupVaultName": rule["TargetBackupVaultName"],
            "ResourceArn": arn,
            "IamRoleArn": role,
            "Lifecycle": rule.get("Lifecycle"),
            "RecoveryPointTags": rule.get("RecoveryPointTags"),
        }
        creator = {
            "BackupPlanId": plan_id,
            "BackupPlanArn": plan.backup_plan_arn,
            "BackupRuleId": rule["RuleId"],
            "Continuous": bool(rule.get("EnableContinuousBackup")),
        }
        job = BackupJob(own, asked, creator)
        job.finish()
        done.append(job.told)
        for action in rule.get("CopyActions") or () if job.told["State"] == "COMPLETED" else ():
            copying = {"RecoveryPointArn": job.told["RecoveryPointArn"], "IamRoleArn": role, **action}
            CopyJob(own, copying).finish()
    return done


def run_tests(account: str, region: str, name: str) -> list[Plain]:
    """Do what a restore testing plan does at its time: restore the newest of each kind; return the restore jobs."""
    own = store(account, region)
    plan = own.tests[name]
    vaults = plan["RecoveryPointSelection"]["IncludeVaults"]
    wanted = {"SNAPSHOT": False, "CONTINUOUS": True}
    types = [wanted[kind] for kind in plan["RecoveryPointSelection"]["RecoveryPointTypes"]]
    done = list[Plain]()
    for selection in plan["selections"].values():
        kind = named(selection["ProtectedResourceType"])
        tagged = kind.all((account, region))
        conditions = (selection.get("ProtectedResourceConditions") or {}).get("StringEquals") or []
        for arn, tags in tagged.items():
            if any(tags.get(c["Key"].removeprefix("aws:ResourceTag/")) != c["Value"] for c in conditions):
                continue
            points = [
                p
                for p in own.points.values()
                if p.told["ResourceArn"] == arn
                and p.continuous in types
                and any(fnmatchcase(p.told["BackupVaultArn"], vault) for vault in vaults)
            ]
            if not points:
                continue
            newest = max(points, key=lambda p: p.told["CreationDate"])
            job = RestoreJob(own, _test(newest, selection))
            job.told["CreatedBy"] = {"RestoreTestingPlanArn": plan["RestoreTestingPlanArn"]}
            job.finish()
            done.append(job.told)
    return done


def _test(point: Point, selection: Mapping[str, Any]) -> Plain:
    """Return what a test asks for (AWS Backup developer guide, "Restore testing inferred metadata")."""
    name = f"awsbackup-restore-test-{uuid.uuid4().hex[:8]}"
    inferred = {
        "RDS": {"DBInstanceIdentifier": name, "MultiAZ": "false", "PubliclyAccessible": "false"},
        "EBS": {"encrypted": "true"},
        "S3": {"DestinationBucketName": name, "NewBucket": "true", "Encrypted": "true", "EncryptionType": "SSE-S3"},
        "EFS": {"newFileSystem": "true", "Encrypted": "true", "CreationToken": name},
    }[selection["ProtectedResourceType"]]
    if point.continuous:
        inferred["RestoreTime"] = f"{now():%Y-%m-%dT%H:%M:%SZ}"
    asked = {key.lower(): value for key, value in {**point.metadata, **inferred}.items()}
    asked |= {key.lower(): value for key, value in (selection.get("RestoreMetadataOverrides") or {}).items()}
    return {"RecoveryPointArn": point.arn, "IamRoleArn": selection["IamRoleArn"], "Metadata": asked}


def _chosen(own: Store, selection: Mapping[str, Any]) -> list[str]:
    place = (own.account, own.region)
    tagged = {arn: tags for kind in kinds() for arn, tags in kind.all(place).items()}
    patterns = selection.get("Resources") or ["*"]
    equal = (selection.get("Conditions") or {}).get("StringEquals") or []
    either = selection.get("ListOfTags") or []
    return [
        arn
        for arn, tags in tagged.items()
        if any(fnmatchcase(arn, pattern) for pattern in patterns)
        and not any(fnmatchcase(arn, pattern) for pattern in selection.get("NotResources") or ())
        and all(tags.get(c["ConditionKey"].removeprefix("aws:ResourceTag/")) == c["ConditionValue"] for c in equal)
        and (not either or any(tags.get(c["ConditionKey"]) == c["ConditionValue"] for c in either))
    ]
