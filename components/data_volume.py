"""An EBS volume with a life of its own: it outlasts the servers that use it, and is snapshotted by schedule."""

import re
from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ._args import InvalidArgs, check_name, check_range, checked
from ._data_tag import data_tag
from ._growth import only_grows
from ._mounting import check_mount_path
from ._mounts import Mount
from ._snapshots import snapshot_policy
from ._sources import StorageType, source
from ._volume_mount import INSTANCE_TAG, VolumeFacts, check_owner, volume_mount
from .machine.parts import FileSystem

_INTERVALS = (1, 2, 3, 4, 6, 8, 12, 24)  # dlm.LifecyclePolicy: create_rule.interval
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class VolumeSpec(TypedDict):
    """What a data volume is like."""

    size_gib: NotRequired[int]
    """Size in GiB, 1 to 65536. Defaults to 20. It grows in place, the file system with the
    server's next boot. It never shrinks: a smaller size is refused, in the preview already."""

    iops: NotRequired[int]
    """I/O operations per second of the gp3 volume, 3000 to 80000 and at most 500 per GiB. Defaults to 3000, which
    cost nothing."""

    throughput: NotRequired[int]
    """MiB per second, 125 to 2000 and at most a quarter of the IOPS. Defaults to 125, which cost nothing."""

    file_system: NotRequired[FileSystem]
    """What an empty volume is formatted with. Defaults to `xfs`. A change is refused at boot by the server, which
    never formats a volume that holds something."""

    snapshot_interval_hours: NotRequired[int]
    """Hours between snapshots: 1, 2, 3, 4, 6, 8, 12 or 24. Defaults to 24."""

    snapshot_time: NotRequired[str]
    """When the first snapshot of a day starts, UTC, as `hh:mm`; AWS starts within the hour. Defaults to `03:00`."""

    snapshots_kept: NotRequired[int]
    """How many snapshots are kept, 1 to 1000. Defaults to 14."""


