"""RDS Proxy: keeps connections to the database open and hands them to clients in turn."""

from collections.abc import Sequence
from typing import NamedTuple, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from .._args import check_name, check_range
from .._passage import End, passage
from .._trust import trust
from .checks import Who
from .scope import Scope

PORT = 3306
"""The only port on which a proxy for MySQL listens, whatever the database's is (RDS user guide, "Limitations of RDS
Proxy for MySQL")."""

# MySQL 8.4 makes users with this plugin, and does without the older one unless it is told otherwise; so does a proxy
# (API, UserAuthConfig). It needs TLS from end to end, which is required on both sides.
_PLUGIN = "MYSQL_CACHING_SHA2_PASSWORD"

_MOST_SECRETS = 200  # RDS user guide, "Quotas and limitations for RDS Proxy"


class ProxySpec(TypedDict):
    """A proxy in front of the writer, for applications that open many connections: PHP, functions, big fleets.

    The writer's name leads to it, and clients log in as before: with TLS, and as one of the users whose secrets the
    database has. A failover of a Multi-AZ database then keeps their connections. Certificates are Amazon's own for the
    proxy's name: clients that verify the authority need Amazon's root certificates beside those of RDS.
    """

    idle_timeout_seconds: NotRequired[int]
    """Seconds, 1 to 28800, after which a client that says nothing is disconnected. Defaults to 1800."""

    max_connections_percent: NotRequired[int]
    """Share of the connections that the database can have which the proxy may open, 1 to 100. Defaults to 90: the rest
    is for administrators and for what goes to the instance itself."""

    max_idle_connections_percent: NotRequired[int]
    """Share of the connections that the database can have which the proxy keeps open though nobody uses them, 0 to
    `max_connections_percent`. Defaults to half of that."""

    borrow_timeout_seconds: NotRequired[int]
    """Seconds, 0 to 300, for which a client waits for a connection when all are taken, before it gets an error.
    Defaults to 30: a visitor has gone by then."""


class Proxied(NamedTuple):
    """What stands behind a proxy, and who comes to it."""

    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    """Group that lets clients in, to the proxy and to the instances."""
    secret_arns: Sequence[pulumi.Input[str]]
    """Secrets of the users who may log in: `username` and `password` as JSON."""
    instance_identifier: pulumi.Input[str] | None = None
    cluster_identifier: pulumi.Input[str] | None = None


class Proxy(NamedTuple):
    """A proxy."""

    name: pulumi.Output[str]
    address: pulumi.Output[str]
    """Where it answers once the database is behind it."""
    reader_address: pulumi.Output[str] | None
    """Where it leads to the readers of a cluster."""


