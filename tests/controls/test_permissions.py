"""What auditors ask of permissions, keys and topics (docs/security.md)."""

import json
import re

from tests.programs import Program

from .asked import GRANTS, by_rules, listed, statements

# Actions for which IAM knows no resource (service authorization reference).
ANY_RESOURCE = {
    "autoscaling:DescribeAutoScalingInstances",
    "cloudwatch:GetMetricData",
    "cloudwatch:PutMetricData",
    "ec2:DescribeTags",
    "ec2:DescribeVolumes",
    "route53:CreateHealthCheck",
    "route53:ListHealthChecks",
}

# AWS's own policies, each for one purpose; none of them lets anybody change permissions or read all data.
MANAGED_POLICIES = {
    "AWSBackupServiceRolePolicyForS3Backup",
    "AWSBackupServiceRolePolicyForS3Restore",
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AWSBackupServiceRolePolicyForRestores",
    "AmazonSSMManagedInstanceCore",
    "EC2InstanceProfileForImageBuilder",
    "service-role/EC2ImageBuilderLifecycleExecutionPolicy",
    "service-role/AmazonRDSEnhancedMonitoringRole",
    "service-role/AWSDataLifecycleManagerServiceRole",
    "service-role/AWSLambdaENIManagementAccess",
}

# Services for which AWS documents no aws:SourceAccount: instances assume their role by their profile, load balancers
# are limited by the account in the path that they may write to, EventBridge fills in no condition for topics and their
# keys (SNS developer guide, "Key management"), Image Builder's trust policy has none ("Lifecycle management
# prerequisites"), AWS Backup is documented to fill it in for topics, not for its roles, and S3's replication not at all
# (S3 user guide, "Setting up permissions for live replication").
WITHOUT_SOURCE = {
    "backup.amazonaws.com",
    "ec2.amazonaws.com",
    "events.amazonaws.com",
    "imagebuilder.amazonaws.com",
    "lambda.amazonaws.com",  # roles of functions can be passed in their own account only (IAM user guide, PassRole)
    "logdelivery.elasticloadbalancing.amazonaws.com",
    "s3.amazonaws.com",
}


def test_no_role_may_do_everything_of_a_service(program: Program) -> None:
    for name, statement in statements(program, "policy"):
        assert "NotAction" not in statement, name
        assert "NotResource" not in statement, name
        for action in listed(statement["Action"]) if statement["Effect"] == "Allow" else []:
            assert re.fullmatch(r"[a-z0-9-]+:[A-Za-z]+\*?", action), f"{name}: {action}"
            if action == "iam:PassRole":  # the role of enhanced monitoring, for replicas that are made at run time
                assert statement["Condition"] == {
                    "StringEquals": {"iam:PassedToService": "monitoring.rds.amazonaws.com"}
                }
                assert not any("*" in role for role in listed(statement["Resource"])), name
                continue
            assert not action.startswith(("iam:", "sts:", "organizations:")), f"{name}: {action}"


def test_permissions_name_their_resources(program: Program) -> None:
    for name, statement in statements(program, "policy"):
        if statement["Effect"] == "Allow" and "*" in listed(statement["Resource"]):
            assert {*listed(statement["Action"])} <= ANY_RESOURCE, f"{name}: {statement['Action']} on everything"


def test_nobody_decrypts_with_every_key(program: Program) -> None:
    for name, statement in statements(program, "policy"):
        if any(action.startswith("kms:") for action in listed(statement["Action"])):
            assert all(":key/" in arn and not arn.endswith("*") for arn in listed(statement["Resource"])), name


def test_keys_are_the_accounts_and_rotated_and_used_by_its_services(program: Program) -> None:
    for key in program.all("kms/key:Key"):
        assert key.inputs["enableKeyRotation"] is True, key.name
        assert key.inputs["deletionWindowInDays"] >= (7 if program.disposable else 30), key.name
        root, *services = json.loads(key.inputs["policy"])["Statement"]
        assert root["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
        for statement in services:
            assert set(statement["Principal"]) == {"Service"}, key.name
            assert {*listed(statement["Action"])} <= {"kms:Decrypt", "kms:GenerateDataKey*"}, key.name
            if statement["Principal"]["Service"] not in WITHOUT_SOURCE:
                assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}, key.name


