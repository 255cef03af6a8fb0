"""Options that several commands share."""

import argparse
from pathlib import Path

from rehearsal.program import Program


def add_program(parser: argparse.ArgumentParser) -> None:
    """Declare which program is run, and for which stack."""
    parser.add_argument("-s", "--stack", default="dev", metavar="NAME", help="stack to use (default: dev)")
    parser.add_argument(
        "--program", type=Path, default=Path(), metavar="DIR", help="directory with Pulumi.yaml (default: this one)"
    )
    parser.add_argument(
        "-c",
        "--config",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="another value than the stack's file has",
    )


def program_of(arguments: argparse.Namespace) -> Program:
    """Return the program that was asked for."""
    return Program.open(arguments.program, arguments.stack, arguments.config)
