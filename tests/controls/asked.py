"""What the tests of controls ask of a recording."""

import ipaddress
import json
from collections.abc import Iterator
from typing import Any

from rehearsal.recorder import Registered
from tests.programs import Program

WORLD = ("0.0.0.0/0", "::/0")

# Where resources have their policies.
GRANTS = ("policy", "assumeRolePolicy", "resourcePolicy")


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def is_outside(cidr: str) -> bool:
    """Whether *cidr* reaches beyond private addresses."""
    return cidr in WORLD or not ipaddress.ip_network(cidr).is_private


def statements(program: Program, *inputs: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Statements of every policy in one of *inputs* of anything, but for endpoints, whose policies grant nothing.

    Those of keys have a test of their own: only there everything is the key alone, and the account allows itself.
    """
    holders = [r for r in program.resources if not r.type.endswith((":VpcEndpoint", "kms/key:Key"))]
    found = [(r, r.inputs[key]) for r in holders for key in inputs if key in r.inputs]
    assert found
    for resource, policy in found:
        for statement in json.loads(policy)["Statement"]:
            yield resource.name, statement


def setting(program: Program, bucket: Registered, kind: str) -> dict[str, Any]:
    """Inputs of the only setting of *kind* that *bucket* has."""
    kinds = f"s3/{kind[0].lower()}{kind[1:]}:{kind}"
    found = program.where(kinds, bucket=bucket.outputs["bucket"])
    assert len(found) == 1, f"{bucket.name} has {len(found)} of {kind}"
    return found[0].inputs


def by_rules(program: Program, alarm: Registered) -> set[str]:
    """Whom rules of the stack's own region tell of *alarm*."""
    rules = {
        rule.outputs["name"]
        for rule in program.all("cloudwatch/eventRule:EventRule")
        if "region" not in rule.inputs
        and alarm.outputs["arn"] in json.loads(rule.inputs["eventPattern"]).get("resources", [])
    }
    return {t.inputs["arn"] for t in program.all("cloudwatch/eventTarget:EventTarget") if t.inputs["rule"] in rules}


def primaries(program: Program) -> list[Registered]:
    databases = program.all("rds/instance:Instance", "rds/cluster:Cluster")
    return [database for database in databases if "replicateSourceDb" not in database.inputs]


def zone_of(program: Program, subnet_id: str) -> str:
    return next(s.inputs["availabilityZone"] for s in program.all("ec2/subnet:Subnet") if s.id == subnet_id)


def nat(route: Registered) -> bool:
    return "natGatewayId" in route.inputs


def routed(program: Program, *, through: tuple[str, ...] = ("gatewayId", "natGatewayId")) -> set[str]:
    """Subnets with a route out of the network *through* an internet or NAT gateway."""
    tables = {r.inputs["routeTableId"] for r in program.all("ec2/route:Route") if {*through} & {*r.inputs}}
    associations = program.all("ec2/routeTableAssociation:RouteTableAssociation")
    return {a.inputs["subnetId"] for a in associations if a.inputs["routeTableId"] in tables}


def public_subnets(program: Program) -> set[str]:
    found = routed(program, through=("gatewayId",))
    assert found
    return found
