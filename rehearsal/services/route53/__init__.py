"""Route 53: zones, their records, and health checks."""

from . import health_checks, records, zones

ENTRIES = (*zones.ENTRIES, *records.ENTRIES, *health_checks.ENTRIES)
