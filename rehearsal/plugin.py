"""The rehearsal's provider as a plugin of the Pulumi engine: ``pulumi-resource-aws``.

The engine starts it, reads the port from its output, and asks over gRPC. ``python -m rehearsal pulumi`` installs it and
says by environment variables where the emulator is.
"""

import asyncio
import json
import os
import sys
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import grpc
import grpc.aio
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from . import assets
from .emulator import Emulator
from .errors import RehearsalError
from .provider import OLD_INPUTS, RehearsalProvider

ENDPOINT = "REHEARSAL_ENDPOINT_URL"
"""Environment variable: where the emulator listens."""

RECORDED = "REHEARSAL_RECORDED"
"""Environment variable: the file to which goes, line by line, what the emulator does not carry."""

VERSION = "REHEARSAL_PLUGIN_VERSION"
"""Environment variable: the version of the real provider that it stands for."""

_LARGEST_MESSAGE = 400 * 1024 * 1024  # as the engine's own (sdk/go/common/util/rpcutil)
_Context = Any
_Answer = Callable[[Any, _Context], Awaitable[Any]]


class Servicer(ProviderServicer):
    """The SDK's servicer with what it leaves out (pulumi 3.272).

    It drops the ``old_inputs`` of Diff and Update, and cannot say that a resource is gone.
    """

    async def Diff(self, request: provider_pb2.DiffRequest, context: _Context) -> provider_pb2.DiffResponse:  # noqa: N802
        """Say what changes."""
        _pass_on(request)
        return await super().Diff(request, context)

    async def Update(self, request: provider_pb2.UpdateRequest, context: _Context) -> provider_pb2.UpdateResponse:  # noqa: N802
        """Change a resource in place."""
        _pass_on(request)
        return await super().Update(request, context)  # pyright: ignore[reportUnknownMemberType]

    async def Read(self, request: provider_pb2.ReadRequest, context: _Context) -> provider_pb2.ReadResponse:  # noqa: N802
        """Say what stands there."""
        answer: provider_pb2.ReadResponse = await super().Read(request, context)  # pyright: ignore[reportUnknownMemberType]
        # To the engine, properties without an id are a resource; the SDK sends empty ones for what is gone.
        return answer if answer.id else provider_pb2.ReadResponse()


def _pass_on(request: provider_pb2.DiffRequest | provider_pb2.UpdateRequest) -> None:
    # Each request is answered in a task, and so in a context, of its own.
    OLD_INPUTS.set(PropertyValue.unmarshal_map(request.old_inputs) if request.HasField("old_inputs") else None)


class OneLine(grpc.aio.ServerInterceptor):
    """Turns whatever goes wrong into the one line that the engine shows."""

    async def intercept_service(
        self,
        continuation: "Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]]",
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "grpc.RpcMethodHandler[Any, Any] | None":
        """Wrap the handler of a method."""
        handler = await continuation(handler_call_details)
        if handler is None or handler.unary_unary is None:
            return handler
        method = str(handler_call_details.method).rsplit("/", 1)[-1]
        return grpc.unary_unary_rpc_method_handler(
            _plainly(method, handler.unary_unary),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )


def _plainly(method: str, answer: _Answer) -> _Answer:
    async def wrapped(request: Any, context: _Context) -> Any:
        try:
            return await answer(request, context)
        except (NotImplementedError, grpc.aio.AbortError):
            raise
        except Exception as error:  # noqa: BLE001  the engine is told of every one
            await context.abort(grpc.StatusCode.UNKNOWN, message(method, error))

    return wrapped


def message(method: str, error: BaseException) -> str:
    """Return what the user is told of *error*, which came up while the engine asked for *method*."""
    # The SDK's servicer raises a new error whose text ends in a traceback.
    cause = error.__context__ or error
    if isinstance(cause, RehearsalError):
        return str(cause)
    frames = traceback.extract_tb(cause.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    text = " ".join(f"{type(cause).__name__}: {cause}".split())
    return f"the rehearsal failed in {method}, which is a defect of the rehearsal: {text}{where}"


T = TypeVar("T")


class Reporting(RehearsalProvider):
    """Writes down, beside its work, what the emulator does not carry."""

    def __init__(self, emulator: Emulator, report: Path | None) -> None:
        """Serve resources on *emulator*; *report* is the file to write to."""
        super().__init__(emulator)
        self._report = report
        self._told = dict[str, list[str]]()

    async def _run(self, work: Callable[[], T]) -> T:
        found = await super()._run(work)
        new = {urn: names for urn, names in dict(self.stage.recorded).items() if self._told.get(urn) != names}
        if new and self._report:
            self._told.update(new)
            with self._report.open("a") as file:
                file.writelines(json.dumps([urn, names]) + "\n" for urn, names in new.items())
        return found


async def serve(provider: RehearsalProvider, version: str, engine: str) -> None:
    """Serve *provider* until the engine that started it ends."""
    size = [("grpc.max_receive_message_length", _LARGEST_MESSAGE), ("grpc.max_send_message_length", _LARGEST_MESSAGE)]
    server = grpc.aio.server(options=size, interceptors=[OneLine()])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer([], version, provider, engine), server)  # pyright: ignore[reportUnknownMemberType]
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    parent = os.getppid()
    try:
        while os.getppid() == parent:  # an engine that was killed ends nobody
            await server.wait_for_termination(timeout=2)
    finally:
        await server.stop(None)


def main() -> int:
    """Start as the engine asks: the address of the engine is the first argument."""
    endpoint = os.environ.get(ENDPOINT)
    if not endpoint:
        sys.stderr.write("this is the rehearsal's plugin: use it with `python -m rehearsal pulumi`\n")
        return 1
    report = os.environ.get(RECORDED)
    assets.install()
    try:
        provider = Reporting(Emulator(endpoint), Path(report) if report else None)
    except RehearsalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    try:
        asyncio.run(serve(provider, os.environ.get(VERSION, "0.0.0"), next(iter(sys.argv[1:]), "")))
    except (RuntimeError, OSError) as error:
        sys.stderr.write(f"the rehearsal's plugin cannot serve on 127.0.0.1: {' '.join(str(error).split())}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
