"""How many replicas the configuration wants at an instant.

Time zones come as tables, made where the program runs: Lambda's Python is built on an image of Amazon Linux that has
been without a time zone database before (github.com/aws/aws-lambda-dotnet, issue 1620), and nothing promises one.
"""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ...windows.sizes import Sizes, Window, sizes_at
from .model import Policy

_FIELDS = ("name", "zone", "floor", "ceiling", "starts", "length", "on_dates", "lead")


def wanted(policy: Policy, now: int) -> Sizes:
    """Return the fewest and the most replicas at *now*, seconds since 1970."""

    def local(zone: str, instant: datetime) -> int:
        minute = int(instant.timestamp()) // 60
        offsets = policy.offsets[zone]
        at = max(bisect_right(offsets, minute, key=lambda entry: entry[0]) - 1, 0)
        return minute + offsets[at][1]

    return sizes_at(policy.windows, policy.min_size, policy.max_size, datetime.fromtimestamp(now, UTC), local)


def packed(window: Window) -> dict[str, Any]:
    """Return *window* as JSON has it."""
    return {field: getattr(window, field) for field in _FIELDS}


def policy_of(given: Mapping[str, Any]) -> Policy:
    """Return the policy out of JSON."""
    read: list[dict[str, Any]] = [{**window, "starts": tuple(window["starts"])} for window in given["windows"]]
    offsets = {zone: [(first, ahead) for first, ahead in entries] for zone, entries in given["offsets"].items()}
    windows = tuple(Window(**window) for window in read)
    whole: dict[str, Any] = {**given, "windows": windows, "offsets": offsets}
    return Policy(**whole)
