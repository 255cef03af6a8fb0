"""Steps of a machine's preparation, run on this machine with commands that only note that they were called."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from components.machine import userdata

SCRIPTS = Path(userdata.__file__).parent / "scripts"
FILE_SYSTEM = SCRIPTS.parents[1] / "scripts/file-system.sh"
Run = Callable[..., subprocess.CompletedProcess[str]]

OTHERS = {"common", "al2023", "ubuntu"}
BASH = shutil.which("bash") or ""
on_linux = pytest.mark.skipif(not BASH or sys.platform != "linux", reason="needs bash and GNU's tools, as on Linux")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run steps with state, environment and fstab below *tmp_path* and the commands given by name and body."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "fstab").write_text("LABEL=/ / xfs defaults 0 1\n")
    escape = tmp_path / "bin/systemd-escape"
    escape.write_text('#!/bin/bash\necho "$(basename "${*: -1}").mount"\n')
    escape.chmod(0o755)

    def running(steps: str, distribution: str = "al2023", **commands: str) -> subprocess.CompletedProcess[str]:
        for name, body in commands.items():
            command = tmp_path / "bin" / name.replace("_", "-").replace("--", ".")
            command.write_text(f'#!/bin/bash\necho "{command.name} $*" >>"{tmp_path}/calls"\n{body}\n')
            command.chmod(0o755)
        own = [path for path in sorted(SCRIPTS.glob("*.sh")) if path.stem not in OTHERS]
        parts = "".join(f". {path}\n" for path in (*own, FILE_SYSTEM))
        script = (
            "set -euo pipefail\n"
            f". {SCRIPTS}/common.sh\n. {SCRIPTS}/{distribution}.sh\n{parts}\n"
            f"state={tmp_path}/state environment={tmp_path}/environment fstab={tmp_path}/fstab\n"
            f"policy={tmp_path}/policy-rc.d instance={tmp_path}/instance-id\n"
            f"swap_file={tmp_path}/swapfile swap_table={tmp_path}/fstab agent_ctl={tmp_path}/bin/agent-ctl\n"
            f"{steps}\n"
        )
        path = f"{tmp_path}/bin{os.pathsep}{os.environ['PATH']}"
        return subprocess.run([BASH, "-c", script], capture_output=True, text=True, check=False, env={"PATH": path})

    return running


def calls(tmp_path: Path) -> list[str]:
    """Return the calls since the last time."""
    noted = tmp_path / "calls"
    lines = noted.read_text().splitlines() if noted.exists() else []
    noted.unlink(missing_ok=True)
    return lines
