"""What a machine may do: its role, and the instance profile that carries it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from .._mounts import PolicyStatement
from . import permissions


class Role(NamedTuple):
    """The role, as those who launch a machine know it."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    profile_arn: pulumi.Output[str]
    granted: Sequence[pulumi.Resource]
    """What it is allowed, to be there before the first server."""


def make_role(
    name: str,
    parent: pulumi.Resource,
    partition: pulumi.Input[str],
    statements: Sequence[PolicyStatement],
    tags: Mapping[str, pulumi.Input[str]],
) -> Role:
    """Make a role for Session Manager and *statements*."""
    child = pulumi.ResourceOptions(parent=parent)
    role = aws.iam.Role(
        f"{name}-role",
        description="Servers: Session Manager and what they are given",
        assume_role_policy=pulumi.Output.json_dumps(
            permissions.policy([{"Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}])
        ),
        tags=tags,
        opts=child,
    )
    granted: list[pulumi.Resource] = [
        aws.iam.RolePolicyAttachment(
            f"{name}-session-manager",
            role=role.name,
            policy_arn=pulumi.Output.format("arn:{}:iam::aws:policy/AmazonSSMManagedInstanceCore", partition),
            opts=child,
        )
    ]
    if statements:
        granted.append(
            aws.iam.RolePolicy(
                f"{name}-policy",
                role=role.name,
                policy=pulumi.Output.json_dumps(permissions.policy([permissions.allowed(s) for s in statements])),
                opts=child,
            )
        )
    profile = aws.iam.InstanceProfile(f"{name}-profile", role=role.name, tags=tags, opts=child)
    return Role(role.name, role.arn, profile.arn, granted)
