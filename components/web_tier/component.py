"""The web tier: servers that come and go with the load, behind one load balancer."""

import pulumi

from .._args import checked
from .._instance_connect import handed_on
from .._sources import storage_mounts
from ..machine import Machine, MachineArgs, MachineSpec, check_machine
from ..machine.preparation import Surroundings
from . import load_balancer, names, servers
from .access_logs import access_logs
from .checks import check_tier
from .context import Context
from .demand import WARMUP_SECONDS, follow_demand
from .lifecycle import part_of
from .refresh import rolling_change
from .rules import listener_rules
from .schedule import follow_windows, plan_windows
from .shapes import Alarms, Fleet, Site, WebTierArgs
from .waf import firewall
from .watch import Watch


class WebTier(pulumi.ComponentResource):
    """Web servers that come and go with the load, behind one load balancer.

    Makes an Application Load Balancer with its access logs, a target group, a launch template and an Auto Scaling
    group over the private subnets that follows demand and windows; with a domain also a certificate, its records
    and, unless one is given, the zone. Zone and logs are stateful: kept unless the tier is disposable. Deployments
    replace changed servers a few at a time and leave the fleet's size to demand and windows.
    """

    url: pulumi.Output[str]
    """Where the site answers."""

    load_balancer_dns_name: pulumi.Output[str]
    """The load balancer's own name, for records elsewhere."""

    load_balancer_arn: pulumi.Output[str]
    """ARN of the load balancer, for a firewall or more listeners."""

    load_balancer_zone_id: pulumi.Output[str]
    """Route 53 zone of the load balancer's own name, for alias records elsewhere."""

    load_balancer_security_group_id: pulumi.Output[str]
    """Security group of the load balancer."""

    target_group_arn: pulumi.Output[str]
    """Target group that the servers register with."""

    autoscaling_group_name: pulumi.Output[str]
    """Auto Scaling group of the servers, for alarms and more policies."""

    autoscaling_group_arn: pulumi.Output[str]
    """ARN of that group."""

    security_group_id: pulumi.Output[str]
    """Security group of the servers, to be let in by what they talk to."""

    role_arn: pulumi.Output[str]
    """IAM role of the servers, for policies of other resources."""

    role_name: pulumi.Output[str]
    """Name of that role, for further policies."""

    access_logs_bucket: pulumi.Output[str]
    """Bucket that holds the load balancer's access logs."""

    alarm_topic_arn: pulumi.Output[str]
    """SNS topic that alarms tell, for subscriptions and further alarms; empty without alarms."""

    alarm_names: list[pulumi.Output[str]]
    """Names of the alarms, for dashboards."""

    firewall_arn: pulumi.Output[str]
    """ARN of the web ACL; empty without a firewall."""

    zone_id: pulumi.Output[str]
    """Route 53 zone of the site's names; empty without a domain."""

    name_servers: pulumi.Output[list[str]]
    """Name servers of the zone that was made here, to be set at the domain's registrar; empty where none was."""

    def __init__(self, name: str, args: WebTierArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked("WebTier", WebTierArgs, args)
        fleet, site = args.get("fleet", Fleet()), args.get("site", Site())
        plan = plan_windows(fleet, check_tier(name, args))
        machine = args.get("machine", MachineSpec())
        mounts = [*args.get("mounts", ()), *storage_mounts("WebTier", args.get("storage_mounts", ()))]
        connections = args.get("connections", ())
        lifecycle = part_of(name, fleet, site)
        around = Surroundings(secrets=args.get("secrets", ()), lifecycle=lifecycle)
        check_machine("WebTier", machine, mounts, connections, around)
        domain, others = site.get("domain_name"), site.get("alternative_names", ())

        super().__init__("elasticweb:index:WebTier", name, {}, opts)
        context = Context(name, self, args.get("disposable", False), args.get("tags", {}))
        server = Machine(
            f"{name}-server",
            MachineArgs(
                vpc_id=args["vpc_id"],
                machine=machine,
                mounts=mounts,
                connections=connections,
                secret_arns=args.get("secret_arns", ()),
                tags=context.tags,
                secrets=args.get("secrets", ()),
                lifecycle=lifecycle,
                **handed_on(args.get("instance_connect_security_group_id")),
            ),
            context.child(),
        )
        logs = access_logs(context, site.get("access_log_retention_days", 90))
        zone = names.zone(context, site)
        certificate = site.get("certificate_arn")
        if domain is not None and certificate is None:
            certificate = names.certificate(context, domain, others, zone.id)
        front = load_balancer.front(context, args, server.security_group_id, logs, secure=certificate is not None)
        listener = load_balancer.listener(context, front, site, certificate)
        listener_rules(context, front, listener, site.get("rules", ()))
        guard = firewall(context, front, site["firewall"]) if "firewall" in site else None
        if domain is not None:
            names.aliases(context, [domain, *others], zone.id, front.balancer)
        warmup = fleet.get("warmup_seconds", WARMUP_SECONDS)
        watch = Watch(context, front, args.get("alarms", Alarms()), warmup)
        changes = rolling_change(context, fleet.get("refresh", {}), watch.names)
        group = servers.group(
            context,
            server,
            machine,
            args["private_subnet_ids"],
            front,
            fleet,
            changes,
            scheduled=plan.is_scheduled,
            after=watch.alarms,
        )
        follow_demand(context, fleet, group, front, listener)
        follow_windows(context, group, front.balancer, plan)
        watch.fleet(group.name)

        scheme = "http" if certificate is None else "https"
        self.url = pulumi.Output.concat(scheme, "://", domain or front.balancer.dns_name)
        self.load_balancer_dns_name = front.balancer.dns_name
        self.load_balancer_arn = front.balancer.arn
        self.load_balancer_zone_id = front.balancer.zone_id
        self.load_balancer_security_group_id = front.security_group_id
        self.target_group_arn = front.target_group.arn
        self.autoscaling_group_name = group.name
        self.autoscaling_group_arn = group.arn
        self.security_group_id = server.security_group_id
        self.role_arn = server.role_arn
        self.role_name = server.role_name
        self.access_logs_bucket = logs.bucket
        self.alarm_topic_arn = watch.topic_arn
        self.alarm_names = watch.names
        self.firewall_arn = guard.arn if guard else pulumi.Output.from_input("")
        self.zone_id = zone.id
        self.name_servers = zone.name_servers
        self.register_outputs({output: getattr(self, output) for output in WebTier.__annotations__})
