"""The shape of an environment's settings: every key of Pulumi.<stack>.yaml, its meaning, bounds and default."""

from .alarms import Alarms
from .backups import Backups, RestoreTest, VaultCopy, VaultLock
from .bucket import Bucket, BucketEvents, BucketNotification, BucketReplication, BucketTier, ObjectLock
from .database import Database
from .demand import CustomMetric, Predictive
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
from .storage import Efs, NfsServer, Storage, Volume

__all__ = [
    "Alarms",
    "Backups",
    "Bucket",
    "BucketEvents",
    "BucketNotification",
    "BucketReplication",
    "BucketTier",
    "CloudWatch",
    "CustomMetric",
    "DataVolume",
    "Database",
    "Efs",
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
    "NfsServer",
    "ObjectLock",
    "Predictive",
    "Redirect",
    "Refresh",
    "RestoreTest",
    "Secret",
    "Settings",
    "Site",
    "Storage",
    "TargetGroup",
    "User",
    "VaultCopy",
    "VaultLock",
    "Volume",
    "WarmPool",
    "Window",
    "Worker",
]
