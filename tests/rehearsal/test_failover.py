"""A failover, rehearsed: the primary is gone, a replica is promoted, names follow, the web tier sees no difference.

docs/mysql-failover.md is this as a runbook; tests/engine/test_mysql.py does it under the real engine, with its hooks.
"""

import json
from collections.abc import Iterator
from typing import Any

import pulumi_aws as aws
import pytest

from components import Environment, EnvironmentArgs, MySQL, MySQLArgs
from rehearsal.emulator import Emulator
from rehearsal.errors import RehearsalError
from rehearsal.recorder import Recording

from .again import Stack
from .conftest import REGION

NETWORK: Any = {"availability_zones": ["eu-central-1a", "eu-central-1b"]}
BEFORE = {"replica_count": 2}
AFTER = {"replica_count": 3, "writers": ["1"], "gone_writers": ["primary"]}


class Site(Stack):
    """An environment with servers and a database, or its database alone, which is quicker."""

    def environment(self, database: dict[str, Any]) -> Recording:
        args: dict[str, Any] = {"network": NETWORK, "database": database}
        return self.up(lambda: Environment("env", EnvironmentArgs(**args)))

    def deploy(self, database: dict[str, Any]) -> Recording:
        def program() -> None:
            vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")
            subnets = [
                aws.ec2.Subnet(
                    f"data-{zone}",
                    vpc_id=vpc.id,
                    availability_zone=f"{REGION}{zone}",
                    cidr_block=f"10.0.{number}.0/24",
                ).id
                for number, zone in enumerate("ab")
            ]
            spec: Any = database
            MySQL("env-db", MySQLArgs(vpc_id=vpc.id, subnet_ids=subnets, database=spec))

        return self.up(program)

    def ask(self, service: str, operation: str, **parameters: Any) -> Any:
        return getattr(self.emulator.client(service, REGION), operation)(**parameters)

    def instances(self) -> dict[str, dict[str, Any]]:
        """Return what RDS has, by the roles of the instances."""
        found = self.ask("rds", "describe_db_instances")["DBInstances"]
        return {i["DBInstanceIdentifier"].removeprefix("env-db-").rsplit("-", 1)[0]: i for i in found}

    def lose(self, part: str) -> None:
        """Delete an instance as somebody would who should not have."""
        identifier = self.instances()[part]["DBInstanceIdentifier"]
        self.ask("rds", "modify_db_instance", DBInstanceIdentifier=identifier, DeletionProtection=False)
        self.ask("rds", "delete_db_instance", DBInstanceIdentifier=identifier, SkipFinalSnapshot=True)

    def leads_to(self, name: str) -> set[str]:
        """Return the roles of the instances that a name in the private zone leads to; those of weight 0 left out."""
        zones = self.ask("route53", "list_hosted_zones")["HostedZones"]
        (zone,) = [z["Id"].rsplit("/", 1)[1] for z in zones if z["Name"] == "env-db.internal."]
        records = self.ask("route53", "list_resource_record_sets", HostedZoneId=zone)["ResourceRecordSets"]
        addresses = {i["Endpoint"]["Address"]: part for part, i in self.instances().items()}
        return {
            addresses[r["ResourceRecords"][0]["Value"]]
            for r in records
            if r["Name"] == f"{name}.env-db.internal." and r.get("Weight", 1)
        }


def secret(site: Site, recording: Recording) -> dict[str, Any]:
    arn = recording.named("env-db-credentials").outputs["arn"]
    return json.loads(site.ask("secretsmanager", "get_secret_value", SecretId=arn)["SecretString"])


def servers(recording: Recording) -> dict[str, Any]:
    """Return all that was said of servers, of what they may do and of whom they reach."""
    found = {r.name: r.inputs for r in recording.resources if r.custom and r.name.startswith(("env-web", "env-worker"))}
    assert "env-web-server-launch-template" in found
    return found


@pytest.fixture
def site() -> Iterator[Site]:
    with Emulator() as emulator:
        yield Site(emulator)


def test_a_failover(site: Site) -> None:
    before = site.environment(BEFORE)
    assert (site.leads_to("db"), site.leads_to("db-ro")) == ({"primary"}, {"replica-1", "replica-2"})
    credentials = secret(site, before)

    site.lose("primary")
    site.refresh()
    after = site.environment(AFTER)

    assert site.instances().keys() == {"replica-1", "replica2-2", "replica2-3"}
    writer = site.instances()["replica-1"]
    assert not writer.get("ReadReplicaSourceDBInstanceIdentifier")
    assert (writer["BackupRetentionPeriod"], writer["DeletionProtection"]) == (7, True)
    assert (site.leads_to("db"), site.leads_to("db-ro")) == ({"replica-1"}, {"replica2-2", "replica2-3"})
    followed = {i.get("ReadReplicaSourceDBInstanceIdentifier") for p, i in site.instances().items() if p != "replica-1"}
    assert followed == {writer["DBInstanceIdentifier"]}
    assert secret(site, after) == credentials | {"dbInstanceIdentifier": writer["DBInstanceIdentifier"]}
    assert servers(after) == servers(before)
    assert not {name for name in site.created | site.updated | site.deleted if name.startswith("env-web")}

    site.refresh()
    site.environment(AFTER)
    assert (site.created, site.updated, site.deleted) == (set(), set(), set())


