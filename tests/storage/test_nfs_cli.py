"""How the server's program asks AWS: by the AWS CLI, whose words for operations are its own."""

import os
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from components._mounting import SCRIPTS

from .nfs_world import nfs_cloud


def stand_in(directory: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    program = directory / "aws"
    program.write_text(f"#!/bin/bash\n{text}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{directory}:{os.environ['PATH']}")
    return nfs_cloud.run_cli


def test_an_answer_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = stand_in(tmp_path, f'echo "$*" >{tmp_path}/asked; echo \'{{"Volumes": []}}\'', monkeypatch)
    assert ask("ec2", "DescribeVolumes", "eu-central-1", {"VolumeIds": ["v"]}) == {"Volumes": []}
    asked = (tmp_path / "asked").read_text()
    assert asked.startswith("ec2 describe-volumes --region eu-central-1 --output json --no-cli-pager ")
    assert asked.endswith('--cli-input-json {"VolumeIds": ["v"]}\n')


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (
            "An error occurred (InvalidChangeBatch) when calling the ChangeResourceRecordSets operation: no",
            "InvalidChangeBatch",
        ),
        (
            "An error occurred (InvalidVolume.NotFound) when calling the DescribeVolumes operation: no",
            "InvalidVolume.NotFound",
        ),
        ("Could not connect to the endpoint URL", "Unreachable"),
        ("", "Unreachable"),
    ],
)
def test_a_refusal_is_told_by_its_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str, code: str) -> None:
    ask = stand_in(tmp_path, f"echo '{told}' >&2; exit 254", monkeypatch)
    with pytest.raises(nfs_cloud.Refused) as refused:
        ask("ec2", "DescribeVolumes", "eu-central-1", {})
    assert refused.value.code == code


def test_every_operation_has_the_name_that_the_cli_derives_of_it() -> None:
    text = (SCRIPTS / "nfs_cloud.py").read_text() + (SCRIPTS / "nfs_server.py").read_text()
    session = botocore.session.get_session()
    found = 0
    for service in ("ec2", "route53", "cloudwatch", "autoscaling"):
        for operation in list[str](session.get_service_model(service).operation_names):  # pyright: ignore[reportArgumentType]
            if f'"{operation}"' in text:
                found += 1
                kebab = nfs_cloud.kebab(operation)
                assert kebab == xform_name(operation, "-")
    assert found >= 12
