"""What checks of many resource types ask: whether a value is in its range, and whether a word is known."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from rehearsal.values import is_unknown


def number(value: Any) -> float | None:
    """Return *value* as a number; None where it is none, or not known yet."""
    if isinstance(value, bool) or is_unknown(value):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def outside(name: str, value: Any, limits: tuple[float, float], unit: str = "") -> str | None:
    """Say that *value*, the input *name*, is not within *limits*."""
    size, (low, high) = number(value), limits
    if size is None or low <= size <= high:
        return None
    return f"{name} must be between {low} and {high}{unit and ' '}{unit}, got {value}"


def first_outside(inputs: Mapping[str, Any], limits: Mapping[str, tuple[float, float]], path: str = "") -> str | None:
    """Say which of *inputs*, below *path*, is the first that is not within its *limits*."""
    found = (outside(f"{path}{name}", inputs.get(name), limits[name]) for name in limits)
    return next((line for line in found if line), None)


def unlisted(name: str, value: Any, known: Iterable[str]) -> str | None:
    """Say that *value*, the input *name*, is not one of the words *known*."""
    words = list(known)
    if value is None or is_unknown(value) or value in words:
        return None
    return f"{name} must be one of {', '.join(words)}, got {value!r}"


def plain(block: Any) -> dict[str, Any]:
    """Return what is given and known of a *block*; nothing where it is none."""
    return {name: value for name, value in given(block).items() if not is_unknown(value)}


def given(block: Any) -> dict[str, Any]:
    """Return what is given of a *block*, known or not; nothing where it is none."""
    if not isinstance(block, Mapping):
        return {}
    return {name: value for name, value in cast("Mapping[str, Any]", block).items() if value is not None}


def elements(value: Any) -> list[Any]:
    """Return the elements of a list; none where it is no list."""
    return list(cast("list[Any]", value)) if isinstance(value, (list, tuple)) else []


def capital(name: str) -> str:
    """Return a property's name as most of the API's members are spelt: `minSize` -> `MinSize`."""
    return name[0].upper() + name[1:]
