"""Who reaches a database over the network."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from .scope import Scope


def security_group(
    scope: Scope, vpc_id: pulumi.Input[str], port: int, allowed: Sequence[pulumi.Input[str]]
) -> aws.ec2.SecurityGroup:
    """Let the *allowed* groups in, and nothing out: a database starts no connections."""
    group = aws.ec2.SecurityGroup(
        f"{scope.name}-security-group",
        region=scope.region,
        vpc_id=vpc_id,
        description="MySQL database",
        # Rules in line would remove those that machines bring. Without any the provider leaves no egress rule.
        tags={"Name": f"{scope.name}-security-group", **scope.tags},
        opts=scope.child(),
    )
    for number, peer in enumerate(allowed, 1):
        aws.vpc.SecurityGroupIngressRule(
            f"{scope.name}-ingress-{number}",
            region=scope.region,
            security_group_id=group.id,
            referenced_security_group_id=peer,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description="MySQL",
            tags=scope.tags,
            opts=scope.child(),
        )
    return group
