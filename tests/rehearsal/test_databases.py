"""What is special about databases: replicas, passwords, versions, storage, and what goes with them."""

from typing import Any

import pytest

from rehearsal.errors import RehearsalError
from rehearsal.stage import Stage

from .conftest import REGION, Ground, urn
from .samples.rds import FOUNDATION

INSTANCE = "aws:rds/instance:Instance"
DATABASE = FOUNDATION["database"][1]

State = dict[str, Any]


def make(stage: Stage, name: str, inputs: State) -> tuple[str, State, State]:
    checked, failures = stage.check(urn(INSTANCE, name), inputs)
    assert failures == []
    return (*stage.create(urn(INSTANCE, name), checked), checked)


def change(stage: Stage, name: str, made: tuple[str, State, State], **changes: Any) -> tuple[str, State, State]:
    resource_id, state, inputs = made
    news, failures = stage.check(urn(INSTANCE, name), {**inputs, **changes}, inputs)
    assert failures == []
    now = stage.update(urn(INSTANCE, name), resource_id, state=state, old_inputs=inputs, inputs=news)
    return resource_id, now, news


def drop(stage: Stage, name: str, made: tuple[str, State, State]) -> None:
    stage.delete(urn(INSTANCE, name), made[0], made[1])


def described(stage: Stage, identifier: str) -> State:
    rds = stage.emulator.client("rds", REGION)
    return rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]


@pytest.fixture
def database(ground: Ground) -> State:
    return ground.fill(DATABASE)


def test_names_are_made_as_the_provider_makes_them(stage: Stage, database: State) -> None:
    checked, _ = stage.check(urn(INSTANCE, "app-primary"), database)
    assert checked["identifier"].startswith("app-primary")
    assert "-" not in checked["identifier"].removeprefix("app-primary")


def test_the_id_is_not_the_identifier(stage: Stage, database: State) -> None:
    made = make(stage, "ids", database)
    assert made[0] == made[1]["resourceId"] != made[1]["identifier"]
    drop(stage, "ids", made)


def test_a_replica_follows_its_source_and_is_promoted(stage: Stage, database: State) -> None:
    source = make(stage, "lead", database)
    given = {"replicateSourceDb": source[1]["identifier"], "instanceClass": "db.t4g.large", "skipFinalSnapshot": True}
    replica = make(stage, "follow", given)
    assert replica[1]["username"] == "app_owner"
    assert replica[1]["instanceClass"] == "db.t4g.large"
    assert replica[1].get("backupRetentionPeriod", 0) == 0
    assert described(stage, source[1]["identifier"])["ReadReplicaDBInstanceIdentifiers"] == [replica[1]["identifier"]]

    alone = change(stage, "follow", replica, replicateSourceDb=None)
    assert "replicateSourceDb" not in alone[1]
    assert described(stage, source[1]["identifier"])["ReadReplicaDBInstanceIdentifiers"] == []
    drop(stage, "lead", source)
    drop(stage, "follow", alone)


def test_a_replica_has_only_some_things_from_its_source(stage: Stage, database: State) -> None:
    rich = {
        **database,
        "deletionProtection": True,
        "enabledCloudwatchLogsExports": ["error"],
        "iamDatabaseAuthenticationEnabled": True,
        "maxAllocatedStorage": 100,
        "multiAz": True,
        "tags": {"Source": "yes"},
    }
    source = make(stage, "rich", rich)
    given = {"replicateSourceDb": source[1]["identifier"], "instanceClass": "db.t4g.medium", "skipFinalSnapshot": True}
    replica = make(stage, "poor", {**given, "enabledCloudwatchLogsExports": ["slowquery"]})
    found = described(stage, replica[1]["identifier"])
    for name in ("DeletionProtection", "IAMDatabaseAuthenticationEnabled", "MultiAZ", "MaxAllocatedStorage"):
        assert not found.get(name)
    assert "Source" not in replica[1]["tagsAll"]
    assert stage.recorded[urn(INSTANCE, "poor")] == ["enabledCloudwatchLogsExports"]
    assert stage.read(urn(INSTANCE, "poor"), *replica) == replica
    assert stage.read(urn(INSTANCE, "rich"), *source)[1]["enabledCloudwatchLogsExports"] == ["error"]
    drop(stage, "poor", replica)
    drop(stage, "rich", change(stage, "rich", source, deletionProtection=False))


