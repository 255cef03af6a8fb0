"""What backups declare: the vault and who may what, the plan in local time, its selection, restore tests, alarms."""

import json
from typing import Any

import pytest

from components import Backups, Environment, InvalidArgs
from rehearsal.recorder import Recording
from rehearsal.wire import UNKNOWN
from tests.recording import recording

TOPIC = "arn:aws:sns:eu-central-1:123456789012:alarms"
OTHER = "arn:aws:backup:eu-central-1:210987654321:backup-vault:safe"


def made(spec: dict[str, Any] | None = None, *, preview: bool = False, **more: Any) -> Recording:
    args: Any = {"backups": spec or {}, **more}
    return recording(lambda: Backups("shop", args), preview=preview)


def rules(result: Recording) -> dict[str, dict[str, Any]]:
    plan = result.one("backup/plan:Plan")
    return {rule["ruleName"]: rule for rule in plan.inputs["rules"]}


def alarms(result: Recording) -> dict[str, dict[str, Any]]:
    found = result.all("cloudwatch/metricAlarm:MetricAlarm")
    return {alarm.name.removeprefix("shop-alarm-"): alarm.inputs for alarm in found}


@pytest.mark.parametrize("preview", [False, True])
def test_by_default_there_are_a_vault_a_plan_two_roles_and_a_test_of_each_kind(preview: bool) -> None:
    names = sorted(r.name for r in made(preview=preview).resources if r.custom)
    assert names == [
        "shop-backup-role",
        "shop-backup-role-policy",
        "shop-backup-role-s3",
        "shop-plan",
        "shop-restore-role",
        "shop-restore-role-policy",
        "shop-restore-role-s3",
        "shop-selection",
        "shop-test-ebs",
        "shop-test-rds",
        "shop-test-s3",
        "shop-tests",
        "shop-vault",
        "shop-vault-key",
    ]


def test_the_plan_has_daily_weekly_and_monthly_rules_in_local_time() -> None:
    found = rules(made({"time_zone": "Europe/Zurich", "time": "03:30", "weekly_day": "SAT", "monthly_day": 15}))
    assert {name: (r["schedule"], r["lifecycle"]["deleteAfter"]) for name, r in found.items()} == {
        "daily": ("cron(30 3 ? * * *)", 35),
        "weekly": ("cron(30 3 ? * SAT *)", 90),
        "monthly": ("cron(30 3 15 * ? *)", 365),
    }
    assert {r["scheduleExpressionTimezone"] for r in found.values()} == {"Europe/Zurich"}
    assert {(r["startWindow"], r["completionWindow"]) for r in found.values()} == {(480, 10080)}


def test_rules_that_keep_nothing_are_left_out() -> None:
    assert list(rules(made({"weekly_kept_days": 0, "monthly_kept_days": 0}))) == ["daily"]


def test_only_the_daily_rule_is_continuous() -> None:
    found = rules(made({"continuous": True}))
    assert [name for name, rule in found.items() if rule["enableContinuousBackup"]] == ["daily"]


def test_monthly_backups_move_to_cold_storage() -> None:
    found = rules(made({"monthly_cold_after_days": 30}))
    assert found["monthly"]["lifecycle"] == {
        "deleteAfter": 365,
        "coldStorageAfter": 30,
        "optInToArchiveForSupportedResources": True,
    }
    assert "coldStorageAfter" not in found["weekly"]["lifecycle"]


def test_what_carries_the_tag_and_is_of_the_kinds_is_selected_and_no_server() -> None:
    selection = made(kinds=["rds", "aurora", "ebs", "efs", "s3"]).one("backup/selection:Selection").inputs
    assert selection["resources"] == [
        "arn:aws:rds:*:*:db:*",
        "arn:aws:rds:*:*:cluster:*",
        "arn:aws:ec2:*:*:volume/*",
        "arn:aws:elasticfilesystem:*:*:file-system/*",
        "arn:aws:s3:::*",
    ]
    equal = [{"key": "aws:ResourceTag/elasticweb:data", "value": "elasticweb/test"}]
    assert selection["conditions"] == [{"stringEquals": equal}]


