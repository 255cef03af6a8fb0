"""attach-volume.sh on real block devices: only the API and the metadata are stood in for."""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from components._mounting import SCRIPTS

SYSTEM = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
TOOLS = (
    "blkid",
    "blockdev",
    "e2fsck",
    "e2label",
    "findmnt",
    "losetup",
    "mkfs.ext4",
    "mkfs.xfs",
    "mount",
    "resize2fs",
    "xfs_admin",
)
VOLUME = "vol-0123456789abcdef0"
ME = "i-0aaaaaaaaaaaaaaaa"
MIB = 1 << 20


def _missing() -> str:
    absent = [tool for tool in TOOLS if shutil.which(tool, path=SYSTEM) is None]
    if absent:
        return f"needs {', '.join(absent)}"
    if os.geteuid() != 0:
        return "needs root"
    free = subprocess.run(["losetup", "--find"], capture_output=True, text=True, check=False, env={"PATH": SYSTEM})
    return "" if free.returncode == 0 else f"needs loop devices: {free.stderr.strip()}"


def _may_resize() -> bool:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("CapEff"))
    return bool(int(line.split()[1], 16) >> 24 & 1)


pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(_missing()), reason=_missing() or "-")]

# Every real command, with a power cut before or after it: the whole process group is killed.
WRAPPER = """\
#!/bin/bash
n=$(($(<"$WORLD/count") + 1)); echo "$n" >"$WORLD/count"; echo "NAME $*" >>"$WORLD/log"
if [ "$KILL" = "$n before" ]; then kill -9 0; fi
"REAL" "$@"; status=$?
if [ "$KILL" = "$n after" ]; then kill -9 0; fi
exit $status
"""
AWS = f"""\
#!/bin/bash
case $2 in describe-volumes) printf 'in-use\\t{ME}\\tattached\\n' ;; esac
"""
CURL = f"""\
#!/bin/bash
case "$*" in *api/token*) echo token ;; *instance-id*) echo {ME} ;; *region*) echo eu-central-1 ;; esac
"""
# cmp runs many times and only reads; it is not cut.
CUT = (
    *(
        "blkid",
        "blockdev",
        "e2fsck",
        "e2label",
        "findmnt",
        "head",
        "mkdir",
        "mkfs.ext4",
        "mkfs.xfs",
        "mount",
        "resize2fs",
    ),
    *("rm", "sync", "umount", "xfs_admin", "xfs_growfs"),
)


