from pathlib import Path

import pytest

from rehearsal.engine.arguments import read
from rehearsal.errors import RehearsalError


@pytest.mark.parametrize(
    "given",
    [
        "preview --stack dev --diff",
        "up -y -p 4 --expect-no-changes",
        "config set --path fleet.min_size 3",
        "-v 3 --logtostderr up",
        "stack output --show-secrets",
        "",
        "--help",
        "up -- --stack other --cwd elsewhere",
    ],
)
def test_arguments_go_through_untouched(given: str) -> None:
    assert read(given.split()).rest == tuple(given.split())


@pytest.mark.parametrize(
    ("given", "stack"),
    [
        ("up --stack dev", "dev"),
        ("up -s dev", "dev"),
        ("up -sdev", "dev"),
        ("up --stack=organization/elasticweb/prod", "prod"),
        ("--stack dev up", "dev"),
        ("up", ""),
        ("up -- --stack dev", ""),
    ],
)
def test_the_stack_is_found(given: str, stack: str) -> None:
    found = read(given.split())
    assert (found.command, found.stack) == ("up", stack)


@pytest.mark.parametrize(
    ("given", "touches"),
    [
        ("up", True),
        ("preview --stack dev", True),
        ("refresh", True),
        ("destroy", True),
        ("import aws:s3/bucket:Bucket a b", True),
        ("-v 9 up", True),
        ("a-command-of-the-future", True),
        ("stack ls", False),
        ("config set key value", False),
        ("version", False),
        ("up --help", False),
        ("", False),
        ("--version", False),
    ],
)
def test_the_emulator_is_started_only_for_what_touches_resources(given: str, touches: bool) -> None:
    assert read(given.split()).touches_resources is touches


def test_files_are_those_of_the_users_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read(["preview", "--save-plan=plan.json"]).rest == ("preview", "--save-plan", str(tmp_path / "plan.json"))
    assert read(["stack", "export", "--file", "/a/b"]).rest == ("stack", "export", "--file", "/a/b")
    assert read(["stack", "import", "--file", "-"]).rest == ("stack", "import", "--file", "-")


def test_another_directory_is_another_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").mkdir()
    for given in (["-C", "examples", "up"], ["up", "--cwd=examples"]):
        found = read(given)
        assert found.directory == tmp_path / "examples"
        assert found.rest == ("up",)


def test_our_own_option_comes_first() -> None:
    assert read(["--install", "up"]).install
    assert read(["--install", "up"]).rest == ("up",)
    assert not read(["plugin", "--install"]).install


@pytest.mark.parametrize("given", [["up", "--stack"], ["--cwd"]])
def test_a_missing_value_is_told(given: list[str]) -> None:
    with pytest.raises(RehearsalError, match=f"{given[-1]} needs a value"):
        read(given)


def test_a_configuration_file_of_the_user_is_not_written_to() -> None:
    with pytest.raises(RehearsalError, match="would let the CLI write into that file"):
        read(["up", "--config-file", "Pulumi.dev.yaml"])
