"""Versions of MySQL, as the program and RDS say them."""

import re

_NUMBERS = re.compile(r"\d+")


def numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, such as 8, 4 and 6; what RDS adds to some (`8.0.36.R2`) counts as well."""
    return tuple(map(int, _NUMBERS.findall(version)))


def series(version: str) -> tuple[int, ...]:
    """Return what RDS calls the major version: 8.4 of 8.4.6."""
    return numbers(version)[:2]


def reached(actual: str, wanted: str) -> bool:
    """Whether *actual* is *wanted* or later; any 8.4.6 has reached 8.4."""
    return numbers(actual)[: len(numbers(wanted))] >= numbers(wanted)
