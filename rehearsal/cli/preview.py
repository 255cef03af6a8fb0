"""``python -m rehearsal preview``: what a first deployment would create."""

import argparse
import sys
from collections import Counter

from rehearsal.deploy import Deployment, deploy
from rehearsal.emulator import Emulator
from rehearsal.graph import masked_outputs
from rehearsal.program import Program

from .options import add_program, program_of
from .progress import Progress
from .terminal import Terminal
from .tree import kind_of, listing, values


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_program(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print what would be created; nothing is, and values that AWS would compute are unknown."""
    program = program_of(arguments)
    progress = Progress(verb="checked")
    progress.say(f"Previewing {program.stack.project} for stack {program.stack.stack} ...")
    try:
        with Emulator() as emulator:
            previewed = planned(program, emulator, progress)
    finally:
        progress.end()
    out = Terminal(sys.stdout)
    recording = previewed.recording
    out.lines([out.bold(f"Preview of a new stack {program.stack.stack}"), ""])
    out.lines(out.green(line) if line.startswith(" + ") else line for line in listing(recording.resources, out, " + "))
    out.lines(["", out.bold("Outputs"), *values(masked_outputs(recording), out), ""])
    counts = Counter(kind_of(r.type) for r in recording.resources if r.custom)
    components = sum(not r.custom for r in recording.resources) - 1
    commonest = ", ".join(f"{count} {kind}" for kind, count in counts.most_common(5))
    kinds = f"{counts.total()} at AWS, {components} components and the stack that hold them"
    out.lines(
        [
            out.bold("Resources"),
            f"  + {len(recording.resources)} to create: {kinds}",
            *([f"    most of them {commonest}"] if counts else []),
            "",
            f"Nothing was created. `python -m rehearsal up --stack {program.stack.stack}` rehearses the deployment.",
        ]
    )
    return 0


def planned(program: Program, emulator: Emulator, progress: Progress) -> Deployment:
    """Run *program* as a preview, in which every request is checked and none is sent."""
    try:
        return deploy(program.run, program.stack, emulator, preview=True, progress=progress)
    except Exception as error:
        raise program.error(error) from error
