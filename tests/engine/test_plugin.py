"""The plugin as the engine sees it: over gRPC, without the engine."""

import os
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import struct_pb2
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from rehearsal.engine import server
from rehearsal.engine.places import Places
from rehearsal.plugin import main as plugin_main
from rehearsal.plugin import message

ROOT = Path(__file__).parents[2]
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "a secret value"}


def urn(type_: str, name: str = "it") -> str:
    return f"urn:pulumi:dev::small::{type_}::{name}"


def struct(values: dict[str, Any]) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(values)
    return made


def start(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "rehearsal.plugin", "127.0.0.1:1"],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    found = Places(tmp_path_factory.mktemp("stage"))
    yield found
    server.stop(found)


@pytest.fixture(scope="module")
def plugin(places: Places) -> Iterator[Any]:
    environment = {
        "REHEARSAL_ENDPOINT_URL": server.ensure(places).url,
        "REHEARSAL_RECORDED": str(places.root / "recorded"),
        "REHEARSAL_PLUGIN_VERSION": "7.51.1",
    }
    with start(environment) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            stub.Configure(provider_pb2.ConfigureRequest(variables={"aws:config:region": "eu-central-1"}))
            yield stub
        process.kill()


def refusal(call: Any, request: Any) -> str:
    with pytest.raises(grpc.RpcError) as told:
        call(request)
    error: Any = told.value
    return error.details()


def make(plugin: Any, type_: str, name: str, **inputs: Any) -> tuple[str, struct_pb2.Struct, struct_pb2.Struct]:
    at = urn(type_, name)
    checked = plugin.Check(provider_pb2.CheckRequest(urn=at, news=struct(inputs), randomSeed=name.encode()))
    assert not checked.failures
    made = plugin.Create(provider_pb2.CreateRequest(urn=at, properties=checked.inputs))
    return made.id, checked.inputs, made.properties


def test_it_starts_in_less_than_a_second_of_work() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with start({"REHEARSAL_ENDPOINT_URL": "http://127.0.0.1:1"}) as process:
        assert process.stdout
        assert process.stdout.readline().strip().isdigit()
        process.kill()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1


def test_it_says_what_it_is_for_when_it_is_started_by_hand() -> None:
    with start({"REHEARSAL_ENDPOINT_URL": ""}) as process:
        _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert told == b"this is the rehearsal's plugin: use it with `python -m rehearsal pulumi`\n"


def test_it_talks_to_this_machine_only() -> None:
    with start({"REHEARSAL_ENDPOINT_URL": "https://ec2.eu-central-1.amazonaws.com"}) as process:
        _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"must be an emulator on this machine" in told
    assert told.count(b"\n") == 1


