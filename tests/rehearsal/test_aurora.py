"""Aurora in the emulator: what a deployed cluster is, how it fails over, and what RDS would refuse."""

import json
from typing import Any

import pulumi
import pytest

from components import AuroraMySQL, Environment, Network
from components.functions.readers.removal import remove
from rehearsal.deploy import Deployment, deploy
from rehearsal.emulator import Emulator
from rehearsal.errors import RehearsalError
from rehearsal.stackfile import StackFile
from rehearsal.stage import Stage

from .conftest import REGION, Ground, urn
from .samples.aurora import FOUNDATION

CLUSTER, INSTANCE = "aws:rds/cluster:Cluster", "aws:rds/clusterInstance:ClusterInstance"
TARGET, POLICY = "aws:appautoscaling/target:Target", "aws:appautoscaling/policy:Policy"
ZONES = [f"{REGION}a", f"{REGION}b"]

State = dict[str, Any]


def run(emulator: Emulator, stack: str, aurora: dict[str, Any], **more: Any) -> Deployment:
    def program() -> None:
        network = Network("net", {"availability_zones": ZONES})
        made = AuroraMySQL(
            f"{stack}-db",
            {
                "vpc_id": network.vpc_id,
                "subnet_ids": network.isolated_subnet_ids,
                "availability_zones": ZONES,
                "aurora": aurora,  # pyright: ignore[reportArgumentType]
                **more,
            },
        )
        pulumi.export("identifier", made.identifier)

    return deploy(program, StackFile("elasticweb", stack, {"aws:region": REGION}), emulator)


def cluster(emulator: Emulator, identifier: str) -> State:
    return emulator.client("rds", REGION).describe_db_clusters(DBClusterIdentifier=identifier)["DBClusters"][0]


def records(emulator: Emulator, zone_id: str) -> dict[str, str]:
    found = emulator.client("route53", REGION).list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
    return {r["Name"]: r["ResourceRecords"][0]["Value"] for r in found if r["Type"] == "CNAME"}


def test_a_cluster_stands_with_its_writer_and_readers_and_survives_a_failover(emulator: Emulator) -> None:
    done = run(emulator, "fails-over", {"reader_count": 2, "backup_retention_days": 14})
    identifier = done.recording.stack_outputs["identifier"]
    before = cluster(emulator, identifier)
    assert before["BackupRetentionPeriod"] == 14
    assert before["StorageEncrypted"] is before["DeletionProtection"] is True
    assert before["IAMDatabaseAuthenticationEnabled"] is before["CopyTagsToSnapshot"] is True
    assert set(before["EnabledCloudwatchLogsExports"]) == {"audit", "error", "slowquery"}
    writing = {m["DBInstanceIdentifier"]: m["IsClusterWriter"] for m in before["DBClusterMembers"]}
    first = done.recording.named("fails-over-db-primary").outputs["identifier"]
    reader = done.recording.named("fails-over-db-replica-1").outputs["identifier"]
    assert [name for name, writer in writing.items() if writer] == [first]
    assert len(writing) == 3
    rds = emulator.client("rds", REGION)
    zones = {
        name: rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["AvailabilityZone"]
        for name in writing
    }
    assert (zones[first], zones[reader]) == tuple(ZONES)

    zone_id = done.recording.named("fails-over-db-zone").outputs["zoneId"]
    led = records(emulator, zone_id)
    assert led == {
        "db.fails-over-db.internal.": before["Endpoint"],
        "db-ro.fails-over-db.internal.": before["ReaderEndpoint"],
    }
    rds.failover_db_cluster(DBClusterIdentifier=identifier, TargetDBInstanceIdentifier=reader)
    after = cluster(emulator, identifier)
    assert [m["DBInstanceIdentifier"] for m in after["DBClusterMembers"] if m["IsClusterWriter"]] == [reader]
    assert (after["Endpoint"], after["ReaderEndpoint"]) == (before["Endpoint"], before["ReaderEndpoint"])
    assert records(emulator, zone_id) == led, "the endpoints follow, the names need not"


def test_the_parameters_of_the_cluster_are_set(emulator: Emulator) -> None:
    done = run(emulator, "parameters", {"parameters": {"max_connections": "321"}})
    group = done.recording.named("parameters-db-cluster-parameters").outputs["name"]
    told = emulator.client("rds", REGION).describe_db_cluster_parameters(
        DBClusterParameterGroupName=group, Source="user"
    )["Parameters"]
    found = {p["ParameterName"]: p["ParameterValue"] for p in told}
    assert found["require_secure_transport"] == "ON"
    assert found["server_audit_logging"] == "1"
    assert found["max_connections"] == "321"
    assert cluster(emulator, done.recording.stack_outputs["identifier"])["DBClusterParameterGroup"] == group


