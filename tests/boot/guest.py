"""A throw-away machine: systemd as process 1 of a container, on a disk and in a network of its own."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .cloud import HOSTS, Cloud, certify

_GROUP = "elasticweb"
_HERE = Path(__file__).parent
ADDRESS = "10.0.1.7"


class Guest:
    """One machine, off at first, and what is around it."""

    def __init__(self, base: Path, directory: Path, cloud: Cloud) -> None:
        self.directory, self.cloud = directory, cloud
        self._groups = _own_groups(f"{_GROUP}-{os.getpid()}-{directory.name}")
        self._nspawn: subprocess.Popen[bytes] | None = None
        certificate, key = certify(directory)
        command = ["setpriv", "--pdeathsig", "KILL"]
        command += ["unshare", "--mount", "--net", "--pid", "--mount-proc", "--fork", "--kill-child"]
        command += ["bash", str(_HERE / "surroundings.sh"), str(base), str(directory), str(certificate), *HOSTS]
        self._surroundings = subprocess.Popen(command)
        try:
            wait_until("disk and network are there", self._is_surrounded, 60)
            self.cloud.open(_child(self._surroundings.pid), certificate, key)
        except BaseException:
            self.close()
            raise

    def _is_surrounded(self) -> bool:
        assert self._surroundings.poll() is None, "what is around the machine has ended"
        return (self.directory / "surrounded").exists()

    def start(self, *, wait: bool = True) -> None:
        """Switch it on; wait until cloud-init has ended."""
        command = ["nsenter", "--target", str(_child(self._surroundings.pid)), "--mount", "--pid", "--"]
        enter = "".join(f"echo $$ >{group}/cgroup.procs; " for group in self._groups)
        command += ["bash", "-c", f'{enter}exec "$@"', "bash"]
        command += ["systemd-nspawn", "--boot", f"--directory={self.directory}/root", "--console=read-only"]
        command += ["--network-namespace-path=/run/netns/machine", "--machine=boot", "--register=no", "--keep-unit"]
        command += ["--link-journal=no", "--timezone=off", "--resolv-conf=off"]
        with (self.directory / "console").open("ab") as console:
            self._nspawn = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        if wait:
            self.wait("cloud-init has ended", lambda: self.succeeds("test -e /run/cloud-init/result.json"), 180)

    def stop(self) -> None:
        """Shut it down as an operator would; the disk stays."""
        assert self._nspawn is not None
        self.run("systemctl --no-block poweroff")
        self._nspawn.wait(120)
        self._nspawn = None

    def cut_power(self) -> None:
        """Kill everything on it at once; the disk stays."""
        assert self._nspawn is not None
        os.kill(self._leader(), signal.SIGKILL)
        self._nspawn.wait(60)
        self._nspawn = None

    def close(self) -> None:
        """Leave nothing: with the first process of its namespaces everything in them ends, mounts too."""
        self._surroundings.kill()
        self._surroundings.wait(60)
        if self._nspawn is not None:
            self._nspawn.wait(60)
        self.cloud.close()
        for group in self._groups:
            wait_until(f"{group} is empty", lambda group=group: _removed(group), 30)

    def wait(self, what: str, condition: Callable[[], bool], seconds: float = 60) -> None:
        try:
            wait_until(what, condition, seconds)
        except TimeoutError as error:
            raise TimeoutError(f"{error}\n{self.log()}") from None

    def run(self, script: str, stdin: str = "") -> str:
        """Run a script on the machine as root and return what it says; it must succeed."""
        done = self._run(script, stdin)
        assert done.returncode == 0, f"{script}: {done.stdout}\n{done.stderr}\n{self.log()}"
        return done.stdout

    def succeeds(self, script: str) -> bool:
        try:
            return self._run(script).returncode == 0
        except ChildProcessError:  # there is nobody yet to run it
            return False

    def _run(self, script: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = ["nsenter", "--target", str(self._leader()), "--all", "env", "-i", "PATH=/usr/sbin:/usr/bin"]
        command += ["bash", "-c", script]
        return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)

    def _leader(self) -> int:
        """Return the process of this machine that is process 1 on that machine: nsenter, nspawn, systemd."""
        assert self._nspawn is not None
        return _child(_child(self._nspawn.pid))

    def path(self, path: str) -> Path:
        """Return where a file of the running machine is on this one."""
        return Path(f"/proc/{self._leader()}/root{path}")

    def fetch(self, path: str, port: int = 80) -> tuple[int, str]:
        """Ask over HTTP from beside the machine, as a load balancer does; 0 when nobody answers."""
        command = ["nsenter", "--target", str(_child(self._surroundings.pid)), "--net", "curl", "--silent"]
        command += ["--max-time", "10", "--write-out", "\n%{http_code}", f"http://{ADDRESS}:{port}{path}"]
        text, _, status = subprocess.run(command, capture_output=True, text=True, check=False).stdout.rpartition("\n")
        return int(status), text

    def verdict(self) -> str:
        return self.run("cat /var/lib/elasticweb/verdict").strip()

    def boot_log(self) -> str:
        return self.run("cat /var/log/cloud-init-output.log")

    def manifest(self) -> dict[str, list[Any]]:
        """Return what is on the disk: mode, owner, content and time of every path."""
        return json.loads(self.run("python3 -", (_HERE / "manifest.py").read_text()))

    def log(self) -> str:
        """Return the end of what an operator would read."""
        console = (self.directory / "console").read_text(errors="replace")[-1500:]
        try:
            output = self._run("tail -n 60 /var/log/cloud-init-output.log; systemctl --failed --no-pager").stdout
        except ChildProcessError:
            output = "the machine is off"
        return f"{output}\nconsole: {console}"


def wait_until(what: str, condition: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds:g} s in vain until {what}")
        time.sleep(0.1)


def _child(pid: int) -> int:
    """Return the process that a process has started."""
    try:
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[-1])
    except (OSError, IndexError):
        raise ChildProcessError(pid) from None


def _own_groups(name: str) -> list[Path]:
    """Make control groups for the machine: systemd needs one of its own in every hierarchy that it uses."""
    top = Path("/sys/fs/cgroup")
    hierarchies = [top / "systemd", top / "unified"] if (top / "systemd").is_dir() else [top]
    hierarchies = [hierarchy for hierarchy in hierarchies if hierarchy.is_dir()]
    for left in (group for hierarchy in hierarchies for group in hierarchy.glob(f"{_GROUP}-*-*")):
        if not Path("/proc", left.name.split("-")[1]).exists():  # it was killed
            _removed(left)
    groups = [hierarchy / name for hierarchy in hierarchies]
    for group in groups:
        group.mkdir()
    return groups


def _removed(group: Path) -> bool:
    """Remove a control group and those in it, and return whether they are gone."""
    for path, _, _ in os.walk(group, topdown=False):
        with contextlib.suppress(OSError):  # still in use
            Path(path).rmdir()
    return not group.exists()
