"""The MySQL database: what it registers, and what it keeps secret."""

import json
from typing import Any

import pulumi
import pytest

from components.mysql import MySQL
from rehearsal.recorder import Recording
from rehearsal.wire import UNKNOWN
from tests.recording import recording

from .mysql import PASSWORD, address, args, children, made, outputs, password_of

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
WATCH = ("db-alarm", "db-events")
"""What begins so watches over the database, and is tested with the alarms."""

AROUND = {
    "aws:rds/subnetGroup:SubnetGroup": "db-subnets",
    "aws:ec2/securityGroup:SecurityGroup": "db-security-group",
    "aws:iam/role:Role": "db-monitoring",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "db-monitoring-policy",
    "aws:rds/parameterGroup:ParameterGroup": "db-parameters",
    "aws:rds/instance:Instance": "db-primary",
    "aws:route53/zone:Zone": "db-zone",
    "aws:route53/record:Record": "db-writer",
    "aws:secretsmanager/secret:Secret": "db-credentials",
    "aws:secretsmanager/secretVersion:SecretVersion": "db-credentials-version",
}


# What is there


@pytest.mark.parametrize("count", [0, 1, 2])
def test_it_makes_exactly_these_children(count: int) -> None:
    replicas = [str(number) for number in range(1, count + 1)]
    expected = set(AROUND.items())
    expected |= {("aws:rds/instance:Instance", f"db-replica-{n}") for n in range(1, count + 1)}
    roles = ["primary", *(f"replica-{n}" for n in range(1, count + 1))]
    expected |= {(LOG_GROUP, f"db-{role}-{log}") for role in roles for log in ("error", "slowquery")}
    expected |= {("aws:route53/record:Record", f"db-reader-{key}") for key in ("primary", *replicas)}
    expected |= {
        ("aws:route53/healthCheck:HealthCheck", f"db-reader-{key}-{of}")
        for key in replicas
        for of in ("lag", "stopped", "health")
    }
    expected |= {(ALARM, f"db-replica-{key}-{of}") for key in replicas for of in ("lag", "stopped")}
    made_ = {child for child in children(made({"replica_count": count})) if not child[1].startswith(WATCH)}
    assert made_ == expected


def test_a_preview_makes_the_same_children() -> None:
    previewed = made({"replica_count": 2}, preview=True, allowed_security_group_ids=["sg-web"])
    assert children(previewed) == children(made({"replica_count": 2}, allowed_security_group_ids=["sg-web"]))


def test_every_child_belongs_to_the_component_and_carries_its_name() -> None:
    result = made({"replica_count": 2}, allowed_security_group_ids=["sg-web"])
    component = result.one("elasticweb:index:MySQL")
    assert {r.parent for r in result.resources if r.custom} == {component.urn}
    assert all(r.name.startswith("db-") for r in result.resources if r.custom)


def test_only_dns_has_fixed_names_and_what_rds_names_ends_with_random_digits() -> None:
    result = made({"replica_count": 1})
    named = {r.name: {"name", "identifier"} & r.inputs.keys() for r in result.resources}
    digits = result.named("db-subnets").outputs["name"][-7:]
    dns = ("aws:route53/record:Record", "aws:route53/zone:Zone")
    random = {f"db-{role}{log}" for role in ("primary", "replica-1") for log in ("", "-error", "-slowquery")}
    assert {name for name, fields in named.items() if fields and result.named(name).type not in dns} == random
    for role in ("primary", "replica-1"):
        assert result.named(f"db-{role}").inputs["identifier"] == f"db-{role}-{digits}"


def test_tags_reach_everything_that_can_have_them() -> None:
    result = made({"replica_count": 1}, allowed_security_group_ids=["sg-web"], tags={"team": "web"})
    untagged = {r.type for r in result.resources if r.custom and r.inputs.get("tags", {}).get("team") != "web"}
    assert untagged == {
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:route53/record:Record",
        "aws:secretsmanager/secretVersion:SecretVersion",
        "aws:sns/topicPolicy:TopicPolicy",
    }


