"""The shape of an environment's settings: every key of Pulumi.<stack>.yaml, its meaning, bounds and default."""

from .database import Database
from .environment import Settings, Worker
from .fleet import Fleet, Window
from .machine import DataVolume, File, Machine
from .network import ExistingNetwork, Network
from .site import Site
from .storage import Storage, Volume

__all__ = [
    "DataVolume",
    "Database",
    "ExistingNetwork",
    "File",
    "Fleet",
    "Machine",
    "Network",
    "Settings",
    "Site",
    "Storage",
    "Volume",
    "Window",
    "Worker",
]
