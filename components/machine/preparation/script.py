"""The script that prepares a machine."""

import shlex
from collections.abc import Mapping, Sequence
from typing import cast

from ..._mounts import Mount
from ..distributions import FACTS
from ..parts import DataVolumeSpec, FileSystem
from ..spec import Distribution, MachineSpec, ServiceState
from ..words import check_value, device_names, unit_name
from . import updates
from .places import AGENT, LIBRARY, STATE, command_file, setup_file
from .surroundings import Surroundings
from .units import BOOT_UNIT, LIFECYCLE_UNIT, SECRETS_TIMER, SECRETS_UNIT, drop_ins, own_units

_LOCAL_TYPES = {"ext4", "xfs"}


def prepare(
    component: str, machine: MachineSpec, mounts: Sequence[Mount], distribution: Distribution, around: Surroundings
) -> str:
    """Return the script, with the steps in the order in which they need each other."""
    services = {unit_name(name): state for name, state in machine.get("services", {}).items()}
    lines = [
        "#!/bin/bash",
        f"# Prepares this machine; may run again. Outcome: {STATE}/verdict",
        "set -euo pipefail",
        "# shellcheck source=/dev/null",
        f". {LIBRARY}",
        _call("begin", *services),
    ]
    units = own_units(machine, mounts, around)
    if "lifecycle" in around:
        # First of all: whoever waits for this machine hears that it is alive, and at once when something fails.
        calls = ["systemctl daemon-reload", _call("systemctl", "enable", LIFECYCLE_UNIT)]
        lines += _step("lifecycle hooks", [*calls, _call("systemctl", "restart", "--no-block", LIFECYCLE_UNIT)])
    elif units or machine.get("security_updates", True):
        lines += _step("units", ["systemctl daemon-reload"])
    masked = [_call("mask_unit", unit) for unit, s in services.items() if s is ServiceState.MASKED]
    lines += _step("masked services", masked)
    if machine.get("swap_gib"):
        lines += _step("swap", [_call("make_swap", str(machine.get("swap_gib")))])
    packages = wanted_packages(machine, mounts, distribution)
    lines += _step("packages", [_call("install_packages", *packages)] if packages else [])
    lines += _step("logs and metrics", _agent(machine, distribution))
    if machine.get("security_updates", True):
        lines += _step("security updates", [_call("systemctl", "enable", "--now", *updates.TIMERS[distribution])])
    ssh = FACTS[distribution].ssh_unit
    lines += _step("ssh", [f"if systemctl is-active --quiet {ssh}; then systemctl reload {ssh}; fi"])
    lines += _step("users", _users(machine))
    lines += _step("files", _places(machine, drop_ins(machine, mounts, around)))
    for i, _command in enumerate(machine.get("image_commands", ()), start=1):
        lines += _step(f"image command {i}", [_call("run_once", command_file("commands/image-", i))])
    # A parent directory is mounted before what is mounted inside it.
    steps = [(v["path"], f"volume {v['name']}", lines_) for v, lines_ in _volumes(machine)]
    steps += [(m["path"], f"mount {m['name']}", _mount(component, m, distribution)) for m in mounts]
    for _, title, calls in sorted(steps, key=lambda step: step[0]):
        lines += _step(title, calls)
    if around.get("secrets"):
        calls = [_call("run_unit", SECRETS_UNIT), _call("systemctl", "enable", "--now", SECRETS_TIMER)]
        lines += _step("secrets", calls)
    lines += _step("boot commands", [_call("run_unit", BOOT_UNIT)] if machine.get("boot_commands") else [])
    calls = ["systemctl daemon-reload"] if drop_ins(machine, mounts, around) else []
    calls += [_call("disable_unit", unit) for unit, s in services.items() if s is ServiceState.DISABLED]
    calls += [_call("enable_unit", unit) for unit, s in services.items() if s is ServiceState.ENABLED]
    lines += _step("services", calls)
    for i, _command in enumerate(machine.get("commands", ()), start=1):
        lines += _step(f"command {i}", [_call("run_once", command_file("commands/", i))])
    return "\n".join(lines) + "\n"


def boot(machine: MachineSpec) -> str:
    """Return the script that runs the boot commands."""
    lines = ["#!/bin/bash", "# Runs the boot commands; the first that fails is the last.", "set -euo pipefail"]
    lines += ["# shellcheck source=/dev/null", f". {LIBRARY}"]
    for i, _command in enumerate(machine.get("boot_commands", ()), start=1):
        lines += _step(f"boot command {i}", [_call("run_script", command_file("boot/", i))])
    return "\n".join(lines) + "\n"


def wanted_packages(machine: MachineSpec, mounts: Sequence[Mount], distribution: Distribution) -> list[str]:
    """Return every package once, the declared ones first."""
    facts = FACTS[distribution]
    wanted = [*machine.get("packages", ())]
    if machine.get("data_volumes"):
        wanted += facts.volume_packages
        if any(_file_system(volume) == FileSystem.EXT4 for volume in machine.get("data_volumes", ())):
            wanted.append("e2fsprogs")
    if "cloudwatch" in machine:
        wanted += facts.agent_packages
    if machine.get("security_updates", True):
        wanted += facts.update_packages
    for mount in mounts:
        wanted += mount.get("packages", {}).get(distribution, ())
    return list(dict.fromkeys(wanted))


def _step(title: str, calls: Sequence[str]) -> list[str]:
    return [f"\n{_call('step', title)}", *calls] if calls else []


def _call(*words: str) -> str:
    return shlex.join(words)


def _agent(machine: MachineSpec, distribution: Distribution) -> list[str]:
    if "cloudwatch" not in machine:
        return []
    source = FACTS[distribution].agent_source
    install = [_call("install_agent", source.url, source.key_url, source.fingerprint)] if source else []
    return [*install, _call("start_agent", AGENT)]


def _users(machine: MachineSpec) -> list[str]:
    return [
        _call(
            "make_user",
            user["name"],
            user.get("shell", "/usr/sbin/nologin"),
            user.get("home", ""),
            "yes" if user.get("system", True) else "no",
            *user.get("groups", ()),
        )
        for user in machine.get("users", ())
    ]


def _places(machine: MachineSpec, ours: Mapping[str, str]) -> list[str]:
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
    return calls + [_call("place", path, "root", "root", "0644") for path in ours]


def _volumes(machine: MachineSpec) -> list[tuple[DataVolumeSpec, list[str]]]:
    volumes = machine.get("data_volumes", ())
    devices = device_names(volumes)
    options = "defaults,nofail,x-systemd.growfs"
    return [
        (
            volume,
            [
                _call("format_volume", volume["name"], devices[volume["name"]], _file_system(volume)),
                _call(
                    "mount_at",
                    volume["path"],
                    _file_system(volume),
                    f"LABEL={volume['name']}",
                    options,
                    volume.get("owner", ""),
                ),
            ],
        )
        for volume in volumes
    ]


def _file_system(volume: DataVolumeSpec) -> str:
    return volume.get("file_system", FileSystem.XFS).value


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
    calls = [f"  {_call('run_script', setup_file(mount, i))}" for i, _ in enumerate(setup, start=1)]
    if calls:
        calls = [f"if ! mountpoint -q {shlex.quote(mount['path'])}; then", *calls, "fi"]
    return [
        *calls,
        _call("mount_at", mount["path"], mount["type"], source, options, mount.get("owner", "")),
    ]
