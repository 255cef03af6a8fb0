"""Elastic replicas in a stack: no deployment sees them, and the controller finds its way by what it is told."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pulumi_aws as aws
import pytest

from components import MySQL, MySQLArgs
from components.functions.replicas.closing import Clock
from components.functions.replicas.handler import respond
from components.functions.replicas.place import Aws, place
from components.functions.replicas.sizes import policy_of
from rehearsal.emulator import Emulator

from .again import Stack
from .conftest import REGION


class Site(Stack):
    """A database whose controller is called by hand."""

    now = int(datetime.now(UTC).timestamp())

    def deploy(self, **database: Any) -> None:
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
            spec: Any = {"replica_count": 1, **database}
            MySQL("shop-db", MySQLArgs(vpc_id=vpc.id, subnet_ids=subnets, database=spec, disposable=True))

        self.up(program)

    def client(self, service: str) -> Any:
        return self.emulator.client(service, REGION)

    def call(self, action: str = "", **wanted: Any) -> dict[str, str]:
        """Call the function as it was deployed: what it is told comes from Lambda."""
        (function,) = (
            f for f in self.client("lambda").list_functions()["Functions"] if f["FunctionName"].startswith("shop-db-el")
        )
        told = {"AWS_REGION": REGION, "AWS_LAMBDA_FUNCTION_NAME": function["FunctionName"]}
        policy = policy_of(
            {
                "min_size": 1,
                "max_size": 2,
                "windows": [],
                "offsets": {},
                "targets": {"CPUUtilization": 60},
                "scale_out_cooldown": 300,
                "scale_in_cooldown": 900,
                "max_lag": 60,
                "drain": 300,
                **wanted,
            }
        )
        services = Aws(self.client("rds"), self.client("route53"), self.client("cloudwatch"))
        clock = Clock(lambda: self.now, lambda _: None, lambda: 900)
        event = {"tf": {"action": action}} if action else {}
        return respond(services, place({**function["Environment"]["Variables"], **told}), policy, clock, event)

    def measured(self, identifier: str) -> None:
        """Say that the replica has caught up."""
        self.client("cloudwatch").put_metric_data(
            Namespace="AWS/RDS",
            MetricData=[
                {
                    "MetricName": "ReplicaLag",
                    "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": identifier}],
                    "Timestamp": datetime.fromtimestamp(self.now - 120, UTC),
                    "Value": 0,
                }
            ],
        )

    def elastic(self) -> list[str]:
        found = self.client("rds").describe_db_instances()["DBInstances"]
        return [i["DBInstanceIdentifier"] for i in found if "-elastic-" in i["DBInstanceIdentifier"]]


@pytest.fixture
def site() -> Iterator[Site]:
    with Emulator() as emulator:
        yield Site(emulator)


def test_a_deployment_does_not_notice_them_and_none_stays_behind(site: Site) -> None:
    site.deploy(elastic_replicas={"max_size": 2, "min_size": 1})
    site.call("create")
    assert site.call()["action"] == "create"
    (identifier,) = site.elastic()
    made = site.client("rds").describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]
    assert made["DBParameterGroups"][0]["DBParameterGroupName"].startswith("shop-db-parameters")
    assert made["Endpoint"]["Port"] == 3307
    site.measured(identifier)
    assert site.call()["action"] == "enter"

    site.refresh()
    site.deploy(elastic_replicas={"max_size": 2, "min_size": 1})
    assert (site.created, site.updated, site.deleted) == (set(), set(), set())
    assert site.elastic() == [identifier]

    assert site.call("delete") == {"closed": "all replicas are gone"}
    assert site.elastic() == []
    site.deploy()
    assert "shop-db-elastic" in site.deleted
    assert not {name for name in site.deleted if "elastic" not in name}
    site.up(lambda: None)
    assert site.client("rds").describe_db_instances()["DBInstances"] == []
    assert site.client("route53").list_hosted_zones()["HostedZones"] == []
