"""docs/backup-and-restore.md, followed word by word: its commands are run as they stand there."""

import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from components.commands.main import main
from rehearsal.extensions.backups import CLOCK
from tests.programs import ROOT

from .cloud import REGION, Cloud

PAGE = ROOT / "docs/backup-and-restore.md"


def commands() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.strip().splitlines()]


def resolved(command: str, tmp_path: Path, stack: str) -> list[str]:
    """Return what make would run: the Makefile's own recipe, with the interpreter that is there."""
    marker = tmp_path / ".venv" / ".set-up"
    marker.parent.mkdir(exist_ok=True)
    marker.touch()
    words = ["make", "--no-print-directory", "-n", "-o", str(marker), f"VENV={marker.parent}", f"PY={sys.executable}"]
    told = subprocess.run(
        [*words, *shlex.split(command.replace("STACK=prod", f"STACK={stack}"))[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return shlex.split(told.replace("\\\n", " "))


def test_the_page_has_every_command_that_a_drill_needs() -> None:
    targets = [shlex.split(command)[1] for command in commands()]
    assert set(targets) == {"backup", "restore"}
    assert any("PLAN=1" in command for command in commands())
    assert any(command.startswith("make restore") and "PLAN=1" not in command for command in commands())


def test_make_finds_the_region_of_the_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    assert resolved("make backup STACK=prod", tmp_path, "prod")[0] == f"AWS_REGION={REGION}"


def test_its_commands_work_in_their_order(
    shop: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(CLOCK, "now", lambda: datetime.now(UTC))
    monkeypatch.setattr(CLOCK, "looks", 2)
    shop.run_rule()
    for command in commands():
        said, *words = resolved(command, tmp_path, shop.stack)
        assert said == f"AWS_REGION={REGION}"
        assert words[:3] == [sys.executable, "-m", "components.commands"]
        assert main(words[3:]) == 0, command
        out = capsys.readouterr().out
        assert "LEFT OUT" not in out, command
        assert "FAIL" not in out, command


def test_the_settings_that_it_names_are_settings() -> None:
    from settings_model import Settings  # noqa: PLC0415

    schema = str(Settings.model_json_schema())
    later = {"restore_from", "backups_by_aws_backup"}  # of the database, which another change brings
    for name in re.findall(r"`(?:backups|database|storage)\.(\w+)`", PAGE.read_text()):
        assert name in later or f"'{name}'" in schema, name
