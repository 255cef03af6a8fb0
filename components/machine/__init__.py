"""How a server is made: its image and disks, what it may do, whom it may talk to, and how it prepares itself."""

from .checks import check_machine
from .component import Machine, MachineArgs
from .parts import (
    CloudWatchSpec,
    DataVolumeSpec,
    FileSpec,
    FileSystem,
    Lifecycle,
    LogFileSpec,
    SecretFile,
    UserSpec,
    VolumeType,
)
from .permissions import check_permissions
from .spec import Distribution, MachineSpec, ServiceState

__all__ = [
    "CloudWatchSpec",
    "DataVolumeSpec",
    "Distribution",
    "FileSpec",
    "FileSystem",
    "Lifecycle",
    "LogFileSpec",
    "Machine",
    "MachineArgs",
    "MachineSpec",
    "SecretFile",
    "ServiceState",
    "UserSpec",
    "VolumeType",
    "check_machine",
    "check_permissions",
]
