"""What can be said about a MySQL database."""

from .args import MySQLArgs
from .elastic import ElasticReplicas
from .replicas import ReplicaElsewhere, ReplicaSpec
from .spec import MySQLSpec
from .storage import DatabaseStorageType

__all__ = ["DatabaseStorageType", "ElasticReplicas", "MySQLArgs", "MySQLSpec", "ReplicaElsewhere", "ReplicaSpec"]
