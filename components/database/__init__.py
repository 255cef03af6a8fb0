"""What databases of either engine have alike: access, names, credentials, monitoring."""

from .shapes import BackupCopy, InsightsMode, RestoreSpec
from .user_shapes import DatabaseAccess, DatabaseUser

__all__ = ["BackupCopy", "DatabaseAccess", "DatabaseUser", "InsightsMode", "RestoreSpec"]
