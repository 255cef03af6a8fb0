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


def script_command(script: str, *arguments: pulumi.Input[str]) -> pulumi.Input[str]:
    """One shell command that puts *script* (a file in ``SCRIPTS``) on the machine and runs it with *arguments*.

    It is plain when they are: images are built from what is known before the deployment.
    """
    target = f"{INSTALLED}/{script}"
    text = (SCRIPTS / script).read_text(encoding="utf-8")

    def command(values: Sequence[str]) -> str:
        call = " ".join([target, *map(shlex.quote, values)])
        # A file rather than `bash -s`: what the script starts must not read the script as its input.
        return f"mkdir -p {INSTALLED} && cat > {target} <<'{_END}' && chmod 0755 {target} && {call}\n{text}{_END}"

    plain = [argument for argument in arguments if isinstance(argument, str)]
    if len(plain) == len(arguments):
        return command(plain)
    return pulumi.Output.all(*arguments).apply(command)


def check_mount_path(component: str, path: str) -> None:
    """Raise :class:`InvalidArgs` unless *path* is a plain absolute path."""
    if not _PATH.fullmatch(path):
        raise InvalidArgs(
            f"{component}: the mount path must be absolute, of letters, digits, '.', '_' and '-', "
            f"such as /var/www/files, got {path!r}"
        )
