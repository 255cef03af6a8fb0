"""The load balancer: what the world reaches, and what it may reach."""

from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from .access_logs import AccessLogs
from .context import Context
from .shapes import Site, WebTierArgs

# Hybrid post-quantum key exchange with TLS 1.3 and 1.2 for those who lack it: what AWS recommends (Elastic Load
# Balancing user guide, "Security policies for your Application Load Balancer").
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"

ANYWHERE = "0.0.0.0/0"


class Front(NamedTuple):
    """A load balancer and the target group that the fleet registers with."""

    balancer: aws.lb.LoadBalancer
    target_group: aws.lb.TargetGroup
    security_group_id: pulumi.Output[str]
    paths: list[pulumi.Resource]
    """The rules that let requests through to the servers."""


def front(context: Context, args: WebTierArgs, servers: pulumi.Input[str], logs: AccessLogs, *, secure: bool) -> Front:
    """Make the load balancer, its security group, the way to the security group *servers*, and the target group."""
    name, child, tags = context.name, context.child(), context.tags
    vpc_id, site = args["vpc_id"], args.get("site", Site())
    port = site.get("port", 80)
    group = aws.ec2.SecurityGroup(
        f"{name}-alb-sg",
        vpc_id=vpc_id,
        description="Load balancer: in from everywhere, out to the servers",  # a change replaces it
        tags={"Name": f"{name}-alb", **tags},
        opts=child,
    )
    for scheme, public_port in (("http", 80), ("https", 443))[: 1 + secure]:
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-alb-in-{scheme}",
            security_group_id=group.id,
            description=f"{scheme} from everywhere",
            cidr_ipv4=ANYWHERE,
            ip_protocol="tcp",
            from_port=public_port,
            to_port=public_port,
            tags=tags,
            opts=child,
        )
    out = aws.vpc.SecurityGroupEgressRule(
        f"{name}-alb-out",
        security_group_id=group.id,
        description="to the servers",
        referenced_security_group_id=servers,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        tags=tags,
        opts=child,
    )
    into = aws.vpc.SecurityGroupIngressRule(
        f"{name}-server-in",
        security_group_id=servers,
        description="from the load balancer",
        referenced_security_group_id=group.id,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        tags=tags,
        opts=child,
    )
    balancer = aws.lb.LoadBalancer(
        f"{name}-alb",
        load_balancer_type="application",
        internal=False,
        ip_address_type="ipv4",
        subnets=list(args["public_subnet_ids"]),
        security_groups=[group.id],
        drop_invalid_header_fields=True,
        desync_mitigation_mode="defensive",
        enable_deletion_protection=not context.disposable,
        access_logs={"bucket": logs.bucket, "enabled": True},
        tags={"Name": name, **tags},
        # AWS writes a test file when logs are switched on; it must already be allowed to.
        opts=context.child(after=logs.ready),
    )
    return Front(balancer, _target_group(context, vpc_id, site), group.id, [out, into])


def _target_group(context: Context, vpc_id: pulumi.Input[str], site: Site) -> aws.lb.TargetGroup:
    return aws.lb.TargetGroup(
        f"{context.name}-target",
        vpc_id=vpc_id,
        target_type="instance",
        protocol="HTTP",
        port=site.get("port", 80),
        # Pages of such sites differ a lot in what they cost: the next one goes to whoever has the fewest at work.
        load_balancing_algorithm_type="least_outstanding_requests",
        # Longer than a page takes, and not as long as AWS's 300 seconds, by which every replaced server would wait.
        deregistration_delay=60,
        health_check={
            "enabled": True,
            "protocol": "HTTP",
            "port": "traffic-port",
            "path": site.get("health_check_path", "/"),
            "matcher": site.get("health_check_matcher", "200-399"),
            "interval": 15,
            "timeout": 5,
            "healthy_threshold": 2,  # in service half a minute after it answers
            "unhealthy_threshold": 3,  # one slow page more than bad luck
        },
        tags={"Name": context.name, **context.tags},
        opts=context.child(),
    )


def listener(context: Context, made: Front, certificate_arn: pulumi.Input[str] | None) -> aws.lb.Listener:
    """Make the listeners; return the one that forwards to the servers."""
    name, child, tags = context.name, context.child(), context.tags
    forward: aws.lb.ListenerDefaultActionArgsDict = {
        "type": "forward",
        "target_group_arn": made.target_group.arn,
    }
    if certificate_arn is None:
        return aws.lb.Listener(
            f"{name}-http",
            load_balancer_arn=made.balancer.arn,
            port=80,
            protocol="HTTP",
            default_actions=[forward],
            tags=tags,
            opts=child,
        )
    aws.lb.Listener(
        f"{name}-http",
        load_balancer_arn=made.balancer.arn,
        port=80,
        protocol="HTTP",
        default_actions=[
            {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"}}
        ],
        tags=tags,
        opts=child,
    )
    return aws.lb.Listener(
        f"{name}-https",
        load_balancer_arn=made.balancer.arn,
        port=443,
        protocol="HTTPS",
        ssl_policy=TLS_POLICY,
        certificate_arn=certificate_arn,
        default_actions=[forward],
        tags=tags,
        opts=child,
    )
