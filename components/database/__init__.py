"""What databases of either engine have alike: access, names, credentials, monitoring."""

from .shapes import BackupCopy, InsightsMode, RestoreSpec

__all__ = ["BackupCopy", "InsightsMode", "RestoreSpec"]
