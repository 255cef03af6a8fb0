"""When a secret gets another password."""

import pulumi
import pulumi_aws as aws

from .._function import Made
from .scope import Scope


def rotate(  # noqa: PLR0913, PLR0917
    scope: Scope,
    made: Made,
    part: str,
    secret_arn: pulumi.Input[str],
    days: int,
    after: pulumi.Resource,
) -> None:
    """Let Secrets Manager call the function for a secret every so many *days*, but not at once.

    What is there is new, and servers that start meanwhile need not fetch it twice; Secrets Manager tries the step
    `testSecret` instead.
    """
    permission = aws.lambda_.Permission(
        f"{scope.name}-{part}-rotation-permission",
        action="lambda:InvokeFunction",
        function=made.function.name,
        principal="secretsmanager.amazonaws.com",
        source_account=aws.get_caller_identity_output(opts=pulumi.InvokeOptions(parent=scope.parent)).account_id,
        source_arn=secret_arn,
        opts=scope.child(),
    )
    aws.secretsmanager.SecretRotation(
        f"{scope.name}-{part}-rotation",
        secret_id=secret_arn,
        rotation_lambda_arn=made.function.arn,
        rotation_rules={"automatically_after_days": days},
        rotate_immediately=False,
        opts=pulumi.ResourceOptions(parent=scope.parent, depends_on=[permission, after]),
    )
