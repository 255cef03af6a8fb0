"""Everything that cloud-init lays down on a machine."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import cast

from ..._mounting import SCRIPTS
from ..._mounts import Mount
from ..cloudconfig import StagedFile
from ..distributions import FACTS
from ..lifecycle import settings as lifecycle_settings
from ..spec import Distribution, MachineSpec
from ..templates import filled
from ..words import check_value
from . import script, updates
from .brevity import brief
from .places import (
    AGENT,
    BOOT,
    ENVIRONMENT,
    LIBRARY,
    PREPARE,
    PROGRAMS,
    SETTINGS,
    command_file,
    setup_file,
    staged_file,
)
from .reporting import FLUSH_SECONDS, agent_settings
from .surroundings import Surroundings
from .units import boot_units, drop_ins, own_units

_PROFILE = f"""\
# shellcheck shell=sh source=/dev/null
# What the machine's environment holds, for login shells; services read the same file.
set -a
. {ENVIRONMENT}
set +a
"""

# Of several settings sshd takes the first, and its files are read in the order of their names.
_SSH = StagedFile(
    "/etc/ssh/sshd_config.d/00-elasticweb.conf",
    "PermitRootLogin no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n",
    "0644",
)


def staged_files(
    component: str,
    machine: MachineSpec,
    mounts: Sequence[Mount],
    distribution: Distribution,
    around: Surroundings | None = None,
) -> list[StagedFile]:
    """Return all files, for a spec, mounts and surroundings without Outputs: the script that reads them first."""
    around = around or {}
    files = [StagedFile(PREPARE, script.prepare(component, machine, mounts, distribution, around), "0755")]
    if machine.get("boot_commands"):
        files.append(StagedFile(BOOT, script.boot(machine), "0755"))
    environment = _plain_environment(component, machine)
    if environment:
        files.append(StagedFile(ENVIRONMENT, _environment(environment), "0644"))
        files.append(StagedFile("/etc/profile.d/elasticweb.sh", _PROFILE, "0644"))
    files += _settings(machine, distribution, around)
    files += own_units(machine, mounts, around)
    if machine.get("security_updates", True):
        files += updates.FILES[distribution]
    files.append(_SSH)
    for file in machine.get("files", ()):
        content, field = cast("str", file["content"]), f"the content of {file['path']}"
        check_value(component, field, content, line=False)
        if file.get("template", False):
            content = filled(component, field, content, environment)
        files.append(StagedFile(staged_file(file["path"]), content, "0600"))
    ours = drop_ins(machine, mounts, around)
    files += [StagedFile(staged_file(path), content, "0600") for path, content in ours.items()]
    for mount in mounts:
        for i, command in enumerate(mount.get("setup", {}).get(distribution, ()), start=1):
            files.append(StagedFile(setup_file(mount, i), f"{command}\n", "0600"))
    for kind, commands in (
        ("commands/image-", machine.get("image_commands", ())),
        ("commands/", machine.get("commands", ())),
        ("boot/", machine.get("boot_commands", ())),
        ("farewell/", machine.get("farewell_commands", ())),
    ):
        for i, command in enumerate(commands, start=1):
            files.append(StagedFile(command_file(kind, i), f"{command.rstrip()}\n", "0600"))
    return [*files, *_library(machine, mounts, distribution, around)]


def _plain_environment(component: str, machine: MachineSpec) -> Mapping[str, str]:
    environment = cast("Mapping[str, str]", machine.get("environment", {}))
    for name, text in environment.items():
        check_value(component, f"machine.environment.{name}", text)
    return environment


def _environment(environment: Mapping[str, str]) -> str:
    """Quote so that a POSIX shell and systemd.exec(5) read the same: double quotes, four characters escaped."""
    lines = list[str]()
    for name, text in environment.items():
        escaped = text
        for character in ("\\", '"', "$", "`"):
            escaped = escaped.replace(character, f"\\{character}")
        lines.append(f'{name}="{escaped}"\n')
    return "".join(lines)


def _settings(machine: MachineSpec, distribution: Distribution, around: Surroundings) -> list[StagedFile]:
    """Return what the machine's own programs are told. ARNs are no secrets, but nobody else's business."""
    files = list[StagedFile]()
    secrets = around.get("secrets", ())
    if secrets:
        told = {"group": machine.get("secret_group", "root"), "secrets": {s["name"]: s["arn"] for s in secrets}}
        files.append(StagedFile(f"{SETTINGS}/secrets.json", f"{json.dumps(told, indent=2)}\n", "0600"))
    if "lifecycle" in around:
        farewell = [command_file("farewell/", i + 1) for i, _ in enumerate(machine.get("farewell_commands", ()))]
        flush = 2 * FLUSH_SECONDS if "cloudwatch" in machine else 0
        told = lifecycle_settings(around["lifecycle"], farewell, flush, boot_units(machine, around))
        files.append(StagedFile(f"{SETTINGS}/lifecycle.json", f"{json.dumps(told, indent=2)}\n", "0600"))
    if "cloudwatch" in machine:
        files.append(StagedFile(AGENT, agent_settings(machine, around, distribution), "0644"))
    return files


def _library(
    machine: MachineSpec, mounts: Sequence[Mount], distribution: Distribution, around: Surroundings
) -> list[StagedFile]:
    """Return the programs that this machine needs, and none that it does not: user data is short of room."""
    parts = {
        "common": True,
        distribution.value: bool(script.wanted_packages(machine, mounts, distribution)),
        "swap": bool(machine.get("swap_gib")),
        "agent-download": "cloudwatch" in machine and FACTS[distribution].agent_source is not None,
        "agent": "cloudwatch" in machine,
        "users": bool(machine.get("users")),
        "file-system": bool(machine.get("data_volumes")),
        "volumes": bool(machine.get("data_volumes")),
        "mounts": bool(machine.get("data_volumes")) or bool(mounts),
        "services": bool(machine.get("services")),
        "units": bool(boot_units(machine, around)),
    }
    library = "\n".join(_script(f"{part}.sh") for part, used in parts.items() if used)
    programs = {
        "aws.py": bool(around.get("secrets")) or "lifecycle" in around,
        "fetch_secrets.py": bool(around.get("secrets")),
        "lifecycle.py": "lifecycle" in around,
    }
    own = [StagedFile(f"{PROGRAMS}/{name}", _script(name), "0644") for name, used in programs.items() if used]
    return [StagedFile(LIBRARY, library, "0644"), *own]


@cache
def _script(name: str) -> str:
    own = Path(__file__).parents[1] / "scripts" / name
    return brief(name, (own if own.exists() else SCRIPTS / name).read_text("utf-8"))
