"""What a change of the program would change in a deployment: two graphs, compared as a reviewer needs it."""

from .cli import add_arguments, run

__all__ = ["add_arguments", "run"]
