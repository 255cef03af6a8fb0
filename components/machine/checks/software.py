"""Which packages, services, commands, users and variables are refused."""

import re
import zoneinfo
from collections.abc import Sequence

from ..._args import InvalidArgs
from ..spec import MachineSpec
from ..words import check_value, unit_name
from .words import check_path, check_unique, check_user

_PACKAGE = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9.+_:=~-]*")
_UNIT = re.compile(r"[A-Za-z0-9@_.:-]+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_READ_ONLY_VARIABLES = {"BASHOPTS", "BASH_VERSINFO", "EUID", "PPID", "SHELLOPTS", "UID"}
"""Bash ends a script that sets one of these, so a login shell would break."""


def check_software(component: str, machine: MachineSpec) -> None:
    """Raise `InvalidArgs` for names that a machine does not know."""
    check_packages(component, "machine.packages", machine.get("packages", ()))
    units = dict[str, str]()
    for service in machine.get("services", {}):
        if not _UNIT.fullmatch(service):
            raise InvalidArgs(f"{component}: machine.services must name systemd units, such as nginx, got {service!r}")
        other = units.setdefault(unit_name(service), service)
        if other != service:
            raise InvalidArgs(f"{component}: machine.services must name a unit once, got {other!r} and {service!r}")
    kinds = {
        "image_commands": machine.get("image_commands", ()),
        "commands": machine.get("commands", ()),
        "boot_commands": machine.get("boot_commands", ()),
        "farewell_commands": machine.get("farewell_commands", ()),
    }
    for kind, commands in kinds.items():
        for i, command in enumerate(commands):
            if not command.strip():
                raise InvalidArgs(f"{component}: machine.{kind}[{i}] must not be empty")
    zone = machine.get("time_zone")
    if zone is not None and not _is_time_zone(zone):
        raise InvalidArgs(f"{component}: machine.time_zone must be an IANA name, such as Europe/Zurich, got {zone!r}")


def check_packages(component: str, field: str, packages: Sequence[str]) -> None:
    """Raise `InvalidArgs` for what is no name of a package."""
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


def check_environment(component: str, machine: MachineSpec) -> None:
    """Raise `InvalidArgs` for variables that a shell cannot set."""
    for variable, value in machine.get("environment", {}).items():
        if not _VARIABLE.fullmatch(variable) or variable in _READ_ONLY_VARIABLES:
            raise InvalidArgs(
                f"{component}: machine.environment must name variables that a shell can set, such as APP_ENV, "
                f"got {variable!r}"
            )
        check_value(component, f"machine.environment.{variable}", value)


def check_users(component: str, machine: MachineSpec) -> None:
    """Raise `InvalidArgs` for users and groups that cannot be made."""
    users = machine.get("users", ())
    check_unique(component, [(f"machine.users[{i}].name", user["name"]) for i, user in enumerate(users)])
    for i, user in enumerate(users):
        field = f"machine.users[{i}]"
        check_user(component, f"{field}.name", user["name"])
        if user["name"] == "root":
            raise InvalidArgs(f"{component}: {field}.name must not be root, which every machine has")
        for j, group in enumerate(user.get("groups", ())):
            check_user(component, f"{field}.groups[{j}]", group)
        check_path(component, f"{field}.shell", user.get("shell", "/usr/sbin/nologin"))
        check_path(component, f"{field}.home", user.get("home", "/nonexistent"))
    check_user(component, "machine.secret_group", machine.get("secret_group", "root"))
