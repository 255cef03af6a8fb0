"""Web application firewalls, what they guard and where they log."""

from . import acls, uses

ENTRIES = (*acls.ENTRIES, *uses.ENTRIES)
