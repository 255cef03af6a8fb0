"""An NFS server whose volume follows it."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from .._args import InvalidArgs, check_name, checked
from .._data_tag import data_tag
from .._instance_connect import handed_on
from .._mounting import check_mount_path
from .._mounts import Mount
from .._nfs_mount import NfsFacts, nfs_mount
from .._sources import StorageType, source
from ..data_volume import DataVolume, DataVolumeArgs, VolumeSpec
from ..machine import Machine, check_machine
from ..machine.parts import FileSystem
from .groups import make_alarm, make_groups
from .machine import checked_machine, nfs_machine
from .shapes import APACHE, NfsServerSpec, check_nfs_server, check_places
from .statements import OWNER_TAG, statements

_FENCE_SECONDS = 60
_SNAPSHOT_MINUTES = 30


class NfsServerArgs(TypedDict):
    """What an NFS server needs to know."""

    vpc_id: pulumi.Input[str]
    """The network of the server and its clients. A change replaces server and name; the volume stays."""

    subnet_ids: Sequence[pulumi.Input[str]]
    """Private subnets, one per zone in which the server may run, with a way out to AWS's APIs. It begins in the first
    one, whose zone the volume is made in; it goes to the others only when no server runs. Add further ones at the
    end."""

    availability_zones: Sequence[str]
    """Zones of those subnets, in their order. A change of the first one replaces the volume, and is refused unless it
    is disposable."""

    nfs_server: NotRequired[NfsServerSpec]
    """What the server is like. Defaults to its defaults."""

    client_cidr_blocks: NotRequired[Sequence[pulumi.Input[str]]]
    """Networks that may mount the files. Defaults to those of the VPC. Security groups restrict it further: to the
    machines that `mount()` was called for."""

    kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key that encrypts the volume; its policy must let the server's role, EC2 Auto Scaling and Data Lifecycle Manager
    use it. Defaults to the account's default key for EBS. A change replaces the volume."""

    alarm_topic_arn: NotRequired[pulumi.Input[str]]
    """SNS topic that is told when no server serves, and when one does again. Defaults to none."""

    instance_connect_security_group_id: NotRequired[pulumi.Input[str]]
    """Security group of an EC2 Instance Connect endpoint that may reach the server by SSH, such as the `Network`'s.
    Defaults to none: Session Manager is the way in."""

    disposable: NotRequired[bool]
    """Whether the volume may be deleted with the stack. Defaults to false. Volumes that the server made itself after a
    fail-over are never deleted by a deployment: it does not know them."""

    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything, the server, its volumes and their snapshots included. Defaults to none."""


class NfsServer(pulumi.ComponentResource):
    """Files that servers share by NFS 4, on one encrypted gp3 volume, served by one small server that is replaced.

    The server is a group of one. Its successor in the same zone finds volume and address again, and clients wait for
    it. When nobody serves for some minutes a server in another zone makes a volume from the newest snapshot there. Two
    volumes are never both served: see docs/storage.md.

    Stateful: the volume is kept unless `disposable`.
    """

    host: pulumi.Output[str]
    """Private name under which the files are served, in the network's own DNS."""

    security_group_id: pulumi.Output[str]
    """Security group of the address at which the files are served: port 2049, to those that mount them."""

    volume_id: pulumi.Output[str]
    """The first volume. The living one is in the record `_state` of the private zone."""

    hosted_zone_id: pulumi.Output[str]
    """Private zone of the name, in which the server also writes down which volume is the living one."""

    autoscaling_group_names: list[pulumi.Output[str]]
    """The groups that keep the server running, one per zone."""

    alarm_name: pulumi.Output[str]
    """The alarm that nobody serves."""

    role_name: pulumi.Output[str]
    """IAM role of the server."""

    snapshot_policy_arn: pulumi.Output[str]
    """ARN of the policy that snapshots the living volume."""

    mount_source: pulumi.Output[str]
    """What a machine needs to know to mount the files, as JSON: the `source` in `storage_mounts`. In Python `mount()`
    says the same in one word."""

    def __init__(self, name: str, args: NfsServerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked("NfsServer", NfsServerArgs, args)
        spec = args.get("nfs_server", NfsServerSpec())
        subnets, zones = args["subnet_ids"], args["availability_zones"]
        check_nfs_server("NfsServer", "nfs_server", spec)
        check_places("NfsServer", subnets, zones)
        check_name("NfsServer", f"{name}-data-snapshots-role", 64, "an IAM role")
        check_machine("NfsServer", checked_machine(spec))
        domain = _domain(name)
        tags = args.get("tags", {})
        super().__init__("elasticweb:index:NfsServer", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        self._key = name

        data_name = f"{name}-data"
        identity = f"{pulumi.get_project()}/{pulumi.get_stack()}/{data_name}"  # as DataVolume says it
        data: DataVolumeArgs = {
            "availability_zone": zones[0],
            "volume": spec.get("volume", VolumeSpec()),
            "disposable": args.get("disposable", False),
            "tags": {**tags, OWNER_TAG: identity},
        }
        if "kms_key_arn" in args:
            data["kms_key_arn"] = args["kms_key_arn"]
        volume = DataVolume(data_name, data, child)
        # force_destroy: the records are the server's, and go with the zone.
        zone = aws.route53.Zone(
            f"{name}-zone", name=domain, vpcs=[{"vpc_id": args["vpc_id"]}], force_destroy=True, tags=tags, opts=child
        )
        group = aws.ec2.SecurityGroup(
            f"{name}-sg",
            vpc_id=args["vpc_id"],
            description="Files by NFS, from the servers that mount them",
            tags={"Name": name, **tags},
            opts=child,
        )
        interfaces = [
            aws.ec2.NetworkInterface(
                f"{name}-address-{number}",
                subnet_id=subnet,
                security_groups=[group.id],
                description=f"Address of {name}, whichever server it is",
                tags={"Name": name, **tags},
                opts=child,
            )
            for number, subnet in enumerate(subnets, start=1)
        ]
        settings = {
            "host": f"nfs.{domain}",
            "hosted_zone": zone.zone_id,
            "identity": identity,
            "token": hashlib.sha256(f"{identity}/{domain}".encode()).hexdigest()[:32],
            "first": {"zone": zones[0], "volume": volume.volume_id},
            "interfaces": dict(zip(zones, [interface.id for interface in interfaces], strict=True)),
            "volume": _restored(spec.get("volume", VolumeSpec()), args.get("kms_key_arn")),
            "tags": {"Name": f"{name}-data", **tags, **data_tag()},
            "file_system": spec.get("volume", VolumeSpec()).get("file_system", FileSystem.XFS).value,
            "networks": list(args.get("client_cidr_blocks", ())),
            "user_id": spec.get("user_id", APACHE),
            "group_id": spec.get("group_id", spec.get("user_id", APACHE)),
            "failover_minutes": spec.get("failover_minutes", 10),
            "fence_seconds": _FENCE_SECONDS,
            "snapshot_minutes": _SNAPSHOT_MINUTES,
        }
        prefix = volume.volume_arn.apply(lambda arn: ":".join(arn.split(":")[:5]))
        machine = Machine(
            f"{name}-machine",
            {
                "vpc_id": args["vpc_id"],
                "machine": nfs_machine(spec, settings),
                "statements": statements(
                    identity, prefix, zone.arn, [i.arn for i in interfaces], args.get("kms_key_arn")
                ),
                "tags": tags,
                **handed_on(args.get("instance_connect_security_group_id")),
            },
            child,
        )
        groups = make_groups(name, self, machine, subnets, volume.instance_tags, identity, tags)
        alarm = make_alarm(name, self, identity, groups, args.get("alarm_topic_arn"), tags)

        self.host = zone.name.apply(lambda domain: f"nfs.{domain}")
        self.security_group_id = group.id
        self.volume_id = volume.volume_id
        self.hosted_zone_id = zone.zone_id
        self.autoscaling_group_names = [group.name for group in groups]
        self.alarm_name = alarm.name
        self.role_name = machine.role_name
        self.snapshot_policy_arn = volume.snapshot_policy_arn
        self._facts = NfsFacts(self.host, self.security_group_id)
        self.mount_source = source(StorageType.NFS_SERVER, vars(self._facts))
        self.register_outputs({output: getattr(self, output) for output in NfsServer.__annotations__})

    def mount(self, path: str, owner: str | None = None, *, read_only: bool = False) -> Mount:
        """Return what a machine needs to have the files at *path*.

        They belong to the server's `user_id` and `group_id`; *owner* says how those two are called on the machine
        (`apache:apache`), and its preparation fails when they are others.
        """
        check_mount_path("NfsServer", path)
        return nfs_mount(self._key, path, self._facts, owner, read_only=read_only)


def _domain(name: str) -> str:
    """Return a name that no other server in a network has."""
    labels = [name, pulumi.get_stack(), pulumi.get_project()]
    spelt = [re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-") for label in labels]
    for label, what in zip(spelt, ("name", "stack", "project"), strict=True):
        if not 1 <= len(label) <= 63:  # noqa: PLR2004 - RFC 1035, 2.3.4
            raise InvalidArgs(f"NfsServer: the {what} must have 1 to 63 letters and digits for DNS, got {label!r}")
    return ".".join([*spelt, "internal"])


def _restored(volume: VolumeSpec, kms_key_arn: pulumi.Input[str] | None) -> dict[str, Any]:
    """Return how the server makes a volume itself (EC2 API, CreateVolume)."""
    said: dict[str, Any] = {"VolumeType": "gp3", "Size": volume.get("size_gib", 20)}
    if "iops" in volume:
        said["Iops"] = volume["iops"]
    if "throughput" in volume:
        said["Throughput"] = volume["throughput"]
    return said if kms_key_arn is None else {**said, "KmsKeyId": kms_key_arn}
