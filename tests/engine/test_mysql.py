"""A database under the real engine: upgraded replicas first, lost, and written to on a replica."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.site import Site, by_op, run_steps

pytestmark = [pytest.mark.engine, pytest.mark.slow]

PROGRAM = """\
import json, pathlib
import pulumi, pulumi_aws as aws
from components import MySQL
said = json.loads((pathlib.Path(__file__).parent / "said.json").read_text())
vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")
subnets = [aws.ec2.Subnet(f"data-{zone}", vpc_id=vpc.id, availability_zone=f"eu-central-1{zone}",
    cidr_block=f"10.0.{number}.0/24").id for number, zone in enumerate("ab")]
made = MySQL("db", {"vpc_id": vpc.id, "subnet_ids": subnets, "database": said})
for name in ("host", "reader_host", "port", "secret_arn", "security_group_id", "identifier"):
    pulumi.export(name, getattr(made, name))
"""
PROJECT = {
    "Pulumi.yaml": "name: data\nruntime: {name: python, options: {virtualenv: .venv}}\n",
    "Pulumi.dev.yaml": "config:\n  aws:region: eu-central-1\n",
    ".gitignore": "__pycache__/\nsaid.json\n",
    "__main__.py": PROGRAM,
}
AS_CLIENTS_SEE_IT = ("host", "reader_host", "port", "secret_arn", "security_group_id")
REPLICAS = {"replica_count": 2, "engine_version": "8.4.6"}
UPGRADED = REPLICAS | {"engine_version": "8.4.8"}
LOST = UPGRADED | {"writers": ["1"]}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("data"), "dev", PROJECT)
    yield made
    made.run("stop")


def test_a_database_and_its_replicas(site: Site, subtests: pytest.Subtests) -> None:
    run_steps(
        site,
        subtests,
        it_is_made,
        replicas_are_upgraded_before_the_primary,
        no_other_major_version_by_accident,
        a_lost_primary_is_not_made_again_empty,
        a_replica_is_written_to_instead,
        the_same_again_changes_nothing,
        what_is_written_to_does_not_follow_again_by_accident,
    )


def say(site: Site, database: dict[str, Any]) -> None:
    (site.checkout / "said.json").write_text(json.dumps(database))


def outputs(site: Site) -> dict[str, Any]:
    return json.loads(site.pulumi("stack output --json", "--show-secrets"))


def instance(site: Site, name: str) -> dict[str, Any]:
    """Return what RDS says of the instance with the logical *name*."""
    identifier = site.resource(name)["outputs"]["identifier"]
    return site.api("rds", "describe_db_instances", DBInstanceIdentifier=identifier)["DBInstances"][0]


def identifiers(site: Site) -> set[str]:
    """Return the roles of the instances that RDS has."""
    found = site.api("rds", "describe_db_instances")["DBInstances"]
    return {each["DBInstanceIdentifier"].rsplit("-", 1)[0] for each in found}


def records(site: Site, name: str) -> list[str]:
    (zone,) = site.api("route53", "list_hosted_zones")["HostedZones"]
    named = {"HostedZoneId": zone["Id"].rsplit("/", 1)[1]}
    found = site.api("route53", "list_resource_record_sets", **named)["ResourceRecordSets"]
    return sorted(
        record["ResourceRecords"][0]["Value"].split(".")[0].rsplit("-", 1)[0]
        for record in found
        if record["Name"].startswith(f"{name}.") and record["Type"] == "CNAME" and record.get("Weight", 1)
    )


def password(site: Site) -> dict[str, Any]:
    found = site.api("secretsmanager", "get_secret_value", SecretId=outputs(site)["secret_arn"])
    return json.loads(found["SecretString"])


def lose(site: Site, name: str) -> None:
    """Let somebody, or something, delete an instance behind Pulumi's back."""
    identifier = instance(site, name)["DBInstanceIdentifier"]
    site.api("rds", "modify_db_instance", DBInstanceIdentifier=identifier, DeletionProtection=False)
    site.api("rds", "delete_db_instance", DBInstanceIdentifier=identifier, SkipFinalSnapshot=True)


def it_is_made(site: Site) -> None:
    say(site, REPLICAS)
    site.deploy("up")
    assert identifiers(site) == {"db-primary", "db-replica-1", "db-replica-2"}
    assert (records(site, "db"), records(site, "db-ro")) == (["db-primary"], ["db-replica-1", "db-replica-2"])


def replicas_are_upgraded_before_the_primary(site: Site) -> None:
    say(site, UPGRADED)
    told = site.pulumi("up --yes --skip-preview")
    assert "upgrading the replica db-replica-1" in told
    assert "2 replicas are upgraded to 8.4.8: their source comes next" in told
    versions = [instance(site, f"db-{part}")["EngineVersion"] for part in ("primary", "replica-1", "replica-2")]
    assert versions == ["8.4.8"] * 3


def the_same_again_changes_nothing(site: Site) -> None:
    assert site.deploy("up", "--refresh") == []


def no_other_major_version_by_accident(site: Site) -> None:
    say(site, UPGRADED | {"engine_version": "9.7.1"})
    told = site.pulumi("preview", fails=True)
    assert "MySQL: database.allow_major_upgrade_to must be '9.7' for the upgrade from 8.4.8 to 9.7.1" in told


def a_lost_primary_is_not_made_again_empty(site: Site) -> None:
    site.before["outputs"] = [json.dumps({name: outputs(site)[name] for name in AS_CLIENTS_SEE_IT})]
    site.before["password"] = [password(site)["password"]]
    lose(site, "db-primary")
    say(site, LOST)
    told = site.pulumi("preview --refresh", fails=True)
    assert "MySQL: database.gone_writers must hold 'primary'" in told
    assert identifiers(site) == {"db-replica-1", "db-replica-2"}


def a_replica_is_written_to_instead(site: Site) -> None:
    say(site, LOST | {"gone_writers": ["primary"]})
    done = by_op(site.deploy("up", "--refresh"))
    assert "db-replica-1" in done["update"]
    assert "db-replica2-2" in done["create"]
    assert "db-replica-2" in done["delete"]
    assert not {"db-primary", "db-replica-1"} & (done["create"] | done["delete"])
    assert identifiers(site) == {"db-replica-1", "db-replica2-2"}
    writer = instance(site, "db-replica-1")
    assert (writer["BackupRetentionPeriod"], writer["DeletionProtection"]) == (7, True)
    assert site.resource("db-replica-1")["protect"] is True
    follower = instance(site, "db-replica2-2")
    assert follower["ReadReplicaSourceDBInstanceIdentifier"] == writer["DBInstanceIdentifier"]
    assert (records(site, "db"), records(site, "db-ro")) == (["db-replica-1"], ["db-replica2-2"])
    found = outputs(site)
    assert {name: found[name] for name in AS_CLIENTS_SEE_IT} == json.loads(site.before["outputs"][0])
    assert found["identifier"] == writer["DBInstanceIdentifier"] == password(site)["dbInstanceIdentifier"]
    assert password(site)["password"] == site.before["password"][0]


def what_is_written_to_does_not_follow_again_by_accident(site: Site) -> None:
    before = identifiers(site)
    say(site, UPGRADED)
    told = site.pulumi("preview", fails=True)
    assert "MySQL: database.replicas: '1' stands alone and has rows of its own" in told
    assert identifiers(site) == before
