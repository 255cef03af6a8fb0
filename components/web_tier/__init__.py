"""The web tier: servers that come and go with the load, behind one load balancer."""

from .component import WebTier
from .shapes import Fleet, Site, WebTierArgs

__all__ = ["Fleet", "Site", "WebTier", "WebTierArgs"]
