"""The server's scripts on whole machines: real block devices, a real NFS server and client, and real power cuts."""

import random
import time
from pathlib import Path

import pytest

from .uml import Guest, disk, missing

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing()), reason=f"needs User Mode Linux and NFS tools: no {', '.join(missing())}"),
]

# systemd is not there; what nfs-serve.sh asks of it, by the same programs.
NFS = """\
export ELASTICWEB_SYSRQ=/tmp/sysrq
load nfsd; load nfsv4
mkdir -p /var/lib/nfs/{nfsdcld,v4recovery} /run/rpc_pipefs; touch /var/lib/nfs/{etab,rmtab,state}
mount -t rpc_pipefs sunrpc /run/rpc_pipefs; mount -t nfsd nfsd /proc/fs/nfsd
ip link set lo up
cat >/usr/local/bin/systemctl <<'END'
#!/bin/bash
case "$*" in
  "restart nfsdcld") pkill -x nfsdcld; nfsdcld ;;
  "stop nfsdcld") pkill -x nfsdcld ;;
  "restart nfs-server") rpc.nfsd 0; exportfs -ra; rpc.nfsd; pgrep -x rpc.mountd >/dev/null || rpc.mountd ;;
  "stop nfs-server") rpc.nfsd 0; exportfs -au; exportfs -f ;;
  *) exit 5 ;;
esac
END
chmod +x /usr/local/bin/systemctl
options=nfsvers=4.2,proto=tcp,port=2049,hard,timeo=600,retrans=2,noresvport,nosuid,nodev
serve() { $scripts/nfs-serve.sh start /dev/ubda KIND 48 48 127.0.0.1/32; }
mkdir -p /tmp/client /tmp/grow
"""
# As attach-volume.sh does it; the state of the root volume is on a second disk.
MAKE = """\
mkdir -p /run/state; mount /dev/ubdb /run/state
. $scripts/file-system.sh
echo MAKING
set -e
file_system /dev/ubda KIND ew-data /run/state/note
grow_file_system /dev/ubda KIND /tmp/grow
set +e
echo MADE
"""


def script(text: str, kind: str) -> str:
    return text.replace("KIND", kind)


@pytest.fixture
def disks(tmp_path: Path) -> list[Path]:
    root = disk(tmp_path / "root", 16)
    assert "GUEST MADE" in Guest(tmp_path / "first", "mkfs.ext4 -q /dev/ubda; finish MADE", [root]).wait()
    return [disk(tmp_path / "volume", 320), root]


@pytest.mark.parametrize("kind", ["xfs", "ext4"])
def test_files_are_served_to_whom_they_are_for_and_a_hard_mount_survives_the_next_server(
    tmp_path: Path, disks: list[Path], kind: str
) -> None:
    told = Guest(
        tmp_path / "guest",
        script(
            NFS
            + MAKE
            + """
serve
$scripts/nfs-serve.sh check && echo SERVES
serve && $scripts/nfs-serve.sh check && echo AGAIN
mount -t nfs4 -o $options 127.0.0.1:/ /tmp/client
echo one >/tmp/client/one; chmod 600 /tmp/client/one
echo "owner $(stat -c %u:%g /tmp/client/one)"
exec 9>/tmp/client/lock; flock 9 && echo LOCKED
echo "versions $(cat /proc/fs/nfsd/versions)"
ip address add 10.9.9.9/32 dev lo
timeout 20 mount -t nfs4 -o $options 10.9.9.9:/ /mnt && echo STRANGER || echo REFUSED
$scripts/nfs-serve.sh stop
mountpoint -q /srv/elasticweb || echo STOPPED
$scripts/nfs-serve.sh check || echo SILENT
$scripts/nfs-serve.sh stop && echo STOPPED-TWICE
(echo two >/tmp/client/two; echo WRITTEN) &
sleep 2
serve
wait $!
echo "one $(cat /tmp/client/one) two $(cat /tmp/client/two)"
echo more >&9 && echo STILL-LOCKED
$scripts/nfs-serve.sh grow /dev/ubda KIND && echo GROWN
test -e /tmp/sysrq && echo ENDED
sync
finish DONE
""",
            kind,
        ),
        disks,
    ).wait(300)
    for word in ("SERVES", "AGAIN", "owner 48:48", "LOCKED", "STOPPED", "SILENT", "STOPPED-TWICE", "WRITTEN", "GROWN"):
        assert f"{word}\n" in told.replace("\r", ""), told
    assert "one one two two" in told, told
    assert "STILL-LOCKED" in told, told
    assert "-2 -3 +4" in told or "-3 +4" in told, told
    assert "REFUSED" in told, told
    assert "ENDED" not in told, told
    assert "GUEST DONE" in told, told


@pytest.mark.parametrize("kind", ["xfs", "ext4"])
def test_a_power_cut_at_any_moment_of_the_first_boot_ends_in_a_whole_file_system_and_nothing_written_is_lost(
    tmp_path: Path, disks: list[Path], kind: str
) -> None:
    """Cut at random moments after the first command; then write, cut, and look; then enlarge, cut, and look."""
    chance = random.Random(kind)  # noqa: S311 - for tests that can be repeated
    boots, unfinished = 0, 0

    def boot(text: str, until: str, after: float) -> str:
        nonlocal boots
        boots += 1
        guest = Guest(tmp_path / f"boot-{boots}", script(MAKE + text, kind), disks)
        told = guest.wait(120, until=until)
        assert until in told, told
        if after:
            end = time.monotonic() + after
            while time.monotonic() < end and guest.process.poll() is None:
                pass
        guest.cut()
        return guest.text()

    for _ in range(5):
        told = boot("finish MADE", "MAKING", chance.uniform(0, 0.8))
        assert "left alone" not in told, told
        unfinished += "MADE" not in told
    write = "mkdir -p /tmp/v; mount /dev/ubda /tmp/v && echo precious >>/tmp/v/kept && sync && echo SYNCED; sleep 100"
    assert "SYNCED" in boot(write, "SYNCED", 0.01)
    for size in (400, 512):
        disk(disks[0], size)
        boot("sleep 100", "MAKING", chance.uniform(0, 0.5))
    look = (
        'mkdir -p /tmp/v; mount /dev/ubda /tmp/v; echo "kept: $(cat /tmp/v/kept) size: $(df -m --output=size /tmp/v |'
    )
    told = boot(f'{look} tail -1)"; sleep 100', "size:", 0.2)
    assert "kept: precious" in told, told
    assert int(told.split("size:")[1].split()[0]) > 380, told
    assert unfinished, "no boot was cut before its end"
