"""Pulumi's ``aws`` plugin for tests of components: it answers as the unit tests' recorder does, and makes nothing.

What a component registers, and how it reads to its user, does not depend on AWS. How AWS takes it is rehearsed.
"""

import json
import sys
from collections.abc import Mapping
from typing import Any

from pulumi.provider.experimental import provider as sdk
from pulumi.provider.experimental.server import main

from rehearsal.recorder import Registered
from rehearsal.values import to_plain, to_properties
from tests.recording import _computed, _invoke


class StandIn(sdk.Provider):
    """Computed attributes by name and type, nothing behind them."""

    async def get_schema(self, request: sdk.GetSchemaRequest) -> sdk.GetSchemaResponse:
        del request
        return sdk.GetSchemaResponse(json.dumps({"name": "aws", "resources": {}, "functions": {}}))

    async def check_config(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        return sdk.CheckResponse(inputs=request.new_inputs)

    async def diff_config(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        del request
        return sdk.DiffResponse(changes=False)

    async def configure(self, request: sdk.ConfigureRequest) -> sdk.ConfigureResponse:
        del request
        return sdk.ConfigureResponse(accept_secrets=True, supports_preview=True)

    async def check(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        return sdk.CheckResponse(inputs=request.new_inputs)

    async def diff(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        state, _ = to_plain(request.old_state)
        new, _ = to_plain(request.new_inputs)
        return sdk.DiffResponse(changes=any(state.get(key) != value for key, value in new.items()))

    async def create(self, request: sdk.CreateRequest) -> sdk.CreateResponse:
        inputs, secrets = to_plain(request.properties)
        if request.preview:
            return sdk.CreateResponse("", to_properties(inputs, secrets))
        id_, outputs = _computed(_registered(request.urn, inputs))
        return sdk.CreateResponse(id_, to_properties(outputs, secrets))

    async def update(self, request: sdk.UpdateRequest) -> sdk.UpdateResponse:
        olds, _ = to_plain(request.olds)
        news, secrets = to_plain(request.news)
        return sdk.UpdateResponse(to_properties({**olds, **news}, secrets))

    async def delete(self, request: sdk.DeleteRequest) -> None:
        del request

    async def invoke(self, request: sdk.InvokeRequest) -> sdk.InvokeResponse:
        arguments, _ = to_plain(request.args)
        return sdk.InvokeResponse(to_properties(_invoke(request.tok, arguments)))


def _registered(urn: str, inputs: Mapping[str, Any]) -> Registered:
    type_, name = urn.split("::")[2].rsplit("$", 1)[-1], urn.split("::", 3)[3]
    return Registered(
        urn,
        type_,
        name,
        "",
        custom=True,
        inputs=dict(inputs),
        secret_inputs=frozenset(),
        options={},
        dependencies=[],
        property_dependencies={},
    )


if __name__ == "__main__":
    main(sys.argv[1:], "7.51.1", StandIn())
