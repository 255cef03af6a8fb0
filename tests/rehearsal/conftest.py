"""One stage for all tests, and foundations to stand on: starting the emulator takes two seconds."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.emulator import Emulator
from rehearsal.stage import Stage

from .samples import load

FOUNDATION, SAMPLES = load()
REGION = "eu-central-1"


def urn(token: str, name: str = "sample") -> str:
    return f"urn:pulumi:test::elasticweb::{token}::{name}"


class Ground:
    """Makes foundations when a sample mentions them, each once."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.made: dict[str, dict[str, Any]] = {}

    def fill(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {k: self.fill(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.fill(v) for v in value]
        if not isinstance(value, str):
            return value
        whole = re.fullmatch(r"\{([\w-]+)\.(\w+)\}", value)
        if whole:
            return self._value(*whole.groups())
        return re.sub(r"\{([\w-]+)\.(\w+)\}", lambda m: str(self._value(*m.groups())), value)

    def _value(self, name: str, key: str) -> Any:
        if name not in self.made:
            token, inputs = FOUNDATION[name]
            at = urn(token, f"foundation-{name}")
            checked, failures = self.stage.check(at, self.fill(inputs))
            assert not failures
            resource_id, state = self.stage.create(at, checked)
            self.made[name] = {**state, "id": resource_id}
        return self.made[name][key]


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture(scope="session")
def stage(emulator: Emulator) -> Stage:
    return Stage(emulator, REGION, {"Project": "elasticweb"})


@pytest.fixture(scope="session")
def ground(stage: Stage) -> Ground:
    return Ground(stage)
