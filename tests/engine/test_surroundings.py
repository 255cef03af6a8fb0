import os
import sys
from pathlib import Path

from rehearsal.engine.places import Places
from rehearsal.engine.surroundings import surroundings
from tests.engine.site import OF_THE_USER

PLACES = Places(Path("/checkout/.rehearsal/pulumi"))
URL = "http://127.0.0.1:4566"


def test_nothing_of_the_user_that_leads_to_an_account_or_a_backend_is_left() -> None:
    given = OF_THE_USER | {
        "HOME": "/home/somebody",
        "XDG_CONFIG_HOME": "/home/somebody/.config",
        "aws_session_token": "real",
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/token",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/credentials",
        "AWS_ENDPOINT_URL_S3": "https://s3.example.org",
        "PULUMI_HOME": "/home/somebody/.pulumi",
        "PULUMI_CONFIG_PASSPHRASE_FILE": "/home/somebody/passphrase",
        "MOTO_S3_CUSTOM_ENDPOINTS": "https://s3.example.org",
    }
    made = surroundings(given, PLACES, URL)
    left = {name: value for name, value in given.items() if made.get(name) == value}
    assert left == {}
    assert not [value for value in made.values() if "somebody" in value or "example.org" in value]


def test_everything_else_of_the_user_stays() -> None:
    given = {"LANG": "de_CH.UTF-8", "TERM": "xterm", "HTTPS_PROXY": "http://proxy:3128", "EDITOR": "vi"}
    assert surroundings(given, PLACES, URL).items() >= given.items()


def test_what_the_cli_writes_goes_into_one_directory() -> None:
    made = surroundings({}, PLACES, URL)
    for name in ("HOME", "USERPROFILE", "PULUMI_HOME"):
        assert made[name].startswith("/checkout/.rehearsal/pulumi/")
    assert made["PULUMI_BACKEND_URL"] == "file:///checkout/.rehearsal/pulumi/state"


def test_credentials_are_nobodys_and_requests_go_to_the_emulator() -> None:
    made = surroundings({}, PLACES, URL)
    assert made["AWS_ACCESS_KEY_ID"] == made["AWS_SECRET_ACCESS_KEY"] == "rehearsal"
    assert made["AWS_ENDPOINT_URL"] == URL
    assert made["AWS_EC2_METADATA_DISABLED"] == "true"
    assert made["AWS_CONFIG_FILE"] == made["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert "127.0.0.1" in made["NO_PROXY"]


def test_a_plugin_on_path_does_not_come_before_the_rehearsals() -> None:
    assert surroundings({}, PLACES, URL)["PULUMI_IGNORE_AMBIENT_PLUGINS"] == "true"


def test_the_interpreter_of_the_rehearsal_is_found_first() -> None:
    path = surroundings({"PATH": "/usr/bin"}, PLACES, URL)["PATH"].split(os.pathsep)
    assert path[-1] == "/usr/bin"
    assert (path[0] == str(Path(sys.prefix, "bin"))) is (sys.prefix != sys.base_prefix)
