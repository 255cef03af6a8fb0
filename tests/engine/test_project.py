import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.engine.places import Places
from rehearsal.engine.project import find, mirror
from rehearsal.errors import RehearsalError

PROJECT = """
name: site
runtime:
  name: python
  options:
    toolchain: pip
    virtualenv: .venv
backend:
  url: https://api.pulumi.example
config:
  opens:
    type: string
    default: 07:00
  closed: off
packages:
  elasticweb: ../components
plugins:
  providers:
    - name: own
      path: ./plugins/own
"""
STACK = """# A comment.
config:
  aws:region: eu-central-1
  site:opens: "08:00"
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    made = tmp_path / "checkout"
    made.mkdir()
    (made / "Pulumi.yaml").write_text(PROJECT)
    (made / "Pulumi.dev.yaml").write_text(STACK)
    return made


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "stage")


def project(directory: Path) -> dict[str, Any]:
    return yaml.load((directory / "Pulumi.yaml").read_text(), Loader=yaml.BaseLoader)  # noqa: S506  it makes text of everything


def test_the_program_is_that_of_the_checkout(source: Path, places: Places) -> None:
    made = mirror(source, places)
    assert made.directory.is_relative_to(places.root)
    told = project(made.directory)
    assert told["main"] == str(source)
    assert told["packages"] == {"elasticweb": str(source.parent / "components")}
    assert told["plugins"]["providers"][0]["path"] == str(source / "plugins" / "own")
    assert "backend" not in told


def test_values_mean_what_they_mean_to_pulumi(source: Path, places: Places) -> None:
    # YAML 1.2 has no base 60, and `off` is a word.
    assert project(mirror(source, places).directory)["config"] == project(source)["config"]


def test_the_interpreter_is_that_of_the_rehearsal_unless_the_project_has_its_own(source: Path, places: Places) -> None:
    options = project(mirror(source, places).directory)["runtime"]["options"]
    assert options.get("virtualenv") == (sys.prefix if sys.prefix != sys.base_prefix else None)
    (source / ".venv").mkdir()
    (source / ".venv" / "pyvenv.cfg").touch()
    assert project(mirror(source, places).directory)["runtime"]["options"]["virtualenv"] == str(source / ".venv")


def test_stack_files_are_copied_as_they_are(source: Path, places: Places) -> None:
    made = mirror(source, places)
    assert made.stacks == {"dev"}
    assert (made.directory / "Pulumi.dev.yaml").read_text() == STACK


def test_what_the_cli_writes_stays_until_the_checkout_changes(source: Path, places: Places) -> None:
    copy = mirror(source, places).directory / "Pulumi.dev.yaml"
    copy.write_text(f"encryptionsalt: v1:abc\n{STACK}  site:extra: set here\n")
    again = mirror(source, places)
    assert again.notes == ()
    assert "site:extra" in copy.read_text()
    (source / "Pulumi.dev.yaml").write_text(STACK.replace("08:00", "09:00"))
    changed = mirror(source, places)
    assert changed.notes == (
        "Pulumi.dev.yaml has changed: what `pulumi config` had set for the rehearsal only is gone",
    )
    assert copy.read_text() == "encryptionsalt: v1:abc\n" + STACK.replace("08:00", "09:00")
    assert (source / "Pulumi.dev.yaml").read_text() == STACK.replace("08:00", "09:00")


def test_a_changed_file_needs_no_note_when_nothing_is_lost(source: Path, places: Places) -> None:
    copy = mirror(source, places).directory / "Pulumi.dev.yaml"
    copy.write_text(f"encryptionsalt: v1:abc\n{STACK}")
    (source / "Pulumi.dev.yaml").write_text(STACK.replace("08:00", "09:00"))
    assert mirror(source, places).notes == ()


def test_the_users_own_encryption_is_left_out(source: Path, places: Places) -> None:
    theirs = "encryptionsalt: v1:theirs\nsecretsprovider: awskms://key\nencryptedkey: AAAA\n  BBBB\n"
    (source / "Pulumi.dev.yaml").write_text(theirs + STACK)
    assert (mirror(source, places).directory / "Pulumi.dev.yaml").read_text() == STACK


def test_an_encrypted_setting_is_told(source: Path, places: Places) -> None:
    (source / "Pulumi.dev.yaml").write_text(f"{STACK}  site:token:\n    secure: v1:xyz\n")
    with pytest.raises(RehearsalError, match=r"site:token in Pulumi\.dev\.yaml is encrypted; the rehearsal cannot"):
        mirror(source, places)


def test_two_checkouts_of_one_project_have_mirrors_of_their_own(source: Path, places: Places, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "Pulumi.yaml").write_text(PROJECT)
    assert mirror(source, places).directory != mirror(other, places).directory


def test_a_project_is_found_from_below(source: Path, tmp_path: Path) -> None:
    (source / "components" / "machine").mkdir(parents=True)
    assert find(source / "components" / "machine") == source
    with pytest.raises(RehearsalError, match=r"there is no Pulumi\.yaml in .*, nor in a directory above it"):
        find(tmp_path)


@pytest.mark.parametrize(("text", "told"), [("a: [", "is no YAML in line"), ("- a", "expected keys and values")])
def test_a_broken_project_is_told(source: Path, places: Places, text: str, told: str) -> None:
    (source / "Pulumi.yaml").write_text(text)
    with pytest.raises(RehearsalError, match=told):
        mirror(source, places)
