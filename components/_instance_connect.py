"""The way in through an EC2 Instance Connect endpoint: SSH without a key pair and without a public address."""

from collections.abc import Mapping
from typing import TypedDict

import pulumi

from ._passage import End, passage

_SSH = 22


class InstanceConnect(TypedDict, total=False):
    """What parts hand on to the machine that they are made of."""

    instance_connect_security_group_id: pulumi.Input[str]
    """Security group of the endpoint."""


def handed_on(endpoint: pulumi.Input[str] | None) -> InstanceConnect:
    """Return the argument for a machine that the security group *endpoint* may reach; none where there is none."""
    return {} if endpoint is None else {"instance_connect_security_group_id": endpoint}


def let_in(
    name: str,
    parent: pulumi.Resource,
    endpoint: pulumi.Input[str],
    servers: pulumi.Input[str],
    tags: Mapping[str, pulumi.Input[str]],
) -> list[pulumi.Resource]:
    """Open SSH from the security group *endpoint* to that of *servers*, and nothing else.

    The endpoint keeps its own address (`preserve_client_ip` is off), so that security groups can name each other (EC2
    user guide, "Security groups for EC2 Instance Connect Endpoint"). Who may use it is a matter of IAM.
    """
    return passage(
        End(f"{name}-instance-connect-out", endpoint, "SSH to servers"),
        End(f"{name}-instance-connect-in", servers, "SSH from the EC2 Instance Connect endpoint"),
        _SSH,
        tags,
        pulumi.ResourceOptions(parent=parent),
    )