class DataVolumeArgs(TypedDict):
    """What a data volume needs to know."""

    availability_zone: pulumi.Input[str]
    """Zone of the volume and of every server that is to use it. A change replaces the volume, and is refused unless
    it is disposable."""

    volume: NotRequired[VolumeSpec]
    """What the volume is like. Defaults to its defaults."""

    kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key that encrypts it; its policy must let the server's role and Data Lifecycle Manager use it. Defaults to the
    account's default key for EBS. A change replaces the volume."""

    disposable: NotRequired[bool]
    """Whether it may be deleted with the stack. Defaults to false: it is protected, outlives the stack, and leaves a
    final snapshot when it is deleted after all."""

    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of volume, snapshots, policy and role. Defaults to none."""


class DataVolume(pulumi.ComponentResource):
    """An encrypted gp3 volume in one zone, with scheduled snapshots, for one server at a time.

    Stateful: kept unless `disposable`. EBS attaches it to one instance only, and the server's script never
    detaches it by force: a successor waits until its predecessor is gone.
    """

    volume_id: pulumi.Output[str]
    """The volume."""

    volume_arn: pulumi.Output[str]
    """ARN of the volume."""

    availability_zone: pulumi.Output[str]
    """Zone of the volume."""

    snapshot_policy_id: pulumi.Output[str]
    """The Data Lifecycle Manager policy that takes the snapshots."""

    snapshot_policy_arn: pulumi.Output[str]
    """ARN of that policy."""

    instance_tags: dict[str, str]
    """Tags that the server must carry: its role may attach the volume to such instances only. SingleServer sets them
    by itself."""

    mount_source: pulumi.Output[str]
    """What a machine needs to know to attach and mount the volume, as JSON: the `source` in `storage_mounts` of
    Machine and SingleServer. In Python `attach()` says the same in one word."""

    def __init__(self, name: str, args: DataVolumeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked("DataVolume", DataVolumeArgs, args)
        spec = args.get("volume", VolumeSpec())
        check_volume("DataVolume", spec)
        check_name("DataVolume", f"{name}-snapshots-role", 64, "an IAM role")
        keep = not args.get("disposable", False)
        tags = args.get("tags", {})
        identity = f"{pulumi.get_project()}/{pulumi.get_stack()}/{name}"
        self._key = name
        self._file_system = spec.get("file_system", FileSystem.XFS)
        super().__init__("elasticweb:index:DataVolume", name, {}, opts)

        snapshot_tag = {"elasticweb:snapshots": identity}
        volume = aws.ebs.Volume(
            f"{name}-volume",
            availability_zone=args["availability_zone"],
            type="gp3",
            size=spec.get("size_gib", 20),
            iops=spec.get("iops"),
            throughput=spec.get("throughput"),
            encrypted=True,
            kms_key_id=args.get("kms_key_arn"),
            final_snapshot=keep,
            tags={"Name": name, **tags, **snapshot_tag, **data_tag()},
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=keep,
                retain_on_delete=keep,
                hooks=only_grows("DataVolume", f"{name}-volume", "volume.size_gib"),
            ),
        )
        policy = snapshot_policy(
            f"{name}-snapshots",
            self,
            target_tags=snapshot_tag,
            interval_hours=spec.get("snapshot_interval_hours", 24),
            start=spec.get("snapshot_time", "03:00"),
            kept=spec.get("snapshots_kept", 14),
            tags=tags,
        )

        self.volume_id = volume.id
        self.volume_arn = volume.arn
        self.availability_zone = volume.availability_zone
        self.snapshot_policy_id = policy.id
        self.snapshot_policy_arn = policy.arn
        self.instance_tags = {INSTANCE_TAG: identity}
        self._facts = VolumeFacts(self.volume_id, self.volume_arn, identity)
        self.mount_source = source(StorageType(self._file_system.value), vars(self._facts))
        self.register_outputs(
            {
                "volume_id": self.volume_id,
                "volume_arn": self.volume_arn,
                "availability_zone": self.availability_zone,
                "snapshot_policy_id": self.snapshot_policy_id,
                "snapshot_policy_arn": self.snapshot_policy_arn,
                "instance_tags": self.instance_tags,
                "mount_source": self.mount_source,
            }
        )

    def attach(self, path: str, owner: str | None = None) -> Mount:
        """Return what a machine needs to have the volume at *path*, its top directory given to *owner* (`user:group`).

        The machine must run in the volume's zone, on a Nitro instance type, and carry ``instance_tags``.
        """
        check_mount_path("DataVolume", path)
        check_owner("DataVolume", path, owner)
        return volume_mount(self._key, path, self._file_system.value, self._facts, owner)


def check_volume(component: str, spec: VolumeSpec, field: str = "volume") -> None:
    """Raise :class:`InvalidArgs` for what EBS (CreateVolume) or Data Lifecycle Manager would refuse."""
    size = spec.get("size_gib", 20)
    iops = spec.get("iops", 3000)
    throughput = spec.get("throughput", 125)
    check_range(component, f"{field}.size_gib", size, 1, 65536, "GiB")
    check_range(component, f"{field}.iops", iops, 3000, 80000)
    check_range(component, f"{field}.throughput", throughput, 125, 2000, "MiB/s")
    most = max(3000, 500 * size)
    if iops > most:
        raise InvalidArgs(f"{component}: {field}.iops must be at most {most} (500 per GiB), got {iops}")
    if throughput * 4 > iops:
        raise InvalidArgs(
            f"{component}: {field}.throughput must be at most a quarter of {field}.iops ({iops // 4}), got {throughput}"
        )
    interval = spec.get("snapshot_interval_hours", 24)
    if interval not in _INTERVALS:
        allowed = ", ".join(map(str, _INTERVALS))
        raise InvalidArgs(f"{component}: {field}.snapshot_interval_hours must be one of {allowed}, got {interval}")
    start = spec.get("snapshot_time", "03:00")
    if not _TIME.fullmatch(start):
        raise InvalidArgs(f"{component}: {field}.snapshot_time must be hh:mm in UTC, such as 03:00, got {start!r}")
    check_range(component, f"{field}.snapshots_kept", spec.get("snapshots_kept", 14), 1, 1000)
