"""What can be said about a MySQL database."""

from .args import MySQLArgs
from .spec import MySQLSpec

__all__ = ["MySQLArgs", "MySQLSpec"]
