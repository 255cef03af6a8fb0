"""Evaluate a Pulumi program without an engine and keep everything that it registers."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, cast

from google.protobuf import empty_pb2
from pulumi.errors import RunError
from pulumi.runtime import config, mocks
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import (
    SETTINGS,
    set_root_resource,  # pyright: ignore[reportUnknownVariableType]
)
from pulumi.runtime.stack import run_in_stack

from .wire import plain, plain_map, struct


@dataclass
class Registered:
    """One resource as the program declared it, by the names of Pulumi's wire protocol (camelCase)."""

    urn: str
    type: str
    name: str
    parent: str
    """URN of the parent; empty for the stack itself."""
    custom: bool
    """False for components."""
    inputs: dict[str, Any]
    """Plain data; secrets are unwrapped (see ``secret_inputs``), unknown values are ``UNKNOWN``."""
    secret_inputs: frozenset[str]
    """Top-level inputs that hold a secret somewhere inside."""
    options: dict[str, Any]
    """Resource options that are not at their default: protect, ignoreChanges, aliases, ..."""
    dependencies: list[str]
    property_dependencies: dict[str, list[str]]
    id: str = ""
    """Given before it is resolved where an existing resource is only read."""
    secret_outputs: frozenset[str] = frozenset()
    """Top-level outputs that are secret; whoever resolves the resource says which."""
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])


Resolve = Callable[[Registered], tuple[str, dict[str, Any]]]
"""Gives a registered resource its id and outputs."""

Invoke = Callable[[str, dict[str, Any]], dict[str, Any]]
"""Answers a provider function: token and arguments in, result out."""


@dataclass
class Recording:
    """What a program declared."""

    resources: list[Registered]
    stack_outputs: dict[str, Any]
    secret_stack_outputs: frozenset[str] = frozenset()
    """Stack outputs that hold a secret somewhere inside; unwrapped in ``stack_outputs``."""

    def all(self, type_: str) -> list[Registered]:
        """Resources whose type token is, or ends with, *type_* (``ec2/vpc:Vpc``)."""
        return [r for r in self.resources if r.type == type_ or r.type.endswith(f":{type_}")]

    def one(self, type_: str) -> Registered:
        """Return the only resource of *type_*."""
        found = self.all(type_)
        if len(found) != 1:
            raise LookupError(f"{len(found)} resources of type {type_}: {[r.name for r in found]}")
        return found[0]

    def named(self, name: str) -> Registered:
        """Return the only resource with the logical *name*."""
        found = [r for r in self.resources if r.name == name]
        if len(found) != 1:
            raise LookupError(f"{len(found)} resources named {name}: {[r.type for r in found]}")
        return found[0]


class _Monitor(mocks.MockMonitor):
    def __init__(self, resolve: Resolve, invoke: Invoke) -> None:
        super().__init__(cast("mocks.Mocks", None))
        self.recorded: list[Registered] = []
        self._by_urn: dict[str, Registered] = {}
        self.stack_outputs: dict[str, Any] = {}
        self.secret_stack_outputs: frozenset[str] = frozenset()
        self._resolve = resolve
        self._invoke = invoke

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """Name a resource as the engine does: with the types of all its parents, of which the mocks keep the last."""
        return super().make_urn("", f"{parent.split('::')[2]}${type_}" if parent else type_, name)

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        registered = _registered(self.make_urn(_visible(request.parent), request.type, request.name), request)
        self.recorded.append(registered)
        self._by_urn[registered.urn] = registered
        if registered.custom:
            registered.id, registered.outputs = self._resolve(registered)
        return resource_pb2.RegisterResourceResponse(
            urn=registered.urn,
            id=registered.id,
            object=struct(registered.outputs, registered.secret_outputs),
        )

    def ReadResource(self, request: Any) -> Any:  # noqa: N802
        inputs, secrets = plain_map(request.properties)
        registered = Registered(
            urn=self.make_urn(_visible(request.parent), request.type, request.name),
            type=request.type,
            name=request.name,
            parent=request.parent,
            custom=True,
            inputs=inputs,
            secret_inputs=secrets,
            options={"read": True, **({"provider": request.provider} if request.provider else {})},
            dependencies=sorted(request.dependencies),
            property_dependencies={},
            id=request.id,
        )
        self.recorded.append(registered)
        registered.outputs = self._resolve(registered)[1]
        return resource_pb2.ReadResourceResponse(
            urn=registered.urn, properties=struct(registered.outputs, registered.secret_outputs)
        )

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802
        outputs, secrets = plain_map(request.outputs)
        registered = self._by_urn.get(request.urn)
        if registered is not None:
            registered.outputs, registered.secret_outputs = outputs, secrets
        if "::pulumi:pulumi:Stack::" in request.urn:
            self.stack_outputs, self.secret_stack_outputs = outputs, secrets
        return empty_pb2.Empty()

    def Invoke(self, request: Any) -> Any:  # noqa: N802
        arguments, _ = plain_map(request.args)
        result = self._invoke(request.tok, arguments)
        return resource_pb2.ResourceInvokeResponse(**{"return": struct(result)})


