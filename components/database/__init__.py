"""What databases of either engine have alike: access, names, credentials, monitoring."""

from .alarms import DatabaseAlarms
from .proxy import ProxySpec
from .shapes import BackupCopy, InsightsMode, RestoreSpec
from .user_shapes import DatabaseAccess, DatabaseUser

__all__ = ["BackupCopy", "DatabaseAccess", "DatabaseAlarms", "DatabaseUser", "InsightsMode", "ProxySpec", "RestoreSpec"]
