"""What can be said about a MySQL database."""

from .args import MySQLArgs
from .replicas import ReplicaElsewhere, ReplicaSpec
from .spec import MySQLSpec
from .storage import DatabaseStorageType

__all__ = ["DatabaseStorageType", "MySQLArgs", "MySQLSpec", "ReplicaElsewhere", "ReplicaSpec"]
