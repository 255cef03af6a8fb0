"""The master user's password, and the secret that hands it out."""

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


def secret(scope: Scope, credentials: Mapping[str, object]) -> pulumi.Output[str]:
    """Keep the *credentials* as JSON; the ARN is returned once they are in.

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
    version = aws.secretsmanager.SecretVersion(
        f"{scope.name}-credentials-version",
        secret_id=holder.id,
        secret_string=pulumi.Output.secret(pulumi.Output.json_dumps(credentials)),
        opts=scope.child(),
    )
    return pulumi.Output.all(holder.arn, version.id).apply(lambda both: both[0])
