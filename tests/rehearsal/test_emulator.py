"""The rehearsal talks to this machine only."""

import http.server
import threading
from collections.abc import Iterator

import pytest

from rehearsal.emulator import Emulator
from rehearsal.errors import RehearsalError
from rehearsal.stage import Stage

from .conftest import REGION, urn


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1:5000",
        "https://ec2.eu-central-1.amazonaws.com:443",
        "http://127.0.0.1.example.org:5000",
        "http://0.0.0.0:5000",
        "http://user@127.0.0.1:5000",
        "ftp://127.0.0.1:5000",
        "http://127.0.0.1",
        "http://127.0.0.1:99999",
        "127.0.0.1:5000",
        "",
    ],
)
def test_other_endpoints_are_refused(url: str) -> None:
    if not url:
        assert Emulator(url).endpoint_url is None
        return
    with pytest.raises(RehearsalError, match=r"^endpoint-url .*, got '") as caught:
        Emulator(url)
    assert url in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:5000", "http://127.8.9.1:1", "http://localhost:80", "http://[::1]:80"]
)
def test_loopback_is_fine(url: str) -> None:
    assert Emulator(url).endpoint_url == url


def test_services_that_the_emulator_lacks_are_not_looked_for_elsewhere(emulator: Emulator) -> None:
    # Its host is not under amazonaws.com: moto lets such requests through to the network.
    with pytest.raises(RehearsalError, match="the emulator does not answer for arc-region-switch"):
        emulator.client("arc-region-switch", REGION).list_plans()


def test_an_address_without_emulator_is_named() -> None:
    stage = Stage(Emulator("http://127.0.0.1:9"), REGION)
    with pytest.raises(RehearsalError, match=r"ec2 CreateVpc: no emulator answers .*127\.0\.0\.1:9"):
        stage.create(urn("aws:ec2/vpc:Vpc"), {"cidrBlock": "10.0.0.0/16"})


@pytest.fixture
def redirecting() -> Iterator[tuple[str, list[str]]]:
    seen: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.path)
            self.send_response(307)
            self.send_header("Location", "http://192.0.2.1:5000/")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name in the base class
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    thread.join()
    server.server_close()


def test_redirects_and_proxies_are_not_followed(
    redirecting: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, seen = redirecting
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:3128")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://192.0.2.2:1")
    with pytest.raises(RehearsalError, match="ec2 CreateVpc: what answers does not carry this call"):
        Stage(Emulator(url), REGION).create(urn("aws:ec2/vpc:Vpc"), {"cidrBlock": "10.0.0.0/16"})
    assert seen == ["/"]


def test_the_users_credentials_stay_at_home(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAUSERSOWN")
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    client = Emulator().client("sts", REGION)
    assert client._request_signer._credentials.access_key == "rehearsal"  # noqa: SLF001  no other way to ask
    assert emulator.account == "123456789012"


def test_unknown_regions_are_named(emulator: Emulator) -> None:
    with pytest.raises(
        RehearsalError, match="aws:region must be a region of AWS, such as eu-central-1, got 'eu-cental-1'"
    ):
        emulator.partition("eu-cental-1")
