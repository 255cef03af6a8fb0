"""RDS: instances with their replicas, and the groups and subscriptions around them."""

from . import copies, groups, instance

ENTRIES = (*copies.ENTRIES, *groups.ENTRIES, *instance.ENTRIES)
