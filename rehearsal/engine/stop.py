"""``python -m rehearsal stop``: end the emulator and forget what stood in it."""

import argparse

from .places import places
from .server import stop


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add none: there is one emulator, and one way to end it."""
    del parser


def run(arguments: argparse.Namespace) -> int:
    """End the emulator."""
    del arguments
    print(stop(places()))  # noqa: T201  this is what the command says
    return 0