def test_replicas_outlive_their_source(stage: Stage, database: State) -> None:
    source = make(stage, "first", database)
    given = {"replicateSourceDb": source[1]["identifier"], "instanceClass": "db.t4g.medium", "skipFinalSnapshot": True}
    replica = make(stage, "second", given)
    drop(stage, "first", source)
    assert "ReadReplicaSourceDBInstanceIdentifier" not in described(stage, replica[1]["identifier"])
    drop(stage, "second", replica)


def test_replicas_follow_a_source_that_gets_another_name_and_port(stage: Stage, database: State) -> None:
    source = make(stage, "old", {**database, "identifier": "old-name"})
    given = {"replicateSourceDb": "old-name", "instanceClass": "db.t4g.medium", "skipFinalSnapshot": True}
    replica = make(stage, "kept", given)
    source = change(stage, "old", source, identifier="new-name", port=3307)
    assert source[1]["endpoint"].endswith(":3307")
    assert source[1]["replicas"] == [replica[1]["identifier"]]
    found = described(stage, replica[1]["identifier"])
    assert found["ReadReplicaSourceDBInstanceIdentifier"] == "new-name"
    drop(stage, "kept", replica)
    drop(stage, "old", source)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"backupRetentionPeriod": 0}, "replicateSourceDb must be an instance with backups"),
        ({"password": None, "manageMasterUserPassword": True}, "whose password RDS does not manage"),
    ],
)
def test_a_source_that_cannot_have_replicas(stage: Stage, database: State, changes: State, line: str) -> None:
    source = make(stage, "lonely", {k: v for k, v in {**database, **changes}.items() if v is not None})
    with pytest.raises(RehearsalError, match=line):
        make(stage, "never", {"replicateSourceDb": source[1]["identifier"], "instanceClass": "db.t4g.medium"})
    drop(stage, "lonely", source)


def test_a_managed_password_is_in_a_secret(stage: Stage, database: State) -> None:
    inputs = {k: v for k, v in database.items() if k != "password"}
    made = make(stage, "managed", {**inputs, "manageMasterUserPassword": True})
    assert made[1]["masterUserSecrets"][0]["secretArn"].startswith("arn:aws:secretsmanager:")
    made = change(stage, "managed", made, manageMasterUserPassword=None, password="another-horse-battery")  # noqa: S106
    assert made[1]["masterUserSecrets"] == []
    drop(stage, "managed", made)


def test_the_password_stays_in_state_and_secret(stage: Stage, database: State) -> None:
    made = make(stage, "secretive", database)
    assert made[1]["password"] == database["password"]
    assert "password" in stage.secrets(urn(INSTANCE, "secretive"), frozenset())
    _, refreshed, _ = stage.read(urn(INSTANCE, "secretive"), *made)
    assert refreshed["password"] == database["password"]
    drop(stage, "secretive", made)


def test_a_patched_version_is_no_difference(stage: Stage, database: State) -> None:
    made = make(stage, "patched", database)
    stage.emulator.client("rds", REGION).modify_db_instance(
        DBInstanceIdentifier=made[1]["identifier"], EngineVersion="8.4.9", ApplyImmediately=True
    )
    _, now, known = stage.read(urn(INSTANCE, "patched"), *made)
    assert (now["engineVersion"], now["engineVersionActual"]) == ("8.4", "8.4.9")
    assert stage.diff(urn(INSTANCE, "patched"), now, known, made[2]) == []
    assert [c.name for c in stage.diff(urn(INSTANCE, "patched"), now, known, {**made[2], "engineVersion": "8.4.8"})]
    drop(stage, "patched", made)


