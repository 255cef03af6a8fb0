"""A whole environment: network, web servers, database and shared files, connected."""

from .component import Environment
from .shapes import EnvironmentArgs, ExistingNetwork, Worker

__all__ = ["Environment", "EnvironmentArgs", "ExistingNetwork", "Worker"]
