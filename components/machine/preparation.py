"""The steps by which a machine prepares itself: from a spec to scripts and files, without Pulumi."""

import shlex
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import cast

import pulumi

from .._args import InvalidArgs
from .._mounts import Mount
from .cloudconfig import StagedFile
from .distributions import FACTS
from .parts import DataVolumeSpec
from .spec import Distribution, MachineSpec, ServiceState

LIBRARY = "/usr/local/lib/elasticweb/steps.sh"
PREPARE = "/usr/local/lib/elasticweb/prepare"
STATE = "/var/lib/elasticweb"
ENVIRONMENT = "/etc/elasticweb/environment"

_LOCAL_TYPES = {"ext4", "xfs"}
LIFELINES = ("amazon-ssm-agent", "snap.amazon-ssm-agent")
"""Units that no mount may keep from starting: Session Manager is the only way in."""

_PROFILE = f"""\
# shellcheck shell=sh source=/dev/null
# What the machine's environment holds, for login shells; services read the same file.
set -a
. {ENVIRONMENT}
set +a
"""


def unit_name(service: str) -> str:
    """Return the systemd unit of a service: `.service` may be left out."""
    suffixes = (".service", ".socket", ".timer", ".path", ".target", ".mount", ".slice")
    return service if service.endswith(suffixes) else f"{service}.service"


def device_names(volumes: Sequence[DataVolumeSpec]) -> dict[str, str]:
    """Return the device (`sdf`, ...) of each data volume, in the order given; servers never change theirs."""
    return {volume["name"]: f"sd{chr(ord('f') + i)}" for i, volume in enumerate(volumes)}


def check_value(component: str, field: str, value: object, *, line: bool = True, word: bool = False) -> None:
    """Raise `InvalidArgs` unless *value* is a string (of one line, of one word); Outputs are left for later."""
    if isinstance(value, pulumi.Output) or hasattr(value, "__await__"):
        return
    if not isinstance(value, str):
        raise InvalidArgs(f"{component}: {field} must be a string, got {value!r}")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise InvalidArgs(f"{component}: {field} must be text, got half of a character in {value!r}")
    if word and (not value or not value.isascii() or not value.isprintable() or set(value) & set(" \"'#")):
        raise InvalidArgs(f"{component}: {field} must be one word without quotes, got {value!r}")
    if line and any(ord(character) < ord(" ") or ord(character) == 0x7F for character in value):  # noqa: PLR2004
        raise InvalidArgs(f"{component}: {field} must be one line without control characters, got {value!r}")


def staged_files(
    component: str, machine: MachineSpec, mounts: Sequence[Mount], distribution: Distribution
) -> list[StagedFile]:
    """Return everything that cloud-init lays down, for a spec and mounts without Outputs."""
    files = [StagedFile(PREPARE, _prepare(component, machine, mounts, distribution), "0755")]
    environment = machine.get("environment", {})
    if environment:
        files.append(StagedFile(ENVIRONMENT, _environment(component, machine), "0644"))
        files.append(StagedFile("/etc/profile.d/elasticweb.sh", _PROFILE, "0644"))
    for file in machine.get("files", ()):
        content = cast("str", file["content"])
        check_value(component, f"the content of {file['path']}", content, line=False)
        files.append(StagedFile(f"{STATE}/files{file['path']}", content, "0600"))
    files += [
        StagedFile(f"{STATE}/files{path}", content, "0600") for path, content in _drop_ins(machine, mounts).items()
    ]
    for mount in mounts:
        for i, command in enumerate(mount.get("setup", {}).get(distribution, ()), start=1):
            files.append(StagedFile(_setup_file(mount, i), f"{command}\n", "0600"))
    for i, command in enumerate(machine.get("image_commands", ()), start=1):
        files.append(StagedFile(_image_command_file(i), f"{command.rstrip()}\n", "0600"))
    for i, command in enumerate(machine.get("commands", ()), start=1):
        files.append(StagedFile(_command_file(i), f"{command.rstrip()}\n", "0600"))
    return [*files, StagedFile(LIBRARY, _library(distribution), "0644")]


def _prepare(component: str, machine: MachineSpec, mounts: Sequence[Mount], distribution: Distribution) -> str:
    services = {unit_name(name): state for name, state in machine.get("services", {}).items()}
    lines = [
        "#!/bin/bash",
        f"# Prepares this machine; may run again. Outcome: {STATE}/verdict",
        "set -euo pipefail",
        "# shellcheck source=/dev/null",
        f". {LIBRARY}",
        _call("begin", *services),
    ]
    masked = [_call("mask_unit", unit) for unit, s in services.items() if s is ServiceState.MASKED]
    lines += _step("masked services", masked)
    packages = wanted_packages(machine, mounts, distribution)
    lines += _step("packages", [_call("install_packages", *packages)] if packages else [])
    lines += _step("files", _places(machine, mounts))
    for i, _command in enumerate(machine.get("image_commands", ()), start=1):
        lines += _step(f"image command {i}", [_call("run_once", _image_command_file(i))])
    # A parent directory is mounted before what is mounted inside it.
    steps = [(v["path"], f"volume {v['name']}", lines_) for v, lines_ in _volumes(machine)]
    steps += [(m["path"], f"mount {m['name']}", _mount(component, m, distribution)) for m in mounts]
    for _, title, calls in sorted(steps, key=lambda step: step[0]):
        lines += _step(title, calls)
    drop_ins = _drop_ins(machine, mounts)
    calls = ["systemctl daemon-reload"] if drop_ins else []
    calls += [_call("disable_unit", unit) for unit, s in services.items() if s is ServiceState.DISABLED]
    calls += [_call("enable_unit", unit) for unit, s in services.items() if s is ServiceState.ENABLED]
    lines += _step("services", calls)
    for i, _command in enumerate(machine.get("commands", ()), start=1):
        lines += _step(f"command {i}", [_call("run_once", _command_file(i))])
    return "\n".join(lines) + "\n"


