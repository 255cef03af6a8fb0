"""The network, made or given."""

from typing import Annotated, Literal

from pydantic import Field

from .base import Model, Text


class Network(Model):
    """A network of the environment's own."""

    cidr_block: str = "10.0.0.0/16"
    """IPv4 range of the network, /16 to /21. Changing it replaces the network."""
    nat_gateways: Literal["none", "single", "one_per_zone"] = "single"
    """How private servers reach the internet; one_per_zone survives the loss of a zone."""
    interface_endpoints: list[Text] = []
    """AWS services reached without the internet, by short name, such as ssm or secretsmanager."""
    flow_logs: bool = True
    """Record accepted and refused connections in CloudWatch Logs."""
    flow_log_retention_days: int = 30
    """Days that flow logs are kept; one of the values that CloudWatch Logs knows."""
    instance_connect_endpoint: bool = False
    """SSH to servers through an EC2 Instance Connect endpoint, for whom IAM allows it."""


class ExistingNetwork(Model):
    """A network that is there already. The subnets are in the order of `zones`, one of each kind per zone."""

    vpc_id: Annotated[str, Field(pattern="^vpc-[0-9a-f]+$")]
    """The VPC. DNS hostnames and DNS support must be switched on in it."""
    public_subnet_ids: Annotated[list[str], Field(min_length=2)]
    """Subnets with a route to an internet gateway, for the load balancer."""
    private_subnet_ids: Annotated[list[str], Field(min_length=2)]
    """Subnets with a route out through NAT, for the servers."""
    isolated_subnet_ids: Annotated[list[str], Field(min_length=2)]
    """Subnets without a route to the internet, for the database."""
