"""A classic web application on AWS, elastically, as Pulumi components."""

from ._args import InvalidArgs
from ._mounts import Connection, Mount, PolicyStatement
from ._sources import StorageMount, StorageType
from .data_volume import DataVolume, DataVolumeArgs, FileSystem, VolumeSpec
from .environment import Environment, EnvironmentArgs, ExistingNetwork, Worker
from .machine import DataVolumeSpec, Distribution, FileSpec, Machine, MachineArgs, MachineSpec, ServiceState, VolumeType
from .mysql import MySQL, MySQLArgs, MySQLSpec
from .network import NatGateways, Network, NetworkArgs
from .shared_storage import MountWith, SharedStorage, SharedStorageArgs, StorageSpec
from .single_server import SingleServer, SingleServerArgs
from .web_tier import Fleet, Site, WebTier, WebTierArgs
from .windows import CapacityWindow, Weekday

__all__ = [
    "CapacityWindow",
    "Connection",
    "DataVolume",
    "DataVolumeArgs",
    "DataVolumeSpec",
    "Distribution",
    "Environment",
    "EnvironmentArgs",
    "ExistingNetwork",
    "FileSpec",
    "FileSystem",
    "Fleet",
    "InvalidArgs",
    "Machine",
    "MachineArgs",
    "MachineSpec",
    "Mount",
    "MountWith",
    "MySQL",
    "MySQLArgs",
    "MySQLSpec",
    "NatGateways",
    "Network",
    "NetworkArgs",
    "PolicyStatement",
    "ServiceState",
    "SharedStorage",
    "SharedStorageArgs",
    "SingleServer",
    "SingleServerArgs",
    "Site",
    "StorageMount",
    "StorageSpec",
    "StorageType",
    "VolumeSpec",
    "VolumeType",
    "WebTier",
    "WebTierArgs",
    "Weekday",
    "Worker",
]
