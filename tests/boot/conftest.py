import base64
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol, cast

import boto3
import pytest
from moto.server import ThreadedMotoServer

from components._mounts import Mount
from components.machine import Distribution, MachineSpec, SecretFile, check_machine, userdata
from components.machine.preparation import Surroundings

from . import base
from .cloud import REGION, Cloud
from .guest import Guest


class MakeGuest(Protocol):
    """Makes machines that are gone when the module's tests have run."""

    def __call__(
        self, spec: MachineSpec, mounts: Sequence[Mount] = (), around: Surroundings | None = None
    ) -> Guest: ...


SECRET = {"username": "drupal", "password": 'it\'s "$ecret"\n'}


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.boot)


@pytest.hookimpl(trylast=True)  # when it is clear which tests are wanted
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    wanted = [item for item in items if item.get_closest_marker("boot")]
    absent = base.missing() if wanted else []
    for item in wanted if absent else []:
        item.add_marker(pytest.mark.skip(f"starting a machine needs {', '.join(absent)}"))


@pytest.fixture(scope="session")
def debian() -> Path:
    return base.build()


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def secrets(moto: str) -> Sequence[SecretFile]:
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    manager: Any = boto3.client("secretsmanager", region_name=REGION, endpoint_url=moto, **keys)
    secret = manager.create_secret(Name="boot/database", SecretString=json.dumps(SECRET))
    return [{"name": "database", "arn": secret["ARN"]}]


@pytest.fixture(scope="module")
def make_guest(debian: Path, moto: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeGuest]:
    with ExitStack() as made:

        def make(spec: MachineSpec, mounts: Sequence[Mount] = (), around: Surroundings | None = None) -> Guest:
            check_machine("Boot", spec, mounts, around=around)
            packed = userdata.user_data("Boot", spec, mounts, Distribution.UBUNTU, around)
            # EC2 takes base64 and hands out what was in it.
            cloud = Cloud(moto, base64.b64decode(cast("str", packed)))
            guest = Guest(debian, tmp_path_factory.mktemp("guest"), cloud)
            made.callback(guest.close)
            return guest

        yield make
