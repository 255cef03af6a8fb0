"""The shape of an environment's settings: every key of Pulumi.<stack>.yaml, its meaning, bounds and default."""

from .database import Database
from .environment import Settings, Worker
from .fleet import Fleet, Window
from .golden_image import GoldenImage, ImageCopy
from .machine import CloudWatch, DataVolume, File, LogFile, Machine, User
from .network import ExistingNetwork, Network
from .site import Site
from .storage import Storage, Volume

__all__ = [
    "CloudWatch",
    "DataVolume",
    "Database",
    "ExistingNetwork",
    "File",
    "Fleet",
    "GoldenImage",
    "ImageCopy",
    "LogFile",
    "Machine",
    "Network",
    "Settings",
    "Site",
    "Storage",
    "User",
    "Volume",
    "Window",
    "Worker",
]
