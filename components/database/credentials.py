"""The master user's password, and the secret that hands it out."""

import json
from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from .scope import Scope


def password(scope: Scope) -> pulumi.Output[str]:
    """Make one up: another at every run, of which the instance keeps the first.

    Letters and digits: nothing that RDS refuses and nothing to escape in addresses, shells and configuration files;
    40 of the 41 characters that RDS allows for MySQL.
    """
    made_up = aws.secretsmanager.get_random_password_output(
        password_length=40,
        exclude_punctuation=True,
        require_each_included_type=True,
        opts=pulumi.InvokeOptions(parent=scope.parent),
    )
    return pulumi.Output.secret(made_up.random_password)


def secret(
    scope: Scope,
    credentials: Mapping[str, object],
    *,
    keeps_password: bool = False,
    kept_by_function: bool = False,
    version: str = "credentials-version",
) -> pulumi.Output[str]:
    """Keep the *credentials* as JSON; the ARN is returned once they are in.

    With *keeps_password* the password is the one that the secret holds already. *kept_by_function* says that a function
    brings it up to date: what is composed here is what the secret starts with, and never written over what a rotation
    put there. Then another password, of another database, needs another name of the *version*.

    The keys are those that the rotation functions of AWS expect, with the reader beside them (Secrets Manager user
    guide, reference_secret_json_structure).
    """
    holder = aws.secretsmanager.Secret(
        f"{scope.name}-credentials",
        description=f"How to connect to {scope.name}",
        recovery_window_in_days=0 if scope.disposable else 30,
        tags=scope.tags,
        opts=scope.stateful(),
    )
    if keeps_password:
        there = aws.secretsmanager.get_secret_version_output(
            secret_id=holder.id, opts=pulumi.InvokeOptions(parent=scope.parent)
        )
        known = pulumi.Output.secret(there.secret_string)
        credentials = {**credentials, "password": known.apply(lambda text: json.loads(text)["password"])}
    made = aws.secretsmanager.SecretVersion(
        f"{scope.name}-{version}",
        secret_id=holder.id,
        secret_string=pulumi.Output.secret(pulumi.Output.json_dumps(credentials)),
        opts=pulumi.ResourceOptions.merge(
            scope.child(),
            pulumi.ResourceOptions(ignore_changes=["secretString", "versionStages"] if kept_by_function else []),
        ),
    )
    return pulumi.Output.all(holder.arn, made.id).apply(lambda both: both[0])