def record(  # noqa: PLR0913
    program: Callable[[], object],
    resolve: Resolve,
    invoke: Invoke,
    *,
    project: str = "elasticweb",
    stack: str = "test",
    settings: Mapping[str, str] | None = None,
    preview: bool = False,
) -> Recording:
    """Run *program* as the stack's program and return what it registered.

    With *preview*, outputs that *resolve* does not return are unknown, as in a first ``pulumi preview``.
    Errors of the program are raised as they are. *settings* are the stack's config values by full key.
    """
    monitor = _Monitor(resolve, invoke)
    # What a failed run left behind belongs to an event loop that is closed.
    cast("Any", SETTINGS).rpc_manager.clear()
    cast("Any", SETTINGS).outputs.clear()
    config.set_all_config(dict(settings or {}), [])  # no secret keys of an earlier run
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(_silent)
    asyncio.set_event_loop(loop)
    loop.set_default_executor(ThreadPoolExecutor(max_workers=16))  # how many resources are made at a time
    try:
        # With a root in place set_mocks makes none of its own; run_in_stack makes the real one.
        set_root_resource(cast("Any", object()))
        mocks.set_mocks(cast("mocks.Mocks", None), project, stack, preview, monitor=monitor)
        set_root_resource(cast("Any", None))

        async def run() -> None:
            program()
            await _settled()

        loop.run_until_complete(run_in_stack(run))
    except Exception as error:
        told = _told(error)
        if told is None or told is error:
            raise
        raise told from None  # the wrappers around it came of it: a chain of them would be a circle
    finally:
        # After an error others may still be under way, or wait for what will never come.
        loop.run_until_complete(_abandoned(loop))
        loop.run_until_complete(loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        loop.close()
    return Recording(monitor.recorded, monitor.stack_outputs, monitor.secret_stack_outputs)


def _told(error: BaseException | None) -> RunError | None:
    """Return the program's own complaint out of what Pulumi wraps around it on its way through inputs and outputs."""
    seen = set[int]()  # an error that Pulumi raises "from" one that came of it makes a circle
    while error is not None and not isinstance(error, RunError) and id(error) not in seen:
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return error if isinstance(error, RunError) else None


async def _settled() -> None:
    """Wait until every output is there or one has failed, which Pulumi itself then raises.

    Pulumi's own wait (``wait_for_rpcs``, 3.272) watches all outputs anew whenever one of them is done: time that grows
    with the square of the program. After this there is nothing left for it to wait for.
    """
    settings = cast("Any", SETTINGS)
    while True:
        pending = list[asyncio.Future[Any]]()
        for task in cast("list[asyncio.Future[Any]]", [*settings.rpc_manager.rpcs, *settings.outputs]):
            if not task.done():
                pending.append(task)
            elif task.cancelled() or task.exception() is not None:
                return
        if not pending:
            return
        await asyncio.wait(pending, return_when=asyncio.FIRST_EXCEPTION)


def _silent(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Take note of an error that nobody waits for: what came of another, which is raised."""
    del loop, context


async def _abandoned(loop: asyncio.AbstractEventLoop) -> None:
    """Give up what is still under way, without a word: the first error has been told."""
    tasks = asyncio.all_tasks(loop) - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _registered(urn: str, request: Any) -> Registered:
    inputs, secrets = plain_map(request.object)
    options: dict[str, Any] = {
        "aliases": [alias.urn or {k.name: v for k, v in alias.spec.ListFields()} for alias in request.aliases],
        "additionalSecretOutputs": list(request.additionalSecretOutputs),
        "deleteBeforeReplace": request.deleteBeforeReplace,
        "deletedWith": request.deletedWith,
        "hooks": sorted({name for _, names in request.hooks.ListFields() for name in names}),
        "ignoreChanges": list(request.ignoreChanges),
        "import": request.importId,
        "protect": request.protect,
        "provider": request.provider,
        "replaceOnChanges": list(request.replaceOnChanges),
        "replacementTrigger": plain(request.replacement_trigger) if request.HasField("replacement_trigger") else None,
        "retainOnDelete": request.retainOnDelete,
        "timeouts": {k.name: v for k, v in request.customTimeouts.ListFields()},
        "version": request.version,
    }
    return Registered(
        urn=urn,
        type=request.type,
        name=request.name,
        parent=request.parent,
        custom=request.custom,
        inputs=inputs,
        secret_inputs=secrets,
        options={key: value for key, value in options.items() if value},
        dependencies=sorted(request.dependencies),
        property_dependencies={k: sorted(v.urns) for k, v in request.propertyDependencies.items() if v.urns},
    )


def _visible(parent: str) -> str:
    """Return the parent that is part of a URN: the stack itself is not."""
    return "" if "pulumi:pulumi:Stack" in parent.rsplit("::", 2)[-2:-1] else parent
