"""What can be said about a MySQL database."""

from .args import MySQLArgs
from .spec import MySQLSpec
from .storage import DatabaseStorageType

__all__ = ["DatabaseStorageType", "MySQLArgs", "MySQLSpec"]