def test_other_tags_select_other_things() -> None:
    result = made(select_tags={"Backup": "yes", "Tier": "data"})
    keys = [c["key"] for c in result.one("backup/selection:Selection").inputs["conditions"][0]["stringEquals"]]
    assert keys == ["aws:ResourceTag/Backup", "aws:ResourceTag/Tier"]
    assert result.named("shop-vault").inputs["tags"]["elasticweb:data"] == "elasticweb/test", "commands find it by this"


def test_the_vault_says_by_tags_which_roles_back_up_and_restore() -> None:
    result = made()
    tags = result.named("shop-vault").inputs["tags"]
    assert tags["elasticweb:backup-role"] == result.named("shop-backup-role").outputs["arn"]
    assert tags["elasticweb:restore-role"] == result.named("shop-restore-role").outputs["arn"]


def test_each_role_has_aws_own_policies_for_its_work_and_for_buckets() -> None:
    result = made()
    found = {a.name: a.inputs["policyArn"] for a in result.all("iam/rolePolicyAttachment:RolePolicyAttachment")}
    assert found == {
        "shop-backup-role-policy": "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
        "shop-backup-role-s3": "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup",
        "shop-restore-role-policy": "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores",
        "shop-restore-role-s3": "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Restore",
    }
    assert (
        result.one("backup/selection:Selection").inputs["iamRoleArn"]
        == (result.named("shop-backup-role").outputs["arn"])
    )


@pytest.mark.parametrize("disposable", [False, True])
def test_vaults_and_keys_are_kept_unless_disposable(disposable: bool) -> None:
    result = made({"copies": [{"region": "eu-west-1"}]}, disposable=disposable)
    for name in ("shop-vault", "shop-vault-key", "shop-copies-eu-west-1", "shop-copies-eu-west-1-key"):
        options = result.named(name).options
        kept = (options.get("protect", False), options.get("retainOnDelete", False))
        assert kept == (not disposable, not disposable), name
    assert result.named("shop-vault").inputs["forceDestroy"] is disposable
    assert result.named("shop-copies-eu-west-1").inputs["forceDestroy"] is disposable


def test_copies_go_to_a_vault_in_another_region_with_a_key_of_that_region() -> None:
    result = made({"copies": [{"region": "eu-west-1", "kept_days": 60}]})
    vault, key = result.named("shop-copies-eu-west-1"), result.named("shop-copies-eu-west-1-key")
    assert vault.inputs["region"] == key.inputs["region"] == "eu-west-1"
    assert vault.inputs["kmsKeyArn"] == key.outputs["arn"]
    found = rules(result)
    action = {"destinationVaultArn": vault.outputs["arn"], "lifecycle": {"deleteAfter": 60}}
    assert found["weekly"]["copyActions"] == found["monthly"]["copyActions"] == [action]
    assert "copyActions" not in found["daily"]


def test_copies_go_to_the_vault_of_another_account() -> None:
    result = made({"copies": [{"vault_arn": OTHER, "rules": ["daily"]}]})
    action = {"destinationVaultArn": OTHER, "lifecycle": {"deleteAfter": 35}}
    assert [rules(result)[name].get("copyActions") for name in ("daily", "weekly")] == [[action], None]
    assert len(result.all("backup/vault:Vault")) == 1


def test_another_account_may_copy_into_the_vault_and_do_nothing_else() -> None:
    policy = made(accept_copies_from=["210987654321"]).one("backup/vaultPolicy:VaultPolicy").inputs["policy"]
    (statement,) = json.loads(policy)["Statement"]
    assert statement["Principal"] == {"AWS": ["arn:aws:iam::210987654321:root"]}
    assert statement["Action"] == "backup:CopyIntoBackupVault"


def test_a_governance_lock_keeps_what_the_rules_keep() -> None:
    lock = made({"lock": {"mode": "governance"}}).one("backup/vaultLockConfiguration:VaultLockConfiguration")
    assert lock.inputs["minRetentionDays"] == 35
    assert "changeableForDays" not in lock.inputs
    assert lock.options["deleteBeforeReplace"] is True, "else the old lock would take the new one away with it"


