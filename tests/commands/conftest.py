"""One stack for all tests of a module, and dummy credentials for its emulator."""

import datetime as dt
from collections.abc import Iterator

import pytest

from rehearsal.extensions.backups import CLOCK

from .cloud import CREDENTIALS, Cloud, cloud


@pytest.fixture(scope="module")
def deployed() -> Iterator[Cloud]:
    with cloud() as made:
        yield made


@pytest.fixture
def shop(deployed: Cloud, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """The stack, an hour after it was deployed."""
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": deployed.url}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setattr(CLOCK, "now", lambda: deployed.now)
    deployed.now = max(deployed.now, dt.datetime.now(dt.UTC)) + dt.timedelta(hours=1)
    return deployed
