"""The shape of an environment's settings: every key of Pulumi.<stack>.yaml, its meaning, bounds and default."""

from .alarms import Alarms, DatabaseAlarms
from .aurora import Aurora, ElasticReaders, Reader, Serverless
from .backups import Backups, RestoreTest, VaultCopy, VaultLock
from .bucket import Bucket, BucketEvents, BucketNotification, BucketReplication, BucketTier, ObjectLock
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
from .regions import check_regions
from .rules import FixedResponse, ListenerRule, Redirect, TargetGroup
from .site import Site
from .storage import Efs, NfsServer, Storage, Volume

__all__ = [
    "Alarms",
    "Aurora",
    "BackupCopy",
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
    "DatabaseAlarms",
    "DatabaseUser",
    "Efs",
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
    "NfsServer",
    "ObjectLock",
    "Predictive",
    "Proxy",
    "Reader",
    "Redirect",
    "Refresh",
    "Replica",
    "ReplicaElsewhere",
    "Restore",
    "RestoreTest",
    "Secret",
    "Serverless",
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
    "check_regions",
]
