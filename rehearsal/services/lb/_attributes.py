"""Properties that the API keeps as a list of keys and values, each a text."""

from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Tags

LONGEST_NAME = 32
"""Characters in the name of a load balancer or a target group."""

HIGHEST_PORT = 65535

Table = Mapping[str, str]
"""By property, or `block.property`: the key of the attribute."""


def sent(table: Table, inputs: Mapping[str, Any]) -> dict[str, str]:
    """Return the attributes that *inputs* ask for."""
    found: dict[str, str] = {}
    for path, key in table.items():
        value = _at(inputs, path)
        if value is not None:
            found[key] = str(value).lower() if isinstance(value, bool) else _text(value)
    return found


def _at(inputs: Mapping[str, Any], path: str) -> Any:
    value: Any = inputs
    for step in path.split("."):
        if isinstance(value, list):
            value = value[0] if value else None  # pyright: ignore[reportUnknownVariableType]
        value = value.get(step) if isinstance(value, Mapping) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return value  # pyright: ignore[reportUnknownVariableType]


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def found(table: Table, attributes: list[dict[str, str]]) -> dict[str, Any]:
    """Return the properties that *attributes* tell; what the API does not list is not told."""
    values = {item["Key"]: item.get("Value", "") for item in attributes}
    told: dict[str, Any] = {}
    for path, key in table.items():
        if values.get(key, "") == "":
            continue
        *blocks, name = path.split(".")
        target = told
        for block in blocks:
            target = target.setdefault(block, {})
        target[name] = _value(values[key])
    return told


def _value(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.lstrip("-").isdigit() else text


def modify(context: Context, operation: str, member: str, table: Table, *, names: set[str]) -> None:
    """Send the attributes of the inputs *names*."""
    attributes = sent({path: key for path, key in table.items() if path.split(".")[0] in names}, context.inputs)
    if attributes:
        pairs = [{"Key": key, "Value": value} for key, value in attributes.items()]
        context.call(operation, {member: context.id, "Attributes": pairs})


def options(table: Table) -> str:
    """Return the names of the properties in *table*."""
    return " ".join(sorted({path.split(".")[0] for path in table}))


TAGS = Tags(
    {"Tags": "{tags}"},
    put=Call("add_tags", {"ResourceArns": ["{id}"], "Tags": "{tags}"}),
    remove=Call("remove_tags", {"ResourceArns": ["{id}"], "TagKeys": "{keys}"}),
    read=Call("describe_tags", {"ResourceArns": ["{id}"]}, at="TagDescriptions.0.Tags", into="Tags"),
)
"""Tags of everything that an ARN names here."""


def wrong_name(name: str) -> str | None:
    """Refuse what CreateLoadBalancer and CreateTargetGroup refuse."""
    letters = all(c.isascii() and (c.isalnum() or c == "-") for c in name)
    if not letters or not name or name.startswith("-") or name.endswith("-"):
        return f"name must be letters, digits and hyphens, with no hyphen at its ends, got {name!r}"
    if len(name) > LONGEST_NAME:
        return f"name must have at most {LONGEST_NAME} characters, got {len(name)}: {name!r}"
    return None