def test_topics_are_encrypted_and_published_to_by_services_only(program: Program) -> None:
    keys = {key.outputs["arn"] for key in program.all("kms/key:Key")}
    policies = {p.inputs["arn"]: json.loads(p.inputs["policy"]) for p in program.all("sns/topicPolicy:TopicPolicy")}
    for topic in program.all("sns/topic:Topic"):
        assert topic.inputs["kmsMasterKeyId"] in keys, topic.name
        for statement in policies[topic.outputs["arn"]]["Statement"]:
            assert statement["Action"] == ["sns:Publish"], topic.name
            assert statement["Resource"] == topic.outputs["arn"], topic.name


def test_alarms_tell_somebody_and_say_what_missing_data_means(program: Program) -> None:
    topics = {topic.outputs["arn"] for topic in program.all("sns/topic:Topic")}
    followed = {
        check.inputs.get("cloudwatchAlarmName")
        for check in program.any("route53/healthCheck:HealthCheck")
        if check.inputs.get("insufficientDataHealthStatus") == "Unhealthy"
    }
    for alarm in program.all("cloudwatch/metricAlarm:MetricAlarm"):
        # An alarm of another region cannot tell a topic of this one: a rule does, of every change of its state.
        away = "region" in alarm.inputs
        told = by_rules(program, alarm) if away else {*alarm.inputs["alarmActions"]}
        assert topics >= told == (told if away else {*alarm.inputs["okActions"]}) != set(), alarm.name
        assert alarm.inputs.get("actionsEnabled", True) is True, alarm.name
        if alarm.outputs["name"] not in followed:
            assert alarm.inputs["treatMissingData"] in ("breaching", "notBreaching"), alarm.name


def test_events_of_databases_are_told(program: Program) -> None:
    topics = {topic.outputs["arn"] for topic in program.all("sns/topic:Topic")}
    told: dict[str, set[str]] = {}
    for subscription in program.all("rds/eventSubscription:EventSubscription"):
        assert subscription.inputs["snsTopic"] in topics, subscription.name
        assert subscription.inputs.get("enabled", True) is True, subscription.name
        told.setdefault(subscription.inputs["sourceType"], set()).update(subscription.inputs["eventCategories"])
    asked = {
        "db-instance": {"maintenance", "configuration change", "failure"},
        "db-parameter-group": {"configuration change"},
        "db-security-group": {"configuration change", "failure"},
    }
    if program.any("rds/cluster:Cluster"):
        asked["db-cluster"] = {"maintenance", "failure"}
    assert {kind: told.get(kind, set()) & categories for kind, categories in asked.items()} == asked


def test_nothing_is_allowed_to_everybody(program: Program) -> None:
    for name, statement in statements(program, *GRANTS):
        if statement["Effect"] == "Allow" and "Principal" in statement:
            assert set(statement["Principal"]) == {"Service"}, f"{name}: {statement['Principal']}"


def test_services_act_for_this_account_only(program: Program) -> None:
    for name, statement in statements(program, *GRANTS):
        services = listed(statement.get("Principal", {}).get("Service", []))
        if not {*services} <= WITHOUT_SOURCE:
            condition = statement["Condition"]
            assert condition["StringEquals"]["aws:SourceAccount"] == "123456789012", name
            assert condition["ArnLike"]["aws:SourceArn"] != "*", name


def test_managed_policies_are_those_for_one_purpose(program: Program) -> None:
    for attachment in program.all("iam/rolePolicyAttachment:RolePolicyAttachment"):
        assert attachment.inputs["policyArn"].partition(":policy/")[2] in MANAGED_POLICIES, attachment.name
    for role in program.all("iam/role:Role"):
        assert "managedPolicyArns" not in role.inputs, role.name
        assert "inlinePolicies" not in role.inputs, role.name
