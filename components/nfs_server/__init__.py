"""A file server of one's own: NFS 4 in front of an EBS volume that follows it."""

from .component import NfsServer, NfsServerArgs
from .shapes import NfsServerSpec, check_nfs_server

__all__ = ["NfsServer", "NfsServerArgs", "NfsServerSpec", "check_nfs_server"]