def _step(title: str, calls: Sequence[str]) -> list[str]:
    return [f"\n{_call('step', title)}", *calls] if calls else []


def _call(*words: str) -> str:
    return shlex.join(words)


def wanted_packages(machine: MachineSpec, mounts: Sequence[Mount], distribution: Distribution) -> list[str]:
    """Return every package that the machine needs, its mounts' clients included."""
    wanted = [*machine.get("packages", ())]
    if machine.get("data_volumes"):
        wanted += FACTS[distribution].volume_packages
    for mount in mounts:
        wanted += mount.get("packages", {}).get(distribution, ())
    return list(dict.fromkeys(wanted))


def _places(machine: MachineSpec, mounts: Sequence[Mount]) -> list[str]:
    calls = [
        _call(
            "place",
            file["path"],
            file.get("owner", "root"),
            file.get("group", "root"),
            file.get("mode", "0644"),
        )
        for file in machine.get("files", ())
    ]
    return calls + [_call("place", path, "root", "root", "0644") for path in _drop_ins(machine, mounts)]


def _volumes(machine: MachineSpec) -> list[tuple[DataVolumeSpec, list[str]]]:
    volumes = machine.get("data_volumes", ())
    devices = device_names(volumes)
    options = "defaults,nofail,x-systemd.growfs"
    return [
        (
            volume,
            [
                _call("format_volume", volume["name"], devices[volume["name"]]),
                _call(
                    "mount_at",
                    volume["path"],
                    "xfs",
                    f"LABEL={volume['name']}",
                    options,
                    volume.get("owner", ""),
                ),
            ],
        )
        for volume in volumes
    ]


def _mount(component: str, mount: Mount, distribution: Distribution) -> list[str]:
    field = f"mount {mount['name']}"
    source, options = cast("str", mount["source"]), cast("str", mount.get("options", "defaults"))
    check_value(component, f"{field}: source", source, word=True)
    check_value(component, f"{field}: options", options, word=True)
    # A share that is away must not stop the boot: Session Manager is the way to repair it. What needs the
    # share waits for it through RequiresMountsFor.
    needed = ["nofail"] if mount["type"] in _LOCAL_TYPES else ["_netdev", "nofail"]
    options = ",".join(dict.fromkeys([*options.split(","), *needed]))
    setup = mount.get("setup", {}).get(distribution, ())
    calls = [f"  {_call('run_script', _setup_file(mount, i))}" for i, _ in enumerate(setup, start=1)]
    if calls:
        calls = [f"if ! mountpoint -q {shlex.quote(mount['path'])}; then", *calls, "fi"]
    return [
        *calls,
        _call("mount_at", mount["path"], mount["type"], source, options, mount.get("owner", "")),
    ]


def _drop_ins(machine: MachineSpec, mounts: Sequence[Mount]) -> Mapping[str, str]:
    """Return what ties enabled units to the machine's environment and mounts, by path."""
    paths = sorted([*(m["path"] for m in mounts), *(v["path"] for v in machine.get("data_volumes", ()))])
    drop_ins = dict[str, str]()
    for service, state in machine.get("services", {}).items():
        unit = unit_name(service)
        sections = list[str]()
        if paths and not unit.startswith(LIFELINES):
            sections.append(f"[Unit]\nRequiresMountsFor={' '.join(paths)}\n")
        if machine.get("environment") and unit.endswith(".service"):
            sections.append(f"[Service]\nEnvironmentFile={ENVIRONMENT}\n")
        if sections and state is ServiceState.ENABLED:
            drop_ins[f"/etc/systemd/system/{unit}.d/elasticweb.conf"] = "\n".join(sections)
    return drop_ins


def _environment(component: str, machine: MachineSpec) -> str:
    """Quote so that a POSIX shell and systemd.exec(5) read the same: double quotes, four characters escaped."""
    lines = list[str]()
    for name, value in machine.get("environment", {}).items():
        text = cast("str", value)
        check_value(component, f"machine.environment.{name}", text)
        for character in ("\\", '"', "$", "`"):
            text = text.replace(character, f"\\{character}")
        lines.append(f'{name}="{text}"\n')
    return "".join(lines)


def _setup_file(mount: Mount, number: int) -> str:
    return f"{STATE}/setup/{mount['name']}-{number}"


def _image_command_file(number: int) -> str:
    """Run once per content, so never again on a server whose image holds the stamp."""
    return f"{STATE}/commands/image-{number}"


def _command_file(number: int) -> str:
    return f"{STATE}/commands/{number}"


@cache
def _library(distribution: Distribution) -> str:
    scripts = Path(__file__).parent / "scripts"
    return "\n".join((scripts / f"{part}.sh").read_text("utf-8") for part in ("common", distribution))
