"""A report's parts as lines of text."""

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from .graph import Json

SYMBOLS = {"create": "+", "update": "~", "replace": "+-", "delete": "-", "rename": ">"}

_LONGEST = 160
"""Characters of a value."""

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""What moves the cursor, turns the direction of the text or is not seen: nothing that a diff may let pass."""


@dataclass(frozen=True)
class Detail:
    """How much is told."""

    properties: bool = True
    created: bool = True
    """The properties of what is created, too."""
    text_lines: int = 40
    """Of a difference between two texts."""


def clean(text: str) -> str:
    """Return *text* with invisible and controlling characters spelled out."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def short(value: Json) -> str:
    """Return *value* on one line, shortened when it is long."""
    if isinstance(value, str):
        text = value if re.fullmatch(r"\$\{[^{}\n]*\}|\[secret\]", value) else json.dumps(value, ensure_ascii=False)
    else:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    text = clean(text)
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST - 60]} ... {text[-30:]} ({len(text)} characters)"


def change_lines(change: Mapping[str, Any], detail: Detail) -> Iterator[str]:
    """Compose the lines of one resource, its properties indented."""
    action = str(change["action"])
    line = f"{SYMBOLS[action]} {clean(change['name'])} ({clean(change['kind'])})"
    if action == "replace":
        line += ": replaced, the old one is deleted first" if change.get("deletedFirst") else ": replaced"
    elif action == "delete":
        line += ": deleted"
    if change.get("renamedFrom"):
        line += f", {_whence(str(change['renamedFrom']), str(change['name']))}"
    yield line
    if detail.properties and (action != "create" or detail.created):
        for prop in change["properties"]:
            yield from (f"    {part}".rstrip() for part in property_lines(prop, detail))


def _whence(urn: str, name: str) -> str:
    """Say what a resource was called, or where it was, when its name is the same."""
    kinds, was = urn.split("::", 3)[2:]
    return f"renamed from {clean(was)}" if was != name else f"was {clean(kinds)}"


def property_lines(prop: Mapping[str, Any], detail: Detail) -> Iterator[str]:
    """Compose the lines of one property: old and new value, or line by line where they are texts."""
    path, old, new = clean(str(prop["path"])), prop["old"], prop["new"]
    notes = [*(["replaces"] if prop.get("replaces") else []), *([clean(prop["note"])] if prop.get("note") else [])]
    note = f"  ({'; '.join(notes)})" if notes else ""
    if isinstance(old, str) and isinstance(new, str) and old != new and "\n" in old + new:
        yield f"{path}:{note}"
        yield from (f"    {line}".rstrip() for line in _text_lines(old, new, detail.text_lines))
    elif old is None:
        yield f"{path}: {short(new)}{note}"
    elif new is None:
        yield f"{path}: {short(old)} -> (none){note}"
    elif old == new:
        yield f"{path}: {short(new)}{note}"
    else:
        yield f"{path}: {short(old)} -> {short(new)}{note}"


def _text_lines(old: str, new: str, most: int) -> Iterator[str]:
    lines = list[str]()
    for index, line in enumerate(difflib.unified_diff(old.splitlines(), new.splitlines(), n=1, lineterm="")):
        if index > 1:  # the first two name files
            text = clean(line.expandtabs(4)).rstrip()
            lines.append(
                "..." if line.startswith("@@") else text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
            )
    lines = lines[1:] if lines[:1] == ["..."] else lines
    if not lines:
        yield "(only the ends of lines differ)"
    yield from lines[:most]
    if len(lines) > most:
        yield f"({len(lines) - most} more lines)"


def count_words(counts: Mapping[str, int]) -> str:
    """Put the counts in a sentence."""
    words = ("to create", "to update", "to replace", "to delete", "renamed", "unchanged")
    return ", ".join(f"{count} {word}" for count, word in zip(counts.values(), words, strict=True))


def output_lines(outputs: Sequence[Mapping[str, Any]], detail: Detail) -> Iterator[str]:
    """Compose the lines of the stack's outputs."""
    symbols = {"add": "+", "remove": "-", "update": "~"}
    for output in outputs:
        prop = {"path": output["name"], "old": output["old"], "new": output["new"], "note": output.get("note", "")}
        first, *rest = property_lines(prop, detail)
        yield f"{symbols[str(output['action'])]} {first}"
        yield from (f"  {line}" for line in rest)


def configuration_lines(configuration: Sequence[Mapping[str, Any]], detail: Detail) -> Iterator[str]:
    """Compose the lines of the providers' configuration."""
    for entry in configuration:
        prop = {"path": entry["name"], "old": entry["old"], "new": entry["new"]}
        yield from (f"~ {line}" if i == 0 else f"  {line}" for i, line in enumerate(property_lines(prop, detail)))


def sides(report: Mapping[str, Any]) -> str:
    """Say what is compared with what."""
    labels = cast("Mapping[str, str]", report.get("sides") or {})
    return f"{labels.get('base', 'base')} -> {labels.get('head', 'head')}"


def as_text(report: Mapping[str, Any]) -> str:
    """Return *report* as plain text."""
    detail = Detail(created=not report["new"])
    lines = [clean(f"{report['project']}, stack {report['stack']}: {sides(report)}")]
    if report["dangers"]:
        lines += ["", f"DANGEROUS ({len(report['dangers'])})"]
        lines += [f"  {danger['kind'] + ':':<12}{clean(danger['text'])}" for danger in report["dangers"]]
    lines += ["", count_words(report["counts"])]
    lines += [clean(note) for note in report["notes"]]
    for component in report["components"]:
        lines += ["", clean(component["name"]) or "outside of components"]
        lines += [f"  {line}".rstrip() for change in component["changes"] for line in change_lines(change, detail)]
    sections = (
        ("provider configuration", configuration_lines(report["configuration"], detail)),
        ("outputs", output_lines(report["outputs"], detail)),
    )
    for title, section in sections:
        found = [f"  {line}" for line in section]
        lines += ["", title, *found] if found else []
    return "\n".join(lines) + "\n"
