"""Golden images, recorded, and what travels in their documents."""

import base64
import gzip
import io
import re
import tarfile
from collections.abc import Callable
from typing import Any

import pulumi
import yaml

from components.golden_image import GoldenImage
from rehearsal.recorder import Recording
from tests.recording import recording

PARAMETER = "/imagebuilder/elasticweb/test/web"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/1"
MACHINE: dict[str, Any] = {
    "packages": ["nginx"],
    "services": {"nginx": "enabled", "atd": "masked", "postfix": "disabled", "amazon-ssm-agent": "enabled"},
    "environment": {"APP_ENV": "prod"},
    "users": [{"name": "app"}],
    "files": [
        {"path": "/etc/app.conf", "content": "{{ this }}\n", "owner": "app"},
        {"path": "/etc/site.conf", "content": "in {{ APP_ENV }}\n", "template": True},
    ],
    "image_commands": ["composer install"],
    "commands": ["echo once"],
    "boot_commands": ["echo boot"],
    "data_volumes": [{"name": "cache", "path": "/srv/cache", "size_gib": 10}],
    "swap_gib": 1,
    "time_zone": "Europe/Zurich",
}
SHARE: dict[str, Any] = {
    "name": "files",
    "path": "/srv/files",
    "type": "nfs4",
    "source": "files.example.org:/",
    "packages": {"al2023": ["nfs-utils"]},
    "setup": {"al2023": ["install-client"]},
    "setup_in_image": True,
}


def image(flowing: Callable[[], Any] = dict, *, preview: bool = False, **given: Any) -> Recording:
    """Record a golden image; Outputs belong to the program that makes them, so *flowing* makes theirs in it."""

    def program() -> None:
        args: Any = {"vpc_id": "vpc-1", "subnet_id": "subnet-1", "machine": MACHINE, **given, **flowing()}
        made = GoldenImage("web", args)
        pulumi.export("machine", made.machine())

    return recording(program, preview=preview)


def documents(recorded: Recording) -> list[str]:
    return [r.inputs["data"] for r in recorded.all("imagebuilder/component:Component")]


def scripts(recorded: Recording, phase: str) -> list[str]:
    """Return what runs in a phase, one by one."""
    phases = [p for text in documents(recorded) for p in yaml.safe_load(text)["phases"] if p["name"] == phase]
    return [step["inputs"]["commands"][0] for p in phases for step in p["steps"] if "inputs" in step]


def packed(recorded: Recording) -> dict[str, tarfile.TarInfo]:
    """Return the files that travel in the documents, by path, their content as `pax_headers["content"]`."""
    parts = [part for s in scripts(recorded, "build") for part in re.findall(r"<<'END'\n(.*)\nEND\n", s)]
    found = dict[str, tarfile.TarInfo]()
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(base64.b64decode("".join(parts))))) as archive:
        for entry in archive:
            content = archive.extractfile(entry)
            assert content is not None
            entry.pax_headers = {"content": content.read().decode()}
            found[f"/{entry.name}"] = entry
    return found


def contents(recorded: Recording) -> dict[str, str]:
    return {path: entry.pax_headers["content"] for path, entry in packed(recorded).items()}


def prepare(recorded: Recording) -> list[str]:
    return contents(recorded)["/usr/local/lib/elasticweb/prepare"].splitlines()
