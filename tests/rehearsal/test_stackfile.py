"""The configuration of a stack, as the engine would read it."""

from pathlib import Path

import pytest

from rehearsal.errors import RehearsalError
from rehearsal.stackfile import read_stack

PROJECT = """
name: site
config:
  zones: {type: array, items: {type: string}, default: [a, b]}
  size: {type: integer, description: How many}
  debug: {type: boolean, default: false}
  aws:region: {value: eu-west-1}
  aws:profile: {description: none}
"""


def stack(tmp_path: Path, text: str, project: str = PROJECT) -> dict[str, str]:
    (tmp_path / "Pulumi.yaml").write_text(project)
    (tmp_path / "Pulumi.dev.yaml").write_text(text)
    return read_stack(tmp_path, "dev").values


def test_values_are_what_the_engine_passes(tmp_path: Path) -> None:
    text = "config:\n  site:size: 3\n  site:fleet: {min: 1}\n  aws:defaultTags: {tags: {a: b}}\n  name: x\n"
    assert stack(tmp_path, text) == {
        "site:size": "3",
        "site:fleet": '{"min": 1}',
        "aws:defaultTags": '{"tags": {"a": "b"}}',
        "site:name": "x",
        "site:zones": '["a", "b"]',
        "site:debug": "false",
        "aws:region": "eu-west-1",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("config: {}", "Stack 'dev' is missing configuration value 'size': set it in Pulumi.dev.yaml"),
        ("config: {site:size: many}", "configuration key 'size' must be of type 'integer', got 'many'"),
        ("config: {site:size: true}", "must be of type 'integer', got True"),
        ("config: {site:size: 1, site:zones: a}", "configuration key 'zones' must be of type 'array', got 'a'"),
        ("config: {site:size: 1, site:key: {secure: v1:x}}", "site:key in Pulumi.dev.yaml is encrypted"),
        ("config: [1]", "Pulumi.dev.yaml: expected keys and values, got [1]"),
        ("config: {\n", "Pulumi.dev.yaml is no YAML in line 2"),
    ],
)
def test_wrong_files_are_one_line(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(RehearsalError) as caught:
        stack(tmp_path, text)
    assert expected in str(caught.value)


def test_unknown_stacks_are_named(tmp_path: Path) -> None:
    stack(tmp_path, "config: {site:size: 1}")
    with pytest.raises(RehearsalError, match=r"unknown stack 'prd': there is no Pulumi.prd.yaml; known are dev"):
        read_stack(tmp_path, "prd")
