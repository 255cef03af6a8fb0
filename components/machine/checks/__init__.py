"""What a machine refuses, before anything is registered."""

from collections.abc import Sequence

from ..._mounts import Connection, Mount
from .. import distributions
from ..preparation import Surroundings
from ..spec import MachineSpec
from ..userdata import check_size
from .connections import connections_of
from .files import check_files
from .reporting import check_reporting
from .software import check_environment, check_software, check_users
from .storage import check_mounts, check_root, check_volumes
from .surroundings import check_surroundings

__all__ = ["check_machine", "connections_of"]


def check_machine(
    component: str,
    machine: MachineSpec,
    mounts: Sequence[Mount] = (),
    connections: Sequence[Connection] = (),
    around: Surroundings | None = None,
) -> None:
    """Raise `InvalidArgs` for everything in a machine that can be known to be wrong before it is registered.

    Components that make a machine call it with their own name before they register themselves.
    """
    distributions.architecture(component, machine.get("instance_type", distributions.DEFAULT_INSTANCE_TYPE))
    _, distribution = distributions.image(component, machine)
    check_root(component, machine)
    check_software(component, machine)
    check_users(component, machine)
    check_environment(component, machine)
    check_mounts(component, mounts)
    check_volumes(component, machine.get("data_volumes", ()), mounts)
    check_files(component, machine, mounts)
    if "cloudwatch" in machine:
        check_reporting(component, machine["cloudwatch"], distribution)
    check_surroundings(component, machine, around or {})
    connections_of(component, mounts, connections)
    check_size(component, machine, mounts, distribution, around or {})
