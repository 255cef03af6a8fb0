"""Plain data on one side, Pulumi's property values on the other.

Entries work on plain data: strings, booleans, numbers, lists and dictionaries, in which a value that is
not known before the deployment is the string :data:`UNKNOWN`. Which properties are secret travels beside it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pulumi
from pulumi.provider.experimental.property_value import Computed, PropertyValue, ResourceReference

from .wire import UNKNOWN

Plain = dict[str, Any]
"""A resource's properties as plain data, by their camelCase names."""


def is_unknown(value: object) -> bool:
    """Whether *value* is one that only the deployment will tell."""
    return value == UNKNOWN


def has_unknown(value: object) -> bool:
    """Whether there is an unknown value anywhere inside *value*."""
    if isinstance(value, Mapping):
        return any(has_unknown(v) for v in cast("Mapping[str, object]", value).values())
    if isinstance(value, list):
        return any(has_unknown(v) for v in cast("list[object]", value))
    return is_unknown(value)


def to_plain(properties: Mapping[str, PropertyValue]) -> tuple[Plain, frozenset[str]]:
    """Return *properties* as plain data and the names of those that hold a secret anywhere inside."""
    values = {key: _to_plain(value) for key, value in properties.items()}
    return values, frozenset(key for key, value in properties.items() if value.contains_secret())


def to_properties(values: Mapping[str, Any], secrets: frozenset[str] = frozenset()) -> dict[str, PropertyValue]:
    """Return plain *values* as property values, secret where *secrets* names them.

    An unknown value leaves as the string that spells it on the wire: ``PropertyValue.marshal`` (pulumi 3.272)
    has no case for ``Computed`` and raises.
    """
    return {key: _to_property(value).with_secret(key in secrets) for key, value in values.items()}


def _to_plain(value: PropertyValue) -> Any:
    inner = value.value
    if isinstance(inner, Computed):
        return UNKNOWN
    if isinstance(inner, Mapping):
        return {k: _to_plain(v) for k, v in inner.items()}
    if isinstance(inner, Sequence) and not isinstance(inner, str):
        return [_to_plain(v) for v in inner]
    if isinstance(inner, float) and inner.is_integer():
        return int(inner)
    if isinstance(inner, ResourceReference):
        return _to_plain(inner.resource_id) if inner.resource_id else inner.urn
    return inner


def _to_property(value: Any) -> PropertyValue:
    if isinstance(value, PropertyValue):
        return value
    if isinstance(value, bool) or value is None or isinstance(value, (str, pulumi.Asset, pulumi.Archive)):
        return PropertyValue(value)
    if isinstance(value, (int, float)):
        return PropertyValue(float(value))
    if isinstance(value, Mapping):
        return PropertyValue({k: _to_property(v) for k, v in cast("Mapping[str, Any]", value).items()})
    if isinstance(value, (list, tuple)):
        return PropertyValue([_to_property(v) for v in cast("Sequence[Any]", value)])
    raise TypeError(f"no property value for a {type(value).__name__}")
