"""Which web tiers are refused, before anything is registered."""

from .tier import check_tier

__all__ = ["check_tier"]
