import time
from pathlib import Path

import pytest

from rehearsal.engine import cli, pulumi
from rehearsal.engine.places import Places
from rehearsal.errors import RehearsalError


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "stage")


def command(directory: Path, script: str) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    made = directory / "pulumi"
    made.write_text(f"#!/bin/sh\n{script}\n")
    made.chmod(0o755)
    return made


@pytest.mark.parametrize("version", ["v3.187.0", "v3.260.0", "v3.300.1-alpha.1+dirty", "v4.0.0", "3.272.0"])
def test_the_users_own_cli_is_used(places: Places, tmp_path: Path, version: str) -> None:
    made = command(tmp_path / "bin", f"echo {version}")
    assert cli.find(places, str(tmp_path / "bin")) == made


@pytest.mark.parametrize("version", ["v3.186.9", "v3.9.1", "v2.25.2"])
def test_one_that_is_too_old_is_told_in_one_line(places: Places, tmp_path: Path, version: str) -> None:
    made = command(tmp_path / "bin", f"echo {version}")
    with pytest.raises(RehearsalError) as told:
        cli.find(places, str(tmp_path / "bin"))
    assert str(told.value) == (
        f"the Pulumi CLI {made} is too old: it is {version}, and this project needs 3.187.0 or newer "
        "(https://www.pulumi.com/docs/install/)"
    )


def test_one_that_says_nothing_of_its_version_is_told(places: Places, tmp_path: Path) -> None:
    command(tmp_path / "bin", "true")
    with pytest.raises(RehearsalError, match="it is of no known version"):
        cli.find(places, str(tmp_path / "bin"))


def test_one_that_does_not_run_is_told(places: Places, tmp_path: Path) -> None:
    command(tmp_path / "bin", "exit 3")
    with pytest.raises(RehearsalError, match=r"pulumi does not run: .*exit status 3"):
        cli.find(places, str(tmp_path / "bin"))


def test_without_one_the_ways_out_are_told_in_one_line(places: Places, tmp_path: Path) -> None:
    with pytest.raises(RehearsalError) as told:
        cli.find(places, str(tmp_path))
    assert str(told.value) == (
        "there is no Pulumi CLI on PATH: install it (https://www.pulumi.com/docs/install/), or let `python -m "
        f"rehearsal pulumi --install` put {cli.pinned()} into {places.cli}; "
        "without one there is `python -m rehearsal up`"
    )


def test_the_pinned_version_is_that_of_the_sdk() -> None:
    pins = (Path(__file__).parents[2] / "requirements.txt").read_text().splitlines()
    assert f"pulumi=={cli.pinned()}" in pins


def installer(script: str) -> str:
    return f"import pathlib, subprocess, sys, time\nroot = pathlib.Path(sys.argv[1])\n{script}"


def test_it_is_installed_when_that_is_asked_for(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = """
(root / "bin").mkdir(parents=True)
(root / "bin" / "pulumi").write_text("#!/bin/sh\\necho v3.272.0\\n")
(root / "bin" / "pulumi").chmod(0o755)
"""
    monkeypatch.setattr(cli, "INSTALL", installer(script))
    installed = cli.find(places, str(tmp_path), install=True)
    assert installed == places.cli / "bin" / "pulumi"
    assert cli.find(places, str(tmp_path)) == installed, "the next command finds it"


def test_a_download_that_fails_is_told_in_one_line(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "INSTALL", installer("raise OSError('Name or service not known')"))
    with pytest.raises(RehearsalError) as told:
        cli.find(places, str(tmp_path), install=True)
    assert str(told.value) == (
        f"Pulumi {cli.pinned()} cannot be downloaded (OSError: Name or service not known): install it yourself "
        "(https://www.pulumi.com/docs/install/); without one there is `python -m rehearsal up`"
    )
    assert not places.cli.exists()


def test_a_download_that_hangs_is_given_up_with_all_that_it_started(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "INSTALL", installer("subprocess.run(['sleep', '60'])"))
    monkeypatch.setattr(cli, "SECONDS_TO_INSTALL", 1)
    started = time.monotonic()
    with pytest.raises(RehearsalError, match=r"cannot be downloaded \(no end after 1 seconds\)"):
        cli.find(places, str(tmp_path), install=True)
    assert time.monotonic() - started < 30


def test_the_installer_is_the_sdks() -> None:
    compile(cli.INSTALL, "install", "exec")
    assert "PulumiCommand.install(root=sys.argv[1]" in cli.INSTALL


def test_a_project_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command(tmp_path / "bin", "echo v3.272.0")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("REHEARSAL_DIRECTORY", str(tmp_path / "stage"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RehearsalError, match=r"there is no Pulumi\.yaml in"):
        pulumi.run_pulumi(["preview"])


def test_the_cli_gets_its_arguments_and_its_status_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    command(tmp_path / "bin", 'if [ "$1" = version ]; then echo v3.272.0; else echo "$@"; env; exit 7; fi')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("REHEARSAL_DIRECTORY", str(tmp_path / "stage"))
    monkeypatch.setenv("PULUMI_ACCESS_TOKEN", "pul-of-the-user")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Pulumi.yaml").write_text("name: small\nruntime: yaml\n")
    assert pulumi.run_pulumi(["stack", "ls", "--all"]) == 7
    told = capfd.readouterr().out
    assert told.splitlines()[0].endswith(" stack ls --all")
    assert "pul-of-the-user" not in told
