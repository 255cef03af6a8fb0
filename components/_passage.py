"""The way from one security group to another: a rule on either side."""

from collections.abc import Mapping
from typing import NamedTuple

import pulumi
import pulumi_aws as aws


class End(NamedTuple):
    """One side of the way."""

    rule: str
    """Logical name of its rule."""
    security_group_id: pulumi.Input[str]
    description: str


def passage(
    out: End, into: End, port: int, tags: Mapping[str, pulumi.Input[str]], opts: pulumi.ResourceOptions
) -> list[pulumi.Resource]:
    """Let TCP to *port* out of one security group and into the other, and nothing else."""
    return [
        aws.vpc.SecurityGroupEgressRule(
            out.rule,
            security_group_id=out.security_group_id,
            description=out.description,
            referenced_security_group_id=into.security_group_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            tags=tags,
            opts=opts,
        ),
        aws.vpc.SecurityGroupIngressRule(
            into.rule,
            security_group_id=into.security_group_id,
            description=into.description,
            referenced_security_group_id=out.security_group_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            tags=tags,
            opts=opts,
        ),
    ]
