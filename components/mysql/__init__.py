"""The database: MySQL on RDS with its read replicas, names and credentials."""

from .component import MySQL
from .shapes import DatabaseStorageType, ElasticReplicas, MySQLArgs, MySQLSpec, ReplicaElsewhere, ReplicaSpec

__all__ = [
    "DatabaseStorageType",
    "ElasticReplicas",
    "MySQL",
    "MySQLArgs",
    "MySQLSpec",
    "ReplicaElsewhere",
    "ReplicaSpec",
]