class Disk:
    """A loop device under the name that EC2 gives a volume."""

    def __init__(self, root: Path, mib: int = 320) -> None:
        self.root, self.image = root, root / "image"
        for name in ("bin", "devices", "run", "state"):
            (root / name).mkdir(parents=True)
        for name in CUT:
            real = shutil.which(name, path=SYSTEM) or name
            self._script(name, WRAPPER.replace("NAME", name).replace("REAL", real))
        self._script("aws", AWS)
        self._script("curl", CURL)
        with self.image.open("wb") as file:
            file.truncate(mib * MIB)
        self.device = self._run("losetup", "--find", "--show", str(self.image)).strip()
        (root / "devices" / f"nvme-Amazon_Elastic_Block_Store_{VOLUME.replace('-', '')}").symlink_to(self.device)

    def _script(self, name: str, text: str) -> None:
        (self.root / "bin" / name).write_text(text)
        (self.root / "bin" / name).chmod(0o755)

    def _run(self, *command: str) -> str:
        return subprocess.run(command, capture_output=True, text=True, check=True, env={"PATH": SYSTEM}).stdout

    def start(self, kind: str, kill: str = "") -> "subprocess.Popen[str]":
        (self.root / "count").write_text("0")
        return subprocess.Popen(
            ["bash", str(SCRIPTS / "attach-volume.sh"), VOLUME, kind],
            env={
                "PATH": f"{self.root / 'bin'}:{SYSTEM}",
                "WORLD": str(self.root),
                "KILL": kill,
                "ELASTICWEB_DEVICES": str(self.root / "devices"),
                "ELASTICWEB_RUN": str(self.root / "run"),
                "ELASTICWEB_STATE": str(self.root / "state"),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def attach(self, kind: str, kill: str = "") -> tuple[int, str]:
        with self.start(kind, kill) as process:
            _, told = process.communicate(timeout=120)
        return process.returncode, told

    def boot(self) -> None:
        """What is mounted is not, after a power cut."""
        while (
            subprocess.run(
                ["umount", str(self.root / "run/elasticweb" / VOLUME)],
                check=False,
                env={"PATH": SYSTEM},
                capture_output=True,
            ).returncode
            == 0
        ):
            pass

    def write(self, name: str, text: str) -> None:
        with self.mounted() as place:
            (place / name).write_text(text)

    def mounted(self) -> Any:
        return Mounted(self.device, self.root / "mounted")

    def calls(self) -> list[str]:
        return (self.root / "log").read_text().splitlines()

    def digest(self) -> str:
        self._run("sync", self.device)
        return hashlib.sha256(self.image.read_bytes()).hexdigest()

    def free(self) -> None:
        self.boot()
        self._run("losetup", "--detach", self.device)


class Mounted:
    def __init__(self, device: str, place: Path) -> None:
        self.device, self.place = device, place

    def __enter__(self) -> Path:
        self.place.mkdir(exist_ok=True)
        subprocess.run(["mount", self.device, str(self.place)], check=True, env={"PATH": SYSTEM})
        return self.place

    def __exit__(self, *_: object) -> None:
        # The kernel may still be busy with it for a moment.
        for _attempt in range(50):
            if subprocess.run(["umount", str(self.place)], check=False, env={"PATH": SYSTEM}).returncode == 0:
                return
            time.sleep(0.1)
        raise AssertionError(f"{self.place} stays busy")


@pytest.fixture
def new_disk(tmp_path: Path) -> Iterator[Callable[..., Disk]]:
    made: list[Disk] = []

    def make(**how: int) -> Disk:
        made.append(Disk(tmp_path / str(len(made)), **how))
        return made[-1]

    yield make
    for one in made:
        one.free()


@pytest.mark.parametrize("kind", ["xfs", "ext4"])
def test_a_new_volume_is_formatted_once_keeps_what_is_written_and_grows(
    new_disk: Callable[..., Disk], kind: str
) -> None:
    one = new_disk()
    assert one.attach(kind)[0] == 0
    one.write("kept", "precious")
    if kind == "ext4" and not _may_resize():
        pytest.skip("growing ext4 while it is mounted needs CAP_SYS_RESOURCE; test_nfs_machines.py has it")
    with one.image.open("ab") as file:
        file.truncate(480 * MIB)
    subprocess.run(["losetup", "--set-capacity", one.device], check=True, env={"PATH": SYSTEM})
    status, told = one.attach(kind)
    assert status == 0, told
    with one.mounted() as place:
        assert (place / "kept").read_text() == "precious"
        assert os.statvfs(place).f_blocks * os.statvfs(place).f_frsize > 380 * MIB
    assert len([call for call in one.calls() if call.startswith("mkfs")]) == 1


FOREIGN: dict[str, Callable[[Disk], None]] = {
    "another file system": lambda one: tool("mkfs.ext4", "-q", one.device),
    "a partition table": lambda one: tool("sfdisk", "--quiet", one.device, given=",,L\n"),
    "swap": lambda one: tool("mkswap", one.device),
    # What cryptsetup writes first (LUKS on-disk format specification, 1.2): magic and version.
    "LUKS": lambda one: put(one, 0, b"LUKS\xba\xbe\x00\x01".ljust(592, b"a")),
    "data without a signature": lambda one: put(one, 500_000, b"precious"),
    "data behind 2 MiB of zeros": lambda one: put(one, 2 * MIB, b"precious"),
    "data in the last MiB": lambda one: put(one, 320 * MIB - 600_000, b"precious"),
    "an XFS without its beginning": lambda one: beheaded(one, "mkfs.xfs", "-q"),
    "an ext4 without its beginning": lambda one: beheaded(one, "mkfs.ext4", "-q"),
    "a partition table without its beginning": lambda one: beheaded(one, "sfdisk", "--quiet", given="label: gpt\n"),
    "an ext4 of which only a copy of the superblock is left": lambda one: put(one, 128 * MIB, b"\x00\xa0\x00\x00"),
    "a file system that somebody else was making": lambda one: put(one, 0, b"XFSB".ljust(4096, b"\x01")),
}


def tool(*command: str, given: str = "") -> None:
    subprocess.run(command, input=given, check=True, env={"PATH": SYSTEM}, capture_output=True, text=True)


def beheaded(one: Disk, *command: str, given: str = "") -> None:
    tool(*command, one.device, given=given)
    put(one, 0, bytes(64 * MIB))


def put(one: Disk, at: int, data: bytes) -> None:
    with open(one.device, "r+b") as device:  # noqa: PTH123 - a block device
        device.seek(at)
        device.write(data)
        device.flush()
        os.fsync(device.fileno())


@pytest.mark.parametrize("what", FOREIGN)
def test_what_is_not_ours_is_left_alone(new_disk: Callable[..., Disk], what: str) -> None:
    one = new_disk()
    FOREIGN[what](one)
    before = one.digest()
    for _ in range(2):
        status, told = one.attach("xfs")
        assert status != 0
        assert "left alone" in told
    assert one.digest() == before


@pytest.mark.parametrize("at", [0, 20 * MIB, 40 * MIB - 8])
def test_a_small_volume_is_read_as_a_whole(new_disk: Callable[..., Disk], at: int) -> None:
    one = new_disk(mib=40)
    put(one, at, b"precious")
    status, told = one.attach("ext4")
    assert (status != 0, "left alone" in told) == (True, True)
    wipe(one)
    assert one.attach("ext4")[0] == 0


@pytest.mark.parametrize("kind", ["xfs", "ext4"])
def test_a_power_cut_before_or_after_any_command_ends_in_a_whole_file_system(
    new_disk: Callable[..., Disk], kind: str
) -> None:
    undisturbed = new_disk()
    assert undisturbed.attach(kind)[0] == 0
    calls = undisturbed.calls()
    one = new_disk()
    for number in range(1, len(calls) + 1):
        for moment in ("before", "after"):
            wipe(one)
            assert one.attach(kind, kill=f"{number} {moment}")[0] == -signal.SIGKILL
            one.boot()
            status, told = one.attach(kind)
            assert status == 0, (number, moment, told)
            one.write("kept", "precious")
            assert one.attach(kind, kill=f"{min(number, 6)} {moment}")[0] == -signal.SIGKILL
            one.boot()
            assert one.attach(kind)[0] == 0
            with one.mounted() as place:
                assert (place / "kept").read_text() == "precious"


@pytest.mark.parametrize("kind", ["xfs", "ext4"])
def test_a_power_cut_at_random_times_ends_in_a_whole_file_system(new_disk: Callable[..., Disk], kind: str) -> None:
    one, chance = new_disk(), random.Random(kind)  # noqa: S311 - for tests that can be repeated
    began = time.monotonic()
    assert one.attach(kind)[0] == 0
    took = time.monotonic() - began
    for _ in range(12):
        wipe(one)
        for _ in range(2):
            with one.start(kind) as process:
                time.sleep(chance.uniform(0, took))
                os.killpg(process.pid, signal.SIGKILL)
            one.boot()
        status, told = one.attach(kind)
        assert status == 0, told
        one.write("kept", "precious")


def wipe(one: Disk) -> None:
    """A new volume: it reads as zeros, and no server has a note on it."""
    tool("blkdiscard", "--force", "--zeroout", one.device)
    shutil.rmtree(one.root / "state")
