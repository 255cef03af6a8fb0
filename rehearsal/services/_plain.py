"""Parts of answers and inputs, which may be missing."""

from typing import Any, cast


def items(value: Any) -> list[Any]:
    """Return *value* when it is a list, and an empty one otherwise."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def fields(value: Any) -> dict[str, Any]:
    """Return *value* when it is an object, and an empty one otherwise."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