def test_a_compliance_lock_can_be_changed_for_some_days_and_is_protected() -> None:
    lock = made({"lock": {"mode": "compliance"}}).one("backup/vaultLockConfiguration:VaultLockConfiguration")
    assert lock.inputs["changeableForDays"] == 14
    assert lock.options["protect"] is True


def test_the_newest_backup_of_each_kind_is_restored_every_week_where_the_database_lives() -> None:
    result = made(
        {"time_zone": "Europe/Zurich", "restore_test": {"day": "WED", "database_class": "db.t4g.medium"}},
        database_subnet_group_name="isolated",
        database_security_group_ids=["sg-1"],
    )
    plan = result.one("backup/restoreTestingPlan:RestoreTestingPlan").inputs
    assert (plan["scheduleExpression"], plan["scheduleExpressionTimezone"]) == ("cron(0 10 ? * WED *)", "Europe/Zurich")
    assert plan["recoveryPointSelection"] == {
        "algorithm": "LATEST_WITHIN_WINDOW",
        "includeVaults": [result.named("shop-vault").outputs["arn"]],
        "recoveryPointTypes": ["CONTINUOUS", "SNAPSHOT"],
        "selectionWindowDays": 7,
    }
    assert plan["name"].replace("_", "").isalnum()
    database = result.named("shop-test-rds").inputs
    assert database["restoreMetadataOverrides"] == {
        "dbSubnetGroupName": "isolated",
        "vpcSecurityGroupIds": '["sg-1"]',
        "dbInstanceClass": "db.t4g.medium",
    }
    assert database["iamRoleArn"] == result.named("shop-restore-role").outputs["arn"]
    assert "restoreMetadataOverrides" not in result.named("shop-test-ebs").inputs


def test_tests_can_be_switched_off() -> None:
    result = made({"restore_test": {"enabled": False}}, alarm_topic_arn=TOPIC)
    assert result.all("backup/restoreTestingPlan:RestoreTestingPlan") == []
    assert "untested" not in alarms(result)


def test_a_backup_that_fails_or_does_not_happen_is_told() -> None:
    found = alarms(made({"time_zone": "Europe/Zurich"}, alarm_topic_arn=TOPIC))
    assert sorted(found) == ["failed", "missing", "untested"]
    missing = found["missing"]
    assert (missing["metricName"], missing["statistic"]) == ("NumberOfBackupJobsCompleted", "Sum")
    assert (missing["period"], missing["evaluationPeriods"]) == (86400, 1)
    assert missing["evaluationWindow"] == {"wallClockWindow": {"timezone": "Europe/Zurich"}}
    assert (missing["comparisonOperator"], missing["threshold"]) == ("LessThanThreshold", 3)
    assert missing["treatMissingData"] == "breaching", "no metric at all is no backup"


def test_a_restore_test_that_fails_or_does_not_happen_is_told() -> None:
    result = made(alarm_topic_arn=TOPIC)
    passed, failed = result.named("shop-tests-passed"), result.named("shop-test-failures")
    plan = result.one("backup/restoreTestingPlan:RestoreTestingPlan").outputs["arn"]
    assert json.loads(passed.inputs["eventPattern"])["detail"] == {
        "status": ["COMPLETED"],
        "restoreTestingPlanArn": [plan],
    }
    assert "FAILED" in json.loads(failed.inputs["eventPattern"])["detail"]["status"]
    untested = alarms(result)["untested"]
    assert (untested["namespace"], untested["metricName"]) == ("AWS/Events", "TriggeredRules")
    assert untested["dimensions"] == {"RuleName": passed.outputs["name"]}
    assert (untested["period"], untested["treatMissingData"]) == (604800, "breaching")


def test_copies_that_fail_or_do_not_happen_are_told() -> None:
    found = alarms(made({"copies": [{"region": "eu-west-1"}]}, alarm_topic_arn=TOPIC))
    assert (found["copies-missing"]["period"], found["copies-missing"]["threshold"]) == (604800, 3)
    assert found["copies-failed"]["metricQueries"][1]["metric"]["metricName"] == "NumberOfCopyJobsFailed"


