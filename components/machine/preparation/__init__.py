"""How a machine prepares itself: from a declaration to scripts and files, without Pulumi."""

from ..words import unit_name
from .files import staged_files
from .places import ENVIRONMENT, LIBRARY, PREPARE, STATE, secret_file
from .script import wanted_packages
from .surroundings import Surroundings
from .units import LIFELINES

__all__ = [
    "ENVIRONMENT",
    "LIBRARY",
    "LIFELINES",
    "PREPARE",
    "STATE",
    "Surroundings",
    "secret_file",
    "staged_files",
    "unit_name",
    "wanted_packages",
]
