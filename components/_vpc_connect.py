"""The network's EC2 Instance Connect endpoint."""

import pulumi
import pulumi_aws as aws

from ._vpc_baseline import Scope


def instance_connect(scope: Scope, vpc: aws.ec2.Vpc, subnet: aws.ec2.Subnet) -> pulumi.Output[str]:
    """Make the one endpoint that a VPC may have (EC2 user guide, "Quotas for EC2 Instance Connect Endpoint").

    It reaches servers in every zone. Its security group is empty: whoever is to be reached adds the rule.
    """
    child = pulumi.ResourceOptions(parent=scope.parent)
    group = aws.ec2.SecurityGroup(
        f"{scope.name}-instance-connect-sg",
        description=f"EC2 Instance Connect endpoint of {scope.name}",
        vpc_id=vpc.id,
        tags=scope.named("instance-connect"),
        opts=child,
    )
    aws.ec2transitgateway.InstanceConnectEndpoint(
        f"{scope.name}-instance-connect",
        subnet_id=subnet.id,
        security_group_ids=[group.id],
        # The provider's default is true, and then servers would have to let the users' own addresses in.
        preserve_client_ip=False,
        tags=scope.named("instance-connect"),
        opts=child,
    )
    return group.id
