"""A golden image in the emulator, which builds none: what stands there, and what is only recorded."""

import pulumi
import pytest

from components import GoldenImage, Network, WebTier
from rehearsal.deploy import Deployment, DeploymentFailed, deploy
from rehearsal.emulator import Emulator
from rehearsal.stackfile import StackFile

from .conftest import REGION

CONFIG = {"aws:region": REGION}


def run(emulator: Emulator, stack: str, **image: str) -> Deployment:
    def program() -> None:
        network = Network("net", {"availability_zones": [f"{REGION}a", f"{REGION}b"]})
        golden = GoldenImage(
            "web-image",
            {
                "vpc_id": network.vpc_id,
                "subnet_id": network.private_subnet_ids[0],
                "machine": {"packages": ["nginx"], "image": image.get("base", "al2023")},
                "golden_image": {"schedule": image.get("schedule", "cron(0 3 ? * SUN *)")},
            },
        )
        WebTier(
            "web",
            {
                "vpc_id": network.vpc_id,
                "public_subnet_ids": network.public_subnet_ids,
                "private_subnet_ids": golden.subnets(network.private_subnet_ids),
                "machine": golden.machine(),
            },
        )
        pulumi.export("parameter", golden.parameter_name)

    return deploy(program, StackFile("elasticweb", stack, CONFIG), emulator)


@pytest.mark.parametrize("base", ["al2023", "ubuntu-24.04"])
def test_servers_start_from_a_parameter_that_holds_an_image_from_the_first_minute(
    emulator: Emulator, base: str
) -> None:
    done = run(emulator, f"golden-{base.replace('.', '-')}", base=base)
    parameter = done.recording.stack_outputs["parameter"]
    held = emulator.client("ssm", REGION).get_parameter(Name=parameter)["Parameter"]
    assert held["Value"].startswith("ami-")
    assert held["DataType"] == "aws:ec2:image"
    template = done.recording.one("ec2/launchTemplate:LaunchTemplate")
    versions = emulator.client("ec2", REGION).describe_launch_template_versions(LaunchTemplateId=template.id)
    (version,) = versions["LaunchTemplateVersions"]
    assert version["LaunchTemplateData"]["ImageId"] == f"resolve:ssm:{parameter}"
    recorded = {item.name for item in done.recorded_only if item.type.startswith("aws:imagebuilder/")}
    assert recorded == {r.name for r in done.recording.resources if r.type.startswith("aws:imagebuilder/")}
    assert len(recorded) == 8


def test_what_image_builder_would_refuse_is_refused(emulator: Emulator) -> None:
    with pytest.raises(DeploymentFailed, match=r"schedule\.scheduleExpression has no valid hours"):
        run(emulator, "golden-wrong", schedule="cron(0 25 ? * SUN *)")
