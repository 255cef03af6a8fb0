"""Where things are on a machine."""

from ..._mounts import Mount

PROGRAMS = "/usr/local/lib/elasticweb"
LIBRARY = f"{PROGRAMS}/steps.sh"
PREPARE = f"{PROGRAMS}/prepare"
BOOT = f"{PROGRAMS}/boot"
STATE = "/var/lib/elasticweb"
SETTINGS = "/etc/elasticweb"
ENVIRONMENT = f"{SETTINGS}/environment"
AGENT = f"{SETTINGS}/cloudwatch.json"
UNITS = "/etc/systemd/system"
SECRETS = "/run/elasticweb/secrets"


def secret_file(name: str) -> str:
    """Return where the secret *name* is, in memory."""
    return f"{SECRETS}/{name}.json"


def staged_file(path: str) -> str:
    """Return where cloud-init leaves a file whose owner may not be there yet."""
    return f"{STATE}/files{path}"


def command_file(kind: str, number: int) -> str:
    """Return where the command *number* of a kind is: `commands/image-1`, `commands/1`, `boot/1`, `farewell/1`.

    Commands that run once leave a stamp by that name, which an image keeps: its commands never run again.
    """
    return f"{STATE}/{kind}{number}"


def setup_file(mount: Mount, number: int) -> str:
    """Return where a command is that makes *mount* possible."""
    return f"{STATE}/setup/{mount['name']}-{number}"
