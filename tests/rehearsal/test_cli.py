"""The command line, run as a process: what it refuses, and how."""

import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rehearsal.cli import main

from .command import ROOT, environment, rehearse, write_program

REFUSED = [
    (("fly",), "unknown command 'fly'", "up, preview, graph"),
    (("up", "--stack", "test"), "unknown stack 'test'", "known are dev, prod"),
    (("up", "--stack"), "expected one argument", "up --help"),
    (("graph", "--jsn"), "unrecognized arguments: --jsn", "graph --help"),
    (("preview", "--program", "nowhere"), "there is no directory nowhere", ""),
    (("preview", "--program", "docs"), "there is no Pulumi.yaml in", "docs"),
    (("graph", "-c", "fleet"), "--config must be key=value, got 'fleet'", ""),
    (("graph", "-c", "fleets={}"), "elasticweb:fleets is not a setting", "fleet,"),
    (("graph", "-c", 'fleet={"min_size": "five"}'), "elasticweb:fleet.min_size must be", "'five'"),
    (("graph", "-c", 'fleet={"min_size": -1}'), "elasticweb:fleet.min_size must be", "-1"),
    (("graph", "-c", 'fleet={"min_size": 9, "max_size": 8}'), "elasticweb:fleet.", "8"),
    (("graph", "-c", 'network={"cidr_block": "10.0.0.0/30"}'), "elasticweb:network.cidr_block", "/30"),
    (("graph", "-c", "fleet={"), "elasticweb:fleet is no valid JSON", ""),
    (("graph", "-c", "aws:region=mars-1"), "aws:region must be a region of AWS", "'mars-1'"),
    (("up", "-c", "aws:region=mars-1"), "aws:region must be a region of AWS", "'mars-1'"),
    (("graph", "-c", "aws:region="), "aws:region is not set", "eu-central-1"),
    (("graph", "-c", "aws:defaultTags=7"), "aws:defaultTags must be an object with tags", "7"),
    (("up", "--endpoint-url", "http://198.51.100.1:5000"), "endpoint-url must be an emulator on this machine", "198"),
    (("up", "--endpoint-url", "http://localhost"), "endpoint-url needs a port", ""),
    (("bench", "--runs", "0"), "--runs must be at least 1, got 0", ""),
    (("serve", "--port", "70000"), "--port must be between 1 and 65535, got 70000", ""),
]


@pytest.mark.parametrize(
    ("arguments", "complaint", "hint"), REFUSED, ids=lambda a: " ".join(a) if isinstance(a, tuple) else ""
)
def test_wrong_input_is_one_line_and_status_1(
    arguments: tuple[str, ...],
    complaint: str,
    hint: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "path", list(sys.path))
    try:
        status: object = main(arguments)
    except SystemExit as end:  # argparse's way
        status = end.code
    assert status == 1
    out, err = capsys.readouterr()
    assert out == ""
    told = [line for line in err.splitlines() if not line.startswith(("Deploying", "Previewing"))]
    assert len(told) == 1
    assert told[0].startswith("error: ")
    assert complaint in told[0]
    assert hint in told[0]


def test_a_wrong_command_line_ends_the_process_with_status_1() -> None:
    assert rehearse("fly").status == rehearse("up", "--stack", "test").status == rehearse("serve", "-x").status == 1


def test_no_command_lists_the_commands() -> None:
    answer = rehearse()
    assert answer.status == 1
    assert answer.out.startswith("usage: python -m rehearsal COMMAND")


def test_help_lists_every_command() -> None:
    answer = rehearse("--help")
    assert answer.status == 0
    for command in ("up", "preview", "graph", "diff", "pulumi", "stop", "serve", "bench"):
        assert f"  {command} " in answer.out
    assert "--endpoint-url" in rehearse("up", "--help").out


def test_an_endpoint_where_nobody_listens_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: nobody else gets the port meanwhile
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        answer = rehearse("up", "--endpoint-url", url)
    assert answer.status == 1
    assert answer.err == f"error: no emulator answers at {url}: start one with `python -m rehearsal serve --port N`\n"


def test_a_taken_port_is_said() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        answer = rehearse("serve", "--port", str(port))
    assert answer.status == 1
    assert answer.err == f"error: port {port} of 127.0.0.1 is taken: choose another with --port\n"


