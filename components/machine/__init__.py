"""How a server is made: its image and disks, what it may do, whom it may talk to, and how it prepares itself."""

from .checks import check_machine
from .component import Machine, MachineArgs
from .permissions import check_permissions
from .spec import DataVolumeSpec, Distribution, FileSpec, MachineSpec, ServiceState, VolumeType

__all__ = [
    "DataVolumeSpec",
    "Distribution",
    "FileSpec",
    "Machine",
    "MachineArgs",
    "MachineSpec",
    "ServiceState",
    "VolumeType",
    "check_machine",
    "check_permissions",
]
