"""One resource in one operation: its values, and the calls that carry the operation out."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from . import api, shapes
from .emulator import Emulator
from .entry import Call, Entry
from .errors import ApiError, RehearsalError
from .strict import check_request
from .values import UNKNOWN, Plain, is_unknown

_MISSING = object()
_NAME = re.compile(r"\{(\w+)\}")


@dataclass
class Context:
    """What an entry's functions get."""

    emulator: Emulator
    entry: Entry
    urn: str
    region: str
    """Where the calls go; one and the same for a global service."""
    stack_region: str = ""
    id: str = ""
    inputs: Plain = field(default_factory=dict[str, Any])
    """The program's inputs as they were checked; when deleting, the last state."""
    old: Plain = field(default_factory=dict[str, Any])
    """The last state, when updating."""
    changed: frozenset[str] = frozenset()
    """Names of the inputs that changed, when updating."""
    answer: Plain = field(default_factory=dict[str, Any])
    """The merged answers of the entry's reads, as the API spells them."""
    state: Plain = field(default_factory=dict[str, Any])
    """What is known of the resource so far."""
    tags: dict[str, str] = field(default_factory=dict[str, str])
    keys: list[str] = field(default_factory=list[str])
    default_tags: dict[str, str] = field(default_factory=dict[str, str])
    unsent: set[str] = field(default_factory=set[str])
    """For functions: inputs that the emulator turned out not to carry; they stay in state and are reported."""

    @property
    def name(self) -> str:
        """The logical name."""
        return self.urn.rsplit("::", 1)[-1]

    @property
    def partition(self) -> str:
        """The partition that the region belongs to."""
        return self.emulator.partition(self.region)["id"]

    @property
    def tags_wanted(self) -> dict[str, str]:
        """All tags that the resource shall have."""
        return dict(self.inputs.get("tagsAll") or {})

    @property
    def hash(self) -> str:
        """17 hex digits that are the same for the same URN."""
        return hashlib.sha256(self.urn.encode()).hexdigest()[:17]

    def value(self, name: str) -> Any:
        """Return the value that ``{name}`` stands for in templates."""
        if name in ("id", "region", "partition", "hash", "tags", "keys"):
            return getattr(self, name) or None
        if name == "account":
            return self.emulator.account
        for values in (self.inputs, self.state, self.old):
            if values.get(name) is not None:
                return values[name]
        return None

    def render(self, template: Any) -> Any:
        """Fill in *template*; what has no value is left out (None at the top)."""
        rendered = self._render(template)
        return None if rendered is _MISSING else rendered

    def call(self, operation: str, params: Mapping[str, Any] | None = None, *, service: str = "") -> Any:
        """Call boto3's *operation* and return its answer; errors are one line, an :class:`ApiError` has its code."""
        client = self.emulator.client(service or self.entry.service, self.region)
        return api.call(client, operation, params or {})

    def run(self, call: Call, names: Iterable[str] = (), *, params: Mapping[str, Any] | None = None) -> Any:
        """Carry *call* out with the inputs *names* and return the part of the answer that counts."""
        try:
            answer = self.call(call.operation, self.request(call, names, params), service=call.service)
        except ApiError as error:
            if error.code in call.done:
                return None
            raise
        return shapes.dig(answer, call.at)

    def request(self, call: Call, names: Iterable[str] = (), params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Build the parameters of *call*: its templates, *params* (templates too) and the inputs *names*."""
        shape: Any = self.model(call).input_shape
        if shape is None:
            return {}
        template = {**call.params, **(params or {})}
        rendered = cast("Plain", self.render(template) or {})
        kind = self.entry.type_name
        built = shapes.to_api(shape, rendered, {}, kind)
        for name in names:
            prop, given = self.entry.inputs[name], self.inputs.get(name)
            if given is None:
                continue
            value = prop.to_api(given) if prop.to_api and not is_unknown(given) else given
            first, *rest = (prop.api or name).split(".")
            member = shapes.member_of(shape, first)
            if member is None:
                raise RehearsalError(f"{kind}: {call.operation} has no parameter for {name}")
            for step in reversed(rest):
                value = {step: value}
            converted = shapes.to_api(shape.members[member], value, prop.fields, f"{kind}: {name}")
            if isinstance(built.get(member), dict) and isinstance(converted, dict):
                converted = _merged(built[member], converted)
            built[member] = converted
        return {key: value for key, value in built.items() if value is not None}

    def verify(self, call: Call, names: Iterable[str], params: Mapping[str, Any] | None = None) -> None:
        """Check the request of *call* without sending it; unknown values are left open."""
        request = self.request(call, names, params)
        check_request(call.service or self.entry.service, self.model(call), request, partial=True)

    def model(self, call: Call) -> Any:
        """Return the botocore model of the operation."""
        client = self.emulator.client(call.service or self.entry.service, self.region)
        return client.meta.service_model.operation_model(client.meta.method_to_api_mapping[call.operation])

    def carries(self, call: Call, *, creating: bool = False) -> list[str]:
        """Return the inputs that *call* sends beside its templates."""
        if call.sends is not None and call.sends != "*":
            return call.sends.split()
        shape = self.model(call).input_shape
        taken = template_names(call.params)
        return [
            name
            for name, prop in self.entry.inputs.items()
            if not (prop.local or prop.recorded or name in taken or (prop.replaces and not creating))
            and shapes.member_of(shape, (prop.api or name).split(".")[0]) is not None
        ]

    def _render(self, template: Any) -> Any:
        if isinstance(template, str):
            return self._text(template)
        if isinstance(template, Mapping):
            items = cast("Mapping[str, Any]", template)
            filled = {k: v for k, v in ((k, self._render(t)) for k, t in items.items()) if v is not _MISSING}
            return filled if filled or not items else _MISSING
        if isinstance(template, (list, tuple)):
            elements = cast("list[Any]", template)
            rest = [v for v in map(self._render, elements) if v is not _MISSING]
            return rest if rest or not elements else _MISSING
        return template

    def _text(self, template: str) -> Any:
        whole = _NAME.fullmatch(template)
        if whole:
            value = self.value(whole[1])
            return _MISSING if value is None else value
        values = {name: self.value(name) for name in _NAME.findall(template)}
        if any(value is None for value in values.values()):
            return _MISSING
        if any(is_unknown(value) for value in values.values()):
            return UNKNOWN
        return _NAME.sub(lambda found: str(values[found[1]]), template)


def _merged(built: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Return both, with the objects in them, too."""
    inner = {
        key: _merged(built[key], value)
        for key, value in more.items()
        if isinstance(value, dict) and isinstance(built.get(key), dict)
    }
    return {**built, **more, **inner}


def template_names(template: Any) -> set[str]:
    """Return the names that *template* mentions."""
    if isinstance(template, str):
        return set(_NAME.findall(template))
    if isinstance(template, Mapping):
        return set[str]().union(*(template_names(v) for v in cast("Mapping[str, Any]", template).values()))
    if isinstance(template, (list, tuple)):
        return set[str]().union(*(template_names(v) for v in cast("list[Any]", template)))
    return set()
