"""The shape of an environment's settings: every key of Pulumi.<stack>.yaml, its meaning, bounds and default."""

from .alarms import Alarms, DatabaseAlarms
from .aurora import Aurora, ElasticReaders, Reader, Serverless
from .database import BackupCopy, Database, DatabaseUser, Proxy, Replica, ReplicaElsewhere, Restore
from .demand import CustomMetric, Predictive
from .elastic_replicas import ElasticReplicas
from .environment import Settings, Worker
from .firewall import Firewall, FirewallGroup
from .fleet import Fleet, Window
from .golden_image import GoldenImage, ImageCopy
from .instances import InstanceRequirements, WarmPool
from .machine import CloudWatch, DataVolume, File, LogFile, Machine, Secret, User
from .network import ExistingNetwork, Network
from .refresh import Refresh
from .rules import FixedResponse, ListenerRule, Redirect, TargetGroup
from .site import Site
from .storage import Storage, Volume

__all__ = [
    "Alarms",
    "Aurora",
    "BackupCopy",
    "CloudWatch",
    "CustomMetric",
    "DataVolume",
    "Database",
    "DatabaseAlarms",
    "DatabaseUser",
    "ElasticReaders",
    "ElasticReplicas",
    "ExistingNetwork",
    "File",
    "Firewall",
    "FirewallGroup",
    "FixedResponse",
    "Fleet",
    "GoldenImage",
    "ImageCopy",
    "InstanceRequirements",
    "ListenerRule",
    "LogFile",
    "Machine",
    "Network",
    "Predictive",
    "Proxy",
    "Reader",
    "Redirect",
    "Refresh",
    "Replica",
    "ReplicaElsewhere",
    "Restore",
    "Secret",
    "Serverless",
    "Settings",
    "Site",
    "Storage",
    "TargetGroup",
    "User",
    "Volume",
    "WarmPool",
    "Window",
    "Worker",
]
