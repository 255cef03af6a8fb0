"""What has to fit together before anything is made."""

from .busy import check_windows
from .databases import check_databases
from .places import check_networks
from .shapes import EnvironmentArgs


def check(args: EnvironmentArgs) -> None:
    """Raise :class:`InvalidArgs` where the parts of an environment do not fit together."""
    check_networks(args)
    check_databases(args)
    check_windows(args)
