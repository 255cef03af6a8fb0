"""The load balancer: what the world reaches, and what it may reach."""

from collections.abc import Mapping
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from .._passage import End, passage
from .access_logs import AccessLogs
from .context import Context
from .shapes import Site, WebTierArgs

# Hybrid post-quantum key exchange with TLS 1.3 and 1.2 for those who lack it: what AWS recommends (Elastic Load
# Balancing user guide, "Security policies for your Application Load Balancer").
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"

ANYWHERE = "0.0.0.0/0"

# Half of what preload lists ask for, and no promise for names below the site's.
HSTS = "max-age=31536000"


class Front(NamedTuple):
    """A load balancer and the target groups that the fleet registers with."""

    balancer: aws.lb.LoadBalancer
    target_group: aws.lb.TargetGroup
    others: Mapping[str, aws.lb.TargetGroup]
    """Further ports of the servers, by key."""
    security_group_id: pulumi.Output[str]
    paths: list[pulumi.Resource]
    """The rules that let requests through to the servers."""

    @property
    def target_group_arns(self) -> list[pulumi.Output[str]]:
        """All target groups that a server is registered with."""
        return [group.arn for group in (self.target_group, *self.others.values())]


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
    # The site's port by its role, the others by their number: what stands is not made anew when others come.
    further = sorted({other["port"] for other in site.get("target_groups", ())} - {port})
    ways = {"": port, **{f"-{number}": number for number in further}}
    paths = [rule for suffix, number in ways.items() for rule in _way(context, group.id, servers, suffix, number)]
    balancer = aws.lb.LoadBalancer(
        f"{name}-alb",
        load_balancer_type="application",
        internal=False,
        ip_address_type="ipv4",
        subnets=list(args["public_subnet_ids"]),
        security_groups=[group.id],
        drop_invalid_header_fields=True,
        desync_mitigation_mode="defensive",
        idle_timeout=site.get("idle_timeout_seconds", 60),
        enable_deletion_protection=not context.disposable,
        access_logs={"bucket": logs.bucket, "enabled": True},
        tags={"Name": name, **tags},
        # AWS writes a test file when logs are switched on; it must already be allowed to.
        opts=pulumi.ResourceOptions.merge(context.child(after=logs.ready), _reserved(args)),
    )
    check = site.get("health_check_path", "/")
    main = _target_group(context, args, "target", context.name, port, check)
    others = dict[str, aws.lb.TargetGroup]()
    for other in site.get("target_groups", ()):
        key, path = other["name"], other.get("health_check_path", check)
        others[key] = _target_group(context, args, f"to-{key}", f"{context.name}-{key}", other["port"], path)
    return Front(balancer, main, others, group.id, paths)


def _reserved(args: WebTierArgs) -> pulumi.ResourceOptions:
    """Leave the reserved capacity to windows that have a say in it: to the provider, none declared is none wanted."""
    windows = args.get("fleet", {}).get("windows", ())
    reserving = any("load_balancer_capacity_units" in window for window in windows)
    return pulumi.ResourceOptions(ignore_changes=["minimumLoadBalancerCapacity"] if reserving else None)


def _way(
    context: Context, balancers: pulumi.Input[str], servers: pulumi.Input[str], suffix: str, port: int
) -> list[pulumi.Resource]:
    """Let requests out of the security group *balancers* and into *servers* on *port*."""
    return passage(
        End(f"{context.name}-alb-out{suffix}", balancers, "to the servers"),
        End(f"{context.name}-server-in{suffix}", servers, "from the load balancer"),
        port,
        context.tags,
        context.child(),
    )


def _target_group(  # noqa: PLR0913, PLR0917
    context: Context, args: WebTierArgs, role: str, tag: str, port: int, health_check_path: str
) -> aws.lb.TargetGroup:
    site = args.get("site", Site())
    return aws.lb.TargetGroup(
        f"{context.name}-{role}",
        vpc_id=args["vpc_id"],
        target_type="instance",
        protocol="HTTP",
        port=port,
        # Pages of such sites differ a lot in what they cost: the next one goes to whoever has the fewest at work. It
        # excludes slow start (Elastic Load Balancing user guide, "Slow start mode"), which a new server, with nothing
        # at work, would need to be spared.
        load_balancing_algorithm_type="least_outstanding_requests",
        # Longer than a page takes, and not as long as AWS's 300 seconds, by which every replaced server would wait.
        deregistration_delay=site.get("deregistration_delay_seconds", 60),
        # Said either way: left out, it stays as it was.
        stickiness=_stickiness(site),
        health_check={
            "enabled": True,
            "protocol": "HTTP",
            "port": "traffic-port",
            "path": health_check_path,
            "matcher": site.get("health_check_matcher", "200-399"),
            "interval": 15,
            "timeout": 5,
            "healthy_threshold": 2,  # in service half a minute after it answers
            "unhealthy_threshold": 3,  # one slow page more than bad luck
        },
        tags={"Name": tag, **context.tags},
        opts=context.child(),
    )


def _stickiness(site: Site) -> aws.lb.TargetGroupStickinessArgsDict:
    seconds, cookie = site.get("sticky_seconds"), site.get("sticky_cookie")
    if seconds is None:
        return {"enabled": False, "type": "lb_cookie"}
    if cookie is None:
        return {"enabled": True, "type": "lb_cookie", "cookie_duration": seconds}
    return {"enabled": True, "type": "app_cookie", "cookie_name": cookie, "cookie_duration": seconds}


def listener(context: Context, made: Front, site: Site, certificate_arn: pulumi.Input[str] | None) -> aws.lb.Listener:
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
        routing_http_response_strict_transport_security_header_value=site.get("strict_transport_security", HSTS),
        default_actions=[forward],
        tags=tags,
        opts=child,
    )
