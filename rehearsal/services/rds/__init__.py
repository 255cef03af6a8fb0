"""RDS: instances with their replicas, and the groups and subscriptions around them."""

from . import groups, instance

ENTRIES = (*groups.ENTRIES, *instance.ENTRIES)