def test_grown_storage_is_no_difference(stage: Stage, database: State) -> None:
    made = make(stage, "grown", {**database, "maxAllocatedStorage": 100})
    stage.emulator.client("rds", REGION).modify_db_instance(
        DBInstanceIdentifier=made[1]["identifier"], AllocatedStorage=50, ApplyImmediately=True
    )
    resource_id, now, _ = stage.read(urn(INSTANCE, "grown"), *made)
    assert now["allocatedStorage"] == 50
    assert stage.diff(urn(INSTANCE, "grown"), now, made[2], made[2]) == []
    made = change(stage, "grown", (resource_id, now, made[2]), allocatedStorage=30, backupRetentionPeriod=9)
    assert made[1]["allocatedStorage"] == 50
    made = change(stage, "grown", made, allocatedStorage=60)
    assert made[1]["allocatedStorage"] == 60
    drop(stage, "grown", made)


def test_storage_does_not_shrink(stage: Stage, database: State) -> None:
    made = make(stage, "large", {**database, "allocatedStorage": 50})
    with pytest.raises(RehearsalError, match="allocatedStorage must not shrink, got 30 GiB after 50"):
        change(stage, "large", made, allocatedStorage=30)
    drop(stage, "large", made)


def test_deletion_is_guarded(stage: Stage, database: State) -> None:
    made = make(stage, "guarded", {**database, "skipFinalSnapshot": False, "deletionProtection": True})
    with pytest.raises(RehearsalError, match="finalSnapshotIdentifier must be given"):
        drop(stage, "guarded", made)
    made = change(stage, "guarded", made, finalSnapshotIdentifier="guarded-final")
    with pytest.raises(RehearsalError, match="deletionProtection must be set to false"):
        drop(stage, "guarded", made)
    made = change(stage, "guarded", made, deletionProtection=False)
    drop(stage, "guarded", made)
    found = stage.emulator.client("rds", REGION).describe_db_snapshots(DBSnapshotIdentifier="guarded-final")
    restored = make(
        stage, "restored", {"snapshotIdentifier": found["DBSnapshots"][0]["DBSnapshotIdentifier"],
                            "instanceClass": "db.t4g.large", "skipFinalSnapshot": True}
    )  # fmt: skip
    assert restored[1]["engine"] == "mysql"
    drop(stage, "restored", restored)


def test_a_replica_has_no_final_snapshot(stage: Stage, database: State) -> None:
    source = make(stage, "whole", database)
    given = {"replicateSourceDb": source[1]["identifier"], "instanceClass": "db.t4g.medium"}
    replica = make(stage, "part", given)
    with pytest.raises(RehearsalError, match="skipFinalSnapshot must be true to delete a replica"):
        drop(stage, "part", replica)
    drop(stage, "part", change(stage, "part", replica, skipFinalSnapshot=True))
    drop(stage, "whole", source)


@pytest.mark.parametrize("group", ["aws:rds/subnetGroup:SubnetGroup", "aws:rds/parameterGroup:ParameterGroup"])
def test_a_group_in_use_stays(stage: Stage, ground: Ground, database: State, group: str) -> None:
    foundation = {
        "aws:rds/subnetGroup:SubnetGroup": "db-subnets",
        "aws:rds/parameterGroup:ParameterGroup": "parameters",
    }
    name = ground.fill(f"{{{foundation[group]}.name}}")
    made = make(stage, "user", {**database, "parameterGroupName": ground.fill("{parameters.name}")})
    with pytest.raises(RehearsalError, match="is in use by the instance"):
        stage.delete(urn(group, "group"), name, {"name": name})
    drop(stage, "user", made)


def test_a_subnet_group_keeps_its_instances_when_it_moves(stage: Stage, ground: Ground, database: State) -> None:
    token = "aws:rds/subnetGroup:SubnetGroup"  # noqa: S105
    inputs, _ = stage.check(urn(token, "moved"), ground.fill({"subnetIds": ["{subnet.id}", "{other-subnet.id}"]}))
    resource_id, state = stage.create(urn(token, "moved"), inputs)
    made = make(stage, "settled", {**database, "dbSubnetGroupName": resource_id})
    news = {**inputs, "subnetIds": ground.fill(["{other-subnet.id}", "{third-subnet.id}"])}
    state = stage.update(urn(token, "moved"), resource_id, state=state, old_inputs=inputs, inputs=news)
    assert state["subnetIds"] == news["subnetIds"]
    zones = [
        s["SubnetAvailabilityZone"]["Name"] for s in described(stage, made[1]["identifier"])["DBSubnetGroup"]["Subnets"]
    ]
    assert zones == ["eu-central-1b", "eu-central-1c"]
    drop(stage, "settled", made)
    stage.delete(urn(token, "moved"), resource_id, state)


