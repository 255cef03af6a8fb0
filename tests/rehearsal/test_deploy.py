"""Programs, carried out in this process."""

import threading
from collections.abc import Callable

import pulumi
import pulumi_aws as aws
import pytest

from rehearsal.deploy import Deployment, DeploymentFailed, deploy
from rehearsal.emulator import Emulator
from rehearsal.errors import RehearsalError
from rehearsal.recorder import Registered
from rehearsal.stackfile import StackFile
from rehearsal.values import UNKNOWN

from .conftest import REGION

CONFIG = {"aws:region": REGION, "aws:defaultTags": '{"tags": {"Stack": "dev"}}', "elasticweb:name": "main"}


def run(
    program: Callable[[], None],
    emulator: Emulator,
    *,
    preview: bool = False,
    progress: Callable[[Registered, str], None] | None = None,
) -> Deployment:
    return deploy(program, StackFile("elasticweb", "dev", CONFIG), emulator, preview=preview, progress=progress)


class Net(pulumi.ComponentResource):
    def __init__(self, name: str) -> None:
        super().__init__("elasticweb:index:Net", name)
        mine = pulumi.ResourceOptions(parent=self)
        self.vpc = aws.ec2.Vpc(f"{name}-vpc", cidr_block="10.0.0.0/16", opts=mine)
        self.subnets = [
            aws.ec2.Subnet(f"{name}-{i}", vpc_id=self.vpc.id, cidr_block=f"10.0.{i}.0/24", opts=mine) for i in range(4)
        ]
        self.register_outputs({"vpc_id": self.vpc.id})


def network() -> None:
    net = Net(pulumi.Config().require("name"))
    pulumi.export("vpc_id", net.vpc.id)
    pulumi.export("region", aws.get_region_output().region)


def test_what_a_program_declares_stands(emulator: Emulator) -> None:
    seen: list[tuple[str, str]] = []
    lock = threading.Lock()

    def progress(resource: Registered, event: str) -> None:
        with lock:
            seen.append((resource.name, event))

    done = run(network, emulator, progress=progress)
    vpc_id = done.recording.stack_outputs["vpc_id"]
    filters = [{"Name": "vpc-id", "Values": [vpc_id]}]
    assert len(emulator.client("ec2", REGION).describe_subnets(Filters=filters)["Subnets"]) == 4
    assert done.recording.one("ec2/vpc:Vpc").outputs["tagsAll"] == {"Stack": "dev"}
    assert done.recording.one("ec2/vpc:Vpc").parent.endswith("elasticweb:index:Net::main")
    assert done.recording.named("main").outputs == {"vpc_id": vpc_id}
    assert seen.count(("main-2", "created")) == seen.count(("main-2", "creating")) == 1
    assert done.recorded_only == []


def test_previews_make_nothing(emulator: Emulator) -> None:
    before = len(emulator.client("ec2", REGION).describe_vpcs()["Vpcs"])
    done = run(network, emulator, preview=True)
    assert done.recording.stack_outputs == {"vpc_id": UNKNOWN, "region": REGION}
    assert done.recording.named("main-2").inputs["vpcId"] == UNKNOWN
    assert len(emulator.client("ec2", REGION).describe_vpcs()["Vpcs"]) == before


def test_the_same_program_runs_in_a_fresh_emulator_again() -> None:
    for _ in range(2):
        with Emulator() as fresh:
            run(network, fresh)


@pytest.mark.parametrize("preview", [False, True])
def test_failures_name_resource_type_and_reason(emulator: Emulator, preview: bool) -> None:
    def program() -> None:
        aws.ec2.Vpc("bad", cidr_block="10.0.0.0/16", instance_tenancy="dedicatd")
        aws.ec2.Eip("fine")

    with pytest.raises(DeploymentFailed) as caught:
        run(program, emulator, preview=preview)
    assert caught.value.lines == [
        "bad (aws:ec2/vpc:Vpc): ec2 CreateVpc: InstanceTenancy must be one of default, dedicated, host, got 'dedicatd'"
    ]


