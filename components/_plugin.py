"""The components as a Pulumi plugin: what programs in other languages use."""

import asyncio
import contextlib
import inspect
import json
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any, cast

import grpc
import grpc.aio
import pulumi
from pulumi.provider.experimental.analyzer import PropertyDefinition
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError, ProviderServicer
from pulumi.runtime.proto import provider_pb2_grpc

from ._args import InvalidArgs
from ._version import __version__

PACKAGE = "elasticweb"
"""Name of the Pulumi package, and first part of every component's type."""


class Provider(ComponentProvider):
    """Serves components so that they behave, wrong arguments included, as they do in a Python program."""

    def __init__(self, components: list[type[pulumi.ComponentResource]]) -> None:
        super().__init__(components, PACKAGE, version=__version__)
        self.schema = json.dumps(_described(json.loads(self.schema or "{}")))

    def map_input_properties(
        self,
        inputs: pulumi.Inputs,
        properties: dict[str, PropertyDefinition],
        mapping: dict[str, str],
        component_name: str,
        property_path: str,
    ) -> pulumi.Inputs:
        """Give *inputs* their Python names and leave judging them to the component.

        Pulumi's own mapping drops unknown keys, words missing ones differently and fails on numbers that are only
        known after the deployment of something else.
        """
        del component_name, property_path
        return {mapping.get(key, key): self._renamed(value, properties.get(key)) for key, value in inputs.items()}

    def _renamed(self, value: object, property_: PropertyDefinition | None) -> object:
        if property_ is None:
            return value
        if isinstance(value, list) and property_.items is not None:
            return [self._renamed(item, property_.items) for item in cast("list[object]", value)]
        if not isinstance(value, Mapping):
            return cast("object", value)
        given = cast("Mapping[str, Any]", value)
        if property_.additional_properties:
            return {key: self._renamed(item, property_.additional_properties) for key, item in given.items()}
        shape = self.get_type_definition(property_) if property_.ref else None
        if shape is None:
            return given
        return self.map_input_properties(dict(given), shape.properties, shape.properties_mapping, "", "")


def public_components(package: ModuleType) -> list[type[pulumi.ComponentResource]]:
    """Return every component among the public names of *package*."""
    named = [getattr(package, name) for name in package.__all__]
    return [value for value in named if inspect.isclass(value) and issubclass(value, pulumi.ComponentResource)]


class Servicer(ProviderServicer):
    """Tells the engine of a wrong argument by the component's own line."""

    async def _construct(self, request: Any, context: Any) -> Any:  # noqa: ANN401 (messages of the protocol)
        try:
            return await super()._construct(request, context)  # pyright: ignore[reportUnknownMemberType]
        except Exception as error:
            wrong = _wrong_argument(error)
            if wrong is None:
                raise
            # Without a list of properties the servicer of pulumi 3.272 fails on its own answer.
            raise pulumi.InputPropertiesError(str(wrong), []) from None


def _wrong_argument(error: BaseException | None) -> InvalidArgs | None:
    """Return the wrong argument behind *error*: values that are known late are refused deep inside the SDK."""
    seen = set[int]()  # the SDK raises errors from each other in circles
    while error is not None and not isinstance(error, InvalidArgs) and id(error) not in seen:
        seen.add(id(error))
        error = error.inner if isinstance(error, ComponentInitError) else error.__cause__ or error.__context__
    return error if isinstance(error, InvalidArgs) else None


async def _serve(provider: Provider, arguments: list[str]) -> None:
    # The largest message is as large as the engine's own (sdk/go/common/util/rpcutil).
    server = grpc.aio.server(options=[("grpc.max_receive_message_length", 400 * 1024 * 1024)])
    servicer = Servicer(provider, arguments, engine_address=next(iter(arguments), ""))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)  # pyright: ignore[reportUnknownMemberType]
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await server.wait_for_termination()


def serve(package: ModuleType) -> None:
    """Answer the Pulumi engine, whose address is the first argument, until it ends the process."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(Provider(public_components(package)), sys.argv[1:]))


def _described(value: object) -> object:
    """Return a schema whose descriptions are as they are read, and where Pulumi's schema has a place for them.

    Docstrings have the indentation of the source code (Python 3.13 strips what 3.11 leaves), which Markdown can take
    for code; and the analyzer repeats a field's description for its elements, where the CLI drops it.
    """
    if isinstance(value, list):
        return [_described(item) for item in cast("list[object]", value)]
    if not isinstance(value, Mapping):
        return value
    found = dict[str, object]()
    for key, item in cast("Mapping[str, object]", value).items():
        if key == "description" and isinstance(item, str):
            found[key] = inspect.cleandoc(item)
        elif key in ("items", "additionalProperties") and isinstance(item, Mapping):
            elements = cast("Mapping[str, object]", item).items()
            found[key] = _described({k: v for k, v in elements if k != "description"})
        else:
            found[key] = _described(item)
    return found
