"""A Pulumi program in its directory: how it is run, and how its errors are told."""

import os
import runpy
import sys
import traceback
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pulumi

from . import lazy_aws
from .errors import RehearsalError
from .stackfile import StackFile, read_stack


class ProgramError(RehearsalError):
    """The program itself failed: what it refused in one line, or its own lines of the traceback."""

    def __init__(self, message: str, lines: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.lines = list(lines)
        """The traceback as far as it concerns the program, when the error is a mistake in it."""


@dataclass(frozen=True)
class Program:
    """A program and the configuration of the stack that it is run for."""

    directory: Path
    stack: StackFile

    @staticmethod
    def open(directory: Path, stack: str, overrides: Iterable[str] = ()) -> "Program":
        """Return the program in *directory* with the configuration of *stack*; *overrides* are ``key=value``."""
        where = directory.resolve()
        if not where.is_dir():
            raise RehearsalError(f"there is no directory {directory}")
        found = read_stack(where, stack)
        if not (where / "__main__.py").is_file():
            raise RehearsalError(f"there is no __main__.py in {where}: the rehearsal runs Pulumi programs in Python")
        values = dict(found.values)
        for override in overrides:
            key, equals, value = override.partition("=")
            if not key or not equals:
                raise RehearsalError(f"--config must be key=value, got {override!r}")
            values[key if ":" in key else f"{found.project}:{key}"] = value
        return Program(where, replace(found, values=values))

    def run(self) -> None:
        """Run the program as Pulumi's language host does: in its directory, which is first on the search path."""
        lazy_aws.install()
        # Outputs that come of one that has failed; the failure itself is told.
        warnings.filterwarnings("ignore", "coroutine 'Output", RuntimeWarning)
        # `python -m` searches the directory that it was started in first: not the program's business.
        paths = sys.path[1:] if sys.path[0] in ("", str(Path.cwd())) else sys.path
        sys.path[:] = [str(self.directory), *paths]
        os.chdir(self.directory)
        runpy.run_path(str(self.directory / "__main__.py"), run_name="__main__")

    def error(self, error: Exception) -> RehearsalError:
        """Return *error*, raised by :meth:`run` or by what it started, as one that can be told to its author."""
        if isinstance(error, RehearsalError):
            return error
        if isinstance(error, pulumi.RunError):
            return ProgramError(str(error))
        own = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if Path(frame.filename).is_relative_to(self.directory) and not _foreign(frame.filename)
        ]
        lines = traceback.format_list(own) if own else traceback.format_tb(error.__traceback__)[-3:]
        last = traceback.format_exception_only(error)
        place = f" ({_shown(own[-1].filename)}, line {own[-1].lineno})" if own else ""
        return ProgramError(f"{last[-1].strip()}{place}", [*lines, *last[:-1]])


def _foreign(filename: str) -> bool:
    """Whether the file belongs to a package that lies in the program's directory but is not the program."""
    return "site-packages" in filename or Path(filename).is_relative_to(Path(__file__).parent)


def _shown(filename: str) -> str:
    try:
        return str(Path(filename).relative_to(Path.cwd()))
    except ValueError:
        return filename
