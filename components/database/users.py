"""The users of a database: their secrets, and the calls of the function that makes them."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from .._function import Made
from .._mounts import PolicyStatement
from .rotation import rotate
from .scope import Scope
from .sql_function import Reached, users_function
from .user_checks import User, Users


class Known(NamedTuple):
    """What is known of a database."""

    credentials: Mapping[str, object]
    """What the master's secret starts with."""
    master_secret_arn: pulumi.Output[str]
    resource_ids: Sequence[pulumi.Input[str]]
    """What IAM calls the instances, or the cluster; `*` for those that come and go."""


class Login(NamedTuple):
    """How a machine logs in."""

    secret_arn: pulumi.Output[str]
    statements: Sequence[PolicyStatement] = ()
    """What its role must be allowed beyond the secret."""


def keep_users(scope: Scope, users: Users, reached: Reached, known: Known) -> dict[str, Login]:
    """Make the users, and the secrets that hold how to log in, which are handed out once something is in them."""
    if not users.function:
        return {}
    connection = {key: value for key, value in known.credentials.items() if key not in {"username", "password"}}
    secrets = {
        user.name: aws.secretsmanager.Secret(
            f"{scope.name}-user-{user.name}",
            description=f"How {user.name} connects to {scope.name}",
            # Nothing that cannot be made again: the function puts another password into another secret.
            recovery_window_in_days=0 if scope.disposable else 30,
            tags=scope.tags,
            opts=scope.child(),
        )
        for user in users.users
    }
    made = users_function(
        scope,
        reached,
        known.master_secret_arn,
        [secret.arn for secret in secrets.values()],
        users.authorities,
    )
    pointed = aws.lambda_.Invocation(
        f"{scope.name}-users-master",
        function_name=made.function.name,
        input=pulumi.Output.json_dumps({"connection": connection}),
        triggers={"address": reached.address},
        opts=_child(scope, made.ready),
    )
    declared = {
        user.name: _declare(scope, made, user, secrets[user.name].arn, reached, connection) for user in users.users
    }
    if users.rotation_days:
        rotate(scope, made, "users-master", known.master_secret_arn, users.rotation_days, pointed)
        for user in users.users:
            if not user.iam:
                arn, after = secrets[user.name].arn, declared[user.name]
                rotate(scope, made, f"user-{user.name}", arn, users.rotation_days, after)
    return {
        user.name: Login(
            pulumi.Output.all(secrets[user.name].arn, declared[user.name].id).apply(lambda both: both[0]),
            [_token_statement(user.name, known.resource_ids, scope.parent)] if user.iam else [],
        )
        for user in users.users
    }


def _token_statement(user: str, resource_ids: Sequence[pulumi.Input[str]], parent: pulumi.Resource) -> PolicyStatement:
    """Return what lets somebody log in as *user* with tokens of IAM, at the instances or the cluster of these ids.

    RDS user guide, UsingWithRDS.IAMDBAuth.IAMPolicy.
    """
    invoke = pulumi.InvokeOptions(parent=parent)
    partition = aws.get_partition_output(opts=invoke).partition
    region = aws.get_region_output(opts=invoke).region
    account = aws.get_caller_identity_output(opts=invoke).account_id
    return PolicyStatement(
        actions=["rds-db:connect"],
        resources=[
            pulumi.Output.format("arn:{0}:rds-db:{1}:{2}:dbuser:{3}/{4}", partition, region, account, id_, user)
            for id_ in resource_ids
        ],
    )


def _declare(  # noqa: PLR0913, PLR0917
    scope: Scope,
    made: Made,
    user: User,
    secret_arn: pulumi.Output[str],
    reached: Reached,
    connection: Mapping[str, object],
) -> aws.lambda_.Invocation:
    """Let the function make *user*, and lock it on the day when it is no more in the program.

    Two calls, since the provider takes an update that failed for done, and would not ask again (provider, issue
    43447). What is declared is a call for good: a change of it is another one, which is asked for until it succeeds.
    The other does nothing until it is deleted. It is never made anew beside the old one, which would lock the user.
    """
    removal = aws.lambda_.Invocation(
        f"{scope.name}-user-{user.name}-removal",
        function_name=made.function.name,
        input=json.dumps({"disposable": scope.disposable, "remove": user.name}),
        lifecycle_scope="CRUD",
        opts=_child(scope, made.ready, first=True),
    )
    declared = {
        "name": user.name,
        "iam": user.iam,
        "privileges": user.privileges,
        "databases": user.databases,
        "secret": secret_arn,
    }
    # Tokens of IAM are for the instance's own name, not for ours.
    where = {**connection, "address": reached.address} if user.iam else connection
    return aws.lambda_.Invocation(
        f"{scope.name}-user-{user.name}-declared",
        function_name=made.function.name,
        input=pulumi.Output.json_dumps({"user": declared, "connection": where}),
        triggers={"address": reached.address},
        opts=_child(scope, [removal]),
    )


def _child(scope: Scope, after: Sequence[pulumi.Resource], *, first: bool = False) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(parent=scope.parent, depends_on=list(after), delete_before_replace=first or None)
