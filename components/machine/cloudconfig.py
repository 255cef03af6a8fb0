"""A cloud-config document, written so that an operator can read it and every run gives the same text."""

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class StagedFile:
    """A file that cloud-init writes, for root to own."""

    path: str
    content: str
    mode: str


_PLAIN = re.compile(r"/?[A-Za-z_][A-Za-z0-9_./+-]*")
_NOT_IN_A_BLOCK = re.compile(
    "[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]"
)
"""What a YAML 1.1 block scalar cannot hold, or would read as the end of a line."""


def cloud_config(title: str, files: Sequence[StagedFile], command: Sequence[str], time_zone: str | None) -> str:
    """Return a document that writes *files* and then runs *command*, once per instance."""
    lines = ["#cloud-config", f"# {title}"]
    if time_zone is not None:
        lines.append(f"timezone: {_scalar(time_zone)}")
    lines.append("write_files:")
    for file in files:
        lines += [f"  - path: {_scalar(file.path)}", f'    permissions: "{file.mode}"']
        lines += _content(file.content)
    lines += ["runcmd:", f"  - [{', '.join(_scalar(word) for word in command)}]"]
    return "\n".join(lines) + "\n"


def _content(content: str) -> list[str]:
    lines = content.split("\n")
    # A first line that is blank or starts with blanks would need an indentation indicator.
    if not content.strip() or content[0] in " \t\n" or _NOT_IN_A_BLOCK.search(content):
        encoded = base64.b64encode(content.encode()).decode()
        return ["    encoding: b64", f'    content: "{encoded}"']
    if lines[-1]:
        chomping = "-"
    else:
        lines.pop()
        chomping = "" if lines[-1].strip() else "+"
    return [f"    content: |{chomping}", *(f"      {line}" if line else "" for line in lines)]


def _scalar(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else json.dumps(text)


_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
