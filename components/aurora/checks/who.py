"""Who complains."""

from ...database.checks import Who

WHO = Who("AuroraMySQL", "aurora")
