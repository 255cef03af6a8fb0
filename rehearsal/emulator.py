"""Where the requests go: moto inside this process, or an emulator on loopback. Never AWS."""

import ipaddress
import os
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import cached_property
from typing import Any, Self
from unittest.mock import patch
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from . import extensions, states, strict
from .errors import RehearsalError
from .haste import hasten
from .regions import partition_of

_KEY = "rehearsal"
"""Both halves of the credentials: nobody checks them, and they are nobody's."""

MOTO_SETTINGS = {
    # 1,301 images and as many snapshots that nobody asked for; `aws.ec2.get_ami` loads them when it needs them.
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    # Certificates are issued a minute after the request otherwise.
    "MOTO_ACM_VALIDATION_WAIT": "1",
}
"""What the embedded emulator needs in its environment, before it is imported (moto 5.2, ``moto/settings.py``)."""

_MOTO_CONFIG = {
    "core": {"mock_credentials": False, "reset_boto3_session": False},
    "iam": {"load_aws_managed_policies": True},
    "lambda": {"use_docker": False},
    "batch": {"use_docker": False},
}


def loopback_url(url: str) -> str:
    """Return *url* when it is an HTTP address on this machine; raise :class:`RehearsalError` otherwise."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        port = parts.port
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        port, local = None, False
    if parts.scheme not in ("http", "https") or not local or parts.username is not None:
        raise RehearsalError(
            f"endpoint-url must be an emulator on this machine, such as http://127.0.0.1:5000, got {url!r}"
        )
    if port is None:
        raise RehearsalError(f"endpoint-url needs a port, such as http://127.0.0.1:5000, got {url!r}")
    return url


class Emulator:
    """A stand-in for AWS, and the boto3 clients that talk to it: one per service and region, made when needed.

    Without *endpoint_url* moto runs in this process; its state begins empty and ends with :meth:`close`.
    """

    def __init__(self, endpoint_url: str | None = None) -> None:
        self.endpoint_url = loopback_url(endpoint_url) if endpoint_url else None
        self._lock = threading.RLock() if endpoint_url else states.LOCK
        self._clients: dict[tuple[str, str], Any] = {}
        self._mock: Any = None
        self._with_images: set[str] = set()
        self._outer_environment: dict[str, str | None] = {}

    def client(self, service: str, region: str) -> Any:
        """Return the boto3 client of *service* in *region*."""
        found = self._clients.get((service, region))
        if found is not None:
            return found
        with self._lock:
            if (service, region) not in self._clients:
                self._clients[service, region] = self._make(service, region)
            return self._clients[service, region]

    @cached_property
    def account(self) -> str:
        """The account that the emulator plays."""
        return self.client("sts", "us-east-1").get_caller_identity()["Account"]

    def partition(self, region: str) -> dict[str, Any]:
        """Return what botocore knows of the partition of *region*: id, regions, outputs.dnsSuffix."""
        return partition_of(region)

    def load_images(self, region: str) -> None:
        """Load the images that the emulator was started without; one that is not ours has its own."""
        if region in self._with_images:
            return
        if self.endpoint_url:
            with suppress(OSError):
                wanted = Request(f"{self.endpoint_url}/rehearsal/images/{region}", method="POST")  # noqa: S310  loopback
                build_opener(ProxyHandler({})).open(wanted, timeout=60).close()
            self._with_images.add(region)
            return
        self.client("ec2", region).describe_regions()
        from moto.backends import get_backend  # noqa: PLC0415

        with self._lock:
            # moto loads them when a region is first used, and offers no other way to do it later (5.2).
            with patch.dict(os.environ, {"MOTO_EC2_LOAD_DEFAULT_AMIS": "true"}):
                get_backend("ec2")[self.account][region]._load_amis()  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
            self._with_images.add(region)

    @property
    def alone(self) -> AbstractContextManager[object]:
        """For ``with``: nobody else's requests reach an embedded emulator meanwhile."""
        return self._lock

    def close(self) -> None:
        """Forget the clients; an embedded emulator forgets everything."""
        with self._lock:
            self._clients.clear()
            if self._mock is not None:
                states.forget(self)
                self._mock.stop()
                self._mock = None
                for name, value in self._outer_environment.items():
                    if value is None:
                        os.environ.pop(name, None)
                    else:
                        os.environ[name] = value

    def __enter__(self) -> Self:
        """Use it until the end of a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def _make(self, service: str, region: str) -> Any:
        answer = self._only_loopback if self.endpoint_url else self._answer
        from botocore.config import Config  # noqa: PLC0415  importing boto3 takes half a second

        config = Config(
            proxies={},
            retries={"total_max_attempts": 2 if self.endpoint_url else 1},
            s3={"addressing_style": "path"},
            ignore_configured_endpoint_urls=True,
            max_pool_connections=32,
        )
        try:
            client = self._session.client(service, region_name=region, config=config, endpoint_url=self.endpoint_url)
        except ValueError as error:
            raise RehearsalError(f"no client for {service} in region {region!r}: {error}") from None
        strict.install(client)
        events = client.meta.events
        if "moto.core.models" in sys.modules:
            # moto adds itself to all new clients of the process; every handler runs, so requests would count twice.
            events.unregister("before-send", sys.modules["moto.core.models"].botocore_stubber)
        events.register_first("before-send", answer)
        return client

    @cached_property
    def _session(self) -> Any:
        import boto3  # noqa: PLC0415
        import botocore.session  # noqa: PLC0415

        # Neither the user's profiles nor their environment have a say: no variable is read for these.
        own = {"profile": None, "config_file": os.devnull, "credentials_file": os.devnull, "region": None}
        session = botocore.session.Session({name: (None, None, value, None) for name, value in own.items()})
        return boto3.Session(aws_access_key_id=_KEY, aws_secret_access_key=_KEY, botocore_session=session)

    def _answer(self, event_name: str, request: Any, **kwargs: Any) -> Any:
        # One at a time: threads gain nothing on work that never waits.
        with self._lock:
            moto = self._moto()
            states.switch(self)
            response = moto(event_name, request, **kwargs)
        if response is None:
            raise RehearsalError(f"the emulator does not answer for {urlsplit(request.url).hostname}")
        return response

    def _moto(self) -> Callable[..., Any]:
        """Start moto with the first request: a preview makes none."""
        if self._mock is None:
            for name, value in MOTO_SETTINGS.items():
                self._outer_environment[name] = os.environ.get(name)
                os.environ[name] = value
            from moto import mock_aws, settings  # noqa: PLC0415  only the embedded emulator pays for it

            # Read once at import, which may have been before this.
            settings.ACM_VALIDATION_WAIT = int(MOTO_SETTINGS["MOTO_ACM_VALIDATION_WAIT"])
            self._mock = mock_aws(config=_MOTO_CONFIG)  # pyright: ignore[reportArgumentType]
            self._mock.start()
            hasten(self._session, lambda: {self.partition(region)["id"] for _, region in self._clients})
            extensions.install()
        from moto.core.models import botocore_stubber  # noqa: PLC0415

        return botocore_stubber

    def _only_loopback(self, event_name: str, request: Any, **_: Any) -> None:
        del event_name
        host = urlsplit(request.url).hostname or ""
        if host != urlsplit(self.endpoint_url or "").hostname:
            raise RehearsalError(f"a request to {host} was stopped: the rehearsal talks to {self.endpoint_url} only")