def test_it_says_when_it_cannot_bind(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(*_: Any) -> int:
        raise RuntimeError("Failed to bind to address\n127.0.0.1:0")

    monkeypatch.setenv("REHEARSAL_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setattr("grpc.aio._server.Server.add_insecure_port", refuse)
    assert plugin_main() == 1
    told = capsys.readouterr().err
    assert told == "the rehearsal's plugin cannot serve on 127.0.0.1: Failed to bind to address 127.0.0.1:0\n"


def test_it_has_the_version_of_the_real_one(plugin: Any) -> None:
    assert plugin.GetPluginInfo(struct_pb2.Struct()).version == "7.51.1"


def test_what_a_program_no_longer_says_is_a_change(plugin: Any) -> None:
    kind = "aws:ec2/securityGroup:SecurityGroup"
    resource_id, asked, state = make(plugin, kind, "group", tags={"a": "1", "b": "2"})
    news = plugin.Check(
        provider_pb2.CheckRequest(urn=urn(kind, "group"), olds=asked, news=struct({"tags": {"a": "1"}}))
    )
    request = provider_pb2.DiffRequest(id=resource_id, urn=urn(kind, "group"), olds=state, news=news.inputs)
    assert plugin.Diff(request).changes == provider_pb2.DiffResponse.DIFF_NONE, "somebody else's, for all it knows"
    request.old_inputs.CopyFrom(asked)
    told = plugin.Diff(request)
    assert told.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert "tags.b" in told.detailedDiff


def test_what_is_gone_has_no_properties(plugin: Any) -> None:
    told = plugin.Read(provider_pb2.ReadRequest(id="vpc-0123456789abcdef0", urn=urn("aws:ec2/vpc:Vpc")))
    assert told.id == ""
    assert not told.HasField("properties")


def test_a_refusal_of_the_service_is_one_line(plugin: Any) -> None:
    at = urn("aws:ec2/subnet:Subnet")
    inputs = struct({"vpcId": "vpc-0123456789abcdef0", "cidrBlock": "10.0.0.0/24"})
    told = refusal(plugin.Create, provider_pb2.CreateRequest(urn=at, properties=inputs))
    assert "InvalidVpcID.NotFound" in told
    assert "\n" not in told


def test_an_unknown_type_is_one_line(plugin: Any) -> None:
    told = refusal(plugin.Check, provider_pb2.CheckRequest(urn=urn("aws:iot/thing:Thing"), news=struct({})))
    assert told.startswith("the rehearsal does not know the resource type aws:iot/thing:Thing")
    assert "\n" not in told


def test_a_defect_of_the_rehearsal_is_one_line_too() -> None:
    def servicer() -> None:
        try:
            dict[str, int]().__getitem__("sizes")
        except KeyError as error:
            raise Exception(f"{error}:\n a traceback") from None  # noqa: TRY002  as the SDK's does

    with pytest.raises(Exception, match="a traceback") as wrapped:
        servicer()
    told = message("Create", wrapped.value)
    assert told.startswith(
        "the rehearsal failed in Create, which is a defect of the rehearsal: KeyError: 'sizes' (test_"
    )
    assert "\n" not in told


def test_a_preview_makes_nothing_and_knows_what_it_can(plugin: Any) -> None:
    inputs = struct({"cidrBlock": "10.9.0.0/16"})
    told = plugin.Create(provider_pb2.CreateRequest(urn=urn("aws:ec2/vpc:Vpc"), properties=inputs, preview=True))
    assert told.id == ""
    assert told.properties["cidrBlock"] == "10.9.0.0/16"
    assert told.properties["arn"] == "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def test_secrets_come_back_as_secrets(plugin: Any) -> None:
    secret, _, _ = make(plugin, "aws:secretsmanager/secret:Secret", "hidden")
    kind = "aws:secretsmanager/secretVersion:SecretVersion"
    _, inputs, state = make(plugin, kind, "hidden-version", secretId=secret, secretString=SECRET)
    for values in (inputs, state):
        assert MessageToDict(values)["secretString"] == SECRET


def test_what_is_only_recorded_is_written_down(plugin: Any, places: Places) -> None:
    at = urn("aws:dlm/lifecyclePolicy:LifecyclePolicy", "snapshots")
    inputs = {
        "description": "x",
        "executionRoleArn": "arn:aws:iam::123456789012:role/x",
        "policyDetails": {
            "resourceTypes": ["VOLUME"],
            "targetTags": {"a": "b"},
            "schedules": [{"name": "daily", "createRule": {"interval": 24}, "retainRule": {"count": 3}}],
        },
    }
    plugin.Create(provider_pb2.CreateRequest(urn=at, properties=struct(inputs), preview=True))
    assert f'["{at}", ["*"]]' in (places.root / "recorded").read_text()


def test_resources_are_served_at_the_same_time() -> None:
    together = threading.Barrier(4, timeout=20)

    class Emulator(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            try:
                together.wait()
            except threading.BrokenBarrierError:
                self.send_error(500)
                return
            error = "<Code>InvalidVpcID.NotFound</Code><Message>gone</Message>"
            body = f"<Response><Errors><Error>{error}</Error></Errors></Response>".encode()
            self.send_response(400)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            del format, args

    with ThreadingHTTPServer(("127.0.0.1", 0), Emulator) as emulator:
        threading.Thread(target=emulator.serve_forever, daemon=True).start()
        with start({"REHEARSAL_ENDPOINT_URL": f"http://127.0.0.1:{emulator.server_port}"}) as process:
            assert process.stdout
            with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
                stub = provider_pb2_grpc.ResourceProviderStub(channel)
                stub.Configure(provider_pb2.ConfigureRequest(variables={"aws:config:region": "eu-central-1"}))
                request = provider_pb2.ReadRequest(id="vpc-0123456789abcdef0", urn=urn("aws:ec2/vpc:Vpc"))
                with ThreadPoolExecutor(4) as pool:
                    answers = list(pool.map(lambda _: stub.Read(request), range(4)))
            process.kill()
        emulator.shutdown()
    assert [answer.id for answer in answers] == [""] * 4
