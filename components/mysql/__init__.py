"""The database: MySQL on RDS with its read replicas, names and credentials."""

from .component import MySQL
from .shapes import MySQLArgs, MySQLSpec

__all__ = ["MySQL", "MySQLArgs", "MySQLSpec"]
