"""What the server's role is allowed: its own volumes, its own addresses, its own name."""

from collections.abc import Sequence

import pulumi

from .._mounts import PolicyStatement
from .._volume_mount import INSTANCE_TAG

OWNER_TAG = "elasticweb:nfs"
"""On every volume and snapshot of a server, whichever generation, and on its groups (nfs_cloud.py)."""


def statements(
    identity: str,
    prefix: pulumi.Output[str],
    zone_arn: pulumi.Input[str],
    interfaces: Sequence[pulumi.Input[str]],
    kms_key_arn: pulumi.Input[str] | None,
) -> list[PolicyStatement]:
    """Return the statements; *prefix* is `arn:PARTITION:ec2:REGION:ACCOUNT`."""
    volumes, snapshots, instances = (
        pulumi.Output.concat(prefix, f":{kind}/*") for kind in ("volume", "snapshot", "instance")
    )
    public = prefix.apply(lambda arn: ":".join([*arn.split(":")[:4], "", "snapshot/*"]))  # snapshots name no account
    own = {"StringEquals": {f"aws:ResourceTag/{OWNER_TAG}": identity}}
    made = {"StringEquals": {f"aws:RequestTag/{OWNER_TAG}": identity}}
    me = {"StringEquals": {f"aws:ResourceTag/{INSTANCE_TAG}": identity}}
    found: list[PolicyStatement] = [
        {
            "actions": ["ec2:AttachVolume", "ec2:ModifyVolume", "ec2:CreateSnapshot", "ec2:CreateTags"],
            "resources": [volumes],
            "conditions": own,
        },
        {"actions": ["ec2:AttachVolume", "ec2:AttachNetworkInterface"], "resources": [instances], "conditions": me},
        {"actions": ["ec2:AttachNetworkInterface"], "resources": list(interfaces)},
        {"actions": ["ec2:CreateVolume"], "resources": [volumes], "conditions": made},
        {"actions": ["ec2:CreateSnapshot"], "resources": [public], "conditions": made},
        {"actions": ["ec2:CreateVolume"], "resources": [public, snapshots]},
        *(
            PolicyStatement(
                actions=["ec2:CreateTags"],
                resources=[resource],
                conditions={"StringEquals": {"ec2:CreateAction": action}},
            )
            for resource, action in ((volumes, "CreateVolume"), (public, "CreateSnapshot"))
        ),
        # EC2 and CloudWatch know no narrower ones.
        {
            "actions": [
                *("ec2:DescribeVolumes", "ec2:DescribeSnapshots", "ec2:DescribeNetworkInterfaces"),
                "cloudwatch:GetMetricStatistics",
            ],
            "resources": ["*"],
        },
        {
            "actions": ["cloudwatch:PutMetricData"],
            "resources": ["*"],
            "conditions": {"StringEquals": {"cloudwatch:namespace": "elasticweb/nfs"}},
        },
        {"actions": ["route53:ListResourceRecordSets", "route53:ChangeResourceRecordSets"], "resources": [zone_arn]},
        {"actions": ["autoscaling:TerminateInstanceInAutoScalingGroup"], "resources": ["*"], "conditions": own},
    ]
    if kms_key_arn is not None:
        # EBS user guide, "IAM permissions for Amazon EBS encryption": to make and attach volumes with a key.
        keyed = ["kms:DescribeKey", "kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncrypt*"]
        found.append({"actions": keyed, "resources": [kms_key_arn]})
        granted = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        found.append({"actions": ["kms:CreateGrant"], "resources": [kms_key_arn], "conditions": granted})
    return found
