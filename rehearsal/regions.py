"""Regions and partitions, from the table that botocore ships: without importing botocore, which takes a moment."""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .errors import RehearsalError


def partition_of(region: str) -> dict[str, Any]:
    """Return the partition of *region*: its ``id``, ``regions`` and ``outputs``, such as the suffix of host names."""
    for partition in _partitions():
        if region in partition["regions"]:
            return partition
    raise RehearsalError(f"aws:region must be a region of AWS, such as eu-central-1, got {region!r}")


@cache
def _partitions() -> list[dict[str, Any]]:
    spec = find_spec("botocore")
    if spec is None or spec.origin is None:
        raise RehearsalError("botocore is not installed: install requirements-dev.txt, as `make` does")
    table = Path(spec.origin).parent / "data" / "partitions.json"
    return json.loads(table.read_bytes())["partitions"]