def test_the_outputs_lead_to_it() -> None:
    result = made({"replica_count": 1})
    primary, replica = result.named("db-primary"), result.named("db-replica-1")
    assert {key: value for key, value in outputs(result).items() if not key.startswith("alarm_")} == {
        "host": "db.db.internal",
        "reader_host": "db-ro.db.internal",
        "port": 3307,
        "database_name": "app",
        "username": "app_owner",
        "secret_arn": result.named("db-credentials").outputs["arn"],
        "security_group_id": result.named("db-security-group").id,
        "identifier": primary.inputs["identifier"],
        "arn": primary.outputs["arn"],
        "endpoint": f"{address(primary)}:3307",
        "replica_identifiers": [replica.inputs["identifier"]],
        "replica_endpoints": [f"{address(replica)}:3307"],
        "zone_id": result.named("db-zone").outputs["zoneId"],
        "user_secret_arns": {},
    }


def test_rules_of_clients_get_the_plain_port() -> None:
    ports: list[int] = []
    recording(lambda: ports.append(MySQL("db", args({"port": 3400})).tcp_port))
    assert ports == [3400]


# The primary


def test_the_primary_is_as_an_auditor_wants_it() -> None:
    result = made()
    primary = result.named("db-primary").inputs
    assert {key: value for key, value in primary.items() if key != "password"} == {
        "allocatedStorage": 20,
        "allowMajorVersionUpgrade": False,
        "applyImmediately": False,
        "autoMinorVersionUpgrade": True,
        "backupRetentionPeriod": 7,
        "backupWindow": "02:00-03:00",
        "copyTagsToSnapshot": True,
        "databaseInsightsMode": "standard",
        "dbName": "app",
        "dbSubnetGroupName": result.named("db-subnets").outputs["name"],
        "deleteAutomatedBackups": False,
        "deletionProtection": True,
        "enabledCloudwatchLogsExports": ["error", "slowquery"],
        "engine": "mysql",
        "engineLifecycleSupport": "open-source-rds-extended-support-disabled",
        "engineVersion": "8.4",
        "finalSnapshotIdentifier": f"{result.named('db-subnets').outputs['name']}-final",
        "iamDatabaseAuthenticationEnabled": True,
        "identifier": f"db-primary-{result.named('db-subnets').outputs['name'][-7:]}",
        "instanceClass": "db.t4g.medium",
        "maintenanceWindow": "sun:03:30-sun:04:30",
        "maxAllocatedStorage": 100,
        "monitoringInterval": 60,
        "monitoringRoleArn": result.named("db-monitoring").outputs["arn"],
        "multiAz": False,
        "parameterGroupName": result.named("db-parameters").outputs["name"],
        "performanceInsightsEnabled": True,
        "performanceInsightsRetentionPeriod": 7,
        "port": 3307,
        "publiclyAccessible": False,
        "skipFinalSnapshot": False,
        "storageEncrypted": True,
        "storageType": "gp3",
        "tags": {"elasticweb:data": "elasticweb/test"},
        "username": "app_owner",
        "vpcSecurityGroupIds": [result.named("db-security-group").id],
    }


def test_every_setting_arrives() -> None:
    specification = {
        "engine_version": "9.4.1",
        "instance_class": "db.r7g.xlarge",
        "database_name": "shop",
        "username": "shop_owner",
        "port": 3400.0,
        "storage_gib": 400.0,
        "max_storage_gib": 440,
        "multi_az": True,
        "replica_count": 1,
        "replica_class": "db.t4g.micro",
        "backup_retention_days": 35,
        "backup_window": "23:30-00:15",
        "maintenance_window": "Sun:22:00-Sun:23:00",
        "apply_immediately": True,
        "iam_authentication": False,
    }
    result = made(specification, kms_key_arn="arn:aws:kms:eu-central-1:123456789012:key/k")
    primary, replica = result.named("db-primary").inputs, result.named("db-replica-1").inputs
    assert primary["engineVersion"] == "9.4.1"
    assert result.named("db-parameters").inputs["family"] == "mysql9.4"
    assert (primary["instanceClass"], replica["instanceClass"]) == ("db.r7g.xlarge", "db.t4g.micro")
    assert (primary["dbName"], primary["username"]) == ("shop", "shop_owner")
    assert primary["multiAz"] is True
    assert (primary["backupRetentionPeriod"], primary["backupWindow"]) == (35, "23:30-00:15")
    assert (
        primary["kmsKeyId"] == primary["performanceInsightsKmsKeyId"] == "arn:aws:kms:eu-central-1:123456789012:key/k"
    )
    for instance in (primary, replica):
        assert instance["port"] == 3400
        assert (instance["allocatedStorage"], instance["maxAllocatedStorage"]) == (400, 440)
        assert instance["maintenanceWindow"] == "sun:22:00-sun:23:00"
        assert instance["applyImmediately"] is True
        assert instance["iamDatabaseAuthenticationEnabled"] is False