def test_copies_of_monthly_backups_only_cannot_be_missed_within_a_week() -> None:
    found = alarms(made({"copies": [{"region": "eu-west-1", "rules": ["monthly"]}]}, alarm_topic_arn=TOPIC))
    assert "copies-failed" in found
    assert "copies-missing" not in found


def test_whatever_fails_is_named_in_the_message() -> None:
    result = made({"copies": [{"region": "eu-west-1"}]}, alarm_topic_arn=TOPIC)
    targets = {t.name: t.inputs for t in result.all("cloudwatch/eventTarget:EventTarget")}
    assert sorted(targets) == [
        "shop-backup-failures-target",
        "shop-copy-failures-target",
        "shop-test-failures-target",
    ]
    for name, target in targets.items():
        paths, template = target["inputTransformer"]["inputPaths"], target["inputTransformer"]["inputTemplate"]
        assert all(f"<{key}>" in template for key in paths if key != "state"), name
        assert target["arn"] == TOPIC


@pytest.mark.parametrize(
    ("spec", "more", "complaint"),
    [
        ({"time_zone": "Europe/Zürich"}, {}, "Backups: backups.time_zone must be an IANA time zone, such as Europe"),
        ({"time": "2:00"}, {}, "Backups: backups.time must be hh:mm, such as 02:00, got '2:00'"),
        ({"restore_test": {"time": "24:00"}}, {}, "Backups: backups.restore_test.time must be hh:mm, such as 02:00"),
        ({"daily_kept_days": 0}, {}, "Backups: backups.daily_kept_days must be between 1 and 36500 days, got 0"),
        (
            {"continuous": True, "daily_kept_days": 36},
            {},
            "Backups: backups.daily_kept_days must be at most 35 with continuous backups, got 36",
        ),
        ({"monthly_day": 29}, {}, "Backups: backups.monthly_day must be between 1 and 28, got 29"),
        (
            {"monthly_kept_days": 119, "monthly_cold_after_days": 30},
            {},
            "Backups: backups.monthly_kept_days must be at least 120: recovery points stay in cold storage for 90 days",
        ),
        ({"copies": [{}]}, {}, "Backups: backups.copies[0] must have either region or vault_arn, got neither"),
        (
            {"copies": [{"region": "eu-west-1", "vault_arn": OTHER}]},
            {},
            "Backups: backups.copies[0] must have either region or vault_arn, got both",
        ),
        ({"copies": [{"region": "Ireland"}]}, {}, "Backups: backups.copies[0].region must be a region such as eu-west"),
        (
            {"copies": [{"region": "eu-west-1"}, {"region": "eu-west-1"}]},
            {},
            "Backups: backups.copies[1].region must be named once only, got 'eu-west-1' again",
        ),
        (
            {"copies": [{"region": "eu-west-1", "rules": ["weekly"]}], "weekly_kept_days": 0},
            {},
            "Backups: backups.copies[0].rules must name a rule that there is (daily, monthly)",
        ),
        (
            {"lock": {"mode": "compliance"}},
            {"disposable": True},
            "Backups: backups.lock.mode must not be compliance in a disposable environment",
        ),
        (
            {"lock": {"mode": "governance", "changeable_days": 3}},
            {},
            "Backups: backups.lock.changeable_days is for compliance locks",
        ),
        (
            {"lock": {"mode": "compliance", "changeable_days": 2}},
            {},
            "Backups: backups.lock.changeable_days must be between 3 and 36500 days, got 2",
        ),
        (
            {"lock": {"mode": "governance", "min_kept_days": 36}},
            {},
            "Backups: backups.lock.min_kept_days must be between 1 and 35 days, the shortest of the rules, got 36",
        ),
        (
            {"lock": {"mode": "governance", "max_kept_days": 100}},
            {},
            "Backups: backups.lock.max_kept_days must be between 365 and 36500 days, from the longest of the rules",
        ),
        (
            {"restore_test": {"validation_hours": 169}},
            {},
            "Backups: backups.restore_test.validation_hours must be between 0 and 168, got 169",
        ),
        (
            {"restore_test": {"database_class": "t4g.medium"}},
            {},
            "Backups: backups.restore_test.database_class must be an RDS instance class such as db.t4g.medium",
        ),
        ({}, {"kinds": []}, "Backups: kinds must name at least one of rds, aurora, ebs, efs, s3, got none"),
        ({}, {"accept_copies_from": ["1234"]}, "Backups: accept_copies_from must be account ids of 12 digits, got '1"),
    ],
)
def test_a_wrong_argument_is_one_line_before_anything_is_made(
    spec: dict[str, Any], more: dict[str, Any], complaint: str
) -> None:
    def program() -> None:
        args: Any = {"backups": spec, **more}
        Backups("shop", args)

    with pytest.raises(InvalidArgs) as caught:
        recording(program)
    assert str(caught.value).startswith(complaint)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("preview", [False, True])