def test_subnets_in_one_zone(stage: Stage, ground: Ground) -> None:
    token = "aws:rds/subnetGroup:SubnetGroup"  # noqa: S105
    ec2 = stage.emulator.client("ec2", REGION)
    twin = ec2.create_subnet(VpcId=ground.fill("{vpc.id}"), CidrBlock="10.0.77.0/24", AvailabilityZone="eu-central-1a")
    both = [ground.fill("{subnet.id}"), twin["Subnet"]["SubnetId"]]
    inputs, _ = stage.check(urn(token, "narrow"), {"subnetIds": both})
    with pytest.raises(RehearsalError, match="at least 2 availability zones, got eu-central-1a only"):
        stage.create(urn(token, "narrow"), inputs)


def test_a_group_of_another_family(stage: Stage, ground: Ground, database: State) -> None:
    group = ground.fill("{parameters.name}")
    with pytest.raises(RehearsalError, match=r"parameterGroupName must be a group for mysql 8\.0"):
        make(stage, "mixed", {**database, "engineVersion": "8.0", "parameterGroupName": group})


def test_an_instance_starts_as_another_was_at_some_time(stage: Stage, ground: Ground, database: State) -> None:
    source = make(stage, "before", {**database, "dbName": "shop", "tags": {"Source": "yes"}, "allocatedStorage": 50})
    point = {"sourceDbInstanceIdentifier": source[1]["identifier"], "restoreTime": "2026-11-23T14:02:00Z"}
    given = {
        "restoreToPointInTime": point,
        "instanceClass": "db.t4g.large",
        "password": "another-horse-battery",
        "parameterGroupName": ground.fill("{parameters.name}"),
        "dbSubnetGroupName": ground.fill("{db-subnets.name}"),
        "maxAllocatedStorage": 200,
        "backupRetentionPeriod": 3,
        "skipFinalSnapshot": True,
    }
    restored = make(stage, "after", given)
    state = restored[1]
    assert (state["dbName"], state["username"], state["allocatedStorage"]) == ("shop", "app_owner", 50)
    assert (state["backupRetentionPeriod"], state["maxAllocatedStorage"]) == (3, 200)
    assert state["parameterGroupName"] == given["parameterGroupName"]
    assert "Source" not in state["tagsAll"]
    assert "replicateSourceDb" not in state
    assert stage.read(urn(INSTANCE, "after"), *restored) == restored
    # As the provider does: it would make another database for any change of it.
    other = {**restored[2], "restoreToPointInTime": {**point, "restoreTime": "2026-11-23T14:03:00Z"}}
    assert {c.name for c in stage.diff(urn(INSTANCE, "after"), state, restored[2], other) if c.replaces} == {
        "restoreToPointInTime"
    }
    drop(stage, "after", restored)
    drop(stage, "before", source)


def test_backups_are_copied_to_another_region_only(stage: Stage) -> None:
    token = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"  # noqa: S105
    source = f"arn:aws:rds:{REGION}:123456789012:db:app"
    _, failures = stage.check(urn(token, "here"), {"sourceDbInstanceArn": source, "region": REGION})
    assert "region must be another than that of the source" in str(failures)
    assert stage.check(urn(token, "there"), {"sourceDbInstanceArn": source, "region": "eu-west-1"})[1] == []
    _, failures = stage.check(
        urn(token, "long"), {"sourceDbInstanceArn": source, "region": "eu-west-1", "retentionPeriod": 36}
    )
    assert "retentionPeriod must be from 1 to 35 days" in str(failures)
