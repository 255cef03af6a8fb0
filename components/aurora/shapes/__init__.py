"""What an Aurora MySQL database can be told."""

from .args import AuroraMySQLArgs
from .capacity import ElasticReaders, ReaderSpec, ServerlessSpec
from .spec import AuroraSpec, AuroraStorageType

__all__ = ["AuroraMySQLArgs", "AuroraSpec", "AuroraStorageType", "ElasticReaders", "ReaderSpec", "ServerlessSpec"]
