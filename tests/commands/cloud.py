"""A stack with data, deployed into an emulator on a port of this machine, and the commands run against it."""

import contextlib
import io
import threading
import urllib.request
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from components import Environment
from components.commands.api import Api
from components.commands.backup import Backup
from components.commands.restore import Restore
from components.commands.stack import find
from components.commands.target import Place
from components.commands.tell import Tell
from rehearsal.deploy import Deployment, deploy
from rehearsal.emulator import Emulator
from rehearsal.engine.serve import server_on
from rehearsal.extensions import backups
from rehearsal.stackfile import StackFile
from rehearsal.states import apart

_NUMBERS = count(1)
REGION = "eu-central-1"
ACCOUNT = "123456789012"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_REGION": REGION,
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@contextlib.contextmanager
def emulator() -> Generator[str]:
    """Serve an emulator, and tell where."""
    server = server_on(0, "commands")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    # It answers when it is ready: until then its own thread imports what this one would import, too.
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{url}/moto-api/").close()
    try:
        yield url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Cloud:
    """A deployed stack, and a clock that nobody waits for."""

    url: str
    stack: str
    """Of its own, as is everything that is named after it: moto is one for the whole process."""
    deployment: Deployment
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def client(self, service: str, region: str = REGION) -> Any:
        return self.deployment.stage.emulator.client(service, region)

    def named(self, name: str) -> dict[str, Any]:
        return self.deployment.recording.named(name).outputs

    def run_rule(self, name: str = "daily") -> list[dict[str, Any]]:
        plan = self.deployment.recording.named("shop-backups-plan").id
        return backups.run_rule(ACCOUNT, REGION, plan, name)

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def backup(self, only: str | None = None, **more: Any) -> tuple[bool, str]:
        out, api = io.StringIO(), Api(REGION)
        made = Backup(api, Tell(out), find(api, self.stack), only, now=lambda: self.now, pause=self.wait, **more)
        return made.run(), out.getvalue()

    def restore(self, to: datetime, only: str | None = None, *, plan: bool = False, **more: Any) -> tuple[bool, str]:
        out, api = io.StringIO(), Api(more.pop("region", REGION))
        pause = more.pop("pause", self.wait)
        made = Restore(
            api,
            Tell(out),
            find(api, more.pop("stack", self.stack)),
            to,
            only,
            place=more.pop("place", Place()),
            now=lambda: self.now,
            pause=pause,
            here=UTC,
        )
        if plan:
            made.plan()
            return True, out.getvalue()
        return made.run(), out.getvalue()


def program(spec: dict[str, Any] | None = None) -> None:
    """An environment with everything that holds data."""
    zones = {"availability_zones": [f"{REGION}a", f"{REGION}b"]}
    args: Any = {
        "network": zones,
        "worker": {},
        "database": {"replica_count": 1},
        "storage": {"access_log_retention_days": 7},
        "backups": spec or {},
    }
    Environment("shop", args)


@contextlib.contextmanager
def cloud(make: Any = program) -> Generator[Cloud]:
    """Deploy a stack into an emulator of its own."""
    with apart(), emulator() as url, Emulator(url) as into:
        stack = StackFile("elasticweb", f"test{next(_NUMBERS)}", {"aws:region": REGION})
        yield Cloud(url, stack.stack, deploy(make, stack, into))
