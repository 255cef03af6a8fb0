"""Which mounts, volumes and swap files are refused."""

import re
from collections.abc import Sequence

from ..._args import InvalidArgs, check_range
from ..._mounts import Mount
from ..parts import DataVolumeSpec, VolumeType
from ..spec import Distribution, MachineSpec
from ..words import check_value
from .software import check_packages
from .words import check_key, check_owner, check_path, check_unique

MAX_DATA_VOLUMES = 11
"""Device names that EC2 recommends for data volumes: /dev/sd[f-p] (EC2 User Guide, device naming)."""

_SYSTEM_DIRECTORIES = {
    f"/{name}" for name in ("bin", "boot", "etc", "home", "lib", "lib64", "opt", "root", "sbin", "tmp", "usr", "var")
}
_KERNEL_DIRECTORIES = ("/dev/", "/proc/", "/run/", "/sys/")
_SYSTEM_GIB = 8


def check_root(component: str, machine: MachineSpec) -> None:
    """Raise `InvalidArgs` for a root volume that does not hold what belongs there."""
    size, swap = machine.get("root_volume_gib", 20), machine.get("swap_gib", 0)
    check_range(component, "machine.root_volume_gib", size, _SYSTEM_GIB, 65536, "GiB")
    check_range(component, "machine.swap_gib", swap, 0, 64, "GiB")
    if swap > size - _SYSTEM_GIB:
        raise InvalidArgs(
            f"{component}: machine.swap_gib must leave {_SYSTEM_GIB} GiB of machine.root_volume_gib ({size}), "
            f"got {swap}"
        )


def check_mounts(component: str, mounts: Sequence[Mount]) -> None:
    """Raise `InvalidArgs` for mounts that cannot be written down in fstab."""
    known = {str(distribution) for distribution in Distribution}
    check_unique(component, [(f"mounts[{i}].name", m["name"]) for i, m in enumerate(mounts)])
    for i, mount in enumerate(mounts):
        field = f"mounts[{i}]"
        check_key(component, f"{field}.name", mount["name"])
        if not re.fullmatch(r"[a-z0-9.-]+", mount["type"]):
            raise InvalidArgs(f"{component}: {field}.type must be a file system type, got {mount['type']!r}")
        check_value(component, f"{field}.source", mount["source"], word=True)
        check_value(component, f"{field}.options", mount.get("options", "defaults"), word=True)
        check_owner(component, f"{field}.owner", mount.get("owner"))
        for distribution, packages in mount.get("packages", {}).items():
            check_packages(component, f"{field}.packages.{distribution}", packages)
        for distribution, commands in mount.get("setup", {}).items():
            for j, command in enumerate(commands):
                check_value(component, f"{field}.setup.{distribution}[{j}]", command, line=False)
        unknown = {*mount.get("packages", {}), *mount.get("setup", {})} - known
        if unknown:
            raise InvalidArgs(
                f"{component}: {field} must have packages and setup by distribution ({', '.join(sorted(known))}), "
                f"got {min(unknown)!r}"
            )


def check_volumes(component: str, volumes: Sequence[DataVolumeSpec], mounts: Sequence[Mount]) -> None:
    """Raise `InvalidArgs` for volumes that EC2 or the system has no place for."""
    if len(volumes) > MAX_DATA_VOLUMES:
        raise InvalidArgs(f"{component}: machine.data_volumes must be at most {MAX_DATA_VOLUMES}, got {len(volumes)}")
    fields = [f"machine.data_volumes[{i}]" for i in range(len(volumes))]
    check_unique(component, [(f"{f}.name", v["name"]) for f, v in zip(fields, volumes, strict=True)])
    paths = [(f"mounts[{i}].path", m["path"]) for i, m in enumerate(mounts)]
    paths += [(f"{f}.path", v["path"]) for f, v in zip(fields, volumes, strict=True)]
    check_unique(component, paths)
    for field, path in paths:
        check_path(component, field, path)
        if path in _SYSTEM_DIRECTORIES or f"{path}/".startswith(_KERNEL_DIRECTORIES):
            raise InvalidArgs(f"{component}: {field} must not hide a directory of the system, got {path!r}")
    for field, volume in zip(fields, volumes, strict=True):
        check_key(component, f"{field}.name", volume["name"])
        if len(volume["name"]) > 12:  # noqa: PLR2004 - mkfs.xfs(8): a label has at most 12 characters
            raise InvalidArgs(f"{component}: {field}.name must be at most 12 characters, got {volume['name']!r}")
        if volume["name"] == "ew-making":  # the label of a file system that is not complete yet (file-system.sh)
            raise InvalidArgs(f"{component}: {field}.name must be another than ew-making, got 'ew-making'")
        check_owner(component, f"{field}.owner", volume.get("owner"))
        _check_limits(component, field, volume)


_SIZES = {VolumeType.GP3: (1, 65536), VolumeType.IO2: (4, 65536), VolumeType.ST1: (125, 16384)}
_SIZES[VolumeType.SC1] = _SIZES[VolumeType.ST1]
_IOPS = {VolumeType.GP3: (3000, 80000, 500), VolumeType.IO2: (100, 256000, 1000)}  # the last is per GiB


def _check_limits(component: str, field: str, volume: DataVolumeSpec) -> None:
    """Limits since September 2025: EC2 API, CreateVolume; ratios: EBS User Guide, "EBS volume types"."""
    kind, size = volume.get("type", VolumeType.GP3), volume["size_gib"]
    check_range(component, f"{field}.size_gib", size, *_SIZES[kind], "GiB")
    if "iops" in volume and kind not in _IOPS:
        raise InvalidArgs(f"{component}: {field}.iops must be left out for {kind}, got {volume.get('iops')}")
    if "throughput" in volume and kind is not VolumeType.GP3:
        raise InvalidArgs(f"{component}: {field}.throughput must be left out for {kind}, got {volume['throughput']}")
    if kind is VolumeType.IO2 and "iops" not in volume:
        raise InvalidArgs(f"{component}: {field}.iops must be given for io2, got none")
    if kind not in _IOPS:
        return
    low, high, per_gib = _IOPS[kind]
    iops, throughput = volume.get("iops", low), volume.get("throughput", 125)
    check_range(component, f"{field}.iops", iops, low, high)
    if iops > max(low, per_gib * size):
        raise InvalidArgs(
            f"{component}: {field}.iops must be at most {per_gib} per GiB ({max(low, per_gib * size)}), got {iops}"
        )
    if kind is not VolumeType.GP3:
        return
    check_range(component, f"{field}.throughput", throughput, 125, 2000, "MiB/s")
    if throughput > iops / 4:
        raise InvalidArgs(
            f"{component}: {field}.throughput must be at most a quarter of the IOPS ({iops // 4}), got {throughput}"
        )