def test_an_environment_stands_on_aurora(emulator: Emulator) -> None:
    def program() -> None:
        site = Environment("shop", {"network": {"availability_zones": ZONES}, "aurora": {"reader_count": 1}})
        for name in ("database_host", "database_reader_host", "database_identifier", "database_secret_arn"):
            pulumi.export(name, site.outputs[name])

    done = deploy(program, StackFile("elasticweb", "on-aurora", {"aws:region": REGION}), emulator)
    outputs = done.recording.stack_outputs
    assert outputs["database_host"] == "db.shop-db.internal"
    assert outputs["database_reader_host"] == "db-ro.shop-db.internal"
    assert len(cluster(emulator, outputs["database_identifier"])["DBClusterMembers"]) == 2
    secret = emulator.client("secretsmanager", REGION).get_secret_value(SecretId=outputs["database_secret_arn"])
    held = json.loads(secret["SecretString"])
    assert (held["host"], held["dbClusterIdentifier"]) == (outputs["database_host"], outputs["database_identifier"])


# What RDS and Application Auto Scaling say


def make(stage: Stage, token: str, name: str, inputs: State) -> tuple[str, State]:
    checked, failures = stage.check(urn(token, name), inputs)
    assert failures == []
    return stage.create(urn(token, name), checked)


def refused(stage: Stage, token: str, inputs: State) -> str:
    _, failures = stage.check(urn(token, "refused"), inputs)
    return "; ".join(reason for _, reason in failures)


@pytest.fixture
def plain(ground: Ground) -> State:
    return ground.fill(FOUNDATION["cluster"][1])


def member(cluster_id: str) -> State:
    return {"clusterIdentifier": cluster_id, "engine": "aurora-mysql", "instanceClass": "db.r7g.large"}


def test_readers_that_nobody_declared_block_the_cluster_until_the_function_deletes_them(
    stage: Stage, plain: State
) -> None:
    at, (identifier, state) = urn(CLUSTER, "blocked"), make(stage, CLUSTER, "blocked", plain)
    writer, of_writer = make(stage, INSTANCE, "blocked-writer", member(identifier))
    rds = stage.emulator.client("rds", REGION)
    # What Application Auto Scaling does when it adds a reader.
    rds.create_db_instance(
        DBInstanceIdentifier="application-autoscaling-61aabbcc",
        DBClusterIdentifier=identifier,
        Engine="aurora-mysql",
        DBInstanceClass="db.r7g.large",
        Tags=[{"Key": "application-autoscaling:resourceId", "Value": f"cluster:{identifier}"}],
    )
    # In the order of the deployment's end: the function first, then the instances, then the cluster.
    with pytest.raises(RehearsalError, match="still contains DB instances in non-deleting state"):
        stage.delete(at, identifier, state)
    assert remove(rds, identifier, 60, lambda: 0, lambda _: None) == ["application-autoscaling-61aabbcc"]
    stage.delete(urn(INSTANCE, "blocked-writer"), writer, of_writer)
    stage.delete(at, identifier, state)
    assert identifier not in [c["DBClusterIdentifier"] for c in rds.describe_db_clusters()["DBClusters"]]


def test_a_cluster_is_deleted_with_a_snapshot_and_only_without_protection(stage: Stage, plain: State) -> None:
    inputs = {**plain, "deletionProtection": True, "skipFinalSnapshot": False, "finalSnapshotIdentifier": "the-end"}
    at, (identifier, state) = urn(CLUSTER, "kept"), make(stage, CLUSTER, "kept", inputs)
    with pytest.raises(RehearsalError, match="Cannot delete protected Cluster"):
        stage.delete(at, identifier, state)
    rds = stage.emulator.client("rds", REGION)
    rds.modify_db_cluster(DBClusterIdentifier=identifier, DeletionProtection=False)
    with pytest.raises(RehearsalError, match="finalSnapshotIdentifier must be given"):
        stage.delete(at, identifier, {**state, "finalSnapshotIdentifier": None})
    stage.delete(at, identifier, state)
    (snapshot,) = rds.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier="the-end")["DBClusterSnapshots"]
    assert snapshot["DBClusterIdentifier"] == identifier


def test_a_snapshot_of_rds_for_mysql_becomes_a_cluster_with_its_user(
    stage: Stage, ground: Ground, plain: State
) -> None:
    rds = stage.emulator.client("rds", REGION)
    source = ground.fill("{database.identifier}")
    snapshot = rds.create_db_snapshot(DBInstanceIdentifier=source, DBSnapshotIdentifier="before-aurora")["DBSnapshot"]
    inputs = {k: v for k, v in plain.items() if k not in ("engineVersion", "masterUsername")}
    _, state = make(stage, CLUSTER, "moved", {**inputs, "snapshotIdentifier": snapshot["DBSnapshotArn"]})
    assert state["masterUsername"] == "app_owner"
    missing = {**inputs, "snapshotIdentifier": snapshot["DBSnapshotArn"].replace("before", "never")}
    checked, _ = stage.check(urn(CLUSTER, "missing"), missing)
    with pytest.raises(RehearsalError, match="DBSnapshotNotFound"):
        stage.create(urn(CLUSTER, "missing"), checked)


