"""What grows never shrinks: what a user sees of it in `pulumi preview` and in `pulumi up`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.site import Site

pytestmark = [pytest.mark.engine, pytest.mark.slow]

PROGRAM = """\
import json, pathlib
from components import DataVolume
said = json.loads((pathlib.Path(__file__).parent / "said.json").read_text())
DataVolume("one", {"availability_zone": "eu-central-1a", "volume": {"size_gib": said["one"]}, "disposable": True})
DataVolume("two", {"availability_zone": "eu-central-1a", "volume": {"size_gib": said["two"]}, "disposable": True})
"""
PROJECT = {
    "Pulumi.yaml": "name: grow\nruntime: {name: python, options: {virtualenv: .venv}}\n",
    "Pulumi.dev.yaml": "config:\n  aws:region: eu-central-1\n",
    ".gitignore": "__pycache__/\nsaid.json\n",
    "__main__.py": PROGRAM,
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path, "dev", PROJECT)
    yield made
    made.run("stop")


def say(site: Site, one: int, two: int) -> None:
    (site.checkout / "said.json").write_text(f'{{"one": {one}, "two": {two}}}')


def sizes(site: Site) -> list[int]:
    return sorted(volume["Size"] for volume in site.api("ec2", "describe_volumes")["Volumes"])


def test_a_volume_grows_in_place_and_a_shrink_is_refused_before_anything_is_asked_of_aws(site: Site) -> None:
    say(site, 20, 20)
    site.pulumi("up --yes --skip-preview")
    before = {v["VolumeId"] for v in site.api("ec2", "describe_volumes")["Volumes"]}
    say(site, 40, 21)
    site.pulumi("up --yes")
    assert sizes(site) == [21, 40]
    assert {v["VolumeId"] for v in site.api("ec2", "describe_volumes")["Volumes"]} == before

    say(site, 30, 21)
    reason = "volume.size_gib of one-volume must be at least 40 GiB, which it has"
    for command in ("preview", "up --yes", "up --yes --skip-preview"):
        told = site.pulumi(command, fails=True)
        assert reason in told, told
    assert sizes(site) == [21, 40]

    # Grown by hand: the state knows after a refresh, and what is declared is a shrink then.
    (grown,) = (v["VolumeId"] for v in site.api("ec2", "describe_volumes")["Volumes"] if v["Size"] == 21)
    site.api("ec2", "modify_volume", VolumeId=grown, Size=50)
    say(site, 40, 21)
    site.pulumi("refresh --yes --skip-preview")
    assert "of two-volume must be at least 50 GiB" in site.pulumi("preview", fails=True)
    say(site, 40, 50)
    site.pulumi("up --yes")
    assert sizes(site) == [40, 50]
