"""A report as a comment on GitHub: within its limit, and unable to be anything else than text.

Everything that a program can choose (names, values, messages) stands in fenced blocks or code spans, in which GitHub
reads neither Markdown nor HTML and mentions nobody, or is escaped character by character.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .lines import Detail, change_lines, clean, configuration_lines, output_lines, sides

LIMIT = 65_536
"""Characters of a comment (GitHub: "body is too long (maximum is 65536 characters)")."""

_TITLES = {
    "data": "data",
    "protection": "protection",
    "network": "network",
    "secret": "secrets",
    "access": "permissions",
    "encryption": "encryption",
    "capacity": "capacity",
}


_WHOLE = Detail()


@dataclass(frozen=True)
class _Cut:
    """What is left out, the least important first."""

    says: str
    detail: Detail = _WHOLE
    changes: int | None = None
    """Resources that are named, per component."""
    components: bool = True
    outputs: bool = True
    dangers: int | None = None


_CUTS = (
    _Cut(""),
    _Cut("long differences of texts are shortened", Detail(text_lines=8)),
    _Cut("the properties of new resources are left out", Detail(created=False, text_lines=8)),
    _Cut("the properties are left out", Detail(properties=False)),
    _Cut("the properties and most resources are left out", Detail(properties=False), changes=20),
    _Cut("the properties and nearly all resources are left out", Detail(properties=False), changes=3),
    _Cut("the changes per component are left out", components=False),
    _Cut("the changes per component and the outputs are left out", components=False, outputs=False),
    *(
        _Cut(f"everything but the first {most} dangers is left out", components=False, outputs=False, dangers=most)
        for most in (200, 50, 10, 0)
    ),
)


def marker(stack: str) -> str:
    """Return the line by which a workflow finds the comment of *stack* again."""
    return f"<!-- elasticweb diff: {stack} -->"


def as_markdown(report: Mapping[str, Any], limit: int = LIMIT) -> str:
    """Return *report* as Markdown of at most *limit* characters; what is left out is said."""
    text = ""
    for cut in _CUTS:
        text = _compose(report, cut)
        # Bytes are never fewer than characters, however GitHub counts those.
        if len(text.encode()) <= limit:
            break
    return text


def _compose(report: Mapping[str, Any], cut: _Cut) -> str:
    stack = str(report["stack"])
    parts = [marker(stack), f"### What {code(stack)} would become", f"{code(sides(report))}"]
    if cut.says:
        parts.append(f"**Shortened to fit into a comment: {cut.says}.** `python -m rehearsal diff` shows everything.")
    parts += _dangers(report["dangers"], cut)
    parts.append(_counts(report["counts"]))
    if report["notes"]:
        parts.append("\n".join(f"* {escaped(str(note))}" for note in report["notes"]))
    detail = Detail(cut.detail.properties, cut.detail.created and not report["new"], cut.detail.text_lines)
    if cut.components:
        parts += [part for component in report["components"] for part in _component(component, cut, detail)]
    if cut.outputs:
        parts += _section("Provider configuration", configuration_lines(report["configuration"], detail))
        parts += _section("Outputs", output_lines(report["outputs"], detail))
    return "\n\n".join(parts) + "\n"


def _dangers(found: Sequence[Mapping[str, str]], cut: _Cut) -> list[str]:
    if not found:
        return []
    shown = found if cut.dangers is None else found[: cut.dangers]
    lines = [
        f"* **{_TITLES.get(danger['kind'], 'other')}**: {_sentence(danger['text'], danger['label'])}"
        for danger in shown
    ]
    if len(shown) < len(found):
        lines.append(f"* and {len(found) - len(shown)} more")
    return [f"#### :rotating_light: Dangerous ({len(found)})", "\n".join(lines)]


def _counts(counts: Mapping[str, int]) -> str:
    titles, numbers = " | ".join(counts), " | ".join(map(str, counts.values()))
    return f"| {titles} |\n|{' ---: |' * len(counts)}\n| {numbers} |"


def _component(component: Mapping[str, Any], cut: _Cut, detail: Detail) -> list[str]:
    changes = component["changes"]
    shown = changes if cut.changes is None else changes[: cut.changes]
    lines = [line for change in shown for line in change_lines(change, detail)]
    if len(shown) < len(changes):
        lines.append(f"({len(changes) - len(shown)} more resources)")
    title = clean(str(component["name"])) or "outside of components"
    return _section(title, lines)


def _section(title: str, lines: Iterable[str]) -> list[str]:
    body = "\n".join(lines)
    return [f"#### {code(title)}", fence(body)] if body else []


def _sentence(text: str, label: str) -> str:
    """Return *text* with the resource's *label* set apart."""
    parts = text.split(label) if label else [text]
    return code(label).join(escaped(part) for part in parts) if label else escaped(text)


def escaped(text: str) -> str:
    """Return *text* so that it is read as nothing but text.

    A backslash takes the meaning of any punctuation (CommonMark 2.4). GitHub looks for mentions and references after
    that, in the text that is left, so a space of no width parts their sign from their name.
    """
    line = _PUNCTUATION.sub(r"\\\g<0>", " ".join(clean(text).split(" ")))
    return re.sub(r"\\([@#])", r"\1&#8203;", line.replace("\n", " "))


_PUNCTUATION = re.compile(r"[!-,./:-@\[-`{-~]")
"""ASCII punctuation but the hyphen, which means something at the start of a line only."""


def code(text: str) -> str:
    """Return *text* as a code span that it cannot leave."""
    line = " ".join(clean(text).split())
    ticks = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") or not line else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def fence(body: str) -> str:
    """Return *body* as a block that it cannot leave."""
    ticks = "`" * max(3, max((len(run) for run in re.findall("`+", body)), default=0) + 1)
    return f"{ticks}diff\n{body}\n{ticks}"
