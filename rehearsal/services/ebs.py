"""EBS: volumes and their snapshots."""

from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Entry, props
from rehearsal.errors import RehearsalError
from rehearsal.services._plain import fields, items
from rehearsal.values import is_unknown

from .ec2._common import arn, ec2_tags

_SIZES = {
    "gp2": (1, 16384),
    "gp3": (1, 65536),
    "io1": (4, 16384),
    "io2": (4, 65536),
    "st1": (125, 16384),
    "sc1": (125, 16384),
    "standard": (1, 1024),
}
_IOPS = {"gp3": (3000, 80000), "io1": (100, 64000), "io2": (100, 256000)}
_PER_GIB = {"gp3": 500, "io1": 50, "io2": 1000}
_THROUGHPUT = (125, 2000)
"""All of them: EC2 API reference, CreateVolume; EBS user guide, "EBS volume types"."""


def volume_limits(inputs: Mapping[str, Any]) -> str | None:
    """Return what EC2 refuses of the sizes of a volume; the names are those of the provider's volume."""
    kind = inputs.get("type") or "gp2"
    if kind not in _SIZES:
        return None  # not known yet, or refused by the model of the service
    sizes = {name: _number(inputs.get(name)) for name in ("size", "iops", "throughput")}
    return _size(kind, sizes["size"]) or _iops(kind, sizes, "iops" in inputs) or _throughput(kind, sizes, inputs)


def _number(value: object) -> int:
    return 0 if value is None or is_unknown(value) else int(str(value))


def _size(kind: str, size: int) -> str | None:
    low, high = _SIZES[kind]
    return f"size must be from {low} to {high} GiB for {kind}, got {size}" if size and not low <= size <= high else None


def _iops(kind: str, sizes: Mapping[str, int], given: bool) -> str | None:  # noqa: FBT001
    size, iops = sizes["size"], sizes["iops"]
    if iops and kind not in _IOPS:
        return f"iops must be left out for {kind}, got {iops}"
    if kind in ("io1", "io2") and not given:
        return f"iops must be given for {kind}"
    if not iops:
        return None
    low, high = _IOPS[kind]
    most = min(high, max(_PER_GIB[kind] * size, low)) if size else high
    return f"iops must be from {low} to {most} for {kind}, got {iops}" if not low <= iops <= most else None


def _throughput(kind: str, sizes: Mapping[str, int], inputs: Mapping[str, Any]) -> str | None:
    throughput, iops = sizes["throughput"], sizes["iops"] or 3000
    if not throughput:
        return None
    if kind != "gp3":
        return f"throughput must be left out for {kind}, got {throughput}"
    low, high = _THROUGHPUT
    if not low <= throughput <= high:
        return f"throughput must be from {low} to {high} MiB/s, got {throughput}"
    if not is_unknown(inputs.get("iops")) and throughput * 4 > iops:
        return f"throughput must be at most a quarter of iops ({iops // 4} MiB/s), got {throughput}"
    return None


def _has_size(inputs: Mapping[str, Any]) -> str | None:
    return None if {"size", "snapshotId"} & set(inputs) else "size must be given, or snapshotId"


def _grows(context: Context) -> str | None:
    before, after = context.old.get("size"), context.inputs.get("size")
    if before and after and int(after) < int(before):
        return f"size must not shrink, got {after} GiB after {before}"
    return None


def _last_snapshot(context: Context) -> None:
    if context.inputs.get("finalSnapshot"):
        context.tags = dict(fields(context.inputs.get("tagsAll")))
        tags = dict(ec2_tags("snapshot").create) if context.tags else {}
        context.run(Call("create_snapshot", {"VolumeId": "{id}", **tags}))


def _detached(context: Context) -> None:
    """VolumeInUse, before a snapshot is made in vain."""
    found = context.call("describe_volumes", {"VolumeIds": [context.id]})["Volumes"][0]
    for attachment in items(found.get("Attachments")):
        raise RehearsalError(f"ebs/Volume: {context.id} is attached to {attachment['InstanceId']}: detach it first")


VOLUME = Entry(
    "aws:ebs/volume:Volume",
    service="ec2",
    inputs=props(
        required="availabilityZone",
        replaces="availabilityZone encrypted kmsKeyId multiAttachEnabled outpostArn snapshotId"
        " volumeInitializationRate",
        computed="encrypted iops kmsKeyId multiAttachEnabled size snapshotId throughput type",
        local="finalSnapshot",
        recorded="outpostArn volumeInitializationRate",
        defaults={"finalSnapshot": False},
        api={"type": "VolumeType"},
    ),
    checks=(_has_size, volume_limits),
    guards=(_grows,),
    create=Call("create_volume"),
    id="VolumeId",
    read=(Call("describe_volumes", {"VolumeIds": ["{id}"]}, at="Volumes.0"),),
    updates=(Call("modify_volume", {"VolumeId": "{id}"}, sends="iops size throughput type"),),
    delete=(_detached, _last_snapshot, Call("delete_volume", {"VolumeId": "{id}"})),
    outputs={"arn": arn("volume"), "createTime": "CreateTime"},
    tags=ec2_tags("volume"),
)

SNAPSHOT = Entry(
    "aws:ebs/snapshot:Snapshot",
    service="ec2",
    inputs=props(
        required="volumeId",
        replaces="description outpostArn volumeId",
        computed="storageTier",
        local="permanentRestore temporaryRestoreDays",
        recorded="outpostArn storageTier",
    ),
    create=Call("create_snapshot"),
    id="SnapshotId",
    read=(Call("describe_snapshots", {"SnapshotIds": ["{id}"]}, at="Snapshots.0"),),
    delete=(Call("delete_snapshot", {"SnapshotId": "{id}"}),),
    outputs={
        "arn": "arn:{partition}:ec2:{region}::snapshot/{id}",
        "dataEncryptionKeyId": "DataEncryptionKeyId",
        "encrypted": "Encrypted",
        "kmsKeyId": "KmsKeyId",
        "ownerAlias": "OwnerAlias",
        "ownerId": "OwnerId",
        "volumeSize": "VolumeSize",
    },
    tags=ec2_tags("snapshot"),
)

ENTRIES = (VOLUME, SNAPSHOT)