def check_proxy(who: Who, name: str, spec: ProxySpec | None, port: int, users: int = 0) -> None:
    """Raise ``InvalidArgs`` for a proxy that cannot be, in front of a database with so many further *users*."""
    if spec is None:
        return
    check_name(who.component, f"{name}-proxy", 60, "an RDS proxy")  # 63, and three for its reader
    if port != PORT:
        raise who.refuse(
            "port",
            f"must be {PORT} with proxy, because a proxy for MySQL listens there only and writer and reader have one "
            f"port, got {port}",
        )
    if users + 1 > _MOST_SECRETS:
        raise who.refuse("users", f"must be at most {_MOST_SECRETS - 1} with proxy, got {users}")
    check_range(
        who.component, f"{who.key}.proxy.idle_timeout_seconds", spec.get("idle_timeout_seconds", 1800), 1, 28800
    )
    most = spec.get("max_connections_percent", 90)
    check_range(who.component, f"{who.key}.proxy.max_connections_percent", most, 1, 100)
    idle = spec.get("max_idle_connections_percent", most // 2)
    check_range(who.component, f"{who.key}.proxy.max_idle_connections_percent", idle, 0, most)
    check_range(
        who.component, f"{who.key}.proxy.borrow_timeout_seconds", spec.get("borrow_timeout_seconds", 30), 0, 300
    )


def proxy(scope: Scope, spec: ProxySpec, behind: Proxied, *, with_reader: bool = False) -> Proxy:
    """Make a proxy; *with_reader* it leads to the readers, too, as for Aurora only (API, CreateDBProxyEndpoint)."""
    name = scope.name
    groups = [_security_group(scope, behind).id, behind.security_group_id]
    role, permission = _role(scope, behind.secret_arns)
    made = aws.rds.Proxy(
        f"{name}-proxy",
        engine_family="MYSQL",
        require_tls=True,
        role_arn=role.arn,
        auths=[
            aws.rds.ProxyAuthArgs(
                auth_scheme="SECRETS",
                client_password_auth_type=_PLUGIN,
                iam_auth="DISABLED",
                secret_arn=arn,
            )
            for arn in behind.secret_arns
        ],
        idle_client_timeout=spec.get("idle_timeout_seconds", 1800),
        vpc_subnet_ids=list(behind.subnet_ids),
        vpc_security_group_ids=groups,
        tags=scope.tags,
        opts=pulumi.ResourceOptions.merge(scope.child(), pulumi.ResourceOptions(depends_on=[permission])),
    )
    most = spec.get("max_connections_percent", 90)
    pool = aws.rds.ProxyDefaultTargetGroup(
        f"{name}-proxy-pool",
        db_proxy_name=made.name,
        connection_pool_config=aws.rds.ProxyDefaultTargetGroupConnectionPoolConfigArgs(
            max_connections_percent=most,
            max_idle_connections_percent=spec.get("max_idle_connections_percent", most // 2),
            connection_borrow_timeout=spec.get("borrow_timeout_seconds", 30),
        ),
        opts=scope.child(),
    )
    target = aws.rds.ProxyTarget(
        f"{name}-proxy-target",
        db_proxy_name=made.name,
        target_group_name=pool.name,
        db_instance_identifier=behind.instance_identifier,
        db_cluster_identifier=behind.cluster_identifier,
        opts=scope.child(),
    )
    reader = _reader(scope, behind, made, groups) if with_reader else None
    return Proxy(made.name, _once(made.endpoint, target.id), _once(reader.endpoint, target.id) if reader else None)


def _once(address: pulumi.Output[str], known: pulumi.Output[str]) -> pulumi.Output[str]:
    """Return the *address* once something else is *known*, so that no name leads to a proxy with nothing behind it."""
    return pulumi.Output.all(address, known).apply(lambda both: both[0])


def _reader(
    scope: Scope, behind: Proxied, made: aws.rds.Proxy, groups: Sequence[pulumi.Input[str]]
) -> aws.rds.ProxyEndpoint:
    return aws.rds.ProxyEndpoint(
        f"{scope.name}-proxy-reader",
        db_proxy_name=made.name,
        # It has no name unless it is given one; the proxy's has random digits.
        db_proxy_endpoint_name=pulumi.Output.concat(made.name, "-ro"),
        target_role="READ_ONLY",
        vpc_subnet_ids=list(behind.subnet_ids),
        vpc_security_group_ids=list(groups),
        tags=scope.tags,
        opts=scope.child(),
    )


def _security_group(scope: Scope, behind: Proxied) -> aws.ec2.SecurityGroup:
    """Let the proxy, which has the clients' group as well, talk to the database and to nothing else."""
    group = aws.ec2.SecurityGroup(
        f"{scope.name}-proxy-security-group",
        vpc_id=behind.vpc_id,
        description="Proxy of the MySQL database",
        tags={"Name": f"{scope.name}-proxy-security-group", **scope.tags},
        opts=scope.child(),
    )
    passage(
        End(f"{scope.name}-proxy-egress", group.id, "MySQL"),
        End(f"{scope.name}-proxy-ingress", behind.security_group_id, "MySQL of the proxy"),
        PORT,
        scope.tags,
        scope.child(),
    )
    return group


def _role(scope: Scope, secret_arns: Sequence[pulumi.Input[str]]) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
    """Allow the proxy to read its users' secrets. They have the key of Secrets Manager, which needs no right."""
    role = aws.iam.Role(
        f"{scope.name}-proxy-role",
        description=f"Proxy of {scope.name}",
        assume_role_policy=trust("rds.amazonaws.com"),
        tags=scope.tags,
        opts=scope.child(),
    )
    reads = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": list(secret_arns)}
    permission = aws.iam.RolePolicy(
        f"{scope.name}-proxy-secrets",
        role=role.id,
        policy=pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [reads]}),
        opts=scope.child(),
    )
    return role, permission
