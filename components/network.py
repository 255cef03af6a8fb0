"""The network that an environment lives in: a VPC over several zones."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ._addresses import vpc_addresses, zone_addresses, zones_by_letter
from ._args import InvalidArgs, check_name, checked
from ._vpc_baseline import Scope, flow_logs, lock_defaults

# The API model of CloudWatch Logs (PutRetentionPolicy) lists them; the service refuses any other number.
_RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)

_SERVICE = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")


class NatGateways(StrEnum):
    """How private subnets reach the internet."""

    NONE = "none"
    """Not at all: only interface endpoints and S3."""
    SINGLE = "single"
    """Through one gateway in the first zone: cheap, and gone when that zone is."""
    ONE_PER_ZONE = "one_per_zone"
    """Each zone through its own gateway."""


class NetworkArgs(TypedDict):
    """What a network needs to know."""

    availability_zones: Sequence[str]
    """Names of 2 to 8 zones of one region, such as `eu-central-1a`. Add new ones at the end: the single NAT gateway stands in the first. Subnets are keyed by the letter of the zone and never change when others come or go."""  # noqa: E501

    cidr_block: NotRequired[str]
    """Private IPv4 network from /16 to /21. Defaults to `10.0.0.0/16`. Changing it replaces the whole network."""

    nat_gateways: NotRequired[NatGateways]
    """`none`, `single` or `one_per_zone`. Defaults to `single`. Changing it replaces no route table and no subnet."""

    interface_endpoints: NotRequired[Sequence[str]]
    """AWS services that are reached inside the network, by short names such as `ssm` or `secretsmanager`; each costs per zone and hour and must be offered in every zone. S3 always has its (free) gateway endpoint. Defaults to none."""  # noqa: E501

    flow_logs: NotRequired[bool]
    """Record all traffic of the network in a CloudWatch log group. Defaults to true."""

    flow_log_retention_days: NotRequired[int]
    """Days for which flow logs are kept; one of the numbers that CloudWatch Logs knows. Defaults to 30."""

    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything in the network. Defaults to none."""


class Network(pulumi.ComponentResource):
    """A VPC with public, private and isolated subnets in each zone.

    Public subnets are for load balancers and NAT gateways, private ones reach the internet through NAT, isolated
    ones reach S3 and nothing else outside. No subnet hands out public addresses; the VPC's default security
    group and route table are empty.
    """

    vpc_id: pulumi.Output[str]
    """The VPC."""

    cidr_block: pulumi.Output[str]
    """All addresses of the network."""

    public_subnet_ids: list[pulumi.Output[str]]
    """Subnets with a route to the internet, in the order of the zones. What uses them waits for the route, and is deleted before the internet gateway."""  # noqa: E501

    private_subnet_ids: list[pulumi.Output[str]]
    """Subnets for servers, in the order of the zones. What uses them waits for NAT and endpoints, so that a server's first boot can reach what it installs."""  # noqa: E501

    isolated_subnet_ids: list[pulumi.Output[str]]
    """Subnets for databases, in the order of the zones."""

    private_route_table_ids: list[pulumi.Output[str]]
    """Route tables of the private subnets, in the order of the zones: for peerings and further gateways."""

    nat_public_ips: list[pulumi.Output[str]]
    """Addresses from which servers appear on the internet, for others' allow lists. Empty without NAT."""

    s3_endpoint_id: pulumi.Output[str]
    """The gateway endpoint of S3, for the conditions of bucket policies."""

    default_security_group_id: pulumi.Output[str]
    """The VPC's default security group, emptied."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked("Network", NetworkArgs, args)
        region, zones = zones_by_letter("Network", "availability_zones", args["availability_zones"])
        addresses = vpc_addresses("Network", "cidr_block", args.get("cidr_block", "10.0.0.0/16"))
        nat_mode = args.get("nat_gateways", NatGateways.SINGLE)
        services = args.get("interface_endpoints", ())
        _check_services(services)
        retention_days = args.get("flow_log_retention_days", 30)
        if retention_days not in _RETENTION_DAYS:
            allowed = ", ".join(map(str, _RETENTION_DAYS))
            raise InvalidArgs(
                f"Network: flow_log_retention_days must be one of {allowed}, got {retention_days}"
            )
        check_name("Network", f"{name}-flow-logs-role", 64, "an IAM role")

        super().__init__("elasticweb:index:Network", name, {}, opts)
        scope = Scope(name, args.get("tags", {}), self)
        child = pulumi.ResourceOptions(parent=self)

        vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            cidr_block=str(addresses),
            # Private DNS of endpoints and the names of file systems need both.
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=scope.named("vpc"),
            opts=child,
        )
        default_security_group = lock_defaults(scope, vpc, str(addresses))
        gateway = aws.ec2.InternetGateway(
            f"{name}-internet-gateway", vpc_id=vpc.id, tags=scope.named("internet-gateway"), opts=child
        )
        public_table = _table(scope, vpc, "public-routes")
        isolated_table = _table(scope, vpc, "isolated-routes")
        private_tables = {letter: _table(scope, vpc, f"private-routes-{letter}") for letter in zones}
        to_internet = aws.ec2.Route(
            f"{name}-public-internet",
            route_table_id=public_table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.id,
            opts=child,
        )

        public = dict[str, aws.ec2.Subnet]()
        private = dict[str, aws.ec2.Subnet]()
        attached = dict[str, aws.ec2.RouteTableAssociation]()
        self.isolated_subnet_ids = []
        for letter, zone in zones.items():
            for kind, block, table in zip(
                ("public", "private", "isolated"),
                zone_addresses(addresses, letter),
                (public_table, private_tables[letter], isolated_table),
                strict=True,
            ):
                role = f"{kind}-{letter}"
                subnet = aws.ec2.Subnet(
                    f"{name}-{role}",
                    vpc_id=vpc.id,
                    availability_zone=zone,
                    cidr_block=str(block),
                    # EC2.15, public subnets included: load balancers and NAT gateways bring their own addresses.
                    map_public_ip_on_launch=False,
                    tags=scope.named(role),
                    opts=child,
                )
                attached[role] = aws.ec2.RouteTableAssociation(
                    f"{name}-{role}-association", subnet_id=subnet.id, route_table_id=table.id, opts=child
                )
                if kind == "public":
                    public[letter] = subnet
                elif kind == "private":
                    private[letter] = subnet
                else:
                    self.isolated_subnet_ids.append(_after(subnet.id, attached[role]))
