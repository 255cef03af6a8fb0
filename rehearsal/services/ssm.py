"""Systems Manager: parameters."""

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Do, Entry, Tags, props
from rehearsal.services._plain import fields
from rehearsal.values import is_unknown

_LARGEST = {"Standard": 4096, "Advanced": 8192, "Intelligent-Tiering": 8192}
_NAME = re.compile(r"[A-Za-z0-9_.-]+|(/[A-Za-z0-9_.-]+)+")
_RESERVED = re.compile(r"/?(aws|ssm)", re.IGNORECASE)
_TYPES = {"SecureString", "String", "StringList"}
_VALUES = "value insecureValue valueWo"
_SENT = "allowedPattern dataType description keyId tier type"


def _given(inputs: Mapping[str, Any]) -> Any:
    return next((inputs[name] for name in _VALUES.split() if inputs.get(name) is not None), None)


def _name(inputs: Mapping[str, Any]) -> str | None:
    name = inputs.get("name")
    if name is None or is_unknown(name):
        return None
    if not _NAME.fullmatch(name) or _RESERVED.match(name):
        return (
            "name must be letters, digits, '.', '-' and '_', with a slash before each part if there are several, and "
            f"not begin with aws or ssm, got {name!r}"
        )
    return None


def _value(inputs: Mapping[str, Any]) -> str | None:
    kind, value = inputs.get("type"), _given(inputs)
    if not is_unknown(kind) and kind not in _TYPES:
        return f"type must be one of {', '.join(sorted(_TYPES))}, got {kind!r}"
    if kind == "SecureString" and inputs.get("insecureValue") is not None:
        return "insecureValue must not be given for a SecureString: use value"
    if value is None or is_unknown(value):
        return None
    largest = _LARGEST.get(str(inputs.get("tier") or "Standard"), 8192)
    if not 1 <= len(str(value).encode()) <= largest:
        return f"value must have 1 to {largest} bytes, got {len(str(value).encode())}"
    pattern = inputs.get("allowedPattern")
    if pattern and not is_unknown(pattern) and not re.search(pattern, str(value)):
        return f"value must match allowedPattern {pattern}"
    return None


def _put(context: Context) -> None:
    name = {"Name": context.inputs["name"], "Value": str(_given(context.inputs))}
    if context.old:
        # Together with tags a parameter cannot be overwritten.
        context.run(Call("put_parameter", {**name, "Overwrite": True}), _SENT.split())
        return
    context.tags = context.tags_wanted
    over = bool(context.inputs.get("overwrite"))
    tags = {"Tags": "{tags}"} if context.tags and not over else {}
    context.run(Call("put_parameter", {**name, **tags, "Overwrite": over}), _SENT.split())
    if over and context.tags:
        context.run(_TAGGING.put or Call("add_tags_to_resource"))


def _parameter(context: Context) -> Any:
    found = context.call("get_parameter", {"Name": context.id, "WithDecryption": True})["Parameter"]
    filters = [{"Key": "Name", "Option": "Equals", "Values": [context.id]}]
    listed = context.call("describe_parameters", {"ParameterFilters": filters})["Parameters"]
    about = next((fields(p) for p in listed if p["Name"] == context.id), fields(None))
    plain = {"InsecureValue": found["Value"]} if found["Type"] != "SecureString" else {}
    return {**about, **found, **plain}


def _versions(state: dict[str, Any], news: dict[str, Any]) -> set[str]:
    """Ignore a write-only value whose version is the same, and that of `value` and `insecureValue` that is not used."""
    ignored = {name for name in ("value", "insecureValue") if news.get(name) is None}
    return ignored | ({"valueWo"} if news.get("valueWoVersion") == state.get("valueWoVersion") else set())


_TAGGING = Tags(
    {"Tags": "{tags}"},
    put=Call("add_tags_to_resource", {"ResourceType": "Parameter", "ResourceId": "{id}", "Tags": "{tags}"}),
    remove=Call("remove_tags_from_resource", {"ResourceType": "Parameter", "ResourceId": "{id}", "TagKeys": "{keys}"}),
    read=Call("list_tags_for_resource", {"ResourceType": "Parameter", "ResourceId": "{id}"}),
    at="TagList",
)

PARAMETER = Entry(
    "aws:ssm/parameter:Parameter",
    service="ssm",
    inputs=props(
        f"{_VALUES} {_SENT} valueWoVersion",
        required="type",
        replaces="name",
        computed="arn dataType insecureValue keyId name tier value",
        secret="value valueWo",  # noqa: S106
        local="overwrite",
        reads={"value": "Value", "valueWo": None, "valueWoVersion": None, "arn": "ARN"},
    ),
    exactly_one=(_VALUES,),
    checks=(_name, _value),
    ignores_if=_versions,
    autoname=Autoname("name", 2048),
    create=_put,
    rehearse=lambda context: context.verify(Call("put_parameter", {"Name": "{name}"}), _SENT.split()),
    id="{name}",
    read=(_parameter,),
    updates=(Do(_put, f"{_VALUES} {_SENT} valueWoVersion"),),
    delete=(Call("delete_parameter", {"Name": "{id}"}),),
    outputs={"hasValueWo": lambda context: context.inputs.get("valueWo") is not None, "version": "Version"},
    volatile="version",
    tags=_TAGGING,
)

ENTRIES = (PARAMETER,)
