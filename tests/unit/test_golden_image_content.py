"""What is in an image, and the documents in which it travels."""

from typing import Any

import jsonschema
import pulumi
import pytest
import yaml

from components import InvalidArgs
from components.golden_image.documents import LIMIT
from tests.unit.golden_images import MACHINE, SHARE, contents, documents, image, packed, prepare, scripts
from tests.unit.test_machine_user_data import shellcheck

# Image Builder user guide, "Use the AWSTOE component document framework": document schema.
_STEP = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "action"],
    "properties": {
        "name": {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"},
        "action": {"enum": ["ExecuteBash", "UpdateOS"]},
        "timeoutSeconds": {"type": "integer", "minimum": -1},
        "onFailure": {"enum": ["Abort", "Continue", "Ignore"]},
        "maxAttempts": {"type": "integer", "minimum": 1},
        "inputs": {
            "type": "object",
            "additionalProperties": False,
            "required": ["commands"],
            "properties": {"commands": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}}},
        },
    },
    "if": {"properties": {"action": {"const": "ExecuteBash"}}},
    "then": {"required": ["inputs"]},
    "else": {"not": {"required": ["inputs"]}},
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["schemaVersion", "phases"],
    "properties": {
        "schemaVersion": {"const": 1.0},
        "phases": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "steps"],
                "properties": {
                    "name": {"enum": ["build", "validate", "test"]},
                    "steps": {"type": "array", "minItems": 1, "items": _STEP},
                },
            },
        },
    },
}


def noise(size: int) -> str:
    """Return text that cannot be packed well."""
    return "".join(f"{i * 2654435761 % 2**32:08x}" for i in range(size // 8))


@pytest.mark.parametrize(("size", "parts"), [(8, 1), (16_000, 2)])
def test_documents_are_what_image_builder_takes(size: int, parts: int) -> None:
    recorded = image(machine={**MACHINE, "files": [{"path": "/etc/noise", "content": noise(size)}]})
    texts = documents(recorded)
    assert len(texts) == parts + 2
    for text in texts:
        jsonschema.validate(yaml.safe_load(text), SCHEMA)
        assert len(text) <= LIMIT
        assert "{{" not in text
    phases = [[p["name"] for p in yaml.safe_load(text)["phases"]] for text in texts]
    # A document with a test phase runs in the tests only if it has no other.
    assert phases == [*[["build"]] * parts, ["build", "validate"], ["test"]]
    assert contents(recorded)["/var/lib/elasticweb/files/etc/noise"] == noise(size)


def test_more_than_fits_into_a_recipe_is_refused() -> None:
    with pytest.raises(InvalidArgs, match=r"^GoldenImage: machine and golden_image\.tests must fit into \d+ [^\n]*$"):
        image(golden_image={"tests": [f"echo {noise(400_000)}"]})


def test_files_in_an_image_are_roots() -> None:
    files = packed(image())
    assert {(f.uid, f.gid, f.mtime) for f in files.values()} == {(0, 0, 0)}
    assert files["/usr/local/lib/elasticweb/prepare"].mode == 0o755
    assert files["/var/lib/elasticweb/commands/image-1"].mode == 0o600


def test_an_image_holds_what_every_server_has_in_common() -> None:
    recorded = image(mounts=[SHARE])
    lines = prepare(recorded)
    assert "install_packages nginx xfsprogs" in " ".join(lines)
    assert any("nfs-utils" in line for line in lines if line.startswith("install_packages"))
    assert "mask_unit atd.service" in lines
    assert "disable_unit postfix.service" in lines
    assert "disable_unit nginx.service" in lines
    assert "place /etc/app.conf app root 0644" in lines
    assert any(line.startswith("make_user app ") for line in lines)
    found = contents(recorded)
    assert found["/var/lib/elasticweb/commands/image-1"] == "composer install\n"
    assert found["/var/lib/elasticweb/commands/image-2"] == "install-client\n"


def test_an_image_holds_nothing_of_one_server_or_of_one_deployment() -> None:
    def outputs() -> dict[str, Any]:
        return {
            "machine": {
                **MACHINE,
                "environment": {"APP_ENV": "prod", "DATABASE_HOST": pulumi.Output.from_input("db.internal")},
                "files": [{"path": "/etc/db", "content": pulumi.Output.secret("correct-horse")}],
            }
        }

    recorded = image(outputs, mounts=[{**SHARE, "setup_in_image": False}])
    text = "\n".join(contents(recorded).values())
    foreign = ("db.internal", "correct-horse", "echo once", "echo boot", "install-client", "files.example.org")
    assert [word for word in foreign if word in text] == []
    calls = [line.split()[0] for line in prepare(recorded) if line.strip()]
    assert not {"mount_at", "format_volume", "make_swap", "enable_unit", "run_unit"} & set(calls)
    assert "amazon-ssm-agent" not in "\n".join(prepare(recorded)), "Image Builder works through it"
    assert contents(recorded)["/etc/elasticweb/environment"] == 'APP_ENV="prod"\n'
    assert not any(r.secret_inputs for r in recorded.resources)


@pytest.mark.parametrize("base", ["al2023", "ubuntu-24.04"])
def test_what_runs_is_sound_bash(base: str) -> None:
    machine = {**MACHINE, "image": base, "cloudwatch": {}}
    recorded = image(machine=machine, golden_image={"health_url": "http://127.0.0.1/", "tests": ["nginx -t"]})
    found = contents(recorded)
    ours = [text for path, text in found.items() if path.startswith("/usr/local/lib/elasticweb/") and "." not in path]
    assert len(ours) == 3
    steps = [script for phase in ("build", "validate", "test") for script in scripts(recorded, phase)]
    for script in [*ours, *(f"#!/bin/bash\n{step}" for step in steps)]:
        shellcheck(script)


def test_the_agent_is_in_the_image_wherever_it_comes_from() -> None:
    def installed(base: str) -> str:
        recorded = image(machine={"image": base, "cloudwatch": {}})
        found = contents(recorded)
        commands = [text for path, text in found.items() if path.startswith("/var/lib/elasticweb/commands/")]
        return "\n".join([*prepare(recorded), *commands])

    assert "amazon-cloudwatch-agent" in installed("al2023")
    assert "\ninstall_agent https://" in installed("ubuntu-24.04")
    for base in ("al2023", "ubuntu-24.04"):
        assert "start_agent" not in installed(base), "it starts with the log group of the deployment"