def test_a_pinned_patch_is_not_upgraded_behind_its_back() -> None:
    result = made({"engine_version": "8.4.6", "replica_count": 1})
    assert {r.inputs["autoMinorVersionUpgrade"] for r in result.all("rds/instance:Instance")} == {False}


@pytest.mark.parametrize("small", ["db.t4g.micro", "db.t4g.small", "db.t3.micro", "db.t3.small"])
def test_classes_without_database_insights_go_without(small: str) -> None:
    primary = made({"instance_class": small}).named("db-primary").inputs
    assert primary["performanceInsightsEnabled"] is False
    assert not {"databaseInsightsMode", "performanceInsightsRetentionPeriod"} & primary.keys()


def test_the_operating_system_is_watched_by_a_role_that_only_databases_of_this_account_take() -> None:
    result = made()
    (statement,) = json.loads(result.named("db-monitoring").inputs["assumeRolePolicy"])["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "monitoring.rds.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": "123456789012"},
            "ArnLike": {"aws:SourceArn": "arn:aws:rds:*:123456789012:db:*"},
        },
    }
    policy = result.named("db-monitoring-policy")
    assert policy.inputs["policyArn"] == "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
    assert policy.urn in result.named("db-primary").dependencies


# Parameters


def test_tls_utf8_and_the_slow_log_are_there_from_the_first_start() -> None:
    group = made().named("db-parameters").inputs
    assert group["family"] == "mysql8.4"
    assert {p["name"]: p["value"] for p in group["parameters"]} == {
        "binlog_format": "ROW",
        "character_set_server": "utf8mb4",
        "collation_server": "utf8mb4_0900_ai_ci",
        "innodb_flush_log_at_trx_commit": "1",
        "innodb_print_all_deadlocks": "1",
        "log_output": "FILE",
        "long_query_time": "2",
        "require_secure_transport": "1",
        "slow_query_log": "1",
        "sync_binlog": "1",
    }


def test_further_parameters_override_and_static_ones_wait_for_a_restart() -> None:
    given = {
        "long_query_time": "0.5",
        "max_connections": "500",
        "innodb_read_io_threads": "8",
        "performance_schema": "1",
    }
    parameters = {p["name"]: p for p in made({"parameters": given}).named("db-parameters").inputs["parameters"]}
    assert {name: (parameters[name]["value"], parameters[name]["applyMethod"]) for name in given} == {
        "long_query_time": ("0.5", "immediate"),
        "max_connections": ("500", "immediate"),
        "innodb_read_io_threads": ("8", "pending-reboot"),
        "performance_schema": ("1", "pending-reboot"),
    }
    assert parameters["slow_query_log"]["applyMethod"] == "pending-reboot"


def test_the_order_of_parameters_does_not_matter() -> None:
    one = made({"parameters": {"max_connections": "50", "wait_timeout": "60"}}).named("db-parameters").inputs
    other = made({"parameters": {"wait_timeout": "60", "max_connections": "50"}}).named("db-parameters").inputs
    assert one == other


# Replicas


def test_a_replica_follows_the_primary_and_repeats_nothing_that_it_inherits() -> None:
    result = made({"replica_count": 1})
    primary, replica = result.named("db-primary"), result.named("db-replica-1")
    assert replica.inputs["replicateSourceDb"] == primary.inputs["identifier"]
    own = {"replicateSourceDb", "skipFinalSnapshot"}
    inherited = primary.inputs.keys() - replica.inputs.keys()
    assert replica.inputs.keys() - primary.inputs.keys() == own - {"skipFinalSnapshot"}
    assert inherited == {
        "allowMajorVersionUpgrade",
        "backupRetentionPeriod",
        "backupWindow",
        "dbName",
        "dbSubnetGroupName",
        "deleteAutomatedBackups",
        "deletionProtection",
        "engine",
        "engineLifecycleSupport",
        "engineVersion",
        "finalSnapshotIdentifier",
        "multiAz",
        "password",
        "username",
    }
    assert replica.inputs["skipFinalSnapshot"] is True
    differing = {k for k in primary.inputs.keys() & replica.inputs.keys() if primary.inputs[k] != replica.inputs[k]}
    assert differing == {"identifier", "skipFinalSnapshot", "tags"}  # backups are of the primary only


def test_replicas_come_and_go_freely_even_when_the_primary_is_protected() -> None:
    options = made({"replica_count": 1}).named("db-replica-1").options
    assert not {"protect", "retainOnDelete"} & options.keys()


