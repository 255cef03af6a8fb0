"""What the stacks declare is what the provider's SDK takes: names, required ones, types, all the way down."""

import inspect
import keyword
import typing
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Any, cast

import pulumi
import pulumi_aws
import pytest
from pulumi import _types

from tests.programs import PROGRAMS, ROOT, evaluated

PROVIDER = "7.51.1"


@pytest.mark.parametrize("stack", PROGRAMS)
def test_every_input_is_one_that_the_provider_takes(stack: str) -> None:
    declared = [r for r in evaluated(stack).resources if r.type.startswith("aws:")]
    assert len(declared) > 80
    assert [c for r in declared for c in complaints(r.name, inputs_of(r.type), r.inputs)] == []


@pytest.mark.parametrize("stack", PROGRAMS)
def test_every_resource_is_of_the_provider_that_the_requirements_pin(stack: str) -> None:
    versions = {r.options["version"] for r in evaluated(stack).resources if r.type.startswith("aws:")}
    assert versions == {PROVIDER} == {_pinned()}


@pytest.mark.parametrize(
    ("type_", "inputs", "complaint"),
    [
        ("aws:ec2/subnet:Subnet", {}, "it.vpcId is missing"),
        ("aws:ec2/subnet:Subnet", {"vpcId": "vpc-1", "vpc_id": "x"}, "it.vpc_id is not known"),
        ("aws:ec2/vpc:Vpc", {"enableDnsSupport": "true"}, "it.enableDnsSupport must be bool, got 'true'"),
        ("aws:ec2/vpc:Vpc", {"tags": {"a": 1}}, "it.tags.a must be str, got 1"),
        ("aws:ec2/vpc:Vpc", {"tags": ["a"]}, "it.tags must be a map, got ['a']"),
        ("aws:lb/loadBalancer:LoadBalancer", {"subnets": "s"}, "it.subnets must be a list, got 's'"),
        ("aws:lb/loadBalancer:LoadBalancer", {"accessLogs": {"bucket": True}}, "it.accessLogs.bucket must be str"),
        ("aws:lb/loadBalancer:LoadBalancer", {"accessLogs": {"enabled": True}}, "it.accessLogs.bucket is missing"),
        ("aws:autoscaling/group:Group", {"minSize": 1.5}, "it.minSize must be int, got 1.5"),
        ("aws:autoscaling/group:Group", {"enabledMetrics": ["x"]}, "it.enabledMetrics[0] must be a value of Metric"),
        (
            "aws:ec2/launchTemplate:LaunchTemplate",
            {"blockDeviceMappings": [{"ebs": {"encrypted": True}}]},
            "it.blockDeviceMappings[0].ebs.encrypted must be str, got True",
        ),
    ],
)
def test_what_the_provider_does_not_take_is_found(type_: str, inputs: dict[str, Any], complaint: str) -> None:
    found = list(complaints("it", inputs_of(type_), inputs))
    assert any(line.startswith(complaint) for line in found), found


@cache
def inputs_of(token: str) -> type:
    """Return the class of the SDK that holds the inputs of the resource type *token*."""
    service, _, name = token.removeprefix("aws:").partition("/")
    module = getattr(pulumi_aws, f"{service}_" if keyword.iskeyword(service) else service)
    name = name.partition(":")[2]
    # InitArgs where a nested type has the name already.
    return next(found for suffix in ("InitArgs", "Args") if (found := getattr(module, name + suffix, None)))


def complaints(path: str, shape: type, value: Mapping[str, Any]) -> Iterator[str]:
    """Say what of *value* the inputs of *shape* do not take."""
    types = _types.input_type_types(shape)
    names = _types.input_type_py_to_pulumi_names(shape)
    for python, parameter in inspect.signature(shape.__init__).parameters.items():
        if python in names and parameter.default is inspect.Parameter.empty and value.get(names[python]) is None:
            yield f"{path}.{names[python]} is missing"
    for key, item in value.items():
        if key not in types:
            yield f"{path}.{key} is not known; known are {', '.join(sorted(types))}"
        elif item is not None:
            yield from _value(f"{path}.{key}", types[key], item)


def _value(path: str, hint: Any, value: Any) -> Iterator[str]:
    hint = _types.unwrap_type(hint)
    if typing.get_origin(hint) is typing.Union:
        # An enum of the SDK or its value; AWS knows more values than the SDK does.
        hint = next(t for t in typing.get_args(hint) if not (isinstance(t, type) and issubclass(t, Enum)))
    origin, parts = typing.get_origin(hint) or hint, typing.get_args(hint)
    container = dict if _types.is_input_type(hint) or issubclass(origin, Mapping) else list
    if not parts and container is list:
        yield from _scalar(path, hint, value)
    elif not isinstance(value, container):
        yield f"{path} must be a {'map' if container is dict else 'list'}, got {value!r}"
    elif not parts:
        yield from complaints(path, hint, cast("dict[str, Any]", value))
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from _value(f"{path}[{index}]", parts[0], item)
    else:
        for key, item in cast("dict[str, Any]", value).items():
            yield from _value(f"{path}.{key}", parts[1], item)


def _scalar(path: str, hint: type, value: Any) -> Iterator[str]:
    if issubclass(hint, Enum):
        if value not in [member.value for member in hint]:
            yield f"{path} must be a value of {hint.__name__}, got {value!r}"
    elif hint is pulumi.Archive and isinstance(value, hint):  # a directory, a file, or a list of them
        return
    elif type(value) is not hint and not (hint is float and type(value) is int):
        yield f"{path} must be {hint.__name__}, got {value!r}"


def _pinned() -> str:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return next(line.partition("==")[2] for line in lines if line.startswith("pulumi-aws=="))
