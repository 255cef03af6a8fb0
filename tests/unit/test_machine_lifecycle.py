"""A machine's part in the life of its group, run here against a group, metadata and a site on loopback."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from components.machine import Lifecycle, userdata
from components.machine.lifecycle import launch_heartbeat_seconds, settings
from rehearsal.states import apart

from .fake_ec2 import GROUP, INSTANCE, THROTTLED, Surroundings, surroundings

SCRIPTS = Path(userdata.__file__).parent / "scripts"
LAUNCH, TERMINATE = "elasticweb-launch", "elasticweb-terminate"
SERVICE = ("InService", "InService", "")
POOL = ("Warmed:Stopped", "Warmed:Stopped", "")
GONE = ("Terminated", "Terminating:Proceed", "")

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="runs what runs on Linux machines")


class Site:
    """The site on the machine: what it answers, and what it was asked."""

    def __init__(self) -> None:
        self.status = 200
        self.asked: list[tuple[str, str]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, self.headers["Host"]))
                self.send_response(site.status)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


class Machine:
    """A machine whose files are below *root*."""

    def __init__(self, root: Path, around: Surroundings, site: Site) -> None:
        self.root, self.around, self.site = root, around, site
        self.process: subprocess.Popen[bytes] | None = None
        self.log = root / "log"
        for directory in ("etc/elasticweb", "var/lib/elasticweb", "usr/local/lib/elasticweb", "bin"):
            (root / directory).mkdir(parents=True)
        (root / "usr/local/lib/elasticweb/steps.sh").write_text((SCRIPTS / "common.sh").read_text())
        self.failed_unit("none")

    def failed_unit(self, unit: str) -> None:
        command = self.root / "bin/systemctl"
        command.write_text(f'#!/bin/sh\n[ "$*" = "is-failed --quiet {unit}" ]\n')
        command.chmod(0o755)

    def verdict(self, text: str, instance: str = INSTANCE) -> None:
        (self.root / "var/lib/elasticweb/instance").write_text(f"{instance}\n")
        (self.root / "var/lib/elasticweb/verdict").write_text(f"{text}\n")

    def start(self, *farewell: str, **changed: Any) -> None:
        commands = [self.root / f"farewell-{i}" for i, _ in enumerate(farewell)]
        for path, text in zip(commands, farewell, strict=True):
            path.write_text(text)
        told = Lifecycle(
            launch_hook=LAUNCH,
            terminate_hook=TERMINATE,
            group_pattern="web-fleet-*",
            port=self.site.port,
            path="/healthz",
            host="example.org",
            matcher="200-299,302",
        )
        quick = {"poll_seconds": 0.02, "heartbeat_seconds": 0.1, "launch_timeout_seconds": 20}
        written = settings(
            told, [str(c) for c in commands], 0, ["elasticweb-secrets.service", "elasticweb-boot.service"]
        )
        (self.root / "etc/elasticweb/lifecycle.json").write_text(json.dumps({**written, **quick, **changed}))
        self.run()

    def run(self) -> None:
        environment = {
            "PATH": f"{self.root}/bin{os.pathsep}{os.environ['PATH']}",
            "ELASTICWEB_ROOT": str(self.root),
            "ELASTICWEB_METADATA": self.around.url,
            "ELASTICWEB_PAUSE_SECONDS": "0.01",
            "AWS_ENDPOINT_URL": self.around.url,
        }
        command = [sys.executable, "-B", str(SCRIPTS / "lifecycle.py")]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)

    def kill(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def said(self) -> list[str]:
        return self.log.read_text().splitlines()

    def until(self, met: Callable[[], object], what: str = "") -> None:
        end = time.monotonic() + 20
        while not met():
            assert self.process is not None
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, (what, self.said(), self.around.asked)
            time.sleep(0.01)

    def completes(self, *results: tuple[str, str]) -> None:
        self.until(lambda: len(self.around.results) >= len(results), "completed")
        assert self.around.results == [*results]


@pytest.fixture
def around() -> Iterator[Surroundings]:
    with surroundings() as around:
        yield around


@pytest.fixture
def machine(around: Surroundings, tmp_path: Path) -> Iterator[Machine]:
    site = Site()
    machine = Machine(tmp_path, around, site)
    yield machine
    machine.kill()
    site.server.shutdown()
    site.server.server_close()


def test_a_machine_is_in_service_when_it_is_prepared_and_healthy(machine: Machine, around: Surroundings) -> None:
    around.at("InService", "Pending:Wait", LAUNCH)
    around.then = {"Pending:Wait": SERVICE}
    machine.site.status = 503
    machine.start()
    machine.until(lambda: "elasticweb: still preparing" in machine.said())
    machine.until(lambda: around.count("RecordLifecycleActionHeartbeat") >= 3, "heartbeats")
    assert (around.results, machine.site.asked) == ([], [])
    machine.verdict("ready")
    machine.until(lambda: "elasticweb: not healthy yet: /healthz answers 503" in machine.said())
    assert around.results == []
    machine.site.status = 302
    machine.completes((LAUNCH, "CONTINUE"))
    machine.until(lambda: "elasticweb: CONTINUE: this machine is ready and healthy" in machine.said())
    assert set(machine.site.asked) == {("/healthz", "example.org")}
    assert around.refused == 0


def test_a_machine_that_could_not_prepare_itself_is_given_up_at_once(machine: Machine, around: Surroundings) -> None:
    around.at("InService", "Pending:Wait", LAUNCH)
    around.then = {"Pending:Wait": ("Terminated", "Terminating", "")}
    machine.verdict("failed: packages")
    machine.start()
    machine.completes((LAUNCH, "ABANDON"))
    assert "elasticweb: ABANDON: preparation failed: packages" in machine.said()


@pytest.mark.parametrize(
    ("status", "why"),
    [(404, "not healthy yet: /healthz answers 404"), (None, "not healthy yet: ConnectionRefusedError")],
)
def test_a_machine_that_never_answers_is_given_up_in_time(
    machine: Machine, around: Surroundings, status: int | None, why: str
) -> None:
    around.at("InService", "Pending:Wait", LAUNCH)
    around.then = {"Pending:Wait": ("Terminated", "Terminating", "")}
    machine.verdict("ready")
    if status is None:
        machine.site.server.shutdown()
        machine.site.server.server_close()
    else:
        machine.site.status = status
    started = time.monotonic()
    machine.start(launch_timeout_seconds=1)
    machine.completes((LAUNCH, "ABANDON"))
    assert time.monotonic() - started > 1
    assert any(
        line.startswith(f"elasticweb: ABANDON: {why}") and line.endswith(", after 1 s") for line in machine.said()
    )


def test_the_verdict_of_the_machine_that_an_image_was_made_of_says_nothing(
    machine: Machine, around: Surroundings
) -> None:
    around.at("InService", "Pending:Wait", LAUNCH)
    around.then = {"Pending:Wait": SERVICE}
    machine.verdict("ready", instance="i-0000000000000000b")
    machine.start()
    machine.until(lambda: around.count("RecordLifecycleActionHeartbeat") >= 3, "heartbeats")
    assert around.results == []
    machine.verdict("ready")
    machine.completes((LAUNCH, "CONTINUE"))


@pytest.mark.parametrize("unit", ["elasticweb-secrets.service", "elasticweb-boot.service"])
def test_a_boot_that_failed_is_no_service(machine: Machine, around: Surroundings, unit: str) -> None:
    around.at("InService", "Pending:Wait", LAUNCH)
    around.then = {"Pending:Wait": ("Terminated", "Terminating", "")}
    machine.verdict("ready")
    machine.failed_unit(unit)
    machine.start()
    machine.completes((LAUNCH, "ABANDON"))
    assert f"elasticweb: ABANDON: {unit} failed" in machine.said()


def test_a_machine_in_the_warm_pool_is_asked_when_it_enters_and_when_it_leaves(
    machine: Machine, around: Surroundings
) -> None:
    around.at("Warmed:Stopped", "Warmed:Pending:Wait", LAUNCH)
    around.then = {"Warmed:Pending:Wait": POOL, "Pending:Wait": SERVICE}
    machine.verdict("ready")
    machine.start()
    machine.completes((LAUNCH, "CONTINUE"))
    machine.kill()  # it is stopped, and starts again when it is needed
    around.at("InService", "Pending:Wait", LAUNCH)
    machine.run()
    machine.completes((LAUNCH, "CONTINUE"), (LAUNCH, "CONTINUE"))


def test_a_machine_that_waited_running_leaves_the_pool_without_a_boot(machine: Machine, around: Surroundings) -> None:
    around.at("Warmed:Running", "Warmed:Pending:Wait", LAUNCH)
    around.then = {"Warmed:Pending:Wait": ("Warmed:Running", "Warmed:Running", ""), "Pending:Wait": SERVICE}
    machine.verdict("ready")
    machine.start()
    machine.completes((LAUNCH, "CONTINUE"))
    around.at("InService", "Pending:Wait", LAUNCH)
    machine.completes((LAUNCH, "CONTINUE"), (LAUNCH, "CONTINUE"))


def test_a_machine_that_goes_back_to_the_pool_says_no_farewell(
    machine: Machine, around: Surroundings, tmp_path: Path
) -> None:
    around.at(*SERVICE)
    around.then = {"Warmed:Pending:Wait": POOL}
    machine.verdict("ready")
    machine.start(f"touch {tmp_path}/farewell")
    time.sleep(0.2)
    around.at("Warmed:Stopped", "Warmed:Pending:Wait", TERMINATE)
    machine.completes((TERMINATE, "CONTINUE"))
    assert not (tmp_path / "farewell").exists()


def test_a_reboot_in_service_asks_for_nothing(machine: Machine, around: Surroundings) -> None:
    around.at(*SERVICE)
    machine.site.status = 503
    machine.verdict("ready")
    machine.start()
    time.sleep(0.5)
    assert around.asked == []


def test_a_machine_says_farewell_when_the_load_balancer_has_let_go_of_it(
    machine: Machine, around: Surroundings, tmp_path: Path
) -> None:
    around.at(*SERVICE)
    around.then = {"Terminating:Wait": GONE}
    machine.verdict("ready")
    machine.start(f"echo one >>{tmp_path}/done", "echo here; exit 3", f"echo three >>{tmp_path}/done")
    # While requests are drained it is Terminating, and nothing happens yet.
    around.at("Terminated", "Terminating")
    time.sleep(0.3)
    assert not (tmp_path / "done").exists()
    around.at("Terminated", "Terminating:Wait", TERMINATE)
    machine.completes((TERMINATE, "CONTINUE"))
    assert (tmp_path / "done").read_text() == "one\nthree\n"
    assert machine.said() == [
        "elasticweb: farewell command 1",
        "elasticweb: farewell command 2",
        "here",
        "elasticweb: farewell command 2 failed (exit status 3)",
        "elasticweb: farewell command 3",
        "elasticweb: CONTINUE: this machine may go",
    ]


def test_a_farewell_that_hangs_has_its_share_of_the_time(
    machine: Machine, around: Surroundings, tmp_path: Path
) -> None:
    around.at("Terminated", "Terminating:Wait", TERMINATE)
    around.then = {"Terminating:Wait": GONE}
    started = time.monotonic()
    machine.start("sleep 60", f"touch {tmp_path}/next", farewell_timeout_seconds=22)
    machine.completes((TERMINATE, "CONTINUE"))
    assert 1 < time.monotonic() - started < 10
    assert (tmp_path / "next").exists()
    assert "elasticweb: farewell command 1 failed (exit status 124)" in machine.said()  # timeout(1)


def test_a_farewell_that_is_killed_goes_on_where_it_was(machine: Machine, around: Surroundings, tmp_path: Path) -> None:
    around.at("Terminated", "Terminating:Wait", TERMINATE)
    around.then = {"Terminating:Wait": GONE}
    slow = f"echo two >>{tmp_path}/done; [ -e {tmp_path}/again ] || sleep 60"
    machine.start(f"echo one >>{tmp_path}/done", slow)
    machine.until(lambda: (tmp_path / "done").exists() and "two" in (tmp_path / "done").read_text())
    machine.kill()
    (tmp_path / "again").touch()
    machine.run()
    machine.completes((TERMINATE, "CONTINUE"))
    assert (tmp_path / "done").read_text() == "one\ntwo\ntwo\n"


def test_a_machine_that_is_wanted_no_more_while_it_prepares_itself_goes(
    machine: Machine, around: Surroundings, tmp_path: Path
) -> None:
    around.at("InService", "Pending:Wait", LAUNCH)
    around.then = {"Terminating:Wait": GONE}
    machine.start(f"touch {tmp_path}/farewell")
    machine.until(lambda: "elasticweb: still preparing" in machine.said())
    around.at("Terminated", "Terminating:Wait", TERMINATE)
    machine.completes((TERMINATE, "CONTINUE"))
    assert (tmp_path / "farewell").exists()


def test_trouble_with_aws_is_sat_out(machine: Machine, around: Surroundings) -> None:
    around.at("InService", "Pending:Wait", LAUNCH)
    around.then = {"Pending:Wait": SERVICE}
    machine.verdict("ready")
    around.metadata_failures = 6
    around.failures = [THROTTLED, (500, ""), (0, "the connection breaks"), *[THROTTLED] * 12]
    machine.start()
    machine.completes((LAUNCH, "CONTINUE"))
    assert "elasticweb: autoscaling did not answer (Throttling), asking again" in machine.said()


def test_a_machine_that_is_in_no_group_waits_without_asking_aws(machine: Machine, around: Surroundings) -> None:
    machine.verdict("ready")
    machine.start()
    time.sleep(0.3)
    assert around.asked == []
    assert machine.said() == []


@apart()
def test_the_group_is_found_in_what_auto_scaling_answers(tmp_path: Path) -> None:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "endpoint_url": url}
    scaling = boto3.client("autoscaling", "eu-central-1", **keys)
    # moto is one for all tests of a process: whether it knows images depends on who used it first; it asks for none.
    scaling.create_launch_configuration(LaunchConfigurationName="web", ImageId="ami-0", InstanceType="t3.micro")
    scaling.create_auto_scaling_group(
        AutoScalingGroupName=GROUP,
        LaunchConfigurationName="web",
        MinSize=1,
        MaxSize=1,
        AvailabilityZones=["eu-central-1a"],
    )
    (group,) = scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[GROUP])["AutoScalingGroups"]
    instance = group["Instances"][0]["InstanceId"]
    (tmp_path / "etc/elasticweb").mkdir(parents=True)
    told = Lifecycle(launch_hook=LAUNCH, terminate_hook=TERMINATE, group_pattern=GROUP, port=80)
    (tmp_path / "etc/elasticweb/lifecycle.json").write_text(json.dumps(settings(told, [], 0, [])))
    with surroundings() as around:
        around.metadata["instance-id"] = instance
        environment = {"ELASTICWEB_ROOT": str(tmp_path), "ELASTICWEB_METADATA": around.url, "AWS_ENDPOINT_URL": url}
        program = "import lifecycle; print(*lifecycle.Member().whereabouts())"
        asked = subprocess.run(
            [sys.executable, "-B", "-c", program],
            env=environment,
            cwd=SCRIPTS,
            capture_output=True,
            text=True,
            check=False,
        )
    server.stop()
    assert (asked.stdout, asked.stderr) == (f"{GROUP} InService\n", "")


@pytest.mark.parametrize(("timeout", "heartbeat"), [(60, 60), (900, 300), (7200, 300)])
def test_a_slow_machine_has_its_time_and_a_dead_one_is_noticed_early(timeout: int, heartbeat: int) -> None:
    assert launch_heartbeat_seconds(timeout) == heartbeat
    told = Lifecycle(launch_hook="a", terminate_hook="b", group_pattern="c", port=80, launch_timeout_seconds=timeout)
    found = settings(told, [], 0, [])
    assert (found["launch_timeout_seconds"], found["heartbeat_seconds"]) == (timeout, heartbeat // 3)