def test_another_replica_changes_nothing_of_the_others() -> None:
    def without_outputs(result: Recording) -> dict[str, Any]:
        return {r.name: (r.type, r.inputs, r.options, r.dependencies) for r in result.resources if r.custom}

    one, two = without_outputs(made({"replica_count": 1})), without_outputs(made({"replica_count": 2}))
    # RDS tells of one more.
    events = one.pop("db-events-instances"), two.pop("db-events-instances")
    assert [len(told[1]["sourceIds"]) for told in events] == [2, 3]
    assert {"db-replica-2", "db-reader-2"} <= set(two) - set(one)
    assert all("replica-2" in name or "reader-2" in name for name in set(two) - set(one))
    assert one.items() <= two.items()


# Names


def test_the_writer_is_the_primary() -> None:
    result = made({"replica_count": 2})
    writer = result.named("db-writer").inputs
    assert writer == {
        "zoneId": result.named("db-zone").outputs["zoneId"],
        "name": "db.db.internal",
        "type": "CNAME",
        "ttl": 10,
        "records": [address(result.named("db-primary"))],
    }


def test_the_reader_is_the_primary_when_there_are_no_replicas() -> None:
    result = made()
    reader = result.named("db-reader-primary").inputs
    assert reader["records"] == [address(result.named("db-primary"))]
    assert (reader["name"], reader["setIdentifier"]) == ("db-ro.db.internal", "primary")


def test_the_reader_spreads_evenly_over_the_replicas() -> None:
    result = made({"replica_count": 3})
    readers = [r.inputs for r in result.all("route53/record:Record") if r.name.startswith("db-reader-")]
    instances = {"primary": "db-primary", **{key: f"db-replica-{key}" for key in ("1", "2", "3")}}
    assert {r["setIdentifier"]: r["records"] for r in readers} == {
        key: [address(result.named(name))] for key, name in instances.items()
    }
    assert {(r["name"], r["ttl"], r["weightedRoutingPolicies"][0]["weight"]) for r in readers} == {
        ("db-ro.db.internal", 10, 100),
        ("db-ro.db.internal", 10, 0),
    }


@pytest.mark.parametrize("count", [0, 1])
def test_the_reader_is_always_weighted_because_route_53_refuses_a_mixture(count: int) -> None:
    readers = [
        r for r in made({"replica_count": count}).all("route53/record:Record") if r.name.startswith("db-reader-")
    ]
    assert all(r.inputs["weightedRoutingPolicies"] and r.inputs["setIdentifier"] for r in readers)


def test_a_zone_of_its_own_answers_in_the_network_only() -> None:
    zone = made({"private_domain": "shop.example"}).named("db-zone").inputs
    assert (zone["name"], zone["vpcs"]) == ("shop.example", [{"vpcId": "vpc-1"}])


def test_a_given_zone_is_used_and_none_is_made() -> None:
    result = made({"private_domain": "corp.internal"}, private_zone_id="Z42")
    assert not result.all("route53/zone:Zone")
    assert {r.inputs["zoneId"] for r in result.all("route53/record:Record")} == {"Z42"}
    assert outputs(result)["zone_id"] == "Z42"
    assert outputs(result)["host"] == "db.corp.internal"


# Access


def test_only_the_given_groups_may_connect() -> None:
    result = made({"port": 3400}, allowed_security_group_ids=["sg-web", "sg-worker"])
    rules = {r.name: r.inputs for r in result.all("vpc/securityGroupIngressRule:SecurityGroupIngressRule")}
    assert set(rules) == {"db-ingress-1", "db-ingress-2"}
    assert {name: rule["referencedSecurityGroupId"] for name, rule in rules.items()} == {
        "db-ingress-1": "sg-web",
        "db-ingress-2": "sg-worker",
    }
    assert all((r["ipProtocol"], r["fromPort"], r["toPort"]) == ("tcp", 3400, 3400) for r in rules.values())
    assert not any({"cidrIpv4", "cidrIpv6"} & rule.keys() for rule in rules.values())


def test_the_group_itself_has_no_rules_that_would_remove_those_of_machines() -> None:
    group = made().named("db-security-group").inputs
    assert not {"ingress", "egress"} & group.keys()
    assert group["vpcId"] == "vpc-1"


# Secrets


