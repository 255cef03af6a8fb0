"""The rehearsal's provider for the package ``aws``, as the SDK's provider interface wants it.

It answers the engine as the real provider does, on :class:`~rehearsal.stage.Stage`. Two things the interface of
pulumi 3.272 does not pass on are taken from context variables that whoever serves the provider sets: see
:data:`OLD_INPUTS`.
"""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any, TypeVar

from pulumi.provider.experimental import provider as sdk
from pulumi.provider.experimental.property_value import PropertyValue

from .checking import clean
from .emulator import Emulator
from .errors import RehearsalError
from .invokes import invoke
from .stage import Stage
from .values import Plain, to_plain, to_properties

T = TypeVar("T")

OLD_INPUTS: ContextVar[dict[str, PropertyValue] | None] = ContextVar("OLD_INPUTS", default=None)
"""The ``old_inputs`` of the engine's Diff and Update requests, which the SDK's servicer drops.

Without them nobody can tell a property that was taken out of the program from one that AWS filled in.
"""

_KINDS = {
    ("add", False): sdk.PropertyDiffKind.ADD,
    ("add", True): sdk.PropertyDiffKind.ADD_REPLACE,
    ("delete", False): sdk.PropertyDiffKind.DELETE,
    ("delete", True): sdk.PropertyDiffKind.DELETE_REPLACE,
    ("update", False): sdk.PropertyDiffKind.UPDATE,
    ("update", True): sdk.PropertyDiffKind.UPDATE_REPLACE,
}


class RehearsalProvider(sdk.Provider):
    """Carries AWS resources out against an emulator."""

    stage: Stage

    def __init__(self, emulator: Emulator, *, region: str = "", default_tags: dict[str, str] | None = None) -> None:
        """Serve resources on *emulator*; region and default tags may also come with ``configure``."""
        self._pool = ThreadPoolExecutor(max_workers=16, thread_name_prefix="rehearsal")
        self.stage = Stage(emulator, region, default_tags or {})

    async def get_schema(self, request: sdk.GetSchemaRequest) -> sdk.GetSchemaResponse:
        """Return a schema without types: SDKs are generated from the real provider's."""
        del request
        return sdk.GetSchemaResponse(json.dumps({"name": "aws", "resources": {}, "functions": {}}))

    async def configure(self, request: sdk.ConfigureRequest) -> sdk.ConfigureResponse:
        """Take region and default tags; the rest of the real provider's settings has no meaning here."""
        values, _ = to_plain(request.args)
        variables = {key.rsplit(":", 1)[-1]: value for key, value in request.variables.items()}
        region, tags = configuration({**variables, **values})
        self.stage.region = region or self.stage.region
        self.stage.default_tags = tags or self.stage.default_tags
        if not self.stage.region:
            raise RehearsalError("aws:region is not set: say `pulumi config set aws:region eu-central-1`")
        # Output values would come with dependencies that the SDK cannot always read back (PropertyValue.unmarshal).
        return sdk.ConfigureResponse(accept_secrets=True, supports_preview=True)

    async def check(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        """Fill in names, defaults and tags, and say what is wrong."""
        old, _ = to_plain(request.old_inputs)
        new, secrets = to_plain(request.new_inputs)
        inputs, failures = await self._run(lambda: self.stage.check(request.urn, new, old, request.random_seed))
        return sdk.CheckResponse(
            inputs=self._properties(request.urn, inputs, secrets),
            failures=[sdk.CheckFailure(name, reason) for name, reason in failures],
        )

    async def diff(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        """Say what changes, and whether that makes a new resource."""
        state, _ = to_plain(request.old_state)
        new, _ = to_plain(request.new_inputs)
        asked = _old_inputs()
        found = await self._run(lambda: self.stage.diff(request.urn, state, asked, new))
        ignored = tuple(request.ignore_changes)
        found = [c for c in found if not any(c.path == i or c.path.startswith((f"{i}.", f"{i}[")) for i in ignored)]
        return sdk.DiffResponse(
            changes=bool(found),
            replaces=sorted({change.name for change in found if change.replaces}),
            delete_before_replace=self.stage.delete_before_replace(request.urn, new, found),
            diffs=sorted({change.name for change in found}),
            detailed_diff={c.path: sdk.PropertyDiff(_KINDS[c.kind, c.replaces], input_diff=True) for c in found},
        )

    async def create(self, request: sdk.CreateRequest) -> sdk.CreateResponse:
        """Make a resource; a preview makes nothing."""
        inputs, secrets = to_plain(request.properties)
        resource_id, state = await self._run(
            lambda: self.stage.create(request.urn, inputs, secrets, preview=request.preview)
        )
        return sdk.CreateResponse(resource_id, self._properties(request.urn, state, secrets))

    async def read(self, request: sdk.ReadRequest) -> sdk.ReadResponse:
        """Return what stands there now; the id alone is enough, for imports."""
        state, secret_state = to_plain(request.properties)
        inputs, secrets = to_plain(request.inputs)
        found = await self._run(lambda: self.stage.read(request.urn, request.resource_id, state, inputs))
        resource_id, now, now_inputs = found
        return sdk.ReadResponse(
            resource_id or None,
            self._properties(request.urn, now, secrets | secret_state),
            self._properties(request.urn, now_inputs, secrets),
        )

    async def update(self, request: sdk.UpdateRequest) -> sdk.UpdateResponse:
        """Change a resource in place; a preview changes nothing."""
        state, secret_state = to_plain(request.olds)
        new, secrets = to_plain(request.news)
        asked = _old_inputs()
        now = await self._run(
            lambda: self.stage.update(
                request.urn,
                request.resource_id,
                state=state,
                old_inputs=asked,
                inputs=new,
                secrets=secrets,
                preview=request.preview,
                ignore=tuple(request.ignore_changes),
            )
        )
        return sdk.UpdateResponse(self._properties(request.urn, now, secrets | (secret_state - set(new))))

    async def delete(self, request: sdk.DeleteRequest) -> None:
        """Delete a resource; what is gone already is fine."""
        state, _ = to_plain(request.properties)
        await self._run(lambda: self.stage.delete(request.urn, request.resource_id, state))

    async def invoke(self, request: sdk.InvokeRequest) -> sdk.InvokeResponse:
        """Answer a function of the provider."""
        arguments, _ = to_plain(request.args)
        answer = await self._run(lambda: invoke(self.stage, request.tok, clean(arguments)))
        return sdk.InvokeResponse(to_properties(answer))

    def _properties(self, urn: str, values: Plain, secrets: frozenset[str]) -> dict[str, PropertyValue]:
        return to_properties(values, self.stage.secrets(urn, secrets))

    async def _run(self, work: Callable[[], T]) -> T:
        """Run *work*, which waits for the emulator, in a thread of its own."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


def configuration(values: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """Region and default tags out of the provider's configuration, whose objects may come as JSON."""
    tags = values.get("defaultTags") or {}
    tags = json.loads(tags) if isinstance(tags, str) else tags
    return str(values.get("region") or ""), {str(k): str(v) for k, v in (tags.get("tags") or {}).items()}


def _old_inputs() -> Plain | None:
    old = OLD_INPUTS.get()
    return None if old is None else to_plain(old)[0]
