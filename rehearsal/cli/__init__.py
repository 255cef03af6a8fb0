"""The command line: finds the module of the command that is asked for, and turns every error into one line."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import NoReturn, Protocol, cast

from rehearsal.errors import RehearsalError

ERROR = 1
INTERRUPTED = 130

COMMANDS = {
    "up": ("rehearsal.cli.up", "deploy a stack into an AWS emulator and show what stands there"),
    "preview": ("rehearsal.cli.preview", "what a first deployment of a stack would create"),
    "graph": ("rehearsal.cli.graph", "every resource of a stack, as text or JSON; nothing is deployed"),
    "diff": ("rehearsal.compare.cli", "what one commit changes about another"),
    "pulumi": ("rehearsal.engine.pulumi", "the Pulumi CLI itself, with an emulator in place of AWS"),
    "stop": ("rehearsal.engine.stop", "end the emulator that `pulumi` started"),
    "serve": ("rehearsal.cli.serve", "an AWS emulator on a port of this machine"),
    "bench": ("rehearsal.bench", "how long all of it takes"),
}
"""By name: the module, which has ``add_arguments(parser)`` and ``run(arguments) -> int``, and what it does."""


class _Command(Protocol):
    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, arguments: argparse.Namespace) -> int: ...


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with the arguments, and ends with the same status as any other error."""

    def error(self, message: str) -> NoReturn:
        """Tell *message* and end."""
        self.exit(ERROR, f"error: {message} (`{self.prog} --help` lists what there is)\n")


def main(given: Sequence[str]) -> int:
    """Run the command line *given* and return its exit status."""
    if not given or given[0] in ("-h", "--help", "help"):
        sys.stdout.write(_overview())
        return 0 if given else ERROR
    name, *rest = given
    if name not in COMMANDS:
        sys.stderr.write(f"error: unknown command {name!r}; known are {', '.join(COMMANDS)}\n")
        return ERROR
    try:
        module, summary = COMMANDS[name]
        command = cast("_Command", importlib.import_module(module))
        parser = Parser(prog=f"python -m rehearsal {name}", description=summary[0].upper() + summary[1:] + ".")
        command.add_arguments(parser)
        return command.run(parser.parse_args(rest))
    except RehearsalError as error:
        lines: list[str] = getattr(error, "lines", [])
        if len(lines) > 1:
            sys.stderr.writelines(line.rstrip("\n") + "\n" for line in lines)
        sys.stderr.write(f"error: {error}\n")
        return ERROR
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # whoever read this has enough; Python would complain about the rest
        return ERROR


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:{width}}  {summary}\n" for name, (_, summary) in COMMANDS.items()]
    return "usage: python -m rehearsal COMMAND [options]\n\nAWS on your own machine.\n\n" + "".join(lines)