def test_what_aws_would_refuse_at_run_time_is_told_too(emulator: Emulator) -> None:
    def program() -> None:
        vpc = aws.ec2.Vpc("v", cidr_block="10.0.0.0/16")
        aws.ec2.Subnet("s", vpc_id=vpc.id, cidr_block="10.1.0.0/24")

    with pytest.raises(DeploymentFailed, match=r"^s \(aws:ec2/subnet:Subnet\): ec2 CreateSubnet: InvalidSubnet"):
        run(program, emulator)


def test_unknown_types_and_packages_are_named(emulator: Emulator) -> None:
    def unknown() -> None:
        pulumi.CustomResource("aws:nosuch/thing:Thing", "x", {})

    with pytest.raises(DeploymentFailed, match="does not know the resource type aws:nosuch/thing:Thing"):
        run(unknown, emulator)

    def foreign() -> None:
        pulumi.CustomResource("random:index/randomId:RandomId", "x", {})

    with pytest.raises(DeploymentFailed, match="carries resources of the package aws only"):
        run(foreign, emulator)


def test_errors_of_the_program_come_as_they_are(emulator: Emulator) -> None:
    def program() -> None:
        raise pulumi.RunError("min_size must be at most 3")

    with pytest.raises(pulumi.RunError, match="min_size must be at most 3"):
        run(program, emulator)


def test_secrets_are_marked(emulator: Emulator) -> None:
    def program() -> None:
        key = aws.kms.Key("k", description=pulumi.Output.secret("hidden"))
        other = aws.kms.Key("o", opts=pulumi.ResourceOptions(additional_secret_outputs=["arn"]))
        pulumi.export("description", key.description)
        pulumi.export("arn", other.arn)
        pulumi.export("plain", key.arn)

    done = run(program, emulator)
    assert done.recording.named("k").secret_outputs == {"description"}
    assert done.recording.secret_stack_outputs == {"description", "arn"}
    assert done.recording.stack_outputs["description"] == "hidden"


def test_existing_resources_are_read_and_imported(emulator: Emulator) -> None:
    vpc_id = emulator.client("ec2", REGION).create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]

    def program() -> None:
        pulumi.export("cidr", aws.ec2.Vpc.get("there", vpc_id).cidr_block)
        own = aws.ec2.Vpc("own", cidr_block="10.77.0.0/16", opts=pulumi.ResourceOptions(import_=vpc_id))
        pulumi.export("id", own.id)

    assert run(program, emulator).recording.stack_outputs == {"cidr": "10.77.0.0/16", "id": vpc_id}

    def missing() -> None:
        aws.ec2.Vpc.get("there", "vpc-00000000")

    with pytest.raises(DeploymentFailed, match=r"there \(aws:ec2/vpc:Vpc\): there is no .* with the id 'vpc-00000000'"):
        run(missing, emulator)


def test_providers_of_the_program_have_their_own_region(emulator: Emulator) -> None:
    def program() -> None:
        away = aws.Provider("away", region="us-east-1", default_tags={"tags": {"Away": "yes"}})
        vpc = aws.ec2.Vpc("v", cidr_block="10.0.0.0/16", opts=pulumi.ResourceOptions(provider=away))
        pulumi.export("arn", vpc.arn)
        pulumi.export("tags", vpc.tags_all)

    outputs = run(program, emulator).recording.stack_outputs
    assert outputs["arn"].startswith("arn:aws:ec2:us-east-1:")
    assert outputs["tags"] == {"Away": "yes"}


def test_what_is_only_recorded_is_listed(emulator: Emulator) -> None:
    def program() -> None:
        aws.cloudwatch.LogGroup("quiet", log_group_class="INFREQUENT_ACCESS")

    (entry,) = run(program, emulator).recorded_only
    assert (entry.name, entry.type, entry.properties) == (
        "quiet",
        "aws:cloudwatch/logGroup:LogGroup",
        ["logGroupClass"],
    )


def test_a_region_is_asked_for(emulator: Emulator) -> None:
    with pytest.raises(RehearsalError, match="aws:region is not set"):
        deploy(network, StackFile("p", "s", {}), emulator)
