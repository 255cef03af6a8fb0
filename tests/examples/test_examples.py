"""The examples in Python run as they stand; the one in TypeScript runs under the engine (tests/engine)."""

import json
import re
import runpy
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import components
from rehearsal.deploy import deploy
from rehearsal.emulator import Emulator
from rehearsal.recorder import Recording, Registered, record
from rehearsal.stackfile import StackFile, read_stack
from rehearsal.wire import UNKNOWN
from tests.recording import _computed, _invoke

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
REGION = "eu-central-1"


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let programs import the components by the name that they have in the wheel."""
    monkeypatch.setitem(sys.modules, "elasticweb", components)


def program(example: str) -> Callable[[], None]:
    def run() -> None:
        runpy.run_path(str(EXAMPLES / example / "__main__.py"), run_name="__main__")

    return run


def test_every_example_says_what_it_is_and_is_run_by_a_test() -> None:
    found = {directory.name for directory in EXAMPLES.iterdir() if directory.is_dir()}
    assert found == {"drupal", "web-tier-only", "stack-reference", "typescript"}
    for name in found:
        readme = (EXAMPLES / name / "README.md").read_text()
        assert 5 < len(readme.splitlines()) < (100 if name == "drupal" else 30)
        assert "pulumi up --stack dev" in readme


def test_the_web_tier_stands_in_a_network_that_somebody_else_made() -> None:
    stack = read_stack(EXAMPLES / "web-tier-only", "dev")
    with Emulator() as emulator:
        ec2 = emulator.client("ec2", REGION)
        vpc_id = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        subnet_ids = [
            ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.1.{i}.0/24", AvailabilityZone=REGION + zone)["Subnet"][
                "SubnetId"
            ]
            for i, zone in enumerate("abab")
        ]
        theirs = {
            "web-tier-only:vpc_id": vpc_id,
            "web-tier-only:public_subnet_ids": json.dumps(subnet_ids[:2]),
            "web-tier-only:private_subnet_ids": json.dumps(subnet_ids[2:]),
        }
        assert theirs.keys() <= stack.values.keys()
        done = deploy(program("web-tier-only"), replace(stack, values={**stack.values, **theirs}), emulator)
        # By its name: other tests of this process may have stacks of their own standing in the emulator.
        (fleet,) = done.recording.all("autoscaling/group:Group")
        groups = emulator.client("autoscaling", REGION).describe_auto_scaling_groups(AutoScalingGroupNames=[fleet.id])
        (group,) = groups["AutoScalingGroups"]
        assert sorted(group["VPCZoneIdentifier"].split(",")) == sorted(subnet_ids[2:])
        assert (group["MinSize"], group["MaxSize"]) == (5, 40)
        (front,) = done.recording.all("lb/loadBalancer:LoadBalancer")
        balancers = emulator.client("elbv2", REGION).describe_load_balancers(LoadBalancerArns=[front.id])
        (balancer,) = balancers["LoadBalancers"]
    assert done.recording.stack_outputs["url"] == f"http://{balancer['DNSName']}"
    assert len(done.recording.all("ec2/vpc:Vpc")) == 0


def the_environment(stack: StackFile) -> dict[str, Any]:
    """Return the outputs of this repository's own program for *stack*."""
    own = read_stack(ROOT, "dev")
    assert stack.values["reports:environment"].split("/")[1:] == [own.project, own.stack]

    def run() -> None:
        runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")

    return record(run, _computed, _invoke, project=own.project, stack=own.stack, settings=own.values).stack_outputs


def referring(stack: StackFile, outputs: dict[str, Any], *, preview: bool = False) -> Recording:
    def resolve(resource: Registered) -> tuple[str, dict[str, Any]]:
        if resource.type == "pulumi:pulumi:StackReference":
            assert resource.id == stack.values["reports:environment"]
            return resource.id, {"name": resource.id, "outputs": outputs, "secretOutputNames": []}
        return ("", dict(resource.inputs)) if preview else _computed(resource)

    return record(
        program("stack-reference"),
        resolve,
        _invoke,
        project=stack.project,
        stack=stack.stack,
        settings=stack.values,
        preview=preview,
    )


def test_a_second_stack_connects_itself_by_the_outputs_of_the_first() -> None:
    stack = read_stack(EXAMPLES / "stack-reference", "dev")
    outputs = the_environment(stack)
    recorded = referring(stack, outputs)
    ingress = recorded.named("reports-machine-ingress-database").inputs
    assert ingress["securityGroupId"] == outputs["database_security_group_id"]
    assert ingress["fromPort"] == outputs["database_port"]
    assert recorded.one("autoscaling/group:Group").inputs["vpcZoneIdentifiers"] == [outputs["private_subnet_ids"][0]]
    assert outputs["database_secret_arn"] in recorded.named("reports-machine-policy").inputs["policy"]
    assert stack.values["reports:availability_zone"] == stack.values["aws:region"] + "a"


def test_its_first_preview_needs_the_first_stack_and_nothing_else() -> None:
    stack = read_stack(EXAMPLES / "stack-reference", "dev")
    outputs = the_environment(stack)
    ingress = referring(stack, outputs, preview=True).named("reports-machine-ingress-database").inputs
    assert ingress["securityGroupId"] == outputs["database_security_group_id"]
    assert ingress["referencedSecurityGroupId"] == UNKNOWN


def test_packages_are_pinned_and_no_lock_file_says_where_they_came_from() -> None:
    package = json.loads((EXAMPLES / "typescript" / "package.json").read_text())
    pinned = {**package["dependencies"], **package["devDependencies"]}
    assert pinned.pop("@pulumi/elasticweb") == "file:sdks/elasticweb"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in pinned.values())
    assert "/package-lock.json" in (EXAMPLES / "typescript" / ".gitignore").read_text().splitlines()
