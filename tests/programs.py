"""The program of this repository, evaluated for a stack: what tests of the whole look at."""

import json
import runpy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rehearsal.recorder import Recording, Registered
from rehearsal.stackfile import read_stack
from tests.recording import recording

ROOT = Path(__file__).parent.parent

# As little as can be said, so that what components do by themselves is looked at, too.
_UNTOLD: dict[str, dict[str, Any]] = {
    "defaults": {"elasticweb:worker": {}, "elasticweb:site": {"domain_name": "example.org"}},
    "mountpoint": {"elasticweb:worker": {}, "elasticweb:storage": {"mount_with": "mountpoint"}},
    "bucket": {
        "elasticweb:worker": {},
        "elasticweb:storage": {
            "access_log_retention_days": 365,
            "bucket": {
                "own_key": True,
                "events": {},
                "replication": {"region": "eu-west-1"},
                "object_lock": {"mode": "governance", "days": 7},
            },
        },
    },
    "golden": {"elasticweb:worker": {}, "elasticweb:golden_image": {}},
    "aurora": {
        "elasticweb:worker": {},
        "elasticweb:aurora": {"reader_count": 1, "elastic_readers": {"max_size": 3}},
    },
}

PROGRAMS = ("dev", "prod", *_UNTOLD)


@dataclass(frozen=True)
class Program:
    """What the program declares."""

    stack: str
    recording: Recording

    @property
    def disposable(self) -> bool:
        """Whether its data may be deleted with it."""
        return self.stack == "dev"

    @property
    def resources(self) -> list[Registered]:
        """All resources but components and the stack itself."""
        return [r for r in self.recording.resources if r.custom]

    def all(self, *types: str) -> list[Registered]:
        """Resources of *types* (``ec2/vpc:Vpc``); there must be one, or a check of them would check nothing."""
        found = self.any(*types)
        assert found, f"{self.stack} has none of {', '.join(types)}"
        return found

    def any(self, *types: str) -> list[Registered]:
        """Resources of *types*, if there are any."""
        return [r for type_ in types for r in self.recording.all(type_)]

    def where(self, type_: str, **inputs: Any) -> list[Registered]:
        """Resources of *type_* with *inputs*."""
        return [r for r in self.recording.all(type_) if inputs.items() <= r.inputs.items()]


@cache
def evaluated(stack: str) -> Program:
    """Evaluate ``__main__.py`` as Pulumi would for *stack*, once."""
    settings = dict(read_stack(ROOT, "dev" if stack in _UNTOLD else stack).values)
    if stack in _UNTOLD:
        settings = {key: value for key, value in settings.items() if key.startswith("aws:")}
        settings |= {key: json.dumps(value) for key, value in _UNTOLD[stack].items()}
    program = str(ROOT / "__main__.py")
    return Program(stack, recording(lambda: runpy.run_path(program), stack=stack, settings=settings))
