"""What every VPC of ours has for its safety: emptied defaults, a network ACL, flow logs."""

from collections.abc import Mapping
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from ._trust import on_behalf_of, trust

_WORLD = "0.0.0.0/0"

# By number, as AWS gives them back: a name would be a difference at every refresh.
_ANY, _ICMP, _TCP, _UDP = "-1", "1", "6", "17"

# SSH and RDP: CIS AWS Foundations 5.2 (EC2.21) wants no rule that lets the world in on them.
_CLOSED = (22, 3389)


class Scope(NamedTuple):
    """Whose children are made."""

    name: str
    tags: Mapping[str, pulumi.Input[str]]
    parent: pulumi.Resource

    def named(self, role: str) -> dict[str, pulumi.Input[str]]:
        """Return the tags of the child *role*, with the name that the console shows."""
        return {"Name": f"{self.name}-{role}", **self.tags}


def lock_defaults(scope: Scope, vpc: aws.ec2.Vpc, cidr_block: str) -> aws.ec2.DefaultSecurityGroup:
    """Leave nothing to what is attached nowhere in particular (EC2.2), and close 22 and 3389 (EC2.21).

    Every VPC comes with these three; the provider adopts them and removes the rules that are not listed.
    """
    child = pulumi.ResourceOptions(parent=scope.parent)
    aws.ec2.DefaultRouteTable(
        f"{scope.name}-default-routes",
        default_route_table_id=vpc.default_route_table_id,
        routes=[],
        tags=scope.named("default-routes"),
        opts=child,
    )
    aws.ec2.DefaultNetworkAcl(
        f"{scope.name}-default-acl",
        default_network_acl_id=vpc.default_network_acl_id,
        ingress=_acl_ingress(cidr_block),
        egress=[
            aws.ec2.DefaultNetworkAclEgressArgs(
                rule_no=100, action="allow", protocol=_ANY, from_port=0, to_port=0, cidr_block=_WORLD
            )
        ],
        tags=scope.named("default-acl"),
        # All subnets belong to it by default; listing them here would be a difference at every refresh.
        opts=pulumi.ResourceOptions(parent=scope.parent, ignore_changes=["subnetIds"]),
    )
    return aws.ec2.DefaultSecurityGroup(
        f"{scope.name}-default-security-group",
        vpc_id=vpc.id,
        ingress=[],
        egress=[],
        tags=scope.named("default-security-group"),
        opts=child,
    )


def flow_logs(scope: Scope, vpc: aws.ec2.Vpc, region: str, retention_days: int) -> None:
    """Record who talked to whom in the VPC (EC2.6)."""
    child = pulumi.ResourceOptions(parent=scope.parent)
    lookup = pulumi.InvokeOutputOptions(parent=scope.parent)
    account = aws.get_caller_identity_output(opts=lookup).account_id
    partition = aws.get_partition_output(opts=lookup).partition
    group = aws.cloudwatch.LogGroup(
        f"{scope.name}-flow-logs", retention_in_days=retention_days, tags=scope.tags, opts=child
    )
    role = aws.iam.Role(
        f"{scope.name}-flow-logs-role",
        description=f"Writes the flow logs of {scope.name}",
        assume_role_policy=trust(
            "vpc-flow-logs.amazonaws.com",
            on_behalf_of(account, pulumi.Output.format("arn:{}:ec2:{}:{}:vpc-flow-log/*", partition, region, account)),
        ),
        tags=scope.tags,
        opts=child,
    )
    policy = aws.iam.RolePolicy(
        f"{scope.name}-flow-logs-policy",
        role=role.name,
        policy=pulumi.Output.json_dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        # AWS's own example adds CreateLogGroup on everything. The group exists, and a late
                        # delivery must not bring it back after it was destroyed.
                        "Action": [
                            "logs:CreateLogStream",
                            "logs:DescribeLogGroups",
                            "logs:DescribeLogStreams",
                            "logs:PutLogEvents",
                        ],
                        "Resource": [group.arn, pulumi.Output.concat(group.arn, ":*")],
                    }
                ],
            }
        ),
        opts=child,
    )
    aws.ec2.FlowLog(
        f"{scope.name}-flow-log",
        vpc_id=vpc.id,
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_destination=group.arn,
        iam_role_arn=role.arn,
        tags=scope.named("flow-log"),
        opts=pulumi.ResourceOptions(parent=scope.parent, depends_on=[policy]),
    )


def _acl_ingress(cidr_block: str) -> list[aws.ec2.DefaultNetworkAclIngressArgs]:
    """Allow everything within the VPC and, from the world, all but SSH and RDP.

    A list of what is allowed, rather than two refusals before "allow all": auditors look at each rule alone.
    The price: a NAT gateway may take 3389 as the source port of a connection, once in some 64,000 times (the AWS
    documentation gives 1024-65535), and then the answer is dropped and the server has to try again.
    """
    rules = [_allow(100, _ANY, cidr_block, 0, 0)]
    for base, protocol in ((200, _TCP), (300, _UDP)):
        first = 0
        for step, closed in enumerate((*_CLOSED, 65536)):
            rules.append(_allow(base + 10 * step, protocol, _WORLD, first, closed - 1))
            first = closed + 1
    # Path MTU discovery needs ICMP; -1 is every type and code.
    rules.append(_allow(400, _ICMP, _WORLD, 0, 0))
    return rules


def _allow(
    rule_no: int, protocol: str, cidr_block: str, from_port: int, to_port: int
) -> aws.ec2.DefaultNetworkAclIngressArgs:
    icmp = -1 if protocol == _ICMP else None
    return aws.ec2.DefaultNetworkAclIngressArgs(
        rule_no=rule_no,
        action="allow",
        protocol=protocol,
        cidr_block=cidr_block,
        from_port=from_port,
        to_port=to_port,
        icmp_type=icmp,
        icmp_code=icmp,
    )
