"""What auditors ask of backups (docs/security.md)."""

from tests.programs import Program


def test_what_holds_data_is_in_a_backup_plan_with_an_encrypted_vault(prod: Program) -> None:
    (vault,) = prod.all("backup/vault:Vault")
    assert vault.inputs["kmsKeyArn"] in {key.outputs["arn"] for key in prod.all("kms/key:Key")}
    (plan,) = prod.all("backup/plan:Plan")
    kept = {rule["ruleName"]: rule["lifecycle"]["deleteAfter"] for rule in plan.inputs["rules"]}
    assert kept["daily"] >= 35
    assert all(rule["scheduleExpressionTimezone"] == "Europe/Zurich" for rule in plan.inputs["rules"])
    tagged = {r.type for r in prod.resources if "elasticweb:data" in (r.inputs.get("tags") or {})}
    stores = {
        f"aws:{t}" for t in ("rds/instance:Instance", "s3/bucket:Bucket", "ebs/volume:Volume", "backup/vault:Vault")
    }
    assert tagged == stores


def test_backups_are_restored_for_a_test_every_week(prod: Program) -> None:
    (plan,) = prod.all("backup/restoreTestingPlan:RestoreTestingPlan")
    assert plan.inputs["scheduleExpression"] == "cron(0 10 ? * TUE *)"
    tests = prod.all("backup/restoreTestingSelection:RestoreTestingSelection")
    assert {test.inputs["protectedResourceType"] for test in tests} == {"EBS", "RDS", "S3"}
