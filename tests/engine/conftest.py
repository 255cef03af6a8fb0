"""Tests that need the Pulumi CLI say so when there is none."""

import shutil

import pytest

REASON = "the Pulumi CLI is not on PATH: see https://www.pulumi.com/docs/install/"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if shutil.which("pulumi"):
        return
    for item in items:
        if item.get_closest_marker("engine"):
            item.add_marker(pytest.mark.skip(reason=REASON))
