"""Programs as they travel in user data, which has room for 16 KB: without what only readers of the source need."""

import ast
import io
import re
import tokenize


def brief(name: str, text: str) -> str:
    """Return the program *text*, of the file *name*, without full-line comments and the docstrings of its parts."""
    return _python(text) if name.endswith(".py") else _bash(text)


def _bash(text: str) -> str:
    kept, document = list[str](), ""
    for line in text.splitlines(keepends=True):
        if document:
            document = "" if line.strip() == document else document
        elif re.match(r"\s*#(?!!| shellcheck )", line):
            continue
        elif here := re.search(r"<<-?['\"]?(\w+)", line):
            document = here[1]
        kept.append(line)
    return "".join(kept)


def _python(text: str) -> str:
    lines = text.splitlines(keepends=True)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and not token.line[: token.start[1]].strip() and token.start[0] > 1:
            lines[token.start[0] - 1] = ""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.ClassDef | ast.FunctionDef) or ast.get_docstring(node) is None:
            continue
        docstring = node.body[0]
        if len(node.body) > 1:  # a body of nothing else needs it
            last = docstring.end_lineno or docstring.lineno
            lines[docstring.lineno - 1 : last] = [""] * (last - docstring.lineno + 1)
    return re.sub(r"\n{4,}", "\n\n\n", "".join(lines))
