"""Replicas in the emulator, as RDS treats them when their source goes, is upgraded, or is left by them."""

from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.emulator import Emulator

from .conftest import REGION

_NUMBERS = count(1)


class Pair:
    """A source and its replica."""

    def __init__(self, emulator: Emulator) -> None:
        self.rds = emulator.client("rds", REGION)
        number = next(_NUMBERS)
        self.source, self.replica = f"pair-{number}-source", f"pair-{number}-replica"
        self.rds.create_db_instance(
            DBInstanceIdentifier=self.source, Engine="mysql", EngineVersion="8.4.6", DBInstanceClass="db.t4g.medium",
            MasterUsername="app_owner", MasterUserPassword="correct-horse-battery", AllocatedStorage=20,
        )  # fmt: skip
        self.rds.create_db_instance_read_replica(
            DBInstanceIdentifier=self.replica, SourceDBInstanceIdentifier=self.source
        )

    def look(self, name: str) -> dict[str, Any]:
        return self.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]

    def upgrade(self, name: str) -> None:
        self.rds.modify_db_instance(DBInstanceIdentifier=name, EngineVersion="8.4.8", ApplyImmediately=True)

    def delete(self, name: str) -> None:
        self.rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)


@pytest.fixture
def pair(emulator: Emulator) -> Pair:
    return Pair(emulator)


def test_a_replica_outlives_its_source_and_can_go_itself(pair: Pair) -> None:
    pair.delete(pair.source)
    assert "ReadReplicaSourceDBInstanceIdentifier" not in pair.look(pair.replica)
    pair.delete(pair.replica)
    with pytest.raises(ClientError, match="DBInstanceNotFound"):
        pair.look(pair.replica)


def test_a_promoted_replica_has_left_its_source_for_good(pair: Pair) -> None:
    pair.rds.promote_read_replica(DBInstanceIdentifier=pair.replica)
    assert "ReadReplicaSourceDBInstanceIdentifier" not in pair.look(pair.replica)
    assert pair.look(pair.source)["ReadReplicaDBInstanceIdentifiers"] == []
    with pytest.raises(ClientError, match=r"InvalidDBInstanceState.*is not a read replica"):
        pair.rds.promote_read_replica(DBInstanceIdentifier=pair.replica)
    pair.delete(pair.source)
    pair.delete(pair.replica)


def test_a_source_is_not_upgraded_before_its_replicas(pair: Pair) -> None:
    with pytest.raises(ClientError, match=f"DBUpgradeDependencyFailure.*{pair.replica}"):
        pair.upgrade(pair.source)
    pair.upgrade(pair.replica)
    pair.upgrade(pair.source)
    assert {pair.look(name)["EngineVersion"] for name in (pair.source, pair.replica)} == {"8.4.8"}
