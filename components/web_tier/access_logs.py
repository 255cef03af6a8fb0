"""Where the load balancer's access logs go."""

from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from .._bucket import expire, private_bucket
from .context import Context


class AccessLogs(NamedTuple):
    """The bucket, and what must be in place before a load balancer may write to it."""

    bucket: pulumi.Output[str]
    ready: list[pulumi.Resource]


def access_logs(context: Context, retention_days: int) -> AccessLogs:
    """Make the bucket, encrypted with S3's own keys: load balancers can write to no others.

    It is versioned, so that who may write logs, or delete them, cannot make them vanish at once. It does not log its
    own access: that would never end (S3.9).
    """
    name = f"{context.name}-logs"
    account = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(parent=context.tier)).account_id
    made = private_bucket(
        name,
        context.tier,
        disposable=context.disposable,
        rules=expire(retention_days),
        statements=lambda arn: [
            {
                # One principal for all regions; the accounts per region that older policies name are its forerunners
                # (Elastic Load Balancing user guide, "Enable access logs for your Application Load Balancer"). The
                # account in the path is what that page limits the writers by; it names no condition keys.
                "Sid": "AllowLoadBalancerLogs",
                "Effect": "Allow",
                "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": pulumi.Output.format("{}/AWSLogs/{}/*", arn, account),
            }
        ],
        tags=context.tags,
        formerly={"access": f"{name}-private", "lifecycle": f"{name}-expiry"},
    )
    return AccessLogs(made.bucket.bucket, made.settings)
