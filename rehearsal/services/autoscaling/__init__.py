"""EC2 Auto Scaling: groups and what changes their size."""

from . import groups, hooks, policies, schedules

ENTRIES = (*groups.ENTRIES, *policies.ENTRIES, *schedules.ENTRIES, *hooks.ENTRIES)
