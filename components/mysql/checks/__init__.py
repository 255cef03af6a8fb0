"""The arguments of a MySQL database, checked and with their defaults."""

from .database import Database, resolve
from .family import Family, Member

__all__ = ["Database", "Family", "Member", "resolve"]
