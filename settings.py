"""The settings of an environment: the only place where Pulumi's configuration is read.

The model says what is well-formed; the components check what fits together. ``python -m settings`` prints the JSON
Schema by which editors complete and check Pulumi.<stack>.yaml (kept as settings.schema.json).
"""

import json
import re
import sys
from collections.abc import Mapping
from typing import Any, cast

import pulumi
from pulumi.runtime import config as pulumi_config
from pydantic import ValidationError

from components import EnvironmentArgs, InvalidArgs
from settings_model import Settings, check_regions

PROJECT = "elasticweb"


# Which part of the settings a component's argument comes from, where its name alone does not say so.
_PLACES = {"Network": "network.", "SingleServer": "worker.", "DataVolume": "worker.", "SharedStorage": ""}
_DATABASES = ("MySQL", "AuroraMySQL")


def environment_args() -> EnvironmentArgs:
    """Return the arguments of the running stack's environment, as its configuration says.

    A wrong configuration raises ``pulumi.RunError`` with one line that names the key.
    """
    settings, region = load()
    args = settings.model_dump(exclude_none=True, exclude={"zones"})
    zones = [f"{region}{letter}" for letter in settings.zones]
    where = "network" if settings.existing_network is None else "existing_network"
    args[where] = {**args.get(where, {}), "availability_zones": zones}
    return cast("EnvironmentArgs", args)


def in_settings(error: InvalidArgs) -> pulumi.RunError:
    """Return a component's complaint about an argument as one about the setting that it comes from."""
    component, _, complaint = str(error).partition(": ")
    if component in _DATABASES:
        # `alarms` are the web tier's. Values are quoted, or follow another sign.
        complaint = re.sub(r"(^|(?<= ))alarms(?=[. ])", "database_alarms", complaint)
    return pulumi.RunError(f"{PROJECT}:{_PLACES.get(component, '')}{complaint} ({component})")


def load() -> tuple[Settings, str]:
    """Read the running stack's configuration: its settings and its region.

    A wrong configuration raises ``pulumi.RunError`` with one line that names the key.
    """
    given = {**pulumi_config.get_config_env(), **pulumi_config.CONFIG.get()}
    region = given.get("aws:region")
    if not region:
        raise pulumi.RunError("aws:region is missing: set the region, such as eu-central-1, in Pulumi.<stack>.yaml")
    values = dict[str, Any]()
    for full_key, raw in given.items():
        namespace, _, key = full_key.partition(":")
        if namespace != PROJECT:
            continue
        if pulumi_config.is_config_secret(full_key):
            raise pulumi.RunError(
                f"{full_key} must not be a secret: it would end in user data; keep secrets in Secrets Manager"
            )
        values[key] = _parsed(key, raw)
    settings = parse(values)
    try:
        check_regions(settings, str(region))
    except ValueError as error:
        raise pulumi.RunError(f"{PROJECT}:{error}") from None
    return settings, str(region)


def parse(values: Mapping[str, object]) -> Settings:
    """Return *values*, the configuration of one environment by key, as settings."""
    _refuse_empty(values)
    try:
        return Settings.model_validate(dict(values))
    except ValidationError as error:
        raise pulumi.RunError(_one_line(error)) from None


def _refuse_empty(values: Mapping[str, object]) -> None:
    """Refuse a key with nothing behind it where that would silently count as absent; Pulumi may tell it as text."""
    for key, value in values.items():
        field = Settings.model_fields.get(key)
        if field is None or field.default is not None or value not in (None, ""):
            continue
        fields = "$ref" in str(Settings.model_json_schema()["properties"][key])
        instead = "write {} for the defaults" if fields else "give it one"
        raise pulumi.RunError(f"{PROJECT}:{key} has no value: {instead}, or remove it")


def _parsed(key: str, raw: object) -> object:
    """Pulumi hands every value over as a string: structured ones and booleans as JSON."""
    if not isinstance(raw, str):
        return raw
    try:
        return json.loads(raw)
    except ValueError:
        if raw.lstrip().startswith(("{", "[")):
            raise pulumi.RunError(f"{PROJECT}:{key} is no valid JSON or YAML structure") from None
        return raw


def _one_line(error: ValidationError) -> str:
    first, *others = error.errors(include_url=False)
    path = ""
    for part in first["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    key = f"{PROJECT}:{path[1:]}" if path else PROJECT
    kind, context, given = first["type"], first.get("ctx", {}), first["input"]
    if kind == "extra_forbidden":
        message = f"{key} is not a setting{_known(first['loc'])}"
    elif kind == "missing":
        message = f"{key} is missing"
    elif kind == "value_error":
        message = f"{key}: {context['error']}"
    elif kind == "literal_error":
        message = f"{key} must be one of {context['expected'].replace(' or ', ', ')}, got {given!r}"
    elif kind in ("too_short", "too_long"):
        bound = "at least" if kind == "too_short" else "at most"
        length = context["min_length" if kind == "too_short" else "max_length"]
        message = f"{key} must have {bound} {length} entries, got {given!r}"
    elif kind in ("model_type", "dict_type"):
        message = f"{key} must be a mapping, got {given!r}"
    elif kind == "string_pattern_mismatch":
        message = f"{key} must match {context['pattern']}, got {given!r}"
    else:
        what = first["msg"].removeprefix("Input should ").removeprefix("be ")
        message = f"{key} must be {what}, got {given!r}"
    return message + (f" (and {len(others)} more)" if others else "")


def _known(location: tuple[int | str, ...]) -> str:
    """Name what would have been right where an unknown key stood."""
    schema: dict[str, Any] = Settings.model_json_schema()
    node: dict[str, Any] = schema
    for part in location[:-1]:
        node = node["items"] if isinstance(part, int) else node.get("properties", {}).get(part, {})
        for option in (node, *node.get("anyOf", [])):
            if "$ref" in option:
                node = schema["$defs"][option["$ref"].rsplit("/", 1)[1]]
        node = next((o for o in node.get("anyOf", []) if "items" in o), node)
        if "$ref" in node.get("items", {}):
            node = {**node, "items": schema["$defs"][node["items"]["$ref"].rsplit("/", 1)[1]]}
    names = sorted(node.get("properties", {}))
    return f"; known are {', '.join(names)}" if names else ""


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a Pulumi.<stack>.yaml of this project."""
    schema: dict[str, Any] = Settings.model_json_schema(ref_template="#/$defs/{model}")
    keys: dict[str, Any] = {f"{PROJECT}:{key}": value for key, value in schema["properties"].items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of an elasticweb environment (Pulumi.<stack>.yaml)",
        "type": "object",
        "required": ["config"],
        "properties": {
            "config": {
                "type": "object",
                "required": ["aws:region"],
                "properties": {"aws:region": {"type": "string", "description": "AWS region."}, **keys},
                # Misspelt settings are errors; the aws provider and Pulumi have keys of their own.
                "patternProperties": {f"^(?!{PROJECT}:)": True},
                "additionalProperties": False,
            }
        },
        "$defs": schema["$defs"],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")
