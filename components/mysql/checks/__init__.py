"""The arguments of a MySQL database, checked and with their defaults."""

from .database import Database, resolve

__all__ = ["Database", "resolve"]
