"""Programs travel in user data without their comments, and are the same programs."""

import ast
import subprocess
from pathlib import Path

import pytest

from components.machine.preparation.brevity import brief

SCRIPTS = Path(__file__).parents[2] / "components" / "machine" / "scripts"


def named(pattern: str) -> list[str]:
    found = sorted(path.name for path in SCRIPTS.glob(pattern))
    assert found
    return found


def without_docstrings(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) and len(node.body) > 1:
            node.body.pop(0)
    return ast.dump(tree)


@pytest.mark.parametrize("name", named("*.py"))
def test_a_program_in_python_does_the_same_without_comments(name: str) -> None:
    text = (SCRIPTS / name).read_text()
    short = brief(name, text)
    assert without_docstrings(short) == without_docstrings(text)
    assert len(short) < len(text)
    assert ast.get_docstring(ast.parse(short)) == ast.get_docstring(ast.parse(text)), "an operator sees what it is"


@pytest.mark.parametrize("name", named("*.sh"))
def test_a_program_in_bash_does_the_same_without_comments(name: str) -> None:
    def parsed(text: str) -> str:
        return subprocess.run(
            ["/bin/bash", "--pretty-print"], input=text, text=True, capture_output=True, check=True
        ).stdout

    text = (SCRIPTS / name).read_text()
    short = brief(name, text)
    assert parsed(short) == parsed(text)
