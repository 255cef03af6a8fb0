"""A whole machine in a process: User Mode Linux, with block devices that are files. To kill it is to cut the power.

Its kernel has ext4, XFS, an NFS server and an NFS client, which the kernel of a test machine may lack; its root is the
test machine's own, read-only, with directories in memory where something is written.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from components._mounting import SCRIPTS

MODULES = Path("/usr/lib/uml/modules")
PROGRAMS = ("linux.uml", "modprobe", "mkfs.xfs", "mkfs.ext4", "xfs_growfs", "blkid", "ip", "exportfs", "rpc.nfsd")

_PREAMBLE = f"""\
#!/bin/bash
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
exec 2>&1
mount -t proc proc /proc; mount -t sysfs sys /sys
# First, since this checkout may be below /tmp.
mount --bind {SCRIPTS} /mnt; mount -t tmpfs tmp /tmp; mount -t tmpfs run /run
mount -t devtmpfs dev /dev 2>/dev/null
mkdir -p /run/host /tmp/home
for place in /etc /var/lib /srv /usr/local; do
  mkdir -p "/tmp$place"
  case $place in
    /etc) cp -a /etc/. /tmp/etc ;;
    /var/lib) mkdir -p /tmp/var/lib/nfs ;;
  esac
  mount --bind "/tmp$place" "$place"
done
mkdir -p /usr/local/lib/elasticweb && cp /mnt/* /usr/local/lib/elasticweb/
scripts=/usr/local/lib/elasticweb
mkdir -p /usr/local/bin /tmp/kernel/lib && ln -s {MODULES} /tmp/kernel/lib/modules
load() {{ modprobe -d /tmp/kernel "$@"; }}
cd /tmp
finish() {{ sync; echo "GUEST $*"; echo o >/proc/sysrq-trigger; sleep 10; }}
"""


def missing() -> list[str]:
    """What this test machine lacks for it."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    absent = [program for program in PROGRAMS if shutil.which(program, path=path) is None]
    return absent + ([] if os.geteuid() == 0 else ["root"])


class Guest:
    """A machine that runs one script."""

    def __init__(self, directory: Path, script: str, disks: Sequence[Path]) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        init = directory / "init"
        init.write_text(f"{_PREAMBLE}{script}\n")
        init.chmod(0o755)
        self.log = directory / "console"
        devices = [f"ubd{chr(ord('a') + i)}={disk}" for i, disk in enumerate(disks)]
        kernel = [
            *("linux.uml", "mem=320M", "root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro", "quiet"),
            *(f"init={init}", f"uml_dir={directory}", "con=null", "con0=null,fd:1", *devices),
        ]
        environment = {
            "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin",
            "TMPDIR": str(directory),
            "HOME": str(directory),
        }
        with self.log.open("wb") as console:
            self.process = subprocess.Popen(
                kernel,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                env=environment,
                start_new_session=True,
            )

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def wait(self, seconds: float = 120, until: str = "") -> str:
        """Wait until the machine is off, or has said *until*; return what it said."""
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end and (not until or until not in self.text()):
            time.sleep(0.01)
        if not until:
            self.cut()
        return self.text()

    def cut(self) -> None:
        """Cut the power: what was not on the disk is lost."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def disk(path: Path, mib: int) -> Path:
    """Make, or enlarge, a disk that reads as zeros."""
    with path.open("ab") as file:
        file.truncate(mib << 20)
    return path
