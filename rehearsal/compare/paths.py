"""Property paths as Pulumi spells them: `tags.Name`, `ingress[0].cidrBlocks[1]`, `tags["a.b"]`, `rules[*].id`."""

import copy
import json
import re
from collections.abc import Sequence
from typing import Any, cast

from .graph import Json

Path = tuple[str | int, ...]

_STEP = re.compile(
    r'\[(?P<index>[0-9]{1,9})\]|\["(?P<quoted>(?:[^"\\]|\\.)*)"\]|\[(?P<all>\*)\]|\.?(?P<name>[^.\[\]"]+)'
)
_PLAIN = re.compile(r'[^.\[\]"\s*]+')


def parse_path(text: str) -> Path | None:
    """Return the steps of the path *text*; None when it is no path (the engine ignores it then, too)."""
    steps, at = list[str | int](), 0
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None or (at == 0 and text[0] == "."):
            return None
        if found["index"] is not None:
            steps.append(int(found["index"]))
        elif found["quoted"] is not None:
            steps.append(re.sub(r"\\(.)", r"\1", found["quoted"]))
        else:
            steps.append(found["all"] or found["name"])
        at = found.end()
    return tuple(steps) or None


def show_path(path: Path) -> str:
    """Return *path* as text."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif not _PLAIN.fullmatch(step):
            text += f"[{json.dumps(step, ensure_ascii=False)}]"
        else:
            text += f".{step}" if text else step
    return text


def contains(pattern: Path, path: Path) -> bool:
    """Whether *path* is, or lies below, a place that *pattern* names (`*` is any step)."""
    return len(path) >= len(pattern) and all(p in ("*", q) for p, q in zip(pattern, path, strict=False))


def reset(pattern: Path, old: Json, new: Json) -> Json:
    """Return *new* with what *pattern* names as it is in *old*, by the rules of the engine's `ignoreChanges`.

    Added and removed elements of a list cannot be ignored; added and removed keys of an object can.
    """
    result = copy.deepcopy(new)
    _reset(pattern, old, result)
    return result


def _reset(pattern: Sequence[str | int], old: Json, new: Json) -> None:
    step, rest = pattern[0], pattern[1:]
    if isinstance(old, dict) and isinstance(new, dict):
        before, after = cast("dict[str, Any]", old), cast("dict[str, Any]", new)
        for key in {*before, *after} if step == "*" else {str(step)}:
            if rest and key in before and key in after:
                _reset(rest, before[key], after[key])
            elif not rest and key in before:
                after[key] = copy.deepcopy(before[key])
            elif not rest:
                after.pop(key, None)
    elif isinstance(old, list) and isinstance(new, list):
        left, right = cast("list[Any]", old), cast("list[Any]", new)
        both = min(len(left), len(right))
        for index in range(both) if step == "*" else [step] if isinstance(step, int) and step < both else []:
            if rest:
                _reset(rest, left[index], right[index])
            else:
                right[index] = copy.deepcopy(left[index])
