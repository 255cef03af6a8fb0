"""What the machine believes of AWS, against the lists that AWS publishes (as botocore and moto carry them)."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import botocore
import moto
import pytest

from components._args import InvalidArgs
from components.machine.distributions import architecture


def model() -> dict[str, Any]:
    found = max((Path(botocore.__file__).parent / "data" / "ec2").glob("*/service-2.json.gz"))
    return json.loads(gzip.decompress(found.read_bytes()))["shapes"]


def instance_types() -> dict[str, list[str]]:
    found = Path(moto.__file__).parent / "ec2/resources/instance_types.json.gz"
    described: dict[str, Any] = json.loads(gzip.decompress(found.read_bytes()))
    return {name: facts["ProcessorInfo"]["SupportedArchitectures"] for name, facts in described.items()}


def test_every_instance_type_has_the_architecture_that_ec2_describes() -> None:
    linux = {name: found for name, found in instance_types().items() if not found[0].endswith("_mac")}
    assert len(linux) > 1000
    assert [name for name, found in linux.items() if architecture("Machine", name) not in found] == []


def test_every_type_that_runs_macos_is_refused() -> None:
    macs = [name for name, found in instance_types().items() if found[0].endswith("_mac")]
    assert macs
    for name in macs:
        with pytest.raises(InvalidArgs, match="must be a type that runs Linux"):
            architecture("Machine", name)


def test_every_instance_type_of_the_api_has_the_form_that_is_asked_for() -> None:
    names = [name for name in model()["InstanceType"]["enum"] if not name.startswith("mac")]
    assert {architecture("Machine", name) for name in names} == {"arm64", "x86_64"}


@pytest.mark.parametrize(
    ("instance_type", "expected"),
    [
        ("p6e-gb200.36xlarge", "arm64"),
        ("g6e.xlarge", "x86_64"),
        ("is4gen.large", "arm64"),
        ("c8i-flex.large", "x86_64"),
    ],
)
def test_families_that_are_easily_mistaken(instance_type: str, expected: str) -> None:
    assert architecture("Machine", instance_type) == expected


def test_the_limits_of_gp3_are_those_of_the_api() -> None:
    members = model()["LaunchTemplateEbsBlockDeviceRequest"]["members"]
    assert re.search(r"gp3</code>: 1 - 65,536 GiB", members["VolumeSize"]["documentation"])
    assert re.search(r"gp3</code>: 3,000 - 80,000 IOPS", members["Iops"]["documentation"])
    assert re.search(r"Minimum value of 125. Maximum value of 2,?000", members["Throughput"]["documentation"])
