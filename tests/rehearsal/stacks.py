"""Both stacks of this repository, deployed in this process, each once."""

import atexit
from functools import cache
from typing import Any

from rehearsal.api import call
from rehearsal.deploy import Deployment, deploy
from rehearsal.emulator import Emulator
from rehearsal.program import Program
from rehearsal.recorder import Registered

from .command import ROOT

REGION = "eu-central-1"


def lasting() -> Emulator:
    """Return an emulator that is there for all tests to come, and lets go of its files when the process ends."""
    emulator = Emulator()
    atexit.register(emulator.close)
    return emulator


class Stack:
    """A deployed stack, and what its emulator says about it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.program = Program.open(ROOT, name)
        self.deployment: Deployment = deploy(self.program.run, self.program.stack, lasting())

    def __getitem__(self, name: str) -> Registered:
        return self.deployment.recording.named(f"{self.name}-{name}")

    def of(self, type_: str) -> list[Registered]:
        return self.deployment.recording.all(type_)

    def ask(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        client = self.deployment.stage.emulator.client(service, REGION)
        return call(client, operation, parameters)


@cache
def deployed(name: str) -> Stack:
    return Stack(name)
