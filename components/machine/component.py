"""The machine: a launch template and what its servers may do and reach."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from .._args import check_name, checked
from .._instance_connect import let_in
from .._mounts import Connection, Mount, PolicyStatement
from .._passage import End, passage
from .._sources import StorageMount, storage_mounts
from .._tags import launched
from . import distributions, permissions
from .checks import check_machine, connections_of
from .disks import disks
from .parts import Lifecycle, SecretFile
from .preparation import Surroundings
from .role import make_role
from .spec import MachineSpec
from .userdata import user_data


class MachineArgs(TypedDict):
    """What a machine needs to know."""

    vpc_id: pulumi.Input[str]
    """The network that its servers live in. A change replaces the security group."""

    machine: NotRequired[MachineSpec]
    """How it is made and prepared. Defaults to a plain Amazon Linux 2023 on a `t4g.small`."""

    mounts: NotRequired[Sequence[Mount]]
    """Directories that live elsewhere, as storage hands them out. Defaults to none."""

    storage_mounts: NotRequired[Sequence[StorageMount]]
    """Storage to mount by its output `mount_source`: what programs in other languages than Python use in place of
    `mounts`. Defaults to none."""

    connections: NotRequired[Sequence[Connection]]
    """Services that it talks to: opened on its security group and on theirs. Defaults to none."""

    secret_arns: NotRequired[Sequence[pulumi.Input[str]]]
    """Secrets in Secrets Manager that it may read. One that is encrypted with a key of its own needs
    `kms:Decrypt` in `statements` too. Defaults to none."""

    secrets: NotRequired[Sequence[SecretFile]]
    """Secrets that it fetches at every boot, before boot commands and enabled services, and every hour, so that a
    rotation arrives; `systemctl start elasticweb-secrets` does so at once. Defaults to none."""

    lifecycle: NotRequired[Lifecycle]
    """How it takes part in the life of its Auto Scaling group. Defaults to not at all."""

    statements: NotRequired[Sequence[PolicyStatement]]
    """What else its role may do. Defaults to nothing but Session Manager."""

    instance_connect_security_group_id: NotRequired[pulumi.Input[str]]
    """Security group of an EC2 Instance Connect endpoint that may reach the servers by SSH, such as the `Network`'s.
    Defaults to none: Session Manager is the way in."""

    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags for everything here, and for the instances, volumes and network interfaces that are launched from it.
    Defaults to none."""


