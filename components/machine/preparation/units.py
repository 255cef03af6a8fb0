"""The systemd units of a machine: its own, and what ties declared services to its environment, mounts and secrets."""

from collections.abc import Mapping, Sequence

from ..._mounts import Mount
from ..cloudconfig import StagedFile
from ..spec import MachineSpec, ServiceState
from ..words import unit_name
from .places import BOOT, ENVIRONMENT, PROGRAMS, UNITS
from .surroundings import Surroundings

LIFELINES = ("amazon-ssm-agent", "snap.amazon-ssm-agent")
"""Units that nothing of ours may keep from starting: Session Manager is the only way in."""

SECRETS_UNIT = "elasticweb-secrets.service"
SECRETS_TIMER = "elasticweb-secrets.timer"
BOOT_UNIT = "elasticweb-boot.service"
LIFECYCLE_UNIT = "elasticweb-lifecycle.service"

_SECRETS = f"""\
[Unit]
Description=Secrets of this machine, from AWS Secrets Manager
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=/usr/bin/python3 -B {PROGRAMS}/fetch_secrets.py
StandardError=journal+console

[Install]
WantedBy=multi-user.target
"""

_SECRETS_TIMER = """\
[Unit]
Description=Secrets of this machine, as they are now

[Timer]
OnBootSec=1h
OnUnitActiveSec=1h
RandomizedDelaySec=5min

[Install]
WantedBy=timers.target
"""

_BOOT = """\
[Unit]
Description=What this machine does at every boot
Wants=network-online.target
After=network-online.target{after}
{mounts}
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/bash {script}
StandardError=journal+console

[Install]
WantedBy=multi-user.target
"""

_LIFECYCLE = f"""\
[Unit]
Description=Tells Auto Scaling when this machine is ready, and sees it off
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/python3 -B {PROGRAMS}/lifecycle.py
StandardError=journal+console
Restart=always
RestartSec=5

[Install]
WantedBy=multi-user.target
"""


def boot_units(machine: MachineSpec, around: Surroundings) -> list[str]:
    """Return the units that run at every boot before the declared services, in this order."""
    secrets = [SECRETS_UNIT] if around.get("secrets") else []
    return [*secrets, BOOT_UNIT] if machine.get("boot_commands") else secrets


def own_units(machine: MachineSpec, mounts: Sequence[Mount], around: Surroundings) -> list[StagedFile]:
    """Return the machine's own units."""
    units = dict[str, str]()
    if around.get("secrets"):
        units |= {SECRETS_UNIT: _SECRETS, SECRETS_TIMER: _SECRETS_TIMER}
    if machine.get("boot_commands"):
        after = f" {SECRETS_UNIT}" if around.get("secrets") else ""
        paths = mounted_paths(machine, mounts)
        needed = f"RequiresMountsFor={' '.join(paths)}\n" if paths else ""
        units[BOOT_UNIT] = _BOOT.format(after=after, mounts=needed, script=BOOT)
    if "lifecycle" in around:
        units[LIFECYCLE_UNIT] = _LIFECYCLE
    return [StagedFile(f"{UNITS}/{unit}", text, "0644") for unit, text in units.items()]


def mounted_paths(machine: MachineSpec, mounts: Sequence[Mount]) -> list[str]:
    """Return every directory of the machine that lives elsewhere."""
    return sorted([*(m["path"] for m in mounts), *(v["path"] for v in machine.get("data_volumes", ()))])


def drop_ins(machine: MachineSpec, mounts: Sequence[Mount], around: Surroundings) -> Mapping[str, str]:
    """Return what makes enabled units wait for what they need, and know the environment, by path."""
    paths, before = mounted_paths(machine, mounts), boot_units(machine, around)
    found = dict[str, str]()
    for service, state in machine.get("services", {}).items():
        unit = unit_name(service)
        sections, waits = list[str](), list[str]()
        if not unit.startswith(LIFELINES):
            waits += [f"RequiresMountsFor={' '.join(paths)}"] if paths else []
            # Timers and sockets start earlier than any service: to wait for one would be a circle.
            waits += [f"After={' '.join(before)}"] if before and unit.endswith(".service") else []
        if waits:
            sections.append("\n".join(["[Unit]", *waits, ""]))
        if machine.get("environment") and unit.endswith(".service"):
            sections.append(f"[Service]\nEnvironmentFile={ENVIRONMENT}\n")
        if sections and state is ServiceState.ENABLED:
            found[f"{UNITS}/{unit}.d/elasticweb.conf"] = "\n".join(sections)
    return found
