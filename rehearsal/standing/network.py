"""Networks: subnets by what they can reach, ways out, endpoints, flow logs."""

from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.recorder import Registered

from .scene import Scene, Section, count, listed, tags_of

_KINDS = ("public", "private", "isolated")
_MEANING = {"public": "internet both ways", "private": "out through NAT", "isolated": "no way to the internet"}


def sections(scene: Scene) -> Iterator[Section]:
    """One for every VPC."""
    for vpc in scene.all("ec2/vpc:Vpc"):
        yield _network(scene, vpc)


def _network(scene: Scene, vpc: Registered) -> Section:
    mine = [{"Name": "vpc-id", "Values": [vpc.id]}]
    found = scene.ask(vpc, "ec2", "describe_vpcs", VpcIds=[vpc.id])["Vpcs"][0]
    section = Section("Network", tags_of(found).get("Name", vpc.id))
    section.rows.append(("VPC", f"{vpc.id}, {found['CidrBlock']}"))
    tables = scene.ask(vpc, "ec2", "describe_route_tables", Filters=mine)["RouteTables"]
    subnets = scene.ask(vpc, "ec2", "describe_subnets", Filters=mine)["Subnets"]
    for kind in _KINDS:
        those = sorted((s for s in subnets if _kind(s, tables) == kind), key=lambda s: s["AvailabilityZone"])
        if those:
            blocks = listed(f"{s['CidrBlock']} ({s['AvailabilityZone'][-1]})" for s in those)
            section.rows.append((f"{kind} subnets", f"{blocks}: {_MEANING[kind]}"))
    gateways = scene.ask(vpc, "ec2", "describe_nat_gateways", Filter=mine)["NatGateways"]
    addresses = [a.get("PublicIp", "") for g in gateways if g["State"] == "available" for a in g["NatGatewayAddresses"]]
    section.rows.append(("NAT gateways", f"{len(addresses)}, seen from outside as {listed(addresses, 'nobody')}"))
    endpoints = scene.ask(vpc, "ec2", "describe_vpc_endpoints", Filters=mine)["VpcEndpoints"]
    services = sorted(f"{e['ServiceName'].rsplit('.', 1)[-1]} ({e['VpcEndpointType'].lower()})" for e in endpoints)
    section.rows.append(("endpoints", listed(services)))
    logs = scene.ask(vpc, "ec2", "describe_flow_logs", Filter=[{"Name": "resource-id", "Values": [vpc.id]}])
    logged = [f"{log['TrafficType'].lower()} traffic to {_target(log)}" for log in logs["FlowLogs"]]
    section.rows.append(("flow logs", listed(logged)))
    section.rows.append(("defaults", _defaults(scene, vpc, mine, tables)))
    return section


def _kind(subnet: Mapping[str, Any], tables: list[Mapping[str, Any]]) -> str:
    own = [t for t in tables if any(a.get("SubnetId") == subnet["SubnetId"] for a in t["Associations"])]
    main = [t for t in tables if any(a.get("Main") for a in t["Associations"])]
    routes = [r for t in own or main for r in t["Routes"] if r.get("DestinationCidrBlock") == "0.0.0.0/0"]
    if any(r.get("GatewayId", "").startswith("igw-") for r in routes):
        return "public"
    return "private" if any(r.get("NatGatewayId") for r in routes) else "isolated"


def _target(log: Mapping[str, Any]) -> str:
    return str(log.get("LogGroupName") or log.get("LogDestination"))


def _defaults(scene: Scene, vpc: Registered, mine: list[dict[str, Any]], tables: list[Mapping[str, Any]]) -> str:
    named = [*mine, {"Name": "group-name", "Values": ["default"]}]
    groups = scene.ask(vpc, "ec2", "describe_security_groups", Filters=named)["SecurityGroups"]
    rules = sum(len(g["IpPermissions"]) + len(g["IpPermissionsEgress"]) for g in groups)
    main = [t for t in tables if any(a.get("Main") for a in t["Associations"])]
    routes = sum(r.get("GatewayId") != "local" for t in main for r in t["Routes"])
    group = f"has {count(rules, 'rule')}" if rules else "is empty"
    table = f"has {count(routes, 'route')}" if routes else "leads nowhere else"
    return f"the default security group {group}, the main route table {table}"