class Machine(pulumi.ComponentResource):
    """How a server is made: what launches it, what it may do and whom it may talk to.

    Makes a launch template with the user data that prepares the server, an IAM role with its instance profile, and
    a security group. There is no SSH key: Session Manager is the way in. It launches nothing by itself.
    """

    launch_template_id: pulumi.Output[str]
    """Launch template to launch servers from."""

    launch_template_version: pulumi.Output[str]
    """Its newest version, which is the default one too; a group that follows it replaces servers on a change."""

    security_group_id: pulumi.Output[str]
    """Security group of the servers. It lets nothing in; whoever needs to come in adds a rule."""

    role_name: pulumi.Output[str]
    """IAM role of the servers, for further policies."""

    role_arn: pulumi.Output[str]
    """ARN of that role, for policies of other resources."""

    instance_profile_arn: pulumi.Output[str]
    """Instance profile that carries the role."""

    log_group_name: pulumi.Output[str] | None
    """Log group that the servers' logs are sent to, in streams by server. None without `machine.cloudwatch`."""

    def __init__(self, name: str, args: MachineArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked("Machine", MachineArgs, args)
        spec = args.get("machine", MachineSpec())
        mounts = [*args.get("mounts", ()), *storage_mounts("Machine", args.get("storage_mounts", ()))]
        around = _surroundings(args)
        check_machine("Machine", spec, mounts, args.get("connections", ()), around)
        connections = connections_of("Machine", mounts, args.get("connections", ()))
        secret_arns = [*args.get("secret_arns", ()), *(secret["arn"] for secret in args.get("secrets", ()))]
        statements = permissions.gathered(args.get("statements", ()), mounts, args.get("connections", ()), secret_arns)
        permissions.check_permissions("Machine", statements, secret_arns)
        check_name("Machine", f"{name}-role", 64, "an IAM role")
        image_id, distribution = distributions.image("Machine", spec)

        super().__init__("elasticweb:index:Machine", name, {}, opts)
        tags = args.get("tags", {})
        partition = aws.get_partition_output(opts=pulumi.InvokeOutputOptions(parent=self)).partition
        allowed = [statement for _, statement in statements]
        if "lifecycle" in around:
            allowed += permissions.of_lifecycle(around["lifecycle"], partition)
        self.log_group_name = None
        if "cloudwatch" in spec:
            reported = spec["cloudwatch"]
            logs = aws.cloudwatch.LogGroup(
                f"{name}-logs",
                retention_in_days=reported.get("log_retention_days", 30),
                tags=tags,
                opts=pulumi.ResourceOptions(parent=self),
            )
            allowed += permissions.of_agent(reported, logs.arn)
            self.log_group_name = around["log_group"] = logs.name
        role = make_role(name, self, partition, allowed, tags)
        self.role_name, self.role_arn, self.instance_profile_arn = role.name, role.arn, role.profile_arn
        rules = self._security_group(name, args["vpc_id"], connections, tags)
        endpoint = args.get("instance_connect_security_group_id")
        if endpoint is not None:
            rules += let_in(name, self, endpoint, self.security_group_id, tags)
        launch_tags = launched(self, {"Name": name, **tags})
        template = aws.ec2.LaunchTemplate(
            f"{name}-launch-template",
            image_id=image_id,
            instance_type=spec.get("instance_type", distributions.DEFAULT_INSTANCE_TYPE),
            iam_instance_profile={"arn": self.instance_profile_arn},
            # Not as a network interface with associate_public_ip_address: that would take the choice of subnets'
            # settings away from who launches. Private subnets assign no public address (EC2.9, EC2.15, EC2.25).
            vpc_security_group_ids=[self.security_group_id],
            block_device_mappings=disks(spec, distribution),
            # ebs_optimized stays unset: it is the default of every current type and refused by the oldest.
            metadata_options={
                "http_endpoint": "enabled",
                "http_tokens": "required",
                # One hop ends at the machine: a container on it cannot take the role's credentials.
                "http_put_response_hop_limit": 1,
                # Nothing on the machine reads its tags, and tags in the metadata may hold no slashes.
                "instance_metadata_tags": "disabled",
            },
            monitoring={"enabled": True},  # scaling on five-minute data comes too late
            user_data=user_data("Machine", spec, mounts, distribution, around),
            update_default_version=True,
            tag_specifications=[
                {"resource_type": resource, "tags": launch_tags}
                for resource in ("instance", "volume", "network-interface")
            ],
            tags={"Name": name, **tags},
            # A server starts to prepare itself at once: what it may do and reach comes first, and goes last.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*role.granted, *rules]),
        )
        self.launch_template_id = template.id
        self.launch_template_version = template.latest_version.apply(lambda version: str(int(version)))
        self.register_outputs(
            {
                "launch_template_id": self.launch_template_id,
                "launch_template_version": self.launch_template_version,
                "security_group_id": self.security_group_id,
                "role_name": self.role_name,
                "role_arn": self.role_arn,
                "instance_profile_arn": self.instance_profile_arn,
                "log_group_name": self.log_group_name,
            }
        )

    def _security_group(
        self,
        name: str,
        vpc_id: pulumi.Input[str],
        connections: Sequence[Connection],
        tags: Mapping[str, pulumi.Input[str]],
    ) -> list[pulumi.Resource]:
        child = pulumi.ResourceOptions(parent=self)
        group = aws.ec2.SecurityGroup(
            f"{name}-sg",
            vpc_id=vpc_id,
            description="Servers: out to the web and to what they are connected with",  # a change replaces it
            tags={"Name": name, **tags},
            opts=child,
        )
        self.security_group_id = group.id
        # Package repositories have no fixed addresses, and Ubuntu's answer on port 80; AWS's own APIs, Session
        # Manager's among them, answer on 443. Name and time servers of a VPC pass security groups by.
        rules: list[pulumi.Resource] = [
            aws.vpc.SecurityGroupEgressRule(
                f"{name}-egress-{scheme}",
                security_group_id=group.id,
                description=f"{scheme} to package repositories and AWS",
                cidr_ipv4="0.0.0.0/0",
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                tags=tags,
                opts=child,
            )
            for scheme, port in (("http", 80), ("https", 443))
        ]
        for connection in connections:
            key, peer = connection["name"], connection["security_group_id"]
            rules += passage(
                End(f"{name}-egress-{key}", group.id, f"to {key}"),
                End(f"{name}-ingress-{key}", peer, "from servers that are connected"),
                connection["port"],
                tags,
                child,
            )
        return rules


def _surroundings(args: MachineArgs) -> Surroundings:
    around = Surroundings(secrets=args.get("secrets", ()))
    if "lifecycle" in args:
        around["lifecycle"] = args["lifecycle"]
    return around
