"""Runs on the machine under test: prints what is on its disk, by path, as JSON."""

import grp
import hashlib
import json
import os
import pwd
import stat
import sys
from pathlib import Path

VOLATILE = {
    "/run",
    "/tmp",  # noqa: S108
    "/var/tmp",  # noqa: S108
    "/var/log",
    "/var/cache",
    "/var/lib/apt",  # lists of packages, and when they were fetched
    "/var/lib/cloud",  # what cloud-init keeps of its runs
    "/var/lib/systemd",  # when timers ran, the seed of the random numbers
}
"""What changes on every machine by itself."""


def entry(path: Path) -> list[str | int]:
    """Return mode, owner, content and, of a file, the time of the last change."""
    status = path.lstat()
    mode = stat.filemode(status.st_mode)
    owner = f"{pwd.getpwuid(status.st_uid).pw_name}:{grp.getgrgid(status.st_gid).gr_name}"
    if stat.S_ISREG(status.st_mode):
        return [mode, owner, hashlib.sha256(path.read_bytes()).hexdigest(), status.st_mtime_ns]
    return [mode, owner, str(path.readlink()) if stat.S_ISLNK(status.st_mode) else "", 0]


def main() -> None:
    left_out = {line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()} | VOLATILE
    found = dict[str, list[str | int]]()
    for directory, names, files in os.walk("/"):
        names[:] = [name for name in names if str(Path(directory, name)) not in left_out]
        for path in [Path(directory, name) for name in [*names, *files]]:
            if str(path) not in left_out:
                found[str(path)] = entry(path)
    json.dump(found, sys.stdout)


main()
