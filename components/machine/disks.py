"""The disks of a machine, as a launch template maps them."""

from collections.abc import Mapping
from typing import Any

from . import distributions
from .parts import VolumeType
from .spec import Distribution, MachineSpec
from .words import device_names


def disks(spec: MachineSpec, distribution: Distribution) -> list[Any]:
    """Return the block device mappings: encrypted, root first."""
    root = distributions.FACTS[distribution].root_device
    mapped = [_disk(root, {"volume_size": spec.get("root_volume_gib", 20), "volume_type": VolumeType.GP3.value})]
    volumes = spec.get("data_volumes", ())
    devices = device_names(volumes)
    for volume in volumes:
        settings: dict[str, Any] = {
            "volume_size": volume["size_gib"],
            "volume_type": volume.get("type", VolumeType.GP3).value,
        }
        if "kms_key_arn" in volume:
            settings["kms_key_id"] = volume["kms_key_arn"]
        if not volume.get("disposable", True):
            settings["delete_on_termination"] = "false"
        if "iops" in volume:
            settings["iops"] = volume["iops"]
        if "throughput" in volume:
            settings["throughput"] = volume["throughput"]
        mapped.append(_disk(f"/dev/{devices[volume['name']]}", settings))
    return mapped


def _disk(device: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "device_name": device,
        "ebs": {"encrypted": "true", "delete_on_termination": "true", **settings},
    }
