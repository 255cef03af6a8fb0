"""``python -m rehearsal graph``: every resource that a stack declares."""

import argparse
import json
import sys

from rehearsal.graph import as_data, evaluate, masked_outputs

from .options import add_program, program_of
from .terminal import Terminal
from .tree import listing, values


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_program(parser)
    parser.add_argument("--json", action="store_true", help="as JSON, in an order that does not change")


def run(arguments: argparse.Namespace) -> int:
    """Print the graph."""
    program = program_of(arguments)
    recording = evaluate(program)
    if arguments.json:
        sys.stdout.write(json.dumps(as_data(program, recording), indent=2) + "\n")
        return 0
    out = Terminal(sys.stdout)
    out.lines(listing(recording.resources, out))
    out.lines(["", out.bold("Outputs"), *values(masked_outputs(recording), out)])
    out.lines(["", f"{sum(r.custom for r in recording.resources)} resources; ids and outputs are stand-ins."])
    return 0
