"""What of a machine's preparation is done once, when its image is built; the rest is done at boot."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from .._mounts import Mount
from .cloudconfig import StagedFile
from .distributions import FACTS
from .preparation import LIBRARY, LIFELINES, staged_files, unit_name, wanted_packages
from .spec import Distribution, MachineSpec, ServiceState


def image_machine(machine: MachineSpec, mounts: Sequence[Mount], distribution: Distribution) -> MachineSpec:
    """Return the machine that an image is built of: what is the same on every server and known beforehand.

    Enabled services are parked: a server starts from the image before its files, mounts and secrets are there, and a
    default page must not answer the load balancer's health check. What is not named here, is left to boot.
    """
    services = {
        name: state if state is ServiceState.MASKED else ServiceState.DISABLED
        for name, state in machine.get("services", {}).items()
        if not unit_name(name).startswith(LIFELINES)  # Image Builder works through the agent
    }
    return {
        "packages": wanted_packages(machine, mounts, distribution),
        "services": services,
        "environment": {k: v for k, v in machine.get("environment", {}).items() if isinstance(v, str)},
        "users": machine.get("users", ()),
        "files": [
            file
            for file in machine.get("files", ())
            if isinstance(file["content"], str) and not file.get("template", False)
        ],
        # The machine's own first, at the places that they have at boot: there they are known to have run.
        "image_commands": [
            *machine.get("image_commands", ()),
            *_agent(machine, distribution),
            *_clients(mounts, distribution),
        ],
        # The image is updated when it is built; what updates servers at night is for servers.
        "security_updates": False,
    }


def image_files(component: str, machine: MachineSpec, distribution: Distribution) -> list[StagedFile]:
    """Return what prepares the machine of :func:`image_machine`, the script to run among it."""
    return staged_files(component, machine, (), distribution)


def _clients(mounts: Sequence[Mount], distribution: Distribution) -> list[str]:
    """Return what installs the clients of storage that is not mounted yet."""
    return [
        command
        for mount in mounts
        if mount.get("setup_in_image", False)
        for command in mount.get("setup", {}).get(distribution, ())
        if isinstance(command, str)
    ]


def _agent(machine: MachineSpec, distribution: Distribution) -> list[str]:
    """Return what installs the CloudWatch agent where it is no package of the distribution."""
    source = FACTS[distribution].agent_source
    if "cloudwatch" not in machine or source is None:
        return []
    steps = (Path(__file__).parent / "scripts" / "agent-download.sh").read_text("utf-8")
    install = shlex.join(["install_agent", source.url, source.key_url, source.fingerprint])
    return [f". {LIBRARY}\n{steps}\n{install}"]
