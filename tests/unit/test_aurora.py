"""The Aurora database: what it registers, how it is kept, what it refuses."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from components._args import InvalidArgs
from components.aurora import AuroraMySQL, AuroraMySQLArgs
from rehearsal.recorder import Recording, Registered
from rehearsal.wire import UNKNOWN
from tests.recording import recording

WATCH = ("db-alarm", "db-events")

AROUND = {
    ("aws:rds/subnetGroup:SubnetGroup", "db-subnets"),
    ("aws:ec2/securityGroup:SecurityGroup", "db-security-group"),
    ("aws:iam/role:Role", "db-monitoring"),
    ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "db-monitoring-policy"),
    ("aws:rds/clusterParameterGroup:ClusterParameterGroup", "db-cluster-parameters"),
    ("aws:cloudwatch/logGroup:LogGroup", "db-cluster-audit"),
    ("aws:cloudwatch/logGroup:LogGroup", "db-cluster-error"),
    ("aws:cloudwatch/logGroup:LogGroup", "db-cluster-slowquery"),
    ("aws:rds/cluster:Cluster", "db-cluster"),
    ("aws:rds/clusterInstance:ClusterInstance", "db-primary"),
    ("aws:route53/zone:Zone", "db-zone"),
    ("aws:route53/record:Record", "db-writer"),
    ("aws:route53/record:Record", "db-reader-primary"),
    ("aws:secretsmanager/secret:Secret", "db-credentials"),
    ("aws:secretsmanager/secretVersion:SecretVersion", "db-cluster-credentials-version"),
}


def args(aurora: Mapping[str, Any] | None = None, **more: Any) -> AuroraMySQLArgs:
    given: dict[str, Any] = {"vpc_id": "vpc-1", "subnet_ids": ["subnet-a", "subnet-b"], **more}
    if aurora is not None:
        given["aurora"] = aurora
    return AuroraMySQLArgs(**given)


def made(aurora: Mapping[str, Any] | None = None, *, name: str = "db", preview: bool = False, **more: Any) -> Recording:
    return recording(lambda: AuroraMySQL(name, args(aurora, **more)), preview=preview)


def children(result: Recording) -> set[tuple[str, str]]:
    return {(r.type, r.name) for r in result.resources if r.custom}


def cluster_of(result: Recording) -> Registered:
    return result.one("aws:rds/cluster:Cluster")


def instances(result: Recording) -> dict[str, dict[str, Any]]:
    return {r.name: r.inputs for r in result.resources if r.type == "aws:rds/clusterInstance:ClusterInstance"}


def parameters(result: Recording) -> dict[str, tuple[str, str]]:
    group = result.one("aws:rds/clusterParameterGroup:ClusterParameterGroup").inputs
    return {p["name"]: (p["value"], p["applyMethod"]) for p in group["parameters"]}


# What is there


@pytest.mark.parametrize("count", [0, 1, 2])
def test_it_makes_exactly_these_children(count: int) -> None:
    readers = {("aws:rds/clusterInstance:ClusterInstance", f"db-replica-{n}") for n in range(1, count + 1)}
    # What begins so watches over the database, and is tested with the alarms.
    there = {child for child in children(made({"reader_count": count})) if not child[1].startswith(WATCH)}
    assert there == AROUND | readers


def test_a_preview_makes_the_same_children() -> None:
    spec = {"reader_count": 1, "elastic_readers": {"max_size": 3}}
    assert children(made(spec, preview=True)) == children(made(spec))


def test_it_takes_the_place_of_a_database_of_the_other_engine() -> None:
    component = made().one("elasticweb:index:AuroraMySQL")
    assert [alias["type"] for alias in component.options["aliases"]] == ["elasticweb:index:MySQL"]


def test_writer_and_reader_lead_to_the_clusters_own_endpoints_which_know_its_instances() -> None:
    result = made({"reader_count": 2})
    cluster = cluster_of(result)
    writer, reader = result.named("db-writer").inputs, result.named("db-reader-primary").inputs
    assert (writer["name"], writer["records"]) == ("db.db.internal", [f"{cluster.id}.cluster.rds.amazonaws.com"])
    assert (reader["name"], reader["records"]) == ("db-ro.db.internal", [f"{cluster.id}.cluster-ro.rds.amazonaws.com"])
    assert "healthCheckId" not in reader


def test_the_secret_holds_what_that_of_mysql_holds_and_the_clusters_name() -> None:
    result = made()
    secret = json.loads(result.named("db-cluster-credentials-version").inputs["secretString"])
    assert secret.keys() == {
        *("engine", "host", "reader_host", "port", "dbname", "username", "password"),
        "dbClusterIdentifier",
    }
    assert (secret["engine"], secret["host"], secret["reader_host"]) == ("mysql", "db.db.internal", "db-ro.db.internal")
    assert secret["dbClusterIdentifier"] == cluster_of(result).id
    assert "secretString" in result.named("db-cluster-credentials-version").secret_inputs
    assert "masterPassword" in cluster_of(result).secret_inputs


# How it is kept


def test_cluster_first_instance_and_secret_are_kept_unless_the_database_is_disposable() -> None:
    for disposable in (False, True):
        result = made({"reader_count": 1}, disposable=disposable)
        kept = {r.name for r in result.resources if r.options.get("protect")}
        assert kept == (set() if disposable else {"db-cluster", "db-primary", "db-credentials"})
        retained = {r.name for r in result.resources if r.options.get("retainOnDelete")}
        # What RDS does not delete while a cluster that stays has it, and its logs.
        needed = {"db-cluster-parameters", "db-cluster-audit", "db-cluster-error", "db-cluster-slowquery"}
        assert retained == (set() if disposable else kept | needed)
        cluster = cluster_of(result).inputs
        assert cluster["deletionProtection"] is not disposable
        assert cluster["skipFinalSnapshot"] is disposable
        assert cluster["deleteAutomatedBackups"] is disposable


def test_the_final_snapshot_has_the_name_of_a_cluster_that_comes_once() -> None:
    result = made()
    group = result.one("aws:rds/clusterParameterGroup:ClusterParameterGroup")
    cluster = cluster_of(result).inputs
    assert cluster["clusterIdentifier"] == f"db-cluster-{group.id[-7:]}"
    assert cluster["finalSnapshotIdentifier"] == f"{cluster['clusterIdentifier']}-final"
    assert "finalSnapshotIdentifier" not in cluster_of(made(disposable=True)).inputs


def test_what_rds_fills_in_or_sets_later_replaces_no_cluster() -> None:
    assert set(cluster_of(made()).options["ignoreChanges"]) == {
        *("masterPassword", "clusterIdentifier", "availabilityZones", "snapshotIdentifier", "restoreToPointInTime")
    }


def test_a_cluster_is_encrypted_backed_up_watched_and_outside_extended_support() -> None:
    cluster = cluster_of(made(kms_key_arn="arn:key")).inputs
    wanted = {
        "storageEncrypted": True,
        "kmsKeyId": "arn:key",
        "performanceInsightsKmsKeyId": "arn:key",
        "engine": "aurora-mysql",
        "engineVersion": "8.4",
        "engineLifecycleSupport": "open-source-rds-extended-support-disabled",
        "allowMajorVersionUpgrade": False,
        "autoMinorVersionUpgrade": True,
        "backupRetentionPeriod": 7,
        "copyTagsToSnapshot": True,
        "iamDatabaseAuthenticationEnabled": True,
        "enabledCloudwatchLogsExports": ["audit", "error", "slowquery"],
        "databaseInsightsMode": "standard",
        "performanceInsightsEnabled": True,
        "monitoringInterval": 60,
        "port": 3307,
    }
    assert {key: cluster.get(key) for key in wanted} == wanted
    assert "storageType" not in cluster


def test_a_version_in_full_stays() -> None:
    result = made({"engine_version": "8.0.mysql_aurora.3.10.3", "reader_count": 1})
    assert cluster_of(result).inputs["autoMinorVersionUpgrade"] is False
    assert {i["autoMinorVersionUpgrade"] for i in instances(result).values()} == {False}


@pytest.mark.parametrize(
    ("version", "family"),
    [
        ("8.0", "aurora-mysql8.0"),
        ("8.0.mysql_aurora.3.10.4", "aurora-mysql8.0"),
        ("8.4", "aurora-mysql8.4"),
        ("8.4.mysql_aurora.8.4.8", "aurora-mysql8.4"),
    ],
)
def test_the_parameter_group_is_of_the_versions_family(version: str, family: str) -> None:
    result = made({"engine_version": version})
    assert result.one("aws:rds/clusterParameterGroup:ClusterParameterGroup").inputs["family"] == family


def test_another_major_version_is_reached_only_when_it_is_named() -> None:
    assert cluster_of(made({"engine_version": "8.4"})).inputs["allowMajorVersionUpgrade"] is False
    named = {"engine_version": "8.4.mysql_aurora.8.4.8", "allow_major_upgrade_to": "8.4", "apply_immediately": True}
    assert cluster_of(made(named)).inputs["allowMajorVersionUpgrade"] is True


def test_tls_is_required_and_logins_and_changed_rights_are_audited() -> None:
    found = parameters(made({"parameters": {"max_connections": "500", "require_secure_transport": "ON"}}))
    assert found["require_secure_transport"] == ("ON", "pending-reboot")
    assert found["server_audit_logging"] == ("1", "pending-reboot")
    assert found["server_audit_events"] == ("CONNECT,QUERY_DCL,QUERY_DDL", "pending-reboot")
    assert found["max_connections"] == ("500", "immediate")


def test_logs_are_there_before_the_cluster_and_are_forgotten_in_time() -> None:
    result = made({"log_retention_days": 30})
    name = cluster_of(result).inputs["clusterIdentifier"]
    logs = [r for r in result.resources if r.type == "aws:cloudwatch/logGroup:LogGroup"]
    assert {r.inputs["name"] for r in logs} == {
        f"/aws/rds/cluster/{name}/{log}" for log in ("audit", "error", "slowquery")
    }
    assert {r.inputs["retentionInDays"] for r in logs} == {30}
    assert {r.urn for r in logs} <= set(cluster_of(result).dependencies)


# Instances


def test_the_first_instance_comes_first_and_goes_first_in_a_failover() -> None:
    result = made({"reader_count": 2})
    first = result.named("db-primary")
    assert first.inputs["promotionTier"] == 0
    for number in (1, 2):
        reader = result.named(f"db-replica-{number}")
        assert first.urn in reader.dependencies, "the first instance of a cluster is its writer"
        assert reader.inputs["promotionTier"] == 1


def test_instances_stand_in_the_zones_in_turn_and_stay_when_a_zone_is_added() -> None:
    result = made({"reader_count": 3}, availability_zones=["eu-central-1a", "eu-central-1b"])
    zones = {name: inputs["availabilityZone"][-1] for name, inputs in instances(result).items()}
    assert zones == {"db-primary": "a", "db-replica-1": "b", "db-replica-2": "a", "db-replica-3": "b"}
    assert all("availabilityZone" in result.named(name).options["ignoreChanges"] for name in zones)
    assert "availabilityZone" not in instances(made())["db-primary"]


def test_readers_by_list_have_what_is_said_of_them() -> None:
    readers = [
        {"name": "reports", "instance_class": "db.serverless", "availability_zone": "eu-central-1c"},
        {"name": "twin", "promotion_tier": 4},
    ]
    spec = {
        "instance_class": "db.r7g.large",
        "serverless": {"min_acu": 0, "max_acu": 8, "pause_seconds": 600},
        "readers": readers,
    }
    result = made(spec)
    found = instances(result)
    reports, twin = found["db-replica-reports"], found["db-replica-twin"]
    assert (reports["instanceClass"], reports["availabilityZone"], reports["promotionTier"]) == (
        "db.serverless",
        "eu-central-1c",
        2,
    )
    assert "ignoreChanges" not in result.named("db-replica-reports").options, "a zone that is given may change"
    assert (twin["instanceClass"], twin["promotionTier"]) == ("db.r7g.large", 4)
    capacity = cluster_of(result).inputs["serverlessv2ScalingConfiguration"]
    assert capacity == {"minCapacity": 0, "maxCapacity": 8, "secondsUntilAutoPause": 600}
    component = result.one("elasticweb:index:AuroraMySQL").outputs
    assert component["replica_identifiers"] == [result.named(f"db-replica-{key}").id for key in ("reports", "twin")]


def test_with_serverless_the_writer_scales_by_itself_and_pauses_only_at_zero() -> None:
    result = made({"serverless": {"min_acu": 0.5, "max_acu": 16}, "reader_count": 1})
    assert {i["instanceClass"] for i in instances(result).values()} == {"db.serverless"}
    assert cluster_of(result).inputs["serverlessv2ScalingConfiguration"] == {"minCapacity": 0.5, "maxCapacity": 16}


def test_without_enhanced_monitoring_there_is_no_role_for_it() -> None:
    result = made({"monitoring_interval_seconds": 0})
    assert not [r for r in result.resources if r.type == "aws:iam/role:Role"]
    assert cluster_of(result).inputs["monitoringInterval"] == 0
    assert "monitoringRoleArn" not in cluster_of(result).inputs


# Restores


def test_a_snapshot_of_rds_brings_its_own_user_and_database() -> None:
    snapshot = "arn:aws:rds:eu-central-1:123456789012:snapshot:before-aurora"
    spec = {"restore_from": {"snapshot": snapshot}, "engine_version": "8.4.mysql_aurora.8.4.8"}
    cluster = cluster_of(made(spec)).inputs
    assert cluster["snapshotIdentifier"] == snapshot
    assert not {"databaseName", "masterUsername"} & cluster.keys()
    assert cluster["engineVersion"] == "8.4.mysql_aurora.8.4.8"
    assert "masterPassword" in cluster


def test_a_point_in_time_is_restored_into_a_cluster_beside_the_first() -> None:
    spec = {
        "reader_count": 1,
        "restore_from": {"source_identifier": "shop", "time": "2026-11-23T14:02:00Z", "into": "after-incident"},
    }
    result = made(spec)
    cluster = result.named("db-cluster-after-incident").inputs
    assert cluster["restoreToPointInTime"] == {
        "sourceClusterIdentifier": "shop",
        "restoreToTime": "2026-11-23T14:02:00Z",
    }
    assert set(instances(result)) == {"db-primary-after-incident", "db-replica-1-after-incident"}


def test_the_latest_time_is_restored_by_default() -> None:
    point = cluster_of(made({"restore_from": {"source_identifier": "shop"}})).inputs["restoreToPointInTime"]
    assert point == {"sourceClusterIdentifier": "shop", "useLatestRestorableTime": True}


# What is refused

ELASTIC = {"elastic_readers": {"max_size": 2}}


@pytest.mark.parametrize(
    ("aurora", "complaint"),
    [
        ({"engine_version": "8.0.mysql_aurora.3.10"}, "aurora.engine_version must be 8.4 or 8.0, or a release in full"),
        ({"engine_version": "5.7.mysql_aurora.2.11.4"}, "aurora.engine_version must be 8.4 or 8.0"),
        ({"engine_version": "8.4.mysql_aurora.3.10.4"}, "aurora.engine_version must be 8.4 or 8.0"),
        ({"restore_from": {"snapshot": "s"}}, "aurora.engine_version must be a release in full"),
        (
            {"allow_major_upgrade_to": "8.0", "apply_immediately": True},
            "aurora.allow_major_upgrade_to must be the major version of engine_version (8.4), got '8.0'",
        ),
        ({"allow_major_upgrade_to": "8.4"}, "aurora.apply_immediately must be true with allow_major_upgrade_to"),
        ({"instance_class": "db.m7g.large"}, "aurora.instance_class must be a class that Aurora MySQL has"),
        ({"instance_class": "db.t4g.micro"}, "aurora.instance_class must be a class that Aurora MySQL has"),
        ({"instance_class": "db.serverless"}, "aurora.serverless must be given"),
        ({"reader_count": 16}, "aurora.reader_count must be between 0 and 15, got 16"),
        ({"reader_count": 1, "readers": []}, "aurora.readers must be left out with reader_count"),
        ({"readers": [{"name": "A"}]}, "aurora.readers[0].name must be"),
        ({"readers": [{"name": "a"}, {"name": "a"}]}, "aurora.readers[1].name must be unique"),
        ({"readers": [{"name": "a", "availability_zone": "b"}]}, "aurora.readers[0].availability_zone must be a zone"),
        ({"readers": [{"name": "a", "promotion_tier": 16}]}, "aurora.readers[0].promotion_tier must be between 0"),
        (
            {"instance_class": "db.r7g.large", "serverless": {"min_acu": 1, "max_acu": 2}},
            "aurora.serverless must be left out without an instance",
        ),
        ({"serverless": {"min_acu": 1.2, "max_acu": 2}}, "aurora.serverless.min_acu must be in halves"),
        ({"serverless": {"min_acu": 0, "max_acu": 0.5}}, "aurora.serverless.max_acu must be between 1 and 256"),
        ({"serverless": {"min_acu": 4, "max_acu": 2}}, "aurora.serverless.max_acu must be at least min_acu"),
        (
            {"serverless": {"min_acu": 1, "max_acu": 2, "pause_seconds": 300}},
            "aurora.serverless.pause_seconds must be left out",
        ),
        (
            {"serverless": {"min_acu": 0, "max_acu": 2, "pause_seconds": 60}},
            "aurora.serverless.pause_seconds must be between 300",
        ),
        (
            {"serverless": {"min_acu": 0, "max_acu": 2}, "engine_version": "8.0.mysql_aurora.3.07.1"},
            "aurora.serverless.min_acu must be at least 0.5 before",
        ),
        ({"backup_retention_days": 0}, "aurora.backup_retention_days must be between 1 and 35"),
        ({"backtrack_hours": 73}, "aurora.backtrack_hours must be between 0 and 72"),
        ({"username": "admin"}, "aurora.username must not be the name"),
        ({"database_name": "mysql"}, "aurora.database_name must be"),
        ({"port": 3}, "aurora.port must be"),
        ({"parameters": {"require_secure_transport": "OFF"}}, "aurora.parameters.require_secure_transport must be ON"),
        ({"storage_type": "gp3"}, "aurora.storage_type must be one of aurora, aurora-iopt1"),
        ({"restore_from": {"automated_backups_arn": "arn"}}, "aurora.restore_from must have exactly one of"),
        ({"maintenance_window": "sun:02:30-sun:03:30"}, "aurora.backup_window and aurora.maintenance_window"),
        ({"colour": "red"}, "unknown aurora.colour"),
    ],
)
def test_refuses(aurora: Any, complaint: str) -> None:
    with pytest.raises(InvalidArgs) as caught:
        made(aurora)
    assert str(caught.value).startswith(f"AuroraMySQL: {complaint}")
    assert "\n" not in str(caught.value)


def test_refuses_one_subnet() -> None:
    with pytest.raises(InvalidArgs, match="AuroraMySQL: subnet_ids must hold at least 2 subnets"):
        made(subnet_ids=["subnet-a"])


def test_everything_stays_unknown_in_a_preview_that_only_aws_knows() -> None:
    outputs = made(preview=True).one("elasticweb:index:AuroraMySQL").outputs
    assert outputs["host"] == "db.db.internal"
    assert outputs["arn"] == UNKNOWN