def test_a_point_in_time_needs_a_cluster_that_is_there(stage: Stage, ground: Ground, plain: State) -> None:
    inputs = {k: v for k, v in plain.items() if k not in ("engineVersion", "masterUsername")}
    source = ground.fill("{cluster.id}")
    point = {"sourceClusterIdentifier": source, "useLatestRestorableTime": True}
    _, state = make(stage, CLUSTER, "back", {**inputs, "restoreToPointInTime": point})
    assert state["masterUsername"] == "app_owner"
    point = {"sourceClusterIdentifier": "nobody", "useLatestRestorableTime": True}
    checked, _ = stage.check(urn(CLUSTER, "nowhere"), {**inputs, "restoreToPointInTime": point})
    with pytest.raises(RehearsalError, match="there is no cluster nobody"):
        stage.create(urn(CLUSTER, "nowhere"), checked)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"minCapacity": 0.3, "maxCapacity": 2}, "minCapacity must be 0 to 256 in halves, got 0.3"),
        ({"minCapacity": 0, "maxCapacity": 300}, "maxCapacity must be 1 to 256 in halves, got 300"),
        ({"minCapacity": 4, "maxCapacity": 2}, "maxCapacity must be at least minCapacity (4), got 2"),
        (
            {"minCapacity": 1, "maxCapacity": 2, "secondsUntilAutoPause": 300},
            "secondsUntilAutoPause must be left out unless minCapacity is 0, got 300",
        ),
    ],
)
def test_capacities_that_aurora_does_not_have_are_refused(
    stage: Stage, plain: State, given: State, complaint: str
) -> None:
    told = refused(stage, CLUSTER, {**plain, "serverlessv2ScalingConfiguration": given})
    assert f"serverlessv2ScalingConfiguration.{complaint}" in told


def test_a_new_cluster_needs_a_user(stage: Stage, plain: State) -> None:
    assert "masterUsername must be given" in refused(stage, CLUSTER, {**plain, "masterUsername": None})


def test_a_parameter_group_in_use_stays(stage: Stage, plain: State) -> None:
    kind = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
    group, state = make(stage, kind, "in-use", {"family": "aurora-mysql8.0"})
    make(stage, CLUSTER, "user", {**plain, "dbClusterParameterGroupName": group})
    with pytest.raises(RehearsalError, match="is in use by the cluster"):
        stage.delete(urn(kind, "in-use"), group, state)


def test_only_the_readers_of_a_cluster_that_is_there_can_be_scaled(stage: Stage, ground: Ground) -> None:
    inputs = ground.fill(FOUNDATION["readers"][1])
    checked, _ = stage.check(urn(TARGET, "lost"), {**inputs, "resourceId": "cluster:nobody"})
    with pytest.raises(RehearsalError, match="of a cluster that is there, got cluster:nobody"):
        stage.create(urn(TARGET, "lost"), checked)
    assert "maxCapacity must be at least minCapacity" in refused(stage, TARGET, {**inputs, "minCapacity": 9})
    policy = {k: inputs[k] for k in ("serviceNamespace", "scalableDimension")}
    aim = {
        "predefinedMetricSpecification": {"predefinedMetricType": "RDSReaderAverageCPUUtilization"},
        "targetValue": 9,
    }
    wanted = {
        **policy,
        "resourceId": ground.fill("cluster:{other-cluster.id}"),
        "policyType": "TargetTrackingScaling",
        "targetTrackingScalingPolicyConfiguration": aim,
    }
    checked, _ = stage.check(urn(POLICY, "early"), wanted)
    with pytest.raises(RehearsalError, match="must be that of a registered scalable target"):
        stage.create(urn(POLICY, "early"), checked)
    both = {**aim, "customizedMetricSpecification": {"metricName": "x"}}
    told = refused(stage, POLICY, {**wanted, "targetTrackingScalingPolicyConfiguration": both})
    assert "must have exactly one of" in told


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"schedule": "cron(0 7 * * MON)"}, "schedule "),
        ({"timezone": "Europe/Nowhere"}, "timezone must be a name"),
        ({"scalableTargetAction": {}}, "scalableTargetAction must have minCapacity or maxCapacity"),
        (
            {"scalableTargetAction": {"minCapacity": 3, "maxCapacity": 1}},
            "scalableTargetAction.maxCapacity must be at least minCapacity (3), got 1",
        ),
    ],
)
def test_scheduled_actions_that_would_be_refused(stage: Stage, ground: Ground, given: State, complaint: str) -> None:
    inputs = ground.fill(FOUNDATION["readers"][1])
    action = {
        **{k: inputs[k] for k in ("serviceNamespace", "scalableDimension", "resourceId")},
        "schedule": "cron(0 7 ? * MON *)",
        "scalableTargetAction": {"minCapacity": 1, "maxCapacity": 2},
        **given,
    }
    assert complaint in refused(stage, "aws:appautoscaling/scheduledAction:ScheduledAction", action)
