"""What a program in another language gets: the same components, and the same words when it is wrong."""

import os
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pulumi
import pytest
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.provider.provider import ConstructResult
from pulumi.provider.server import ComponentInitError
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

import components
from components._plugin import Provider, public_components
from components._version import __version__
from rehearsal.recorder import Recording
from tests.contract.cases import ARGS, making
from tests.recording import recording

ROOT = Path(components.__file__).parent
PUBLIC: list[Any] = list(public_components(components))
PROVIDER = Provider(PUBLIC)


def definition(component: str) -> Any:
    return vars(PROVIDER)["_component_defs"][component]


def as_sent(component: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """Return *args* as the engine sends them: by the names of the schema, all numbers as floats."""
    defined = definition(component)
    return _shape(args, defined.inputs, defined.inputs_mapping)


def _shape(args: Mapping[str, Any], properties: Any, mapping: Mapping[str, str]) -> dict[str, Any]:
    names = {python: schema for schema, python in mapping.items()}
    return {names.get(key, key): _value(item, properties.get(names.get(key, key))) for key, item in args.items()}


def _value(value: Any, property_: Any) -> Any:
    if isinstance(value, list):
        return [_value(item, property_ and property_.items) for item in value]
    if isinstance(value, Mapping):
        type_ = property_ and property_.ref and PROVIDER.get_type_definition(property_)
        if type_:
            return _shape(value, type_.properties, type_.properties_mapping)
        return {key: _value(item, property_ and property_.additional_properties) for key, item in value.items()}
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def constructed(component: str, inputs: dict[str, Any], into: list[ConstructResult] | None = None) -> Recording:
    def program() -> None:
        result = PROVIDER.construct("shop", f"elasticweb:index:{component}", inputs)
        if into is not None:
            into.append(result)

    return recording(program)


def everything(recorded: Recording) -> dict[str, Any]:
    return {r.urn: unpacked([r.inputs, r.options, r.parent, r.dependencies, r.outputs]) for r in recorded.resources}


def unpacked(value: Any) -> Any:
    """Return *value* with what is in files and archives, which are otherwise equal to themselves only."""
    if isinstance(value, (pulumi.Asset, pulumi.Archive)):
        return {"kind": type(value).__name__, **unpacked(vars(value))}
    if isinstance(value, Mapping):
        return {key: unpacked(item) for key, item in value.items()}
    return [unpacked(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("component", PUBLIC, ids=lambda component: component.__name__)
def test_a_component_that_is_used_remotely_makes_what_one_in_process_makes(component: Any) -> None:
    name = component.__name__
    results: list[ConstructResult] = []
    remote = everything(constructed(name, as_sent(name, ARGS[name]), results))
    assert remote == everything(recording(making(component, ARGS[name])))
    outputs = next(said[-1] for urn, said in remote.items() if urn.endswith(f"elasticweb:index:{name}::shop"))
    mapping = definition(name).outputs_mapping
    assert {mapping[key] for key in results[0].state} >= {key for key, value in outputs.items() if value is not None}


@pytest.mark.parametrize(
    ("component", "wrong"),
    [
        ("WebTier", {}),
        ("WebTier", {"vpcId": "vpc-1", "publicSubnetIds": [], "privateSubnetIds": ["s"], "colour": "red"}),
        ("WebTier", {**as_sent("WebTier", ARGS["WebTier"]), "fleet": {"min_sise": 8.0}}),
        ("WebTier", {**as_sent("WebTier", ARGS["WebTier"]), "fleet": {"minSize": 8.0}}),
        ("WebTier", {**as_sent("WebTier", ARGS["WebTier"]), "fleet": {"minSize": 2.5}}),
        ("WebTier", {**as_sent("WebTier", ARGS["WebTier"]), "fleet": "large"}),
        ("WebTier", {**as_sent("WebTier", ARGS["WebTier"]), "mounts": [{"name": "a"}]}),
        ("WebTier", {**as_sent("WebTier", ARGS["WebTier"]), "fleet": pulumi.Output.from_input({"minSize": 2})}),
        ("Network", {"availabilityZones": ["eu-central-1a", "eu-central-1b"], "natGateways": "two"}),
        ("Machine", {"vpcId": "vpc-1", "machine": {"services": {"nginx": "on"}}}),
    ],
)
def test_wrong_arguments_are_refused_in_the_same_words(component: str, wrong: dict[str, Any]) -> None:
    in_python = PROVIDER.map_inputs(wrong, definition(component))

    def complaint(make: Any) -> str:
        with pytest.raises((ComponentInitError, components.InvalidArgs)) as caught:
            recording(make)
        return str(caught.value)

    remote = complaint(lambda: PROVIDER.construct("shop", f"elasticweb:index:{component}", dict(wrong)))
    assert remote == complaint(making(getattr(components, component), in_python))
    assert remote.startswith(f"{component}: ")
    assert "\n" not in remote


@contextmanager
def plugin() -> Generator[provider_pb2_grpc.ResourceProviderStub]:
    """Start the plugin as Pulumi does, from another directory."""
    command = [sys.executable, str(ROOT), "127.0.0.1:1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd="/", env=dict(os.environ)) as process:
        try:
            assert process.stdout
            with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
                yield provider_pb2_grpc.ResourceProviderStub(channel)
        finally:
            process.terminate()


def struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(dict(values), struct_pb2.Struct())


def test_the_plugin_starts_by_its_directory_and_answers_the_engine() -> None:
    with plugin() as engine:
        assert engine.GetPluginInfo(empty_pb2.Empty()).version == __version__
        assert engine.GetSchema(provider_pb2.GetSchemaRequest()).schema == PROVIDER.schema
        wrong = {**as_sent("WebTier", ARGS["WebTier"]), "fleet": {"minSize": 8.0}}
        request = provider_pb2.ConstructRequest(
            project="shop", stack="test", type="elasticweb:index:WebTier", name="shop", inputs=struct(wrong)
        )
        with pytest.raises(grpc.RpcError) as caught:
            engine.Construct(request)
    error: Any = caught.value
    assert error.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert error.details() == "WebTier: fleet.max_size must be at least fleet.min_size (8), got 4 (the default)"


@pytest.mark.parametrize("component", PUBLIC, ids=lambda component: component.__name__)
def test_the_order_of_keys_changes_nothing_because_the_engine_sends_them_in_any(component: Any) -> None:
    name = component.__name__
    expected = everything(recording(making(component, ARGS[name])))
    assert everything(recording(making(component, backwards(ARGS[name])))) == expected


def backwards(value: Any) -> Any:
    if isinstance(value, list):
        return [backwards(item) for item in value]
    return {key: backwards(value[key]) for key in reversed(value)} if isinstance(value, dict) else value
