"""``elasticweb backup`` and ``elasticweb restore``."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from . import times
from .api import Api
from .backup import Backup
from .errors import CommandError
from .restore import Restore
from .stack import KINDS, find
from .target import Place
from .tell import Tell

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its status: 0 when all went well, 1 when not, 2 for wrong arguments."""
    asked = _parser().parse_args(arguments)
    try:
        return 0 if asked.run(asked) else 1
    except CommandError as error:
        sys.stderr.write(f"elasticweb {asked.command}: {error}\n")
        return 1
    except KeyboardInterrupt:
        told = "stopped watching. What has begun goes on in AWS; the same command finds it again"
        sys.stderr.write(f"\nelasticweb {asked.command}: {told}\n")
        return _INTERRUPTED


def _backup(asked: argparse.Namespace) -> bool:
    api = Api(asked.region, asked.profile)
    return Backup(api, Tell(), find(api, asked.stack), asked.only, asked.kept_days).run()


def _restore(asked: argparse.Namespace) -> bool:
    to = times.read(asked.to, datetime.now(UTC))
    api = Api(asked.region, asked.profile)
    groups = tuple(group.strip() for group in asked.security_groups.split(",") if group.strip())
    place = Place(asked.zone, asked.subnet_group, groups)
    restore = Restore(api, Tell(), find(api, asked.stack), to, asked.only, place=place)
    if not asked.plan:
        return restore.run()
    restore.plan()
    return True


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 36500:  # noqa: PLR2004
        raise argparse.ArgumentTypeError(f"must be 1 to 36500 days, got {text!r}")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="elasticweb", description="Back up and restore the data of a stack, with AWS credentials and nothing else."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="backup|restore")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--stack", required=True, help="the stack, such as prod, or project/prod")
    common.add_argument("--only", choices=KINDS, help="one kind of data only")
    common.add_argument("--region", help="AWS region (default: AWS_REGION, or the profile's)")
    common.add_argument("--profile", help="AWS profile (default: AWS_PROFILE)")
    backup = commands.add_parser("backup", parents=[common], help="take a backup now, and wait for it")
    backup.add_argument("--kept-days", type=_days, default=35, metavar="N", help="days it is kept (default: 35)")
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", parents=[common], help="restore beside what is there, never over it")
    restore.add_argument(
        "--to",
        required=True,
        metavar="TIME",
        help="such as '2026-11-23 14:02' by this machine's clock, 2026-11-23T13:02Z, or now",
    )
    restore.add_argument("--plan", action="store_true", help="only show what would be done")
    restore.add_argument("--zone", default="", help="zone for volumes, such as eu-west-1a (default: as it was)")
    restore.add_argument(
        "--subnet-group", default="", metavar="NAME", help="subnet group for the database (default: as it was)"
    )
    restore.add_argument(
        "--security-groups", default="", metavar="IDS", help="its security groups, with commas (default: as they were)"
    )
    restore.set_defaults(run=_restore)
    return parser
