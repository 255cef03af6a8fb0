"""The database as a cluster: Aurora MySQL with its readers, names and credentials."""

from .component import AuroraMySQL
from .shapes import AuroraMySQLArgs, AuroraSpec, AuroraStorageType, ElasticReaders, ReaderSpec, ServerlessSpec

__all__ = [
    "AuroraMySQL",
    "AuroraMySQLArgs",
    "AuroraSpec",
    "AuroraStorageType",
    "ElasticReaders",
    "ReaderSpec",
    "ServerlessSpec",
]