@pytest.mark.parametrize("count", [0, 2])
def test_the_secret_says_how_to_connect_to_both_hosts(count: int) -> None:
    result = made({"replica_count": count, "port": 3400})
    assert password_of(result) == {
        "engine": "mysql",
        "host": "db.db.internal",
        "reader_host": "db-ro.db.internal",
        "port": 3400,
        "dbname": "app",
        "username": "app_owner",
        "password": PASSWORD,
        "dbInstanceIdentifier": result.named("db-primary").inputs["identifier"],
    }


@pytest.mark.parametrize("preview", [False, True])
def test_the_password_is_secret_wherever_it_goes(preview: bool) -> None:
    result = made({"replica_count": 1}, preview=preview)
    carriers = {r.name: r for r in result.resources if PASSWORD in json.dumps(r.inputs)}
    assert set(carriers) == ({"db-primary"} if preview else {"db-primary", "db-credentials-version"})
    assert "password" in result.named("db-primary").secret_inputs
    if not preview:  # in a preview it is unknown as a whole, and nothing of it is sent
        assert "secretString" in result.named("db-credentials-version").secret_inputs
    assert PASSWORD not in json.dumps(outputs(result))


def test_the_secret_waits_in_a_first_preview() -> None:
    assert made(preview=True).named("db-credentials-version").inputs["secretString"] == UNKNOWN


def test_the_password_made_up_at_a_later_run_is_ignored() -> None:
    assert "password" in made().named("db-primary").options["ignoreChanges"]


def test_rds_does_not_manage_the_password_because_replicas_would_be_refused() -> None:
    for instance in made({"replica_count": 1}).all("rds/instance:Instance"):
        assert "manageMasterUserPassword" not in instance.inputs


def test_the_key_is_not_put_on_the_secret() -> None:
    assert (
        "kmsKeyId" not in made(kms_key_arn="arn:aws:kms:eu-central-1:123456789012:key/k").named("db-credentials").inputs
    )


# Safety


def test_what_holds_data_is_safe_by_default() -> None:
    result = made({"replica_count": 1})
    kept = {r.name for r in result.resources if r.options.get("protect") and r.options.get("retainOnDelete")}
    assert kept == {"db-primary", "db-credentials"}
    assert result.named("db-credentials").inputs["recoveryWindowInDays"] == 30
    assert result.named("db-zone").inputs["forceDestroy"] is False


def test_a_disposable_database_goes_without_a_trace() -> None:
    result = made({"replica_count": 1}, disposable=True)
    assert not [r.name for r in result.resources if r.options.get("protect") or r.options.get("retainOnDelete")]
    primary = result.named("db-primary").inputs
    assert primary["deletionProtection"] is False
    assert primary["deleteAutomatedBackups"] is True
    assert primary["skipFinalSnapshot"] is True
    assert "finalSnapshotIdentifier" not in primary
    assert result.named("db-credentials").inputs["recoveryWindowInDays"] == 0
    assert result.named("db-zone").inputs["forceDestroy"] is True


def test_being_disposable_changes_nothing_else() -> None:
    kept, gone = made({"replica_count": 1}), made({"replica_count": 1}, disposable=True)
    assert children(kept) == children(gone)
    different = {
        (r.name, key)
        for r in kept.resources
        if r.custom
        for key in r.inputs.keys() | gone.named(r.name).inputs.keys()
        if r.inputs.get(key) != gone.named(r.name).inputs.get(key)
    }
    assert different == {
        ("db-primary", "deletionProtection"),
        ("db-primary", "deleteAutomatedBackups"),
        ("db-primary", "skipFinalSnapshot"),
        ("db-primary", "finalSnapshotIdentifier"),
        ("db-credentials", "recoveryWindowInDays"),
        ("db-zone", "forceDestroy"),
        ("db-alarms-key", "deletionWindowInDays"),
    }


# Inputs


def test_ids_from_other_resources_flow_through() -> None:
    def program() -> None:
        MySQL(
            "db",
            args(
                vpc_id=pulumi.Output.from_input("vpc-9"),
                subnet_ids=[pulumi.Output.from_input("subnet-8"), pulumi.Output.from_input("subnet-9")],
                allowed_security_group_ids=[pulumi.Output.from_input("sg-9")],
            ),
        )

    result = recording(program)
    assert result.named("db-security-group").inputs["vpcId"] == "vpc-9"
    assert result.named("db-subnets").inputs["subnetIds"] == ["subnet-8", "subnet-9"]
    assert result.named("db-ingress-1").inputs["referencedSecurityGroupId"] == "sg-9"
