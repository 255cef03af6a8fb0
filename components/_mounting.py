"""How storage puts its scripts on a machine, and what a mount point may look like."""

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

import pulumi

from ._args import InvalidArgs

SCRIPTS = Path(__file__).parent / "scripts"
"""Shell scripts that machines run; plain files, so that shellcheck and the tests see what runs."""

INSTALLED = "/usr/local/lib/elasticweb"
"""Where they are kept on the machine, for an administrator to run again."""

_END = "END_OF_ELASTICWEB_SCRIPT"
_PATH = re.compile(r"(/[A-Za-z0-9_][A-Za-z0-9._-]*)+")


def script_command(script: str, *arguments: pulumi.Input[str], parts: Sequence[str] = ()) -> pulumi.Input[str]:
    """One shell command that puts *script* (a file in ``SCRIPTS``) on the machine and runs it with *arguments*.

    *parts* are the files that the script reads. The command is plain when the arguments are: images are built from
    what is known before the deployment.
    """
    needed = "".join(f"{_installed(part)}\n{_text(part)}{_END}\n" for part in parts)
    target = f"{INSTALLED}/{script}"

    def command(values: Sequence[str]) -> str:
        call = " ".join([target, *map(shlex.quote, values)])
        return f"{needed}{_installed(script)} && chmod 0755 {target} && {call}\n{_text(script)}{_END}"

    plain = [argument for argument in arguments if isinstance(argument, str)]
    if len(plain) == len(arguments):
        return command(plain)
    return pulumi.Output.all(*arguments).apply(command)


def _installed(script: str) -> str:
    # A file rather than `bash -s`: what the script starts must not read the script as its input.
    return f"mkdir -p {INSTALLED} && cat > {INSTALLED}/{script} <<'{_END}'"


def _text(script: str) -> str:
    return (SCRIPTS / script).read_text(encoding="utf-8")


def check_mount_path(component: str, path: str) -> None:
    """Raise :class:`InvalidArgs` unless *path* is a plain absolute path."""
    if not _PATH.fullmatch(path):
        raise InvalidArgs(
            f"{component}: the mount path must be absolute, of letters, digits, '.', '_' and '-', "
            f"such as /var/www/files, got {path!r}"
        )
