"""What a machine refuses, before anything is registered."""

import re
import zoneinfo
from collections.abc import Sequence

from .._args import InvalidArgs, check_range
from .._mounts import Connection, Mount
from . import distributions
from .parts import DataVolumeSpec, FileSpec
from .preparation import check_value, unit_name
from .spec import Distribution, MachineSpec
from .userdata import check_size

MAX_DATA_VOLUMES = 11
"""Device names that EC2 recommends for data volumes: /dev/sd[f-p] (EC2 User Guide, device naming)."""

_KEY = re.compile(r"[a-z][a-z0-9-]*")
_PATH = re.compile(r"(?:/[A-Za-z0-9._@+-]+)+")
_PACKAGE = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9.+_:=~-]*")
_UNIT = re.compile(r"[A-Za-z0-9@_.:-]+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_USER = re.compile(r"[a-z_][a-z0-9_-]*")

_READ_ONLY_VARIABLES = {"BASHOPTS", "BASH_VERSINFO", "EUID", "PPID", "SHELLOPTS", "UID"}
"""Bash ends a script that sets one of these, so a login shell would break."""

_SYSTEM_DIRECTORIES = {
    f"/{name}" for name in ("bin", "boot", "etc", "home", "lib", "lib64", "opt", "root", "sbin", "tmp", "usr", "var")
}
_KERNEL_DIRECTORIES = ("/dev/", "/proc/", "/run/", "/sys/")

_TAKEN = ("http", "https")
"""Names of the rules that every machine has."""


def check_machine(
    component: str, machine: MachineSpec, mounts: Sequence[Mount] = (), connections: Sequence[Connection] = ()
) -> None:
    """Raise `InvalidArgs` for everything in a machine that can be known to be wrong before it is registered.

    Components that make a machine call it with their own name before they register themselves.
    """
    distributions.architecture(component, machine.get("instance_type", distributions.DEFAULT_INSTANCE_TYPE))
    _, distribution = distributions.image(component, machine)
    check_range(component, "machine.root_volume_gib", machine.get("root_volume_gib", 20), 8, 65536, "GiB")
    _check_software(component, machine)
    _check_environment(component, machine)
    _check_mounts(component, mounts)
    _check_volumes(component, machine.get("data_volumes", ()), mounts)
    _check_files(component, machine, mounts)
    connections_of(component, mounts, connections)
    check_size(component, machine, mounts, distribution)


def connections_of(component: str, mounts: Sequence[Mount], connections: Sequence[Connection]) -> list[Connection]:
    """Return every connection once; two mounts of one share have the same."""
    known = dict[str, Connection]()
    named = [(f"connections[{i}]", c) for i, c in enumerate(connections)]
    named += [(f"mounts[{i}].connection", m["connection"]) for i, m in enumerate(mounts) if "connection" in m]
    for field, connection in named:
        key, other = connection["name"], known.get(connection["name"])
        _check_key(component, f"{field}.name", key)
        check_range(component, f"{field}.port", connection["port"], 1, 65535)
        same = other is not None and field.startswith("mounts") and _same(connection, other)
        if key in _TAKEN or (other is not None and not same):
            raise InvalidArgs(
                f"{component}: {field}.name must be unique in the machine and not http or https, got {key!r}"
            )
        known[key] = connection
    return list(known.values())


def _same(one: Connection, other: Connection) -> bool:
    groups = one["security_group_id"], other["security_group_id"]
    equal = groups[0] is groups[1] or (isinstance(groups[0], str) and groups[0] == groups[1])
    return equal and one["port"] == other["port"]


def _check_software(component: str, machine: MachineSpec) -> None:
    _check_packages(component, "machine.packages", machine.get("packages", ()))
    units = dict[str, str]()
    for service in machine.get("services", {}):
        if not _UNIT.fullmatch(service):
            raise InvalidArgs(f"{component}: machine.services must name systemd units, such as nginx, got {service!r}")
        other = units.setdefault(unit_name(service), service)
        if other != service:
            raise InvalidArgs(f"{component}: machine.services must name a unit once, got {other!r} and {service!r}")
    kinds = {"image_commands": machine.get("image_commands", ()), "commands": machine.get("commands", ())}
    for kind, commands in kinds.items():
        for i, command in enumerate(commands):
            if not command.strip():
                raise InvalidArgs(f"{component}: machine.{kind}[{i}] must not be empty")
    zone = machine.get("time_zone")
    if zone is not None and not _is_time_zone(zone):
        raise InvalidArgs(f"{component}: machine.time_zone must be an IANA name, such as Europe/Zurich, got {zone!r}")


def _check_packages(component: str, field: str, packages: Sequence[str]) -> None:
    for i, package in enumerate(packages):
        if not _PACKAGE.fullmatch(package):
            raise InvalidArgs(f"{component}: {field}[{i}] must be a package's name, got {package!r}")


def _is_time_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        # Windows has no time zone database: there a name can only look right.
        return not zoneinfo.available_timezones() and bool(re.fullmatch(r"[A-Za-z]+(/[A-Za-z0-9_+-]+)*", name))
    return True


def _check_environment(component: str, machine: MachineSpec) -> None:
    for variable, value in machine.get("environment", {}).items():
        if not _VARIABLE.fullmatch(variable) or variable in _READ_ONLY_VARIABLES:
            raise InvalidArgs(
                f"{component}: machine.environment must name variables that a shell can set, such as APP_ENV, "
                f"got {variable!r}"
            )
        check_value(component, f"machine.environment.{variable}", value)


def _check_mounts(component: str, mounts: Sequence[Mount]) -> None:
    known = {str(distribution) for distribution in Distribution}
    _check_unique(component, [(f"mounts[{i}].name", m["name"]) for i, m in enumerate(mounts)])
    for i, mount in enumerate(mounts):
        field = f"mounts[{i}]"
        _check_key(component, f"{field}.name", mount["name"])
        if not re.fullmatch(r"[a-z0-9.-]+", mount["type"]):
            raise InvalidArgs(f"{component}: {field}.type must be a file system type, got {mount['type']!r}")
        check_value(component, f"{field}.source", mount["source"], word=True)
        check_value(component, f"{field}.options", mount.get("options", "defaults"), word=True)
        _check_owner(component, f"{field}.owner", mount.get("owner"))
        for distribution, packages in mount.get("packages", {}).items():
            _check_packages(component, f"{field}.packages.{distribution}", packages)
        for distribution, commands in mount.get("setup", {}).items():
            for j, command in enumerate(commands):
                check_value(component, f"{field}.setup.{distribution}[{j}]", command, line=False)
        unknown = {*mount.get("packages", {}), *mount.get("setup", {})} - known
        if unknown:
            raise InvalidArgs(
                f"{component}: {field} must have packages and setup by distribution ({', '.join(sorted(known))}), "
                f"got {min(unknown)!r}"
            )


def _check_volumes(component: str, volumes: Sequence[DataVolumeSpec], mounts: Sequence[Mount]) -> None:
    if len(volumes) > MAX_DATA_VOLUMES:
        raise InvalidArgs(f"{component}: machine.data_volumes must be at most {MAX_DATA_VOLUMES}, got {len(volumes)}")
    fields = [f"machine.data_volumes[{i}]" for i in range(len(volumes))]
    _check_unique(component, [(f"{f}.name", v["name"]) for f, v in zip(fields, volumes, strict=True)])
    paths = [(f"mounts[{i}].path", m["path"]) for i, m in enumerate(mounts)]
    paths += [(f"{f}.path", v["path"]) for f, v in zip(fields, volumes, strict=True)]
    _check_unique(component, paths)
    for field, path in paths:
        _check_path(component, field, path)
        if path in _SYSTEM_DIRECTORIES or f"{path}/".startswith(_KERNEL_DIRECTORIES):
            raise InvalidArgs(f"{component}: {field} must not hide a directory of the system, got {path!r}")
    for field, volume in zip(fields, volumes, strict=True):
        _check_key(component, f"{field}.name", volume["name"])
        if len(volume["name"]) > 12:  # noqa: PLR2004 - mkfs.xfs(8): a label has at most 12 characters
            raise InvalidArgs(f"{component}: {field}.name must be at most 12 characters, got {volume['name']!r}")
        _check_owner(component, f"{field}.owner", volume.get("owner"))
        _check_gp3(component, field, volume)


def _check_gp3(component: str, field: str, volume: DataVolumeSpec) -> None:
    """Limits since September 2025: EC2 API, CreateVolume; ratios: EBS User Guide, General Purpose SSD volumes."""
    size, iops, throughput = volume["size_gib"], volume.get("iops", 3000), volume.get("throughput", 125)
    check_range(component, f"{field}.size_gib", size, 1, 65536, "GiB")
    check_range(component, f"{field}.iops", iops, 3000, 80000)
    check_range(component, f"{field}.throughput", throughput, 125, 2000, "MiB/s")
    if iops > max(3000, 500 * size):
        raise InvalidArgs(
            f"{component}: {field}.iops must be at most 500 per GiB ({max(3000, 500 * size)}), got {iops}"
        )
    if throughput > iops / 4:
        raise InvalidArgs(
            f"{component}: {field}.throughput must be at most a quarter of the IOPS ({iops // 4}), got {throughput}"
        )


def _check_files(component: str, machine: MachineSpec, mounts: Sequence[Mount]) -> None:
    files: Sequence[FileSpec] = machine.get("files", ())
    _check_unique(component, [(f"machine.files[{i}].path", f["path"]) for i, f in enumerate(files)])
    mounted = [m["path"] for m in mounts] + [v["path"] for v in machine.get("data_volumes", ())]
    for i, file in enumerate(files):
        field = f"machine.files[{i}]"
        _check_path(component, f"{field}.path", file["path"])
        for path in mounted:
            if f"{file['path']}/".startswith(f"{path}/"):
                raise InvalidArgs(
                    f"{component}: {field}.path must not be below the mount at {path}, got {file['path']!r}"
                )
        for part in ("owner", "group"):
            if not _USER.fullmatch(file.get(part, "root")):
                raise InvalidArgs(f"{component}: {field}.{part} must be a name, got {file.get(part)!r}")
        if not re.fullmatch(r"[0-7]{4}", file.get("mode", "0644")):
            raise InvalidArgs(
                f"{component}: {field}.mode must be four octal digits, such as 0644, got {file.get('mode')!r}"
            )
        check_value(component, f"{field}.content", file["content"], line=False)


def _check_unique(component: str, named: Sequence[tuple[str, str]]) -> None:
    seen = dict[str, str]()
    for field, value in named:
        if value in seen:
            raise InvalidArgs(f"{component}: {field} must be unique, but {seen[value]} is {value!r} too")
        seen[value] = field


def _check_key(component: str, field: str, name: str) -> None:
    if not _KEY.fullmatch(name):
        raise InvalidArgs(f"{component}: {field} must be lower-case letters, digits and hyphens, got {name!r}")


def _check_path(component: str, field: str, path: str) -> None:
    if not _PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise InvalidArgs(f"{component}: {field} must be an absolute path of letters, digits and ._@+-, got {path!r}")


def _check_owner(component: str, field: str, owner: str | None) -> None:
    if owner is not None and not re.fullmatch(f"{_USER.pattern}:{_USER.pattern}", owner):
        raise InvalidArgs(f"{component}: {field} must be user:group, got {owner!r}")
