"""Elastic Load Balancing: load balancers, target groups, listeners."""

from . import attachments, balancers, listeners, rules, target_groups

ENTRIES = (
    *balancers.ENTRIES,
    *target_groups.ENTRIES,
    *listeners.ENTRIES,
    *rules.ENTRIES,
    *attachments.ENTRIES,
)
