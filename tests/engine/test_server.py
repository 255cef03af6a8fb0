import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.emulator import Emulator
from rehearsal.engine import server
from rehearsal.engine.places import Places
from rehearsal.errors import RehearsalError

STATE = {"checkpoint": {"latest": {"resources": [{"custom": True, "type": "aws:ec2/vpc:Vpc"}]}}}


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    found = Places(tmp_path / "stage")
    yield found
    server.stop(found)


def deployed(places: Places, stack: str = "dev") -> None:
    file = places.state / ".pulumi" / "stacks" / "elasticweb" / f"{stack}.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(STATE))


def kill(found: server.Server) -> None:
    os.kill(found.pid, signal.SIGKILL)
    wait_until_gone(found)


def wait_until_gone(found: server.Server, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while found.lives():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_it_stays_up_between_commands_and_keeps_what_was_made(places: Places) -> None:
    first = server.ensure(places)
    Emulator(first.url).client("sqs", "eu-central-1").create_queue(QueueName="kept")
    deployed(places)
    second = server.ensure(places)
    assert second == first
    urls = Emulator(second.url).client("sqs", "eu-central-1").list_queues()["QueueUrls"]
    assert [url.rsplit("/", 1)[1] for url in urls] == ["kept"]


def test_it_listens_on_loopback_only(places: Places) -> None:
    found = server.ensure(places)
    assert found.url.startswith("http://127.0.0.1:")
    listening = Path(f"/proc/{found.pid}/net/tcp")
    if listening.exists():
        port = f"{found.port:04X}"
        addresses = {line.split()[1] for line in listening.read_text().splitlines()[1:]}
        assert [a for a in addresses if a.endswith(f":{port}")] == [f"0100007F:{port}"]


def test_commands_at_the_same_time_start_one(places: Places) -> None:
    found = list[server.Server]()
    threads = [threading.Thread(target=lambda: found.append(server.ensure(places))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_stop_ends_it_and_forgets_the_stacks(places: Places) -> None:
    found = server.ensure(places)
    deployed(places, "prod")
    assert server.stop(places) == f"the emulator (process {found.pid}) is stopped; forgotten: prod"
    assert not found.lives()
    assert places.stacks() == []
    assert server.stop(places) == "no emulator is running"


def test_stop_leaves_another_process_with_the_same_number_alone(places: Places) -> None:
    places.root.mkdir(parents=True)
    program = "import time; print('here', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()  # before that its command line may not be there yet
        places.emulator.write_text(json.dumps({"pid": other.pid, "port": 9, "instance": "elasticweb-rehearsal-00"}))
        told = server.stop(places)
        assert told.endswith("another process has its number now and was left alone")
        assert other.poll() is None
        other.kill()


def test_a_dead_one_that_held_nothing_is_replaced(places: Places) -> None:
    first = server.ensure(places)
    kill(first)
    second = server.ensure(places)
    assert second.instance != first.instance
    assert second.answers()


def test_a_dead_one_that_held_a_stack_is_told(places: Places) -> None:
    found = server.ensure(places)
    deployed(places)
    kill(found)
    with pytest.raises(RehearsalError, match=f"process {found.pid}.* has ended, and with it all that the state of dev"):
        server.ensure(places)
    assert "forgotten: dev" in server.stop(places)
    assert server.ensure(places).answers()


def test_a_state_without_a_record_is_told(places: Places) -> None:
    deployed(places)
    with pytest.raises(RehearsalError, match="forget it with `python -m rehearsal stop`"):
        server.ensure(places)


def test_one_that_hangs_is_told_and_can_be_stopped(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    found = server.ensure(places)
    os.kill(found.pid, signal.SIGSTOP)
    monkeypatch.setattr(server, "SECONDS_TO_ANSWER", 0.2)
    monkeypatch.setattr(server, "SECONDS_TO_STOP", 0.2)
    with pytest.raises(RehearsalError, match=r"does not answer on port \d+: end it"):
        server.ensure(places)
    assert server.stop(places).endswith("is stopped")
    wait_until_gone(found)


def test_a_damaged_record_is_told(places: Places) -> None:
    places.root.mkdir(parents=True)
    places.emulator.write_text("{")
    with pytest.raises(RehearsalError, match="is damaged: `python -m rehearsal stop` forgets it"):
        server.ensure(places)


def test_it_ends_by_itself_when_its_record_is_gone(places: Places) -> None:
    found = server.ensure(places)
    places.emulator.unlink()
    wait_until_gone(found)


def test_why_it_cannot_start_is_told(places: Places, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    (broken / "rehearsal" / "engine").mkdir(parents=True)
    (broken / "rehearsal" / "__init__.py").touch()
    (broken / "rehearsal" / "engine" / "__init__.py").touch()
    (broken / "rehearsal" / "engine" / "serve.py").write_text("raise OSError('cannot bind 127.0.0.1')")
    monkeypatch.setattr(server, "REPOSITORY", broken)
    with pytest.raises(RehearsalError, match=r"cannot be started: OSError: cannot bind 127\.0\.0\.1"):
        server.ensure(places)


def test_images_are_loaded_when_they_are_asked_for(places: Places) -> None:
    emulator = Emulator(server.ensure(places).url)
    assert not emulator.client("ec2", "eu-central-1").describe_images()["Images"]
    emulator.load_images("eu-central-1")
    assert len(emulator.client("ec2", "eu-central-1").describe_images()["Images"]) > 100