def test_a_copy_into_the_stacks_own_region_is_refused(preview: bool) -> None:
    with pytest.raises(InvalidArgs) as caught:
        made({"copies": [{"region": "eu-west-1"}, {"region": "eu-central-1"}]}, preview=preview)
    assert str(caught.value) == (
        "Backups: backups.copies[1].region must be another region than the stack's, got 'eu-central-1'"
    )


def test_everything_that_can_be_tagged_is() -> None:
    result = made({"copies": [{"region": "eu-west-1"}]}, alarm_topic_arn=TOPIC, tags={"team": "web"})
    tagged = ("Vault", "Plan", "Role", "Key", "MetricAlarm", "EventRule", "RestoreTestingPlan")
    for resource in result.resources:
        if resource.type.rpartition(":")[2] in tagged:
            assert resource.inputs["tags"]["team"] == "web", resource.name


def environment(**more: Any) -> Recording:
    zones = {"availability_zones": ["eu-central-1a", "eu-central-1b"]}
    args: Any = {"network": zones, **more}
    return recording(lambda: Environment("shop", args))


def test_what_holds_data_of_an_environment_carries_the_tag_and_nothing_else_does() -> None:
    result = environment(worker={}, database={"replica_count": 1}, storage={"access_log_retention_days": 7}, backups={})
    tagged = {r.name for r in result.resources if "elasticweb:data" in (r.inputs.get("tags") or {})}
    assert tagged == {"shop-db-primary", "shop-storage-bucket", "shop-worker-data-volume", "shop-backups-vault"}


@pytest.mark.parametrize(("worker", "kinds"), [(None, ["rds", "s3"]), ({}, ["ebs", "rds", "s3"])])
def test_an_environment_backs_up_what_it_has(worker: dict[str, Any] | None, kinds: list[str]) -> None:
    result = environment(backups={}, **({} if worker is None else {"worker": worker}))
    tests = result.all("backup/restoreTestingSelection:RestoreTestingSelection")
    assert sorted(test.inputs["name"] for test in tests) == kinds
    topic = result.one("sns/topic:Topic").outputs["arn"]
    assert result.named("shop-backups-alarm-missing").inputs["alarmActions"] == [topic]
    database = result.named("shop-backups-test-rds").inputs["restoreMetadataOverrides"]
    assert database["dbSubnetGroupName"] == result.one("rds/subnetGroup:SubnetGroup").outputs["name"]


def test_an_environment_has_backups_where_it_asks_for_them() -> None:
    assert environment().all("backup/vault:Vault") == []
    assert (
        environment(backups={}, alarms={"enabled": False}, database_alarms={"enabled": False}).all(
            "cloudwatch/metricAlarm:MetricAlarm"
        )
        == []
    )


def test_nothing_is_known_in_a_preview_and_nothing_fails() -> None:
    plan = made({"copies": [{"region": "eu-west-1"}]}, preview=True, alarm_topic_arn=TOPIC).one("backup/plan:Plan")
    assert plan.inputs["rules"][0]["targetVaultName"] == UNKNOWN
