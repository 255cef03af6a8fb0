"""The network that an environment lives in: a VPC over several zones."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ._addresses import vpc_addresses, zone_addresses, zones_by_letter
from ._args import InvalidArgs, check_name, checked
from ._logs import check_retention
from ._vpc_baseline import Scope, flow_logs, lock_defaults
from ._vpc_children import Tables, after, interface_endpoints, nat_gateways, table, zone
from ._vpc_connect import instance_connect

# S3 and DynamoDB are reached through gateway endpoints; AWS refuses private DNS for their interface endpoints
# as these are made here (terraform-aws-modules/terraform-aws-vpc issue 982, aws/aws-cdk pull request 30162).
_WITHOUT_PRIVATE_DNS = ("dynamodb", "s3")

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

    instance_connect_endpoint: NotRequired[bool]
    """An EC2 Instance Connect endpoint: SSH to servers without public addresses or key pairs, for whom IAM allows `ec2-instance-connect:OpenTunnel`. AWS allows one per VPC; it is free. Defaults to false: Session Manager is the way in."""  # noqa: E501

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

    instance_connect_security_group_id: pulumi.Output[str] | None
    """Security group of the EC2 Instance Connect endpoint, for servers that it may reach. None without an endpoint."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked("Network", NetworkArgs, args)
        region, zones = zones_by_letter("Network", "availability_zones", args["availability_zones"])
        addresses = vpc_addresses("Network", "cidr_block", args.get("cidr_block", "10.0.0.0/16"))
        nat_mode = args.get("nat_gateways", NatGateways.SINGLE)
        services = args.get("interface_endpoints", ())
        _check_services(services)
        retention_days = args.get("flow_log_retention_days", 30)
        check_retention("Network", "flow_log_retention_days", retention_days)
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
        public_table = table(scope, vpc, "public-routes")
        isolated_table = table(scope, vpc, "isolated-routes")
        # One per zone even with a single NAT gateway: going to one per zone then changes routes in place.
        private_tables = {letter: table(scope, vpc, f"private-routes-{letter}") for letter in zones}
        to_internet = aws.ec2.Route(
            f"{name}-public-internet",
            route_table_id=public_table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.id,
            opts=child,
        )

        subnets = {
            letter: zone(
                scope,
                vpc,
                zone_name,
                zone_addresses(addresses, letter),
                Tables(public_table, private_tables[letter], isolated_table),
            )
            for letter, zone_name in zones.items()
        }
        nat_zones = {
            NatGateways.NONE: [],
            # The first by order, not by letter: a zone that is added later can have an earlier letter.
            NatGateways.SINGLE: list(subnets)[:1],
            NatGateways.ONE_PER_ZONE: list(subnets),
        }[nat_mode]
        nats = nat_gateways(scope, {letter: subnets[letter] for letter in nat_zones}, [gateway, to_internet])
        nat_routes = {
            letter: aws.ec2.Route(
                f"{name}-private-internet-{letter}",
                route_table_id=routes.id,
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=nats[letter if letter in nats else nat_zones[0]].gateway.id,
                opts=child,
            )
            for letter, routes in private_tables.items()
            if nats
        }
        s3 = aws.ec2.VpcEndpoint(
            f"{name}-s3-endpoint",
            vpc_id=vpc.id,
            vpc_endpoint_type="Gateway",
            service_name=f"com.amazonaws.{region}.s3",
            # The policy stays AWS's default: package repositories are buckets of others, read without signature.
            route_table_ids=[isolated_table.id, *(routes.id for routes in private_tables.values())],
            tags=scope.named("s3-endpoint"),
            opts=child,
        )
        private_subnets = [private.subnet for _, private, _ in subnets.values()]
        endpoints = interface_endpoints(scope, vpc, region, services, private_subnets)
        connect = instance_connect(scope, vpc, private_subnets[0]) if args.get("instance_connect_endpoint") else None
        if args.get("flow_logs", True):
            flow_logs(scope, vpc, region, retention_days)

        self.vpc_id = vpc.id
        self.cidr_block = vpc.cidr_block
        self.public_subnet_ids = [
            after(public.subnet.id, public.association, to_internet) for public, _, _ in subnets.values()
        ]
        self.private_subnet_ids = [
            after(
                made.private.subnet.id,
                *(made.private.association, s3, *endpoints),
                *([nat_routes[letter]] if nat_routes else []),
            )
            for letter, made in subnets.items()
        ]
        self.isolated_subnet_ids = [
            after(isolated.subnet.id, isolated.association) for _, _, isolated in subnets.values()
        ]
        self.private_route_table_ids = [routes.id for routes in private_tables.values()]
        self.nat_public_ips = [nat.address.public_ip for nat in nats.values()]
        self.s3_endpoint_id = s3.id
        self.default_security_group_id = default_security_group.id
        self.instance_connect_security_group_id = connect
        self.register_outputs(
            {
                "vpc_id": self.vpc_id,
                "cidr_block": self.cidr_block,
                "public_subnet_ids": self.public_subnet_ids,
                "private_subnet_ids": self.private_subnet_ids,
                "isolated_subnet_ids": self.isolated_subnet_ids,
                "private_route_table_ids": self.private_route_table_ids,
                "nat_public_ips": self.nat_public_ips,
                "s3_endpoint_id": self.s3_endpoint_id,
                "default_security_group_id": self.default_security_group_id,
                "instance_connect_security_group_id": self.instance_connect_security_group_id,
            }
        )


def _check_services(services: Sequence[str]) -> None:
    for index, service in enumerate(services):
        path = f"interface_endpoints[{index}]"
        if not _SERVICE.fullmatch(service):
            raise InvalidArgs(
                f"Network: {path} must be the short name of an AWS service in lower-case letters, digits, dots "
                f"and hyphens, such as ssm or ecr.api, got {service!r}"
            )
        if service in _WITHOUT_PRIVATE_DNS:
            raise InvalidArgs(
                f"Network: {path} must be a service with private DNS, got {service!r}; S3 always has its gateway "
                f"endpoint, DynamoDB is reached through NAT"
            )
        if service in services[:index]:
            raise InvalidArgs(f"Network: {path} must name each service once, got {service!r} twice")
