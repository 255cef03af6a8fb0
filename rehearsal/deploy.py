"""Run a program and carry out, in this process, every resource that it registers."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .checking import clean
from .emulator import Emulator
from .errors import RehearsalError
from .invokes import invoke
from .provider import configuration
from .recorder import Recording, Registered, record
from .stackfile import StackFile
from .stage import Stage
from .values import has_unknown

Progress = Callable[[Registered, str], None]
"""Told of every resource when it is ``creating``, and then ``created`` or ``failed``; called from several threads."""


class DeploymentFailed(RehearsalError):  # noqa: N818  says what happened, as the others of its kind
    """Resources could not be made. ``lines`` has one line for each: name, type, reason."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(lines[0] if len(lines) == 1 else f"{len(lines)} resources failed: {lines[0]} ...")
        self.lines = lines


@dataclass(frozen=True)
class RecordedOnly:
    """Something that is in the state but not in the emulator."""

    urn: str
    type: str
    name: str
    properties: list[str]
    """Empty: the whole resource."""


@dataclass(frozen=True)
class Deployment:
    """What a program made."""

    recording: Recording
    recorded_only: list[RecordedOnly]
    stage: Stage
    seconds: float


def deploy(
    program: Callable[[], object],
    stack: StackFile,
    emulator: Emulator,
    *,
    preview: bool = False,
    progress: Progress | None = None,
) -> Deployment:
    """Run *program* as *stack*'s program and make its resources in *emulator*; a *preview* makes none.

    Raises :class:`DeploymentFailed` when resources cannot be made; the program's own errors come as they are.
    """
    region, tags = configuration({k.removeprefix("aws:"): v for k, v in stack.values.items() if k.startswith("aws:")})
    if not region:
        raise RehearsalError("aws:region is not set: say in which region, such as eu-central-1, in the stack's file")
    emulator.partition(region)
    run = _Run(Stage(emulator, region, tags), preview, progress or (lambda _resource, _event: None))
    started = time.perf_counter()
    try:
        recording = record(
            program,
            run.resolve,
            run.invoke,
            project=stack.project,
            stack=stack.stack,
            settings=stack.values,
            preview=preview,
        )
    except Exception:
        if run.failures:
            raise DeploymentFailed(sorted(run.failures)) from None
        raise
    if run.failures:
        raise DeploymentFailed(sorted(run.failures))
    by_urn = {r.urn: r for r in recording.resources}
    recorded = [
        RecordedOnly(urn, by_urn[urn].type, by_urn[urn].name, [p for p in properties if p != "*"])
        for urn, properties in sorted(run.recorded().items())
    ]
    return Deployment(recording, recorded, run.stage, time.perf_counter() - started)


class _Run:
    """One run of a program: its default provider, and those that it makes itself."""

    def __init__(self, stage: Stage, preview: bool, progress: Progress) -> None:  # noqa: FBT001
        self.stage = stage
        self.failures: list[str] = []
        self._preview = preview
        self._progress = progress
        self._providers: dict[str, Stage] = {}
        self._lock = threading.Lock()

    def recorded(self) -> dict[str, list[str]]:
        """Return what no emulator carries, by URN."""
        stages = [self.stage, *self._providers.values()]
        return {urn: properties for stage in stages for urn, properties in stage.recorded.items()}

    def invoke(self, token: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Answer a provider function."""
        return invoke(self.stage, token, clean(arguments))

    def resolve(self, resource: Registered) -> tuple[str, dict[str, Any]]:
        """Make, import or read one resource."""
        if resource.type == "pulumi:providers:aws":
            return self._provider(resource)
        self._progress(resource, "creating")
        try:
            found = self._resolve(resource)
        except Exception as error:
            line = f"{resource.name} ({resource.type}): {' '.join(str(error).split())}"
            with self._lock:
                self.failures.append(line)
            self._progress(resource, "failed")
            if isinstance(error, RehearsalError):
                raise
            raise RehearsalError(line) from error
        self._progress(resource, "created")
        return found

    def _resolve(self, resource: Registered) -> tuple[str, dict[str, Any]]:
        stage = self._providers.get(str(resource.options.get("provider", "")).rsplit("::", 1)[0], self.stage)
        if resource.options.get("read"):
            return self._existing(stage, resource, resource.id)
        inputs, failures = stage.check(resource.urn, resource.inputs)
        if failures:
            raise RehearsalError("; ".join(reason for _, reason in failures))
        secrets = resource.secret_inputs | frozenset(resource.options.get("additionalSecretOutputs", []))
        resource.secret_outputs = stage.secrets(resource.urn, secrets)
        if resource.options.get("import"):
            return self._existing(stage, resource, resource.options["import"])
        return stage.create(resource.urn, inputs, resource.secret_inputs, preview=self._preview)

    def _existing(self, stage: Stage, resource: Registered, resource_id: str) -> tuple[str, dict[str, Any]]:
        found, state, _ = stage.read(resource.urn, resource_id, {}, {})
        if not found:
            raise RehearsalError(f"there is no {resource.type} with the id {resource_id!r} in the emulator")
        return found, state

    def _provider(self, resource: Registered) -> tuple[str, dict[str, Any]]:
        region, tags = configuration(resource.inputs)
        if has_unknown(resource.inputs):
            region, tags = "", {}
        stage = Stage(self.stage.emulator, region or self.stage.region, tags or self.stage.default_tags)
        with self._lock:
            self._providers[resource.urn] = stage
        return resource.name, dict(resource.inputs)
