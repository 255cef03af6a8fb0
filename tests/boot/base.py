"""The Debian that every throw-away machine starts from: built once, kept in the cache, never written to again."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

SYSTEM = "systemd systemd-sysv dbus openssh-server cloud-init ca-certificates curl apt-utils iproute2 tzdata"
"""What is on the machine before it prepares itself, as on a cloud's image."""

PACKAGES = "nginx rsyslog rpcbind unattended-upgrades"
"""What a machine under test can install, with all that it needs, from a repository on its own disk."""

TOOLS = {
    "apt-get": "apt",
    "debootstrap": "debootstrap",
    "systemd-nspawn": "systemd-container",
    "ip": "iproute2",
    "curl": "curl",
    "nsenter": "util-linux",
    "openssl": "openssl",
}
"""Commands of this machine, and the packages that bring them."""

_BUILD = r"""
set -eu
root=$1 suite=$2 mirror=$3 components=$4 system=$5 packages=$6
debootstrap --variant=minbase --components="$components" "$suite" "$root" $mirror
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
# Nothing of this has to survive a power cut, and nothing may start in here.
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/throw-away"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 0755 "$root/usr/sbin/policy-rc.d"
cat >"$root/build" <<END
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq install --no-install-recommends $system
apt-get clean
apt-get -qq install --download-only $packages
mkdir -p /srv/packages
mv /var/cache/apt/archives/*.deb /srv/packages
cd /srv/packages
apt-ftparchive packages . >Packages
END
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
chroot "$root" sh /build
rm "$root/build" "$root/usr/sbin/policy-rc.d" "$root/etc/resolv.conf" "$root"/var/lib/apt/lists/*_*
# From here on only what was downloaded: a machine under test has no network.
echo 'deb [trusted=yes] file:/srv/packages ./' >"$root/etc/apt/sources.list"
: >"$root/etc/machine-id"
"""


def missing() -> list[str]:
    """Return what a machine cannot be started without and is not here, each with what brings it."""
    if sys.platform != "linux":
        return ["Linux"]
    absent = [f"{command} (package {package})" for command, package in TOOLS.items() if shutil.which(command) is None]
    if os.geteuid() != 0:
        return ["root", *absent]
    if "overlay" not in Path("/proc/filesystems").read_text().split():
        absent.append("the file system overlay (modprobe overlay)")
    attempt = ["unshare", "--mount", "--net", "mount", "-t", "tmpfs", "none", "/mnt"]
    if subprocess.run(attempt, capture_output=True, check=False).returncode != 0:
        absent.append("the right to mount and to make network namespaces")
    if not any(os.access(f"/sys/fs/cgroup{part}/cgroup.procs", os.W_OK) for part in ("", "/systemd")):
        absent.append("control groups that can be written (/sys/fs/cgroup)")
    if shutil.which("apt-get") and not _place().is_dir():
        suite, mirror, _ = sources()
        if mirror and not _answers(f"{mirror}dists/{suite}/Release"):
            absent.append(f"the packages of {mirror}")
    return absent


def sources() -> tuple[str, str, list[str]]:
    """Return the release that machines run, where this machine has it from and which parts of it are needed.

    Empty for debootstrap's own mirror where apt here knows none over HTTP.
    """
    release = dict(re.findall(r'^(\w+)="?([^"\n]*)', Path("/etc/os-release").read_text(), re.MULTILINE))
    suite = release.get("VERSION_CODENAME", "") if release.get("ID") in ("debian", "ubuntu") else "stable"
    targets = ["apt-get", "indextargets", "--format", "$(RELEASE) $(REPO_URI)", "Created-By: Packages"]
    known = subprocess.run(targets, capture_output=True, text=True, check=True).stdout
    found = re.search(rf"^{re.escape(suite)} (https?://\S+)$", known, re.MULTILINE)
    return suite, found[1] if found else "", ["main", "universe"] if release.get("ID") == "ubuntu" else ["main"]


def build() -> Path:
    """Return the directory of the base, which is made first where it is not there yet (a minute or two)."""
    base = _place()
    base.parent.mkdir(parents=True, exist_ok=True)
    with (base.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another run may be making it right now
        if base.is_dir():
            return base
        for left in base.parent.glob("making-*"):  # by a run that was killed
            shutil.rmtree(left)
        suite, mirror, components = sources()
        root = Path(tempfile.mkdtemp(prefix="making-", dir=base.parent))
        # In a mount namespace of its own, so that nothing stays mounted however it ends.
        command = ["unshare", "--mount", "bash", "-c", _BUILD, "build", str(root), suite, mirror]
        command += [",".join(components), SYSTEM, PACKAGES]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode != 0:
            shutil.rmtree(root)
            raise RuntimeError(f"debootstrap {suite} {mirror}: {made.stdout[-2000:]}\n{made.stderr[-2000:]}")
        root.chmod(0o755)
        root.rename(base)
    return base


def _place() -> Path:
    suite, _, components = sources()
    recipe = "\n".join((suite, *components, SYSTEM, PACKAGES, _BUILD))
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "elasticweb"
    return cache / f"{suite}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=20):  # noqa: S310 - what apt asks, too
            return True
    except OSError:
        return False
