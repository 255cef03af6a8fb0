"""Files that all servers share: by NFS in front of a bucket, a bucket itself, EFS, or a server of one's own."""

from .component import SharedStorage
from .efs import EfsSpec
from .shapes import MountWith, SharedStorageArgs, StorageSpec, kept_in
from .uses import StorageUse

__all__ = ["EfsSpec", "MountWith", "SharedStorage", "SharedStorageArgs", "StorageSpec", "StorageUse", "kept_in"]
