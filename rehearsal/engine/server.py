"""Finding, starting and stopping the emulator's process, and no other."""

import fcntl
import http.client
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import RehearsalError
from .places import REPOSITORY, Places
from .serve import STATUS

_SECONDS_TO_START = 60
SECONDS_TO_ANSWER = 10.0
SECONDS_TO_STOP = 5.0


@dataclass(frozen=True)
class Server:
    """An emulator as its record has it."""

    pid: int
    port: int
    instance: str
    """A name that no other process has on its command line."""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def lives(self) -> bool:
        """Whether its process is there, and not another one that has got its id since."""
        return self.instance in command_line(self.pid)

    def answers(self) -> bool:
        """Whether it answers on its port, and not somebody else."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS_TO_ANSWER)
        try:
            connection.request("GET", STATUS)
            told = json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            connection.close()
        return told == {"instance": self.instance, "pid": self.pid}


def recorded(places: Places) -> Server | None:
    """Return the emulator that was started last, alive or not; None when it was stopped."""
    try:
        found = json.loads(places.emulator.read_text())
        return Server(int(found["pid"]), int(found["port"]), str(found["instance"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        raise RehearsalError(
            f"{places.emulator} is damaged: `python -m rehearsal stop` forgets it; an emulator that runs ends by itself"
        ) from None


def ensure(places: Places) -> Server:
    """Return the running emulator; start one when there is none and no stack that stood in another."""
    with _alone(places):
        server = recorded(places)
        if server is not None and server.lives():
            if server.answers():
                return server
            raise RehearsalError(
                f"the emulator (process {server.pid}) does not answer on port {server.port}: "
                "end it with `python -m rehearsal stop`, then begin afresh"
            )
        stacks = _standing(places)
        if stacks:
            which = f"process {server.pid}" if server else "unknown by now"
            raise RehearsalError(
                f"the emulator ({which}) has ended, and with it all that the state of {', '.join(stacks)} speaks of: "
                "forget it with `python -m rehearsal stop`, then begin afresh with `pulumi up`"
            )
        return _start(places)


def stop(places: Places) -> str:
    """End the emulator, forget what stood in it, and say so."""
    with _alone(places):
        try:
            server = recorded(places)
        except RehearsalError:
            server = None
        stacks = places.stacks()
        if server is None:
            told = "no emulator is running"
        elif server.lives():
            _end(server)
            told = f"the emulator (process {server.pid}) is stopped"
        else:
            told = f"the emulator (process {server.pid}) had ended already"
            if command_line(server.pid):
                told += "; another process has its number now and was left alone"
        for directory in (places.state, places.projects):
            shutil.rmtree(directory, ignore_errors=True)
        places.emulator.unlink(missing_ok=True)
        return told + (f"; forgotten: {', '.join(stacks)}" if stacks else "")


def command_line(pid: int) -> str:
    """Return the command line of the process *pid*; empty when there is none."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        if Path("/proc/self").exists():
            return ""
    try:  # macOS and the BSDs
        told = subprocess.run(  # noqa: S603
            ["ps", "-ww", "-o", "command=", "-p", str(pid)],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return told.stdout.strip()


def _standing(places: Places) -> list[str]:
    """Names of the stacks whose state has resources of a provider in it."""
    found = list[str]()
    for file in places.state.glob(".pulumi/stacks/*/*.json"):
        try:
            state: dict[str, Any] = json.loads(file.read_text())
        except ValueError:
            state = {}
        latest: dict[str, Any] = state.get("checkpoint", {}).get("latest") or {}
        resources: list[dict[str, Any]] = latest.get("resources") or []
        if any(r.get("custom") and not str(r.get("type", "")).startswith("pulumi:") for r in resources):
            found.append(file.stem)
    return sorted(found)


def _start(places: Places) -> Server:
    instance = f"elasticweb-rehearsal-{secrets.token_hex(8)}"
    places.emulator.unlink(missing_ok=True)
    keep = {k: v for k, v in os.environ.items() if not k.upper().startswith(("AWS_", "MOTO_"))}
    with places.log.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", "rehearsal.engine.serve", instance, str(places.emulator)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=places.root,
            env=keep | {"PYTHONPATH": str(REPOSITORY)},
            start_new_session=True,  # the terminal's Ctrl-C is not for it
        )
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        server = recorded(places)
        if server is not None and server.answers():
            process.returncode = 0  # it outlives this process, and Popen shall not complain of that
            return server
        time.sleep(0.05)
    if process.poll() is None:
        process.kill()
        reason = f"it did not answer within {_SECONDS_TO_START} seconds"
    else:
        lines = places.log.read_text(errors="replace").strip().splitlines()
        reason = lines[-1] if lines else f"it ended with status {process.returncode}"
    places.emulator.unlink(missing_ok=True)
    raise RehearsalError(f"the emulator cannot be started: {reason} (see {places.log})")


def _end(server: Server) -> None:
    for kind in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(server.pid, kind)
        deadline = time.monotonic() + SECONDS_TO_STOP
        while time.monotonic() < deadline:
            if not server.lives():
                return
            time.sleep(0.02)


@contextmanager
def _alone(places: Places) -> Generator[None]:
    """Let no other command look for the emulator meanwhile."""
    places.root.mkdir(parents=True, exist_ok=True)
    with places.lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
