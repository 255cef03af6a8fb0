"""What the rehearsal has to know of the CLI's arguments; everything else goes through untouched."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import RehearsalError

# Commands that ask no provider; unknown ones may.
_QUIET = frozenset(
    """
    about config console convert env gen-completion help install login logout logs
    org package plugin policy project schema stack state template version whoami
    """.split()  # noqa: SIM905  a list of 22 lines says no more
)

_PATHS = frozenset(("--event-log", "--file", "--out", "--plan", "--policy-pack", "--policy-pack-config", "--save-plan"))
"""Options whose value is a file: the CLI works in the mirrored project, the user elsewhere."""

_VALUES = frozenset(("--color", "--tracing", "--profiling", "--verbose", "-v", "--otel-traces", "--memprofilerate"))
"""Options of every command that take a value and may stand before its name."""


@dataclass(frozen=True)
class Arguments:
    """The CLI's arguments."""

    rest: tuple[str, ...]
    """What the CLI gets, without `--cwd`."""
    directory: Path
    """Where it would have run."""
    command: str
    stack: str
    """Short name of the stack that is named; empty when none is."""
    install: bool
    """Whether `--install`, the one option that is ours, comes first."""

    @property
    def touches_resources(self) -> bool:
        """Whether providers may be asked."""
        helping = {"-h", "--help"} & set(self.rest)
        return bool(self.command) and self.command not in _QUIET and not helping


def read(given: Sequence[str]) -> Arguments:
    """Read the arguments *given*."""
    install = bool(given) and given[0] == "--install"
    directory, command, stack = Path.cwd(), "", ""
    rest, left = list[str](), list(given[1:] if install else given)
    while left:
        word = left.pop(0)
        if word == "--":
            rest += [word, *left]
            break
        name, equals, value = word.partition("=")
        if name in ("-C", "--cwd"):
            directory = (directory / (value if equals else _next(left, name))).resolve()
            continue
        if name == "--config-file":
            raise RehearsalError(
                "--config-file would let the CLI write into that file: copy it to Pulumi.<stack>.yaml, "
                "or set single values with `-c key=value`"
            )
        if name.startswith("-s") and len(name) > len("-s"):
            name, equals, value = "-s", "=", word.removeprefix("-s")
        if name in ("-s", "--stack"):
            value = value if equals else _next(left, name)
            stack = value.rsplit("/", 1)[-1]
            rest += [name, value]
        elif name in _PATHS:
            value = value if equals else _next(left, name)
            rest += [name, value if value == "-" else str(Path.cwd() / value)]
        elif not command and name in _VALUES and not equals:
            rest += [word, _next(left, name)]
        else:
            command = command or ("" if word.startswith("-") else word)
            rest.append(word)
    return Arguments(tuple(rest), directory, command, stack, install)


def _next(left: list[str], name: str) -> str:
    if not left:
        raise RehearsalError(f"{name} needs a value")
    return left.pop(0)
