"""Upgrades in the order that RDS demands: replicas first, then their source."""

from .hook import replicas_first

__all__ = ["replicas_first"]
