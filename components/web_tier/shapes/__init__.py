"""What can be said about a web tier."""

from .fleet import Fleet
from .site import Site
from .tier import WebTierArgs

__all__ = ["Fleet", "Site", "WebTierArgs"]