def test_a_primary_that_is_there_is_left_alone(site: Site) -> None:
    site.deploy(BEFORE)
    primary = site.instances()["primary"]
    site.deploy(BEFORE | {"writers": ["1"]})
    assert site.instances().keys() == {"primary", "replica-1", "replica2-2"}
    left = site.instances()["primary"]
    assert left["DeletionProtection"] is True
    assert left["ReadReplicaDBInstanceIdentifiers"] == []
    assert {k: v for k, v in left.items() if k in ("DBInstanceIdentifier", "EngineVersion", "TagList")} == {
        k: v for k, v in primary.items() if k in ("DBInstanceIdentifier", "EngineVersion", "TagList")
    }
    assert site.leads_to("db") == {"replica-1"}


def test_a_primary_that_is_there_cannot_be_said_to_be_gone(site: Site) -> None:
    site.deploy(BEFORE)
    with pytest.raises(RehearsalError, match="env-db-primary is protected and must not be deleted"):
        site.deploy(AFTER)
    assert "primary" in site.instances()


def test_a_second_failover(site: Site) -> None:
    site.deploy(BEFORE)
    site.lose("primary")
    site.refresh()
    before = secret(site, site.deploy(AFTER))
    site.lose("replica-1")
    site.refresh()
    again = AFTER | {"writers": ["1", "2"], "gone_writers": ["primary", "1"]}
    after = secret(site, site.deploy(again))
    assert site.instances().keys() == {"replica2-2", "replica3-1", "replica3-3"}
    assert (site.leads_to("db"), site.leads_to("db-ro")) == ({"replica2-2"}, {"replica3-1", "replica3-3"})
    assert after["password"] == before["password"]


def test_a_replica_is_promoted_and_stays_so(site: Site) -> None:
    site.deploy({"replicas": [{"name": "copy"}]})
    promoted = {"replicas": [{"name": "copy", "promoted": True}]}
    site.deploy(promoted)
    assert "env-db-replica-copy" in site.updated
    copy = site.instances()["replica-copy"]
    assert not copy.get("ReadReplicaSourceDBInstanceIdentifier")
    assert (copy["BackupRetentionPeriod"], copy["DeletionProtection"]) == (7, True)
    assert (site.leads_to("db"), site.leads_to("db-ro")) == ({"primary"}, set())
    site.deploy(promoted)
    assert not site.created | site.updated | site.deleted
    with pytest.raises(RehearsalError, match="replicateSourceDb cannot change to another source"):
        site.deploy({"replicas": [{"name": "copy"}]})


def test_a_replica_in_another_region_follows_whoever_is_written_to(site: Site) -> None:
    west: dict[str, Any] = {"region": "eu-west-1", **around("eu-west-1", site.emulator)}
    spec = {"replica_count": 1, "replicas": [{"name": "west", "elsewhere": west}]}
    site.deploy(spec)
    abroad = site.emulator.client("rds", "eu-west-1")
    (replica,) = abroad.describe_db_instances()["DBInstances"]
    primary = site.instances()["primary"]
    assert replica["ReadReplicaSourceDBInstanceIdentifier"] == primary["DBInstanceArn"]
    assert replica["DBInstanceArn"] in primary["ReadReplicaDBInstanceIdentifiers"]
    assert replica["KmsKeyId"] == west["kms_key_arn"]
    assert replica["DBSubnetGroup"]["VpcId"] == west["vpc_id"]
    assert site.leads_to("db-ro") == {"replica-1"}
    site.deploy(spec)
    assert not site.created | site.updated | site.deleted

    site.deploy(spec | {"writers": ["1"]})
    (replica,) = abroad.describe_db_instances()["DBInstances"]
    assert replica["ReadReplicaSourceDBInstanceIdentifier"] == site.instances()["replica-1"]["DBInstanceArn"]


def around(region: str, emulator: Emulator) -> dict[str, Any]:
    """Make a network and a key in another region."""
    ec2, kms = emulator.client("ec2", region), emulator.client("kms", region)
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    made = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.1.{number}.0/24", AvailabilityZone=f"{region}{zone}")
        for number, zone in enumerate("ab")
    ]
    return {
        "vpc_id": vpc,
        "subnet_ids": [subnet["Subnet"]["SubnetId"] for subnet in made],
        "kms_key_arn": kms.create_key()["KeyMetadata"]["Arn"],
    }
