"""AWS Backup."""

from . import plans, testing, vaults

ENTRIES = (*vaults.ENTRIES, *plans.ENTRIES, *testing.ENTRIES)
