"""What the provider does to inputs before anything else: names, defaults, tags, and the rules between them."""

import hashlib
import re
from typing import Any

from .diff import blank
from .entry import Autoname, Entry
from .values import Plain, is_unknown

DEFAULTS = "__defaults"
"""Key under which checked inputs keep the names of those that the provider filled in, as the real one does."""

Failure = tuple[str, str]
"""Property and reason."""


def check(  # noqa: PLR0913
    entry: Entry, urn: str, inputs: Plain, old_inputs: Plain, default_tags: dict[str, str], *, seed: bytes = b""
) -> tuple[Plain, list[Failure]]:
    """Return *inputs* with everything that the provider fills in, and what is wrong with them."""
    given = {k: v for k, v in inputs.items() if v is not None and not k.startswith("__")}
    given.pop("tagsAll", None)
    failures = _failures(entry, given)
    checked, filled = dict(given), list[str]()
    if entry.autoname and not failures:
        failures += _autoname(entry.autoname, seed or urn.encode(), urn.rsplit("::", 1)[-1], checked, old_inputs)
        filled.extend([] if entry.autoname.property in given else [entry.autoname.property])
    for name, prop in entry.inputs.items():
        if name not in checked and prop.default is not None and not _conflicting(entry, name, checked):
            checked[name] = prop.default
            filled.append(name)
    if not failures:
        failures = _broken(entry, checked)
    if entry.tags:
        tags = checked.get("tags") or {}
        checked["tagsAll"] = tags if is_unknown(tags) else {**default_tags, **tags}
        if not checked["tagsAll"]:
            del checked["tagsAll"]
    if filled:
        checked[DEFAULTS] = sorted(filled)
    return checked, failures


def clean(values: Plain) -> Plain:
    """Return *values* without the provider's own notes (``__defaults``, ``__meta``)."""
    return {k: v for k, v in values.items() if v is not None and not k.startswith("__")}


def _failures(entry: Entry, given: Plain) -> list[Failure]:
    known = {*entry.inputs, *(["tags"] if entry.tags else []), *([] if entry.region else ["region"])}
    found: list[Failure] = []
    listed = ", ".join(sorted(known))
    found += [(n, f"{entry.type_name} has no input {n}; known are {listed}") for n in given if n not in known]
    for name, prop in entry.inputs.items():
        if prop.required and given.get(name) is None:
            found.append((name, f"{entry.type_name} needs {name}"))
    for group in entry.exactly_one:
        names = group.split()
        used = [name for name in names if not blank(given.get(name))]
        if len(used) != 1:
            got = " and ".join(used) or "none"
            found.append((names[0], f"{entry.type_name} needs exactly one of {', '.join(names)}, got {got}"))
    for group in entry.conflicts:
        used = [name for name in group.split() if not blank(given.get(name))]
        if len(used) > 1:
            found.append((used[0], f"{entry.type_name} takes only one of {', '.join(used)}"))
    return found


def _broken(entry: Entry, checked: Plain) -> list[Failure]:
    lines = [line for line in (rule(clean(checked)) for rule in entry.checks) if line]
    return [(re.split(r"\W", line, maxsplit=1)[0], f"{entry.type_name}: {line}") for line in lines]


def _conflicting(entry: Entry, name: str, given: Plain) -> bool:
    return any(name in group.split() and any(n in given for n in group.split()) for group in entry.conflicts)


def _autoname(rule: Autoname, seed: bytes, logical: str, checked: Plain, old_inputs: Plain) -> list[Failure]:
    if rule.property in checked:
        return []
    kept = old_inputs.get(rule.property)
    if kept and rule.property in old_inputs.get(DEFAULTS, []):
        checked[rule.property] = kept
        return []
    digits = hashlib.sha256(seed).hexdigest()
    prefix: Any = checked.get(f"{rule.property}Prefix")
    if is_unknown(prefix):
        checked[rule.property] = prefix
        return []
    ending = f"{rule.separator}{digits[: rule.digits]}" if rule.digits else ""
    name = f"{prefix}{digits[:26]}" if prefix else f"{rule.prefix}{logical}{ending}"
    name = name.lower() if rule.lower else name
    checked[rule.property] = name
    if len(name) > rule.limit:
        longest = rule.limit - len(name) + len(prefix or logical)
        what = f"the {rule.property}Prefix {prefix!r}" if prefix else f"the logical name {logical!r}"
        return [(rule.property, f"{what} is too long: AWS allows {rule.limit} characters, so use at most {longest}")]
    return []
