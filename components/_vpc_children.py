"""The repeated parts of a network: subnets of a zone, NAT gateways, interface endpoints."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from ._addresses import ZoneAddresses
from ._vpc_baseline import Scope

# Services whose endpoints take a policy. Some refuse one, and only AWS can list them (DescribeVpcEndpointServices,
# VpcEndpointPolicySupported), so the others keep AWS's default.
_WITH_POLICY = ("ec2", "ec2messages", "logs", "secretsmanager", "ssm", "ssmmessages")


class Attached(NamedTuple):
    """A subnet and what gives it its routes."""

    subnet: aws.ec2.Subnet
    association: aws.ec2.RouteTableAssociation


class Zone(NamedTuple):
    """The subnets of one zone."""

    public: Attached
    private: Attached
    isolated: Attached


class Tables(NamedTuple):
    """The route tables of one zone's subnets."""

    public: aws.ec2.RouteTable
    private: aws.ec2.RouteTable
    isolated: aws.ec2.RouteTable


class Nat(NamedTuple):
    """A NAT gateway and the address that it has on the internet."""

    gateway: aws.ec2.NatGateway
    address: aws.ec2.Eip


def table(scope: Scope, vpc: aws.ec2.Vpc, role: str) -> aws.ec2.RouteTable:
    """Make a route table whose routes are resources of their own."""
    return aws.ec2.RouteTable(
        f"{scope.name}-{role}",
        vpc_id=vpc.id,
        tags=scope.named(role),
        opts=pulumi.ResourceOptions(parent=scope.parent),
    )


def zone(scope: Scope, vpc: aws.ec2.Vpc, name: str, blocks: ZoneAddresses, tables: Tables) -> Zone:
    """Make the subnets of the zone *name*, keyed by its letter."""
    child = pulumi.ResourceOptions(parent=scope.parent)

    def attached(kind: str, block: str, routes: aws.ec2.RouteTable) -> Attached:
        role = f"{kind}-{name[-1]}"
        subnet = aws.ec2.Subnet(
            f"{scope.name}-{role}",
            vpc_id=vpc.id,
            availability_zone=name,
            cidr_block=block,
            # EC2.15, public subnets included: load balancers and NAT gateways bring their own addresses.
            map_public_ip_on_launch=False,
            tags=scope.named(role),
            opts=child,
        )
        association = aws.ec2.RouteTableAssociation(
            f"{scope.name}-{role}-association", subnet_id=subnet.id, route_table_id=routes.id, opts=child
        )
        return Attached(subnet, association)

    return Zone(
        public=attached("public", str(blocks.public), tables.public),
        private=attached("private", str(blocks.private), tables.private),
        isolated=attached("isolated", str(blocks.isolated), tables.isolated),
    )


def nat_gateways(scope: Scope, zones: Mapping[str, Zone], internet: Sequence[pulumi.Resource]) -> dict[str, Nat]:
    """Make a NAT gateway in each of *zones*, after the way to the *internet* and gone before it.

    AWS does not detach an internet gateway while an address of the VPC is mapped through it.
    """

    def nat(letter: str, zone: Zone) -> Nat:
        address = aws.ec2.Eip(
            f"{scope.name}-nat-address-{letter}",
            domain="vpc",
            tags=scope.named(f"nat-address-{letter}"),
            opts=pulumi.ResourceOptions(parent=scope.parent, depends_on=internet),
        )
        gateway = aws.ec2.NatGateway(
            f"{scope.name}-nat-{letter}",
            subnet_id=zone.public.subnet.id,
            allocation_id=address.id,
            tags=scope.named(f"nat-{letter}"),
            opts=pulumi.ResourceOptions(parent=scope.parent, depends_on=[*internet, zone.public.association]),
        )
        return Nat(gateway, address)

    return {letter: nat(letter, zone) for letter, zone in zones.items()}


def interface_endpoints(
    scope: Scope, vpc: aws.ec2.Vpc, region: str, services: Sequence[str], subnets: Sequence[aws.ec2.Subnet]
) -> list[aws.ec2.VpcEndpoint]:
    """Make an endpoint with private DNS for each service, behind one security group.

    Where services allow it, only identities of this account get through: credentials of another account, brought
    onto a server, carry nothing away by them.
    """
    if not services:
        return []
    child = pulumi.ResourceOptions(parent=scope.parent)
    group = aws.ec2.SecurityGroup(
        f"{scope.name}-endpoints",
        description=f"Interface endpoints of {scope.name}",
        vpc_id=vpc.id,
        tags=scope.named("endpoints"),
        opts=child,
    )
    https = aws.vpc.SecurityGroupIngressRule(
        f"{scope.name}-endpoints-https",
        security_group_id=group.id,
        description="HTTPS from the network",
        cidr_ipv4=vpc.cidr_block,
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        tags=scope.tags,
        opts=child,
    )
    account = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(parent=scope.parent)).account_id
    ours = pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "*",
                    "Resource": "*",
                    "Condition": {"StringEquals": {"aws:PrincipalAccount": account}},
                }
            ],
        }
    )
    return [
        aws.ec2.VpcEndpoint(
            f"{scope.name}-endpoint-{service}",
            vpc_id=vpc.id,
            vpc_endpoint_type="Interface",
            service_name=f"com.amazonaws.{region}.{service}",
            private_dns_enabled=True,
            subnet_ids=[subnet.id for subnet in subnets],
            security_group_ids=[group.id],
            policy=ours if service in _WITH_POLICY else None,
            tags=scope.named(f"endpoint-{service}"),
            # Private DNS takes effect at once: the name must not point where nobody may connect.
            opts=pulumi.ResourceOptions(parent=scope.parent, depends_on=[https]),
        )
        for service in services
    ]


def after(value: pulumi.Output[str], *resources: pulumi.Resource) -> pulumi.Output[str]:
    """Return *value* so that what uses it is made after *resources* and deleted before them.

    It waits for their URNs, which a preview knows too: the value does not become unknown by waiting.
    """
    known = pulumi.Output.all(value, *(resource.urn for resource in resources))
    return known.apply(lambda values: str(values[0]))
