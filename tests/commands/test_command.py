"""The command itself: what it prints, how it ends, and what it says when it cannot."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from components.commands.backup import Backup
from components.commands.main import main
from rehearsal.extensions.backups import CLOCK
from tests.programs import ROOT

from .cloud import CREDENTIALS, Cloud


def test_a_plan_and_a_backup_from_the_command_line(shop: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup", "--stack", shop.stack, "--only", "volume", "--kept-days", "7"]) == 0
    assert "Everything is backed up." in capsys.readouterr().out


def test_a_wrong_stack_is_one_line_on_the_error_stream(shop: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    del shop
    assert main(["restore", "--stack", "prod", "--to", "now", "--plan"]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("elasticweb restore: no stack prod in account 123456789012, region eu-central-1")
    assert said.err.count("\n") == 1
    assert said.out == ""


@pytest.mark.parametrize(
    ("away", "more", "complaint"),
    [
        (["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"], {}, "no AWS credentials: set AWS_PROFILE or give --profile"),
        (["AWS_REGION"], {}, "no region: give --region, or set AWS_REGION"),
        ([], {}, "AWS cannot be reached: "),
        ([], {"AWS_PROFILE": "nobody"}, "The config profile (nobody) could not be found: "),
    ],
)
def test_without_a_way_to_aws_it_is_one_line(away: list[str], more: dict[str, str], complaint: str) -> None:
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")} | CREDENTIALS | more
    surroundings |= {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}  # nobody is there
    ended = subprocess.run(
        [sys.executable, "-m", "components.commands", "restore", "--stack", "test", "--to", "now", "--plan"],
        cwd=ROOT,
        env={k: v for k, v in surroundings.items() if k not in away},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"elasticweb restore: {complaint}"), ended.stderr
    assert ended.stderr.count("\n") == 1
    assert ended.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["restore", "--stack", "test"],
        ["restore", "--stack", "test", "--to", "now", "--only", "logs"],
        ["backup", "--stack", "test", "--kept-days", "0"],
        ["backup"],
    ],
)
def test_wrong_arguments_end_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: elasticweb" in capsys.readouterr().err


def test_a_plan_takes_a_zone_and_refuses_one_of_another_region(
    shop: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(CLOCK, "now", lambda: datetime.now(UTC))
    shop.run_rule()
    asked = ["restore", "--stack", shop.stack, "--to", "now", "--only", "volume", "--plan"]
    assert main([*asked, "--zone", "eu-central-1b"]) == 0
    assert "into a new volume in eu-central-1b" in capsys.readouterr().out
    assert main([*asked, "--zone", "eu-west-1a"]) == 1
    said = capsys.readouterr()
    assert "its zone is eu-west-1a, not one of eu-central-1: give --zone, such as eu-central-1a\n" in said.err
    assert said.out == ""


@pytest.mark.parametrize("days", ["0", "36501", "abc", "-1", "1.5"])
def test_days_that_nothing_is_kept_for_are_refused_with_those_that_it_may_be(
    days: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["backup", "--stack", "test", f"--kept-days={days}"])
    assert f"--kept-days: must be 1 to 36500 days, got {days!r}\n" in capsys.readouterr().err


def test_who_stops_watching_is_told_that_it_goes_on(
    shop: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    # The default was bound when the class was made.
    defaults = {**(Backup.__init__.__kwdefaults__ or {}), "pause": interrupted}
    monkeypatch.setattr(Backup.__init__, "__kwdefaults__", defaults)
    assert main(["backup", "--stack", shop.stack, "--only", "volume"]) == 130
    assert "goes on in AWS" in capsys.readouterr().err
