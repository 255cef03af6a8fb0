"""Read replicas that come and go: the function that sees to them, and how the deployment begins and ends it."""

from .controller import Names, elastic_replicas

__all__ = ["Names", "elastic_replicas"]
