"""The arguments of an Aurora MySQL database, checked and with their defaults."""

from .cluster import Cluster, resolve
from .elastic import Elastic
from .readers import Member

__all__ = ["Cluster", "Elastic", "Member", "resolve"]
