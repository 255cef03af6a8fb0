"""One server for cron jobs, batch and administration, with a data volume that follows it when it is replaced."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ._args import check_name, checked
from ._instance_connect import handed_on
from ._mounting import check_mount_path
from ._mounts import Connection, Mount
from ._sources import StorageMount, storage_mounts
from ._tags import propagated
from .data_volume import DataVolume, VolumeSpec, check_volume
from .machine import Machine, MachineSpec, SecretFile, check_machine
from .machine.permissions import check_permissions
from .machine.preparation import Surroundings

__all__ = ["SingleServer", "SingleServerArgs", "VolumeSpec"]

# Long enough to wait for the volume (15 minutes at most) and to install a good deal.
_SETTLING_SECONDS = 300


class SingleServerArgs(TypedDict):
    """What a single server needs to know."""

    vpc_id: pulumi.Input[str]
    """The network that it lives in."""

    subnet_id: pulumi.Input[str]
    """A private subnet in the zone of the volume."""

    availability_zone: pulumi.Input[str]
    """Zone of that subnet, for the volume. A change replaces the volume, and is refused unless it is disposable."""

    volume: NotRequired[VolumeSpec]
    """What the data volume is like. Defaults to 20 GiB of XFS with a daily snapshot."""

    volume_path: NotRequired[str]
    """Where the data volume is mounted. Defaults to `/data`."""

    machine: NotRequired[MachineSpec]
    """How the server is made and prepared. Defaults to its defaults. A change replaces the server; for some minutes
    there is none, because the volume is with one server at a time."""

    mounts: NotRequired[Sequence[Mount]]
    """Further storage, such as the shared files. Defaults to none."""

    storage_mounts: NotRequired[Sequence[StorageMount]]
    """Storage to mount by its output `mount_source`: what programs in other languages than Python use in place of
    `mounts`. Defaults to none."""

    connections: NotRequired[Sequence[Connection]]
    """Services that the server talks to, such as the database. Defaults to none."""

    secret_arns: NotRequired[Sequence[pulumi.Input[str]]]
    """Secrets that the server may read. Defaults to none."""

    secrets: NotRequired[Sequence[SecretFile]]
    """Secrets that the server fetches at every boot and every hour, as files in memory. Defaults to none."""

    instance_connect_security_group_id: NotRequired[pulumi.Input[str]]
    """Security group of an EC2 Instance Connect endpoint that may reach the server by SSH, such as the `Network`'s.
    Defaults to none: Session Manager is the way in."""

    disposable: NotRequired[bool]
    """Whether the data volume may be deleted with the stack. Defaults to false."""

    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything, the server and its disks included. Defaults to none."""


class SingleServer(pulumi.ComponentResource):
    """A group of one: a server that is replaced when it fails, in the same zone, and finds its data volume again.

    Stateful: the data volume is kept unless `disposable`. It lives in one zone, as EBS volumes do: when the zone is
    lost, so is the server, until the volume is restored from a snapshot in another zone.
    """

    autoscaling_group_name: pulumi.Output[str]
    """The group that keeps the server running."""

    security_group_id: pulumi.Output[str]
    """Security group of the server."""

    role_arn: pulumi.Output[str]
    """ARN of the server's IAM role."""

    role_name: pulumi.Output[str]
    """Name of the server's IAM role."""

    volume_id: pulumi.Output[str]
    """The data volume."""

    snapshot_policy_arn: pulumi.Output[str]
    """ARN of the policy that snapshots the data volume."""

    def __init__(self, name: str, args: SingleServerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked("SingleServer", SingleServerArgs, args)
        spec = args.get("volume", VolumeSpec())
        path = args.get("volume_path", "/data")
        check_volume("SingleServer", spec)
        check_mount_path("SingleServer", path)
        check_name("SingleServer", f"{name}-data-snapshots-role", 64, "an IAM role")
        mounts = [*args.get("mounts", ()), *storage_mounts("SingleServer", args.get("storage_mounts", ()))]
        self._check_machine(name, args, path, mounts)
        tags = args.get("tags", {})
        super().__init__("elasticweb:index:SingleServer", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)

        volume = DataVolume(
            f"{name}-data",
            {
                "availability_zone": args["availability_zone"],
                "volume": spec,
                "disposable": args.get("disposable", False),
                "tags": tags,
            },
            child,
        )
        machine = Machine(
            f"{name}-machine",
            {
                "vpc_id": args["vpc_id"],
                "machine": args.get("machine", MachineSpec()),
                "mounts": [volume.attach(path), *mounts],
                "connections": args.get("connections", ()),
                "secret_arns": args.get("secret_arns", ()),
                "secrets": args.get("secrets", ()),
                "tags": tags,
                **handed_on(args.get("instance_connect_security_group_id")),
            },
            child,
        )
        group = aws.autoscaling.Group(
            f"{name}-group",
            min_size=1,
            max_size=1,
            desired_capacity=1,
            vpc_zone_identifiers=[args["subnet_id"]],
            launch_template={"id": machine.launch_template_id, "version": machine.launch_template_version},
            health_check_type="EC2",
            health_check_grace_period=_SETTLING_SECONDS,
            default_instance_warmup=_SETTLING_SECONDS,
            # Always the old server first: a new one that is launched beside it would wait for the volume.
            instance_maintenance_policy={"min_healthy_percentage": 0, "max_healthy_percentage": 100},
            instance_refresh={
                "strategy": "Rolling",
                "preferences": {"min_healthy_percentage": 0, "max_healthy_percentage": 100},
            },
            tags=propagated(self, {"Name": name, **tags, **volume.instance_tags}),
            opts=child,
        )

        self.autoscaling_group_name = group.name
        self.security_group_id = machine.security_group_id
        self.role_arn = machine.role_arn
        self.role_name = machine.role_name
        self.volume_id = volume.volume_id
        self.snapshot_policy_arn = volume.snapshot_policy_arn
        self.register_outputs(
            {
                "autoscaling_group_name": self.autoscaling_group_name,
                "security_group_id": self.security_group_id,
                "role_arn": self.role_arn,
                "role_name": self.role_name,
                "volume_id": self.volume_id,
                "snapshot_policy_arn": self.snapshot_policy_arn,
            }
        )

    @staticmethod
    def _check_machine(name: str, args: SingleServerArgs, path: str, others: Sequence[Mount]) -> None:
        """Say what is wrong with the machine before the volume is registered, not after."""
        ours: Mount = {"name": f"{name}-data", "path": path, "type": "xfs", "source": "the-data-volume"}
        mounts = [ours, *others]
        around = Surroundings(secrets=args.get("secrets", ()))
        check_machine("SingleServer", args.get("machine", MachineSpec()), mounts, args.get("connections", ()), around)
        check_permissions("SingleServer", [], args.get("secret_arns", ()))
