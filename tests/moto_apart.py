"""For tests that use moto themselves: each begins with nothing, whatever emulators of other tests are still there."""

from collections.abc import Iterator

import pytest

from rehearsal.states import apart

__all__ = ["each_apart", "module_apart"]


@pytest.fixture(scope="module", autouse=True)
def module_apart() -> Iterator[None]:
    """What a module's own fixtures make ends with it."""
    with apart():
        yield


@pytest.fixture(autouse=True)
def each_apart(module_apart: None) -> Iterator[None]:
    """What a test makes ends with it."""
    del module_apart
    with apart():
        yield