@pytest.mark.parametrize("command", ["up", "preview", "graph"])
def test_what_the_program_refuses_is_one_line(command: str, tmp_path: Path) -> None:
    write_program(tmp_path, "import pulumi\nraise pulumi.RunError('trial:size must be odd, got 2')\n")
    answer = rehearse(command, directory=tmp_path)
    assert answer.status == 1
    assert answer.err.splitlines()[-1] == "error: trial:size must be odd, got 2"
    assert "Traceback" not in answer.err
    assert answer.out == ""


@pytest.mark.parametrize("command", ["up", "graph"])
def test_a_mistake_in_the_program_shows_the_programs_own_lines(command: str, tmp_path: Path) -> None:
    write_program(tmp_path, "def half(x):\n    return x // 0\n\nhalf(4)\n")
    answer = rehearse(command, directory=tmp_path)
    assert answer.status == 1
    assert answer.err.splitlines()[-1].startswith("error: ZeroDivisionError: ")
    assert answer.err.splitlines()[-1].endswith("(__main__.py, line 2)")
    assert "return x // 0" in answer.err
    assert "half(4)" in answer.err
    assert "runpy" not in answer.err
    assert "asyncio" not in answer.err


def test_a_mistake_that_python_finds_itself_has_its_line(tmp_path: Path) -> None:
    write_program(tmp_path, "x = = 1\n")
    answer = rehearse("graph", directory=tmp_path)
    assert answer.status == 1
    assert "__main__.py" in answer.err
    assert answer.err.splitlines()[-1].startswith("error: SyntaxError: ")


def test_a_resource_that_aws_would_refuse_is_named_and_leaves_no_traceback(tmp_path: Path) -> None:
    program = "import pulumi_aws as aws\naws.ec2.Vpc('net', cidr_block='10.0.0.0/16', instance_tenancy='shared')\n"
    write_program(tmp_path, program)
    answer = rehearse("up", directory=tmp_path)
    assert answer.status == 1
    assert answer.err.splitlines()[-1].startswith("error: net (aws:ec2/vpc:Vpc): ")
    assert "shared" in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("command", ["up", "graph"])
def test_what_comes_of_a_failure_is_not_told(command: str, tmp_path: Path) -> None:
    write_program(
        tmp_path,
        """
import pulumi, pulumi_aws as aws
other = pulumi.StackReference("acme/other/dev")
net = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16", tags={"of": other.get_output("owner")})
for letter in "abc":
    aws.ec2.Subnet(letter, vpc_id=net.id.apply(lambda i: i), cidr_block="10.0.0.0/24")
pulumi.export("owner", other.require_output("owner").apply(lambda o: o.upper()))
""",
    )
    answer = rehearse(command, directory=tmp_path)
    assert answer.status == 1
    told = [line for line in answer.err.splitlines() if not line.startswith("Deploying")]
    assert len(told) == 1
    assert "acme/other/dev" in told[0]


def test_a_preview_knows_nothing_that_aws_computes_and_creates_nothing() -> None:
    answer = rehearse("preview", "--stack", "prod")
    assert answer.status == 0
    lines = answer.out.splitlines()
    planned = [line for line in lines if line.startswith(" + ")]
    assert len(planned) > 100
    assert any(line.split()[-2:] == ["elasticweb:index:WebTier", "prod-web"] for line in planned)
    told = lines[lines.index("Outputs") + 1 :]
    outputs = dict(line.split(None, 1) for line in told if re.match(r"  \w", line))  # what is deeper goes on
    assert outputs["vpc_id"] == "[unknown until it is deployed]"
    assert outputs["url"] == "https://example.org"
    assert f"  + {len(planned)} to create: " in answer.out
    assert "Nothing was created." in lines[-1]


def test_an_interrupted_run_says_so_and_nothing_else(tmp_path: Path) -> None:
    write_program(tmp_path, "import time\nprint('running', flush=True)\ntime.sleep(60)\n")
    with subprocess.Popen(
        [sys.executable, "-m", "rehearsal", "up"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert [line for line in err.splitlines() if not line.startswith("Deploying")] == ["interrupted"]


def test_a_reader_that_has_enough_is_no_error() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "rehearsal", "graph", "--json"],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
