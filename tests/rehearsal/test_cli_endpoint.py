"""Deployments into an emulator that runs elsewhere on this machine, and stays."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.api import call
from rehearsal.emulator import Emulator

from .command import ROOT, environment, rehearse, write_program


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, "-m", "rehearsal", "serve", "--port", str(port)],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        first = server.stdout.readline()
        assert first.startswith(f"An AWS emulator listens on http://127.0.0.1:{port}, for this machine only.")
        yield f"http://127.0.0.1:{port}"
        server.send_signal(signal.SIGINT)
        _, err = server.communicate(timeout=30)
        assert (server.returncode, err) == (0, "")


def ask(url: str, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
    with Emulator(url) as emulator:
        return call(emulator.client(service, "eu-central-1"), operation, parameters)


def buckets(url: str) -> list[str]:
    return [b["Name"] for b in ask(url, "s3", "list_buckets")["Buckets"]]


def test_a_stack_stays_and_a_second_run_is_told_so(url: str, tmp_path: Path) -> None:
    program = "import pulumi, pulumi_aws as aws\npulumi.export('b', aws.s3.Bucket('files').bucket)\n"
    write_program(tmp_path, program)
    first = rehearse("up", "--endpoint-url", url, directory=tmp_path)
    assert first.status == 0, first.err
    (bucket,) = buckets(url)
    assert bucket in first.out
    assert f"The stack stays in {url}" in first.out
    assert f"--endpoint-url {url} --region eu-central-1" in first.out

    second = rehearse("up", "--endpoint-url", url, directory=tmp_path)
    assert second.status == 1
    assert second.out == ""
    assert second.err.splitlines()[-1].startswith(f"error: stack dev stands in {url} already (it has {bucket})")
    assert buckets(url) == [bucket]


def test_a_refused_program_makes_nothing(url: str, tmp_path: Path) -> None:
    before = buckets(url)
    program = "import pulumi, pulumi_aws as aws\naws.s3.Bucket('other')\nraise pulumi.RunError('no')\n"
    write_program(tmp_path, program)
    answer = rehearse("up", "--endpoint-url", url, directory=tmp_path)
    assert answer.status == 1
    assert answer.err.splitlines()[-1] == "error: no"
    assert buckets(url) == before


def test_a_deployment_that_fails_half_way_is_taken_away_again(url: str, tmp_path: Path) -> None:
    before = buckets(url)
    # Only who looks at what stands there can tell that the addresses overlap, so that a preview finds nothing.
    program = """
import pulumi, pulumi_aws as aws
bucket = aws.s3.Bucket("half")
net = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16", opts=pulumi.ResourceOptions(depends_on=[bucket]))
one = aws.ec2.Subnet("one", vpc_id=net.id, cidr_block="10.0.0.0/24")
aws.ec2.Subnet("two", vpc_id=net.id, cidr_block="10.0.0.0/25", opts=pulumi.ResourceOptions(depends_on=[one]))
"""
    write_program(tmp_path, program)
    answer = rehearse("up", "--endpoint-url", url, directory=tmp_path)
    assert answer.status == 1
    assert answer.err.splitlines()[-1].startswith("error: two (aws:ec2/subnet:Subnet): ")
    assert "left in the emulator" not in answer.err
    assert buckets(url) == before
    blocks = [v["CidrBlock"] for v in ask(url, "ec2", "describe_vpcs")["Vpcs"] if not v["IsDefault"]]
    assert blocks == []


def test_an_interrupted_deployment_is_taken_away_again(url: str, tmp_path: Path) -> None:
    before = buckets(url)
    program = """
import pathlib, time, pulumi, pulumi_aws as aws
def wait(name):
    pathlib.Path("made").touch()
    time.sleep(60)
bucket = aws.s3.Bucket("late")
if not pulumi.runtime.is_dry_run():
    bucket.arn.apply(wait)
"""
    write_program(tmp_path, program)
    with subprocess.Popen(
        [sys.executable, "-m", "rehearsal", "up", "--endpoint-url", url],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = time.monotonic() + 60
        while not (tmp_path / "made").exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert len(buckets(url)) == len(before) + 1
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == ""
    assert err.splitlines()[-1] == "interrupted"
    assert "Traceback" not in err
    assert buckets(url) == before


def test_another_server_is_no_emulator(tmp_path: Path) -> None:
    write_program(tmp_path, "")
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1", "0"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout is not None
        port = server.stdout.readline().split(" port ")[1].split()[0]
        answer = rehearse("up", "--endpoint-url", f"http://127.0.0.1:{port}", directory=tmp_path)
        server.terminate()
    assert answer.status == 1
    assert answer.err.splitlines()[-1].startswith(
        f"error: what answers at http://127.0.0.1:{port} is no AWS emulator: "
    )
