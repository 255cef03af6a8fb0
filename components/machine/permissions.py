"""What a machine's role may do: statements gathered, checked and written as a policy."""

import re
from collections.abc import Sequence
from typing import Any

import pulumi

from .._args import InvalidArgs
from .._mounts import Connection, Mount, PolicyStatement
from .parts import CloudWatchSpec, Lifecycle
from .preparation.reporting import NAMESPACE

_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+\*?")
_SECRET = re.compile(r"arn:[a-z-]+:secretsmanager:[^*?]+")


def check_permissions(
    component: str, statements: Sequence[tuple[str, PolicyStatement]], secret_arns: Sequence[object]
) -> None:
    """Raise `InvalidArgs` for permissions that are empty or far wider than a use."""
    for i, arn in enumerate(secret_arns):
        if isinstance(arn, str) and not _SECRET.fullmatch(arn):
            raise InvalidArgs(
                f"{component}: secret_arns[{i}] must be the ARN of one secret in Secrets Manager, got {arn!r}"
            )
    for field, statement in statements:
        for part, values in (("actions", statement["actions"]), ("resources", statement["resources"])):
            if not values or "" in [v for v in values if isinstance(v, str)]:
                raise InvalidArgs(f"{component}: {field}.{part} must not be empty")
        for action in statement["actions"]:
            if not _ACTION.fullmatch(action):
                raise InvalidArgs(
                    f"{component}: {field}.actions must be named, without * for a whole service, got {action!r}"
                )


def gathered(
    statements: Sequence[PolicyStatement],
    mounts: Sequence[Mount],
    connections: Sequence[Connection],
    secret_arns: Sequence[pulumi.Input[str]],
) -> list[tuple[str, PolicyStatement]]:
    """Return what the role must be allowed, each with the argument that asks for it."""
    found = [(f"statements[{i}]", s) for i, s in enumerate(statements)]
    for i, mount in enumerate(mounts):
        found += [(f"mounts[{i}].statements[{j}]", s) for j, s in enumerate(mount.get("statements", ()))]
    for i, connection in enumerate(connections):
        found += [(f"connections[{i}].statements[{j}]", s) for j, s in enumerate(connection.get("statements", ()))]
    if secret_arns:
        read = PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=secret_arns)
        found.append(("secret_arns", read))
    return found


def of_lifecycle(lifecycle: Lifecycle, partition: pulumi.Input[str]) -> list[PolicyStatement]:
    """Return what it takes to complete the hooks of the group, whose name is known but for its end."""
    group = pulumi.Output.format(
        "arn:{0}:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/{1}", partition, lifecycle["group_pattern"]
    )
    hooks = ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"]
    return [
        {"actions": hooks, "resources": [group]},
        {"actions": ["autoscaling:DescribeAutoScalingInstances"], "resources": ["*"]},  # it knows no narrower one
    ]


def of_agent(reported: CloudWatchSpec, log_group_arn: pulumi.Output[str]) -> list[PolicyStatement]:
    """Return what the CloudWatch agent does: a good deal less than CloudWatchAgentServerPolicy allows."""
    found: list[PolicyStatement] = [
        {
            "actions": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            "resources": [log_group_arn, pulumi.Output.concat(log_group_arn, ":*")],
        }
    ]
    if reported.get("metrics", True):
        own = {"StringEquals": {"cloudwatch:namespace": NAMESPACE}}
        found.append({"actions": ["cloudwatch:PutMetricData"], "resources": ["*"], "conditions": own})
        # By its tags the agent knows the server's group.
        found.append({"actions": ["ec2:DescribeTags"], "resources": ["*"]})
    return found


def allowed(statement: PolicyStatement) -> dict[str, Any]:
    """Return a statement by the names of an IAM policy."""
    allowed: dict[str, Any] = {"Action": [*statement["actions"]], "Resource": [*statement["resources"]]}
    if "conditions" in statement:
        allowed["Condition"] = statement["conditions"]
    return allowed


def policy(statements: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the policy document that allows what *statements* name."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **s} for s in statements]}
