"""RDS: instances with their replicas, clusters, and the groups and subscriptions around them."""

from . import clusters, copies, groups, instance, proxies

ENTRIES = (*groups.ENTRIES, *instance.ENTRIES, *clusters.ENTRIES, *copies.ENTRIES, *proxies.ENTRIES)
