"""The function that speaks SQL with a database: in its network, let in by its security group."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from .._function import Code, Made, Owner, Running, function
from .._passage import End, passage
from ..functions import users as code
from .scope import Scope

_FOLDER = Path(code.__file__).parent
_SHIPPED = "functions/users"
_ROOTS = "rds-roots.pem"
_HTTPS = 443


class Reached(NamedTuple):
    """How a function reaches a database."""

    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    """With a way to Secrets Manager."""
    security_group_id: pulumi.Input[str]
    """The database's."""
    address: pulumi.Input[str]
    """The name that the server's certificate is for, and that leads to where is written."""
    port: int
    log_retention_days: int
    """Of the function's log; 0 is for ever."""


def users_function(
    scope: Scope,
    reached: Reached,
    master_secret_arn: pulumi.Input[str],
    secret_arns: Sequence[pulumi.Input[str]],
    authorities: str | None,
) -> Made:
    """Make the function; it may use these secrets and nothing else."""
    group = aws.ec2.SecurityGroup(
        f"{scope.name}-users-security-group",
        vpc_id=reached.vpc_id,
        description=f"Function that keeps the users of {scope.name}",
        tags={"Name": f"{scope.name}-users-security-group", **scope.tags},
        opts=scope.child(),
    )
    rules = [
        *passage(
            End(f"{scope.name}-users-egress-database", group.id, "MySQL"),
            End(f"{scope.name}-users-ingress", reached.security_group_id, "Function that keeps the users"),
            reached.port,
            scope.tags,
            scope.child(),
        ),
        aws.vpc.SecurityGroupEgressRule(
            f"{scope.name}-users-egress-https",
            security_group_id=group.id,
            cidr_ipv4="0.0.0.0/0",
            ip_protocol="tcp",
            from_port=_HTTPS,
            to_port=_HTTPS,
            description="Secrets Manager",
            tags=scope.tags,
            opts=scope.child(),
        ),
    ]
    made = function(
        Owner(f"{scope.name}-users", scope.parent, scope.tags),
        f"Keeps the users of {scope.name} and their passwords",
        _code(authorities),
        [
            {
                "Effect": "Allow",
                "Action": [
                    "secretsmanager:DescribeSecret",
                    "secretsmanager:GetSecretValue",
                    "secretsmanager:PutSecretValue",
                    "secretsmanager:UpdateSecretVersionStage",
                ],
                "Resource": [master_secret_arn, *secret_arns],
            }
        ],
        Running(
            environment={
                "ADDRESS": reached.address,
                "PORT": str(reached.port),
                "MASTER_SECRET_ARN": master_secret_arn,
            },
            log_retention_days=reached.log_retention_days,
            vpc={"subnet_ids": reached.subnet_ids, "security_group_ids": [group.id]},
        ),
    )
    return made._replace(ready=[*made.ready, *rules])


def _code(authorities: str | None) -> Code:
    roots = authorities or (_FOLDER / _ROOTS).read_text(encoding="ascii")
    return Code(
        handler="functions.users.handler.handle",
        modules=[
            f"{_SHIPPED}/{module}.py"
            for module in ("accounts", "declared", "grants", "handler", "refused", "rotation", "server", "vault")
        ],
        packages=["pymysql"],
        texts={f"{_SHIPPED}/{_ROOTS}": roots},
    )
