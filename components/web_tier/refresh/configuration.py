"""What a group launches its servers from: as the engine says it, and as AWS's API does."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

_NAMES = {"LaunchTemplate": "launchTemplate", "MixedInstancesPolicy": "mixedInstancesPolicy"}
_SPELT = {"launchTemplate": {"id": "LaunchTemplateId", "name": "LaunchTemplateName"}}


def launching(inputs: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the part of a group's *inputs* that says what servers are launched from."""
    given = inputs or {}
    return {api: _bare(given[name]) for api, name in _NAMES.items() if given.get(name) is not None}


def desired(inputs: Mapping[str, Any], shape: Any) -> dict[str, Any]:  # noqa: ANN401  botocore's models have no types
    """Return it as a `DesiredConfiguration`, whose model is *shape*."""
    found = launching(inputs)
    return {api: _to_api(value, shape.members[api], _SPELT.get(_NAMES[api], {})) for api, value in found.items()}


def holds(theirs: object, ours: object) -> bool:
    """Return whether *theirs*, as AWS tells it, says all that *ours* says; AWS adds names and defaults."""
    if isinstance(ours, Mapping):
        items = cast("Mapping[str, object]", ours).items()
        return isinstance(theirs, Mapping) and all(
            holds(cast("Mapping[str, object]", theirs).get(key), value) for key, value in items
        )
    if isinstance(ours, Sequence) and not isinstance(ours, str):
        mine, others = cast("Sequence[object]", ours), cast("Sequence[object]", theirs or ())
        return len(mine) == len(others) and all(map(holds, others, mine))
    return theirs == ours


def template(configuration: Mapping[str, Any]) -> dict[str, str]:
    """Return the launch template of a *configuration* in the API's words: its id or name, and its version."""
    mixed: dict[str, Any] | None = configuration.get("MixedInstancesPolicy")
    return dict(mixed["LaunchTemplate"]["LaunchTemplateSpecification"] if mixed else configuration["LaunchTemplate"])


def _bare(value: object) -> object:
    """Return *value* without what the engine keeps for itself, and without what is not there."""
    if isinstance(value, Mapping):
        items = cast("Mapping[str, object]", value).items()
        return {key: _bare(item) for key, item in items if item is not None and not key.startswith("__")}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_bare(item) for item in cast("Sequence[object]", value)]
    return value


def _to_api(value: Any, shape: Any, spelt: Mapping[str, str]) -> Any:  # noqa: ANN401
    if shape.type_name == "structure":
        members = {name.lower(): name for name in shape.members}
        named = {spelt.get(key) or members[key.lower()]: item for key, item in value.items()}
        return {name: _to_api(item, shape.members[name], {}) for name, item in named.items()}
    if shape.type_name == "list":
        return [_to_api(item, shape.member, {}) for item in value]
    # Every number that comes from the engine is a float.
    if shape.type_name == "integer":
        return int(value)
    return str(value) if shape.type_name == "string" else value
