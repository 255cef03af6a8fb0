"""Which of two instance types is the smaller one, by the emulator's copy of AWS's own list of types."""

import gzip
import importlib.util
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, cast

_FAMILY = re.compile(r"^(?:(?:db|cache|ml)\.)?([a-z0-9-]+)\.([a-z0-9-]+)$")
_STEPS = ("nano", "micro", "small", "medium", "large", "xlarge")


def smaller(old: str, new: str) -> str:
    """Say what *new* has less of than *old*; empty when it has not, or when nobody here knows."""
    before, after = _known(_plain(old)), _known(_plain(new))
    if before and after:
        less = [
            f"{was:g} {unit} so far, {now:g} from now on"
            for was, now, unit in zip(before, after, ("processors", "GiB of memory"), strict=True)
            if now < was
        ]
        return " and ".join(less)
    one, other = _FAMILY.match(old), _FAMILY.match(new)
    if one and other and one[1] == other[1]:
        was, now = _factor(one[2]), _factor(other[2])
        return "a smaller size of the same family" if was and now and now < was else ""
    return ""


def _plain(name: str) -> str:
    return name.split(".", 1)[1] if name.count(".") > 1 else name


def _factor(size: str) -> float:
    if size in _STEPS:
        return 2.0 ** _STEPS.index(size)
    found = re.fullmatch(r"([0-9]+)xlarge", size)
    return int(found[1]) * 2.0 ** _STEPS.index("xlarge") if found else 0


def _known(name: str) -> tuple[float, float] | None:
    found = _types().get(name)
    if found is None:
        return None
    return found["VCpuInfo"]["DefaultVCpus"], found["MemoryInfo"]["SizeInMiB"] / 1024


@cache
def _types() -> dict[str, dict[str, Any]]:
    spec = importlib.util.find_spec("moto")  # looks, but imports nothing
    if spec is None or spec.origin is None:
        return {}
    path = Path(spec.origin).parent / "ec2" / "resources" / "instance_types.json.gz"
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            return cast("dict[str, dict[str, Any]]", json.load(file))
    except OSError:
        return {}
