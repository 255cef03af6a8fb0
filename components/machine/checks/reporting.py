"""Which logs are refused."""

import re

from ..._args import InvalidArgs
from ..._logs import check_retention
from ..parts import CloudWatchSpec
from ..preparation.reporting import stream, streams
from ..spec import Distribution
from .words import check_unique

_LOG_PATH = re.compile(r"(?:/[A-Za-z0-9._@+*-]+)+")
_STREAM = re.compile(r"[A-Za-z0-9._/-]+")


def check_reporting(component: str, reported: CloudWatchSpec, distribution: Distribution) -> None:
    """Raise `InvalidArgs` for logs that the agent does not find or CloudWatch does not keep."""
    field = "machine.cloudwatch"
    check_retention(component, f"{field}.log_retention_days", reported.get("log_retention_days", 30))
    files = reported.get("log_files", ())
    for i, file in enumerate(files):
        if not _LOG_PATH.fullmatch(file["path"]):
            raise InvalidArgs(
                f"{component}: {field}.log_files[{i}].path must be an absolute path of letters, digits and ._@+-*, "
                f"got {file['path']!r}"
            )
        if not _STREAM.fullmatch(file.get("name", "log")):
            raise InvalidArgs(
                f"{component}: {field}.log_files[{i}].name must be letters, digits and ._/-, got {file.get('name')!r}"
            )
    own = [("the machine's own logs", name) for name in streams({}, distribution)]
    named = [(f"{field}.log_files[{i}].name", file.get("name", stream(file["path"]))) for i, file in enumerate(files)]
    check_unique(component, own + named)
